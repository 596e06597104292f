#include "thalweg/autodiff/number/lanes.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <random>
#include <vector>

using namespace thalweg;

namespace {

/// |a − b| in units in the last place of b; infinite where one of them is NaN, an infinity or a
/// zero of the other sign.
template <class Real>
double ulps(Real a, Real b) {
  if (std::isnan(a) && std::isnan(b)) return 0;
  if (a == b && std::signbit(a) == std::signbit(b)) return 0;
  if (!std::isfinite(a) || !std::isfinite(b) || a == b) return INFINITY;
  const Real size = std::abs(b);
  const Real unit = std::nextafter(size, std::numeric_limits<Real>::infinity()) - size;
  return double(std::abs(a - b) / unit);
}

/// Zeros, denormals, powers, the places where functions overflow or vanish, infinities, NaN.
template <class Real>
std::vector<Real> edges() {
  using Limits = std::numeric_limits<Real>;
  std::vector<Real> x = {0,
                         Limits::denorm_min(),
                         999 * Limits::denorm_min(),
                         Limits::min(),
                         Limits::epsilon(),
                         Limits::max() / 4,
                         Limits::max(),
                         Limits::infinity(),
                         Limits::quiet_NaN(),
                         std::nextafter(Real(1), Real(0)),
                         std::nextafter(Real(1), Real(2))};
  for (const double more : {0.1,   0.5,   0.75,  1.0,   1.5,   2.0,   3.0,  3.14159265358979,
                            5.0,   9.2,   10.1,  20.0,  26.5,  27.0,  88.0, 89.0,
                            104.0, 300.0, 709.5, 710.0, 745.0, 746.0, 1e5,  1e7,
                            1e15,  1e16,  1e22})
    x.push_back(static_cast<Real>(more));
  for (std::size_t k = 0, count = x.size(); k < count; ++k) x.push_back(-x[k]);
  return x;
}

/// The edges, and numbers of every size.
template <class Real>
std::vector<Real> samples() {
  std::vector<Real> x = edges<Real>();
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform(-1, 1);
  const double decades = sizeof(Real) == 4 ? 85 : 700;
  for (int k = 0; k < 3000; ++k) {
    for (const double scale : {1.0, 1.5, 3.0, 10.0, 30.0, 100.0, 800.0, 1e5})
      x.push_back(static_cast<Real>(uniform(random) * scale));
    x.push_back(static_cast<Real>(1 + uniform(random) * 1e-3));
    x.push_back(
        static_cast<Real>(std::exp(uniform(random) * decades) * (uniform(random) > 0 ? 1 : -1)));
  }
  while (x.size() % 16 != 0) x.push_back(1);
  return x;
}

template <class Real, class OfLanes, class OfReal>
void expect_within(double limit, const char* name, OfLanes of_lanes, OfReal of_real,
                   const std::vector<Real>& x) {
  double worst = 0;
  Real at = 0;
  for (std::size_t i = 0; i < x.size(); i += Lanes<Real>::width) {
    const Lanes<Real> y = of_lanes(Lanes<Real>::load(&x[i]));
    for (int lane = 0; lane < Lanes<Real>::width; ++lane) {
      const Real here = x[i + static_cast<std::size_t>(lane)];
      const double error = ulps(y[lane], static_cast<Real>(of_real(here)));
      if (error > worst) worst = error, at = here;
    }
  }
  const std::string function = name;
  CAPTURE(function);
  CAPTURE(at);
  CHECK(worst <= limit);
}

/// The same for every pair of edges and for pairs of samples.
template <class Real, class OfLanes, class OfReal>
void expect_pairs_within(double limit, const char* name, OfLanes of_lanes, OfReal of_real) {
  std::vector<std::pair<Real, Real>> pairs;
  for (const Real a : edges<Real>())
    for (const Real b : edges<Real>()) pairs.push_back({a, b});
  const std::vector<Real> x = samples<Real>();
  for (std::size_t k = 0; k < x.size(); ++k) pairs.push_back({x[k], x[(k * 7919) % x.size()]});
  double worst = 0;
  std::pair<Real, Real> at;
  for (const auto& [a, b] : pairs) {
    const Lanes<Real> y = of_lanes(Lanes<Real>(a), Lanes<Real>(b));
    const double error = ulps(y[0], static_cast<Real>(of_real(a, b)));
    if (error > worst) worst = error, at = {a, b};
  }
  const std::string function = name;
  CAPTURE(function);
  CAPTURE(at.first);
  CAPTURE(at.second);
  CHECK(worst <= limit);
}

}  // namespace

