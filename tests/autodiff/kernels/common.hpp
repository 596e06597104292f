#pragma once
/// What the tests of the kernels share: numbers to work on, and closeness in either precision.

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::test {

inline std::size_t length(Index n) { return static_cast<std::size_t>(n); }

/// n numbers, uniform on (−1, 1), the same for the same seed.
template <class Real>
std::vector<Real> numbers(Index n, unsigned seed = 1) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  std::vector<Real> x(length(n));
  for (Real& value : x) value = static_cast<Real>(uniform(engine));
  return x;
}

template <class Real>
constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();
template <class Real>
constexpr Real infinity = std::numeric_limits<Real>::infinity();

/// The largest |a_i − b_i| / (1 + |b_i|); 0 where both are the same infinity or both NaN.
template <class A, class B>
double distance(const std::vector<A>& a, const std::vector<B>& b) {
  if (a.size() != b.size()) return infinity<double>;
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    if (x == y || (std::isnan(x) && std::isnan(y))) continue;
    const double error = std::abs(x - y) / (1 + std::abs(y));
    worst = std::isnan(error) ? infinity<double> : std::max(worst, error);
  }
  return worst;
}

/// Rounding of a few operations, in either precision.
template <class Real>
constexpr double rounding = sizeof(Real) == 4 ? 2e-6 : 4e-15;

/// Sets the number of threads and puts the old one back.
class Threads {
 public:
  explicit Threads(int count) : before_(threads()) { set_threads(count); }
  ~Threads() { set_threads(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_;
};

}  // namespace thalweg::test
