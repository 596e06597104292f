#include "thalweg/autodiff/base/random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg {

// Wherever a product meets a sum below, std::fma says so: left to itself a compiler fuses the two
// on some machines and not on others, and the last bit with them.

namespace {

/// The finaliser of splitmix64: a bijection in which every input bit moves every output bit.
std::uint64_t mixed(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

/// Polynomials above and below a fraction bar, highest power first.
struct Ratio {
  double above[8], below[8];

  double operator()(double r) const {
    double a = above[0], b = below[0];
    for (int i = 1; i < 8; ++i) {
      a = std::fma(a, r, above[i]);
      b = std::fma(b, r, below[i]);
    }
    return a / b;
  }
};

// Φ⁻¹ by M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution",
// Applied Statistics 37(3), 1988; relative accuracy about 1e-16.
constexpr Ratio centre = {
    {2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
     4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
     1.3314166789178437745e2, 3.3871328727963666080},
    {5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4,
     2.1213794301586595867e4, 5.3941960214247511077e3, 6.8718700749205790830e2,
     4.2313330701600911252e1, 1.0}};
constexpr Ratio middle = {
    {7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
     1.27045825245236838258, 3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590,
     1.42343711074968357734},
    {1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
     1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940,
     2.05319162663775882187, 1.0}};
constexpr Ratio tail = {
    {2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
     2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580,
     5.46378491116411436990, 6.65790464350110377720},
    {2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
     7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
     5.99832206555887937690e-1, 1.0}};

/// log x for positive normal x, to 2 ulp, from operations that IEEE 754 rounds alike everywhere.
///
/// With x = 2ᵉ m, √½ ≤ m < √2 and z = (m − 1) / (m + 1):  log x = e log 2 + 2 (z + z³/3 + z⁵/5 +
/// …).
double portable_log(double x) {
  int exponent = 0;
  double m = std::frexp(x, &exponent);  // ½ ≤ m < 1
  if (m < 0.70710678118654752) {
    m *= 2;
    --exponent;
  }
  const double z = (m - 1) / (m + 1);  // |z| ≤ 0.172: 11 terms reach 2⁻⁵³
  const double square = z * z;
  double series = 1.0 / 23;
  for (int k = 21; k >= 1; k -= 2) series = std::fma(series, square, 1.0 / k);
  return std::fma(exponent, 0.69314718055994531, 2 * z * series);
}

double normal_quantile(double p) {
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) return q * centre(std::fma(-q, q, 0.180625));
  const double r = std::sqrt(-portable_log(q < 0 ? p : 1 - p));
  const double x = r <= 5 ? middle(r - 1.6) : tail(r - 5);
  return std::copysign(x, q);
}

template <class Real>
void require_range(const char* name, Real lo, Real hi) {
  if (!(lo < hi) || !std::isfinite(lo) || !std::isfinite(hi))
    throw ValueError(
        fmt::format("{}: the range must be finite with lo < hi; got [{}, {})", name, lo, hi));
}

/// lo + (hi − lo) u, kept below hi where rounding would reach it.
template <class Real>
Real between(Real lo, Real hi, Real u) {
  // hi − lo may overflow; half of it does not.
  const Real value = Real(2) * std::fma(hi / 2 - lo / 2, u, lo / 2);
  return std::max(lo, value < hi ? value : std::nextafter(hi, lo));
}

/// Uniform on [0, 1) with as many bits as Real holds.
template <class Real>
Real unit(std::uint64_t bits) {
  constexpr int digits = std::numeric_limits<Real>::digits;
  return static_cast<Real>(bits >> (64 - digits)) / static_cast<Real>(std::uint64_t{1} << digits);
}

template <class Real>
void fill_uniform_with(Random& random, std::span<Real> values, Real lo, Real hi) {
  require_range("Random::fill_uniform", lo, hi);
  for (Real& value : values) value = between(lo, hi, unit<Real>(random.next()));
}

template <class Real>
void fill_normal_with(Random& random, std::span<Real> values, Real mean, Real stddev) {
  if (!(stddev >= 0) || !std::isfinite(stddev) || !std::isfinite(mean))
    throw ValueError(fmt::format(
        "Random::fill_normal: mean and stddev must be finite and stddev at least 0; got {} and {}",
        mean, stddev));
  for (Real& value : values) value = std::fma(stddev, static_cast<Real>(random.normal()), mean);
}

}  // namespace

Random::Random(std::uint64_t seed) {
  for (std::uint64_t& word : state_) word = mixed(seed += 0x9e3779b97f4a7c15);
}

std::uint64_t Random::next() {
  auto& [a, b, c, d] = state_;
  const std::uint64_t result = std::rotl(a + d, 23) + a;
  const std::uint64_t shifted = b << 17;
  c ^= a;
  d ^= b;
  b ^= c;
  a ^= d;
  c ^= shifted;
  d = std::rotl(d, 45);
  return result;
}

double Random::uniform(double lo, double hi) {
  require_range("Random::uniform", lo, hi);
  return between(lo, hi, uniform());
}

double Random::normal() {
  // The centres of 2⁵² cells: never 0 or 1, and as likely x as −x.
  return normal_quantile((static_cast<double>(next() >> 12) + 0.5) * 0x1p-52);
}

std::uint64_t Random::below(std::uint64_t n) {
  if (n == 0) throw ValueError("Random::below: n must be at least 1; got 0");
  if (n == 1) return 0;
  // As many bits as n − 1 has, drawn again until they are below n: fewer than two draws on average.
  const int unused = std::countl_zero(n - 1);
  for (;;)
    if (const std::uint64_t bits = next() >> unused; bits < n) return bits;
}

void Random::fill_uniform(std::span<double> values, double lo, double hi) {
  fill_uniform_with(*this, values, lo, hi);
}
void Random::fill_uniform(std::span<float> values, float lo, float hi) {
  fill_uniform_with(*this, values, lo, hi);
}
void Random::fill_normal(std::span<double> values, double mean, double stddev) {
  fill_normal_with(*this, values, mean, stddev);
}
void Random::fill_normal(std::span<float> values, float mean, float stddev) {
  fill_normal_with(*this, values, mean, stddev);
}

std::vector<std::int64_t> Random::permutation(std::int64_t n) {
  if (n < 0) throw ValueError(fmt::format("Random::permutation: n must be at least 0; got {}", n));
  std::vector<std::int64_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  shuffle(std::span(order));
  return order;
}

Random Random::split() {
  // Hashing breaks the linear relation that states drawn from one stream would have.
  Random child{0};
  for (std::uint64_t& word : child.state_) word ^= mixed(next());
  return child;
}

void Random::restore(const State& state) {
  if (state == State{}) throw ValueError("Random::restore: a state of zeros only is no state");
  state_ = state;
}

}  // namespace thalweg