TEST_SUITE("lanes") {
  TEST_CASE_TEMPLATE("functions agree with <cmath> within 4 ulp, edges included", Real, float,
                     double) {
    const auto x = samples<Real>();
    const auto same = [&](const char* name, auto f) { expect_within<Real>(4, name, f, f, x); };
    same("exp", [](auto v) {
      using std::exp;
      return exp(v);
    });
    same("expm1", [](auto v) {
      using std::expm1;
      return expm1(v);
    });
    same("log", [](auto v) {
      using std::log;
      return log(v);
    });
    same("log1p", [](auto v) {
      using std::log1p;
      return log1p(v);
    });
    same("log2", [](auto v) {
      using std::log2;
      return log2(v);
    });
    same("log10", [](auto v) {
      using std::log10;
      return log10(v);
    });
    same("sin", [](auto v) {
      using std::sin;
      return sin(v);
    });
    same("cos", [](auto v) {
      using std::cos;
      return cos(v);
    });
    same("tan", [](auto v) {
      using std::tan;
      return tan(v);
    });
    same("asin", [](auto v) {
      using std::asin;
      return asin(v);
    });
    same("acos", [](auto v) {
      using std::acos;
      return acos(v);
    });
    same("atan", [](auto v) {
      using std::atan;
      return atan(v);
    });
    same("sinh", [](auto v) {
      using std::sinh;
      return sinh(v);
    });
    same("cosh", [](auto v) {
      using std::cosh;
      return cosh(v);
    });
    same("tanh", [](auto v) {
      using std::tanh;
      return tanh(v);
    });
    same("asinh", [](auto v) {
      using std::asinh;
      return asinh(v);
    });
    same("acosh", [](auto v) {
      using std::acosh;
      return acosh(v);
    });
    same("atanh", [](auto v) {
      using std::atanh;
      return atanh(v);
    });
    same("erf", [](auto v) {
      using std::erf;
      return erf(v);
    });
    same("erfc", [](auto v) {
      using std::erfc;
      return erfc(v);
    });
    same("cbrt", [](auto v) {
      using std::cbrt;
      return cbrt(v);
    });
    same("lgamma", [](auto v) {
      using std::lgamma;
      return lgamma(v);
    });
  }
  TEST_CASE_TEMPLATE("roots, signs and rounding are exact", Real, float, double) {
    const auto x = samples<Real>();
    const auto same = [&](const char* name, auto f) { expect_within<Real>(0, name, f, f, x); };
    same("sqrt", [](auto v) {
      using std::sqrt;
      return sqrt(v);
    });
    same("abs", [](auto v) {
      using std::abs;
      return abs(v);
    });
    same("minus", [](auto v) { return -v; });
    same("floor", [](auto v) {
      using std::floor;
      return floor(v);
    });
    same("ceil", [](auto v) {
      using std::ceil;
      return ceil(v);
    });
    same("round", [](auto v) {
      using std::round;
      return round(v);
    });
  }
  TEST_CASE_TEMPLATE("functions of two arguments agree with <cmath> within 4 ulp", Real, float,
                     double) {
    const auto same = [](const char* name, auto f) { expect_pairs_within<Real>(4, name, f, f); };
    same("pow", [](auto a, auto b) {
      using std::pow;
      return pow(a, b);
    });
    same("atan2", [](auto a, auto b) {
      using std::atan2;
      return atan2(a, b);
    });
    same("hypot", [](auto a, auto b) {
      using std::hypot;
      return hypot(a, b);
    });
  }
  TEST_CASE_TEMPLATE("fma rounds once", Real, float, double) {
    const auto f = [](auto a, auto b) {
      using std::fma;
      return fma(a, b, decltype(a)(-1));
    };
    expect_pairs_within<Real>(0, "fma", f, f);
    const Real e = std::numeric_limits<Real>::epsilon();
    CHECK(fma(Lanes<Real>(1 + e), Lanes<Real>(1 - e), Lanes<Real>(-1))[0] == -e * e);
  }
  TEST_CASE_TEMPLATE("comparisons and select act lane by lane; NaN compares false", Real, float,
                     double) {
    Lanes<Real> a(1), b(2);
    a.set(1, 3);
    b.set(0, std::numeric_limits<Real>::quiet_NaN());
    const Lanes<Real> less = select(a < b, Lanes<Real>(1), Lanes<Real>(0));
    const Lanes<Real> not_less = select(!(a < b), Lanes<Real>(1), Lanes<Real>(0));
    CHECK(less[0] == 0);
    CHECK(less[1] == 0);
    CHECK(not_less[1] == 1);
    CHECK(select(a != b, a, b)[0] == 1);
    CHECK(sum(select((a >= b) | (a == b), a, Lanes<Real>(0))) == 3);
  }
  TEST_CASE_TEMPLATE("a partial load touches only its elements", Real, float, double) {
    for (int count = 1; count < Lanes<Real>::width; ++count) {
      std::vector<Real> from(static_cast<std::size_t>(count), Real(7));
      std::vector<Real> to(static_cast<std::size_t>(count) + 1, Real(-1));
      const Lanes<Real> x = Lanes<Real>::load_first(from.data(), count);
      CHECK(x[Lanes<Real>::width - 1] == 7);
      x.store_first(to.data(), count);
      CHECK(to[static_cast<std::size_t>(count) - 1] == 7);
      CHECK(to[static_cast<std::size_t>(count)] == -1);
    }
  }
}
