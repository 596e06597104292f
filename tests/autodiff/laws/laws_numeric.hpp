#pragma once
/// What the laws are checked with: tolerances, derivatives by extrapolated differences, fillings.

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "tests/close.hpp"
#include "thalweg/autodiff/tensor/tensor.hpp"

namespace laws {

using namespace thalweg;

using testing::Tolerance;

/// What two evaluations of one formula may differ by, in different order and with different
/// functions of 4 units in the last place.
template <class Real>
Tolerance same() {
  constexpr double epsilon = std::numeric_limits<Real>::epsilon();
  return {256 * epsilon, 64 * epsilon};
}

inline void expect_close(const std::string& op, const std::string& what, double actual,
                         double expected, Tolerance tolerance) {
  CAPTURE(op);
  CAPTURE(what);
  CHECK(testing::close(actual, expected, tolerance));
}

/// The same number, or NaN where NaN is expected; a zero of either sign.
inline void expect_exactly(const std::string& op, const std::string& what, double actual,
                           double expected) {
  CAPTURE(op);
  CAPTURE(what);
  CHECK(testing::same(actual + 0.0, expected + 0.0));
}

/// Numbers and, for each, the size of the terms that it is the sum of.
struct Sums {
  std::vector<double> value;
  std::vector<double> size;
  void add(std::size_t k, double term) {
    value[k] += term;
    size[k] += std::abs(term);
  }
};

template <class Real>
void expect_all(const char* op, const char* what, const Tensor<Real>& actual,
                const Sums& expected) {
  REQUIRE(actual.size() == static_cast<Index>(expected.value.size()));
  for (std::size_t i = 0; i < expected.value.size(); ++i) {
    const double size = std::isfinite(expected.size[i]) ? expected.size[i] : 0;
    const double terms = std::min(size, 100.0) + 1;
    const Tolerance tolerance{0, same<Real>().relative * size + same<Real>().absolute * terms};
    if (testing::close(actual.data()[i], expected.value[i], tolerance)) continue;
    CAPTURE(i);
    CAPTURE(actual.size());
    return expect_close(op, what, actual.data()[i], expected.value[i], tolerance);
  }
}

struct Derivative {
  double value;
  double error;
};

/// f′(x) by central differences extrapolated to step 0; the error is estimated from the table.
/// Source: Ridders 1982, in the form of Numerical Recipes, 5.7.
inline Derivative ridders(const std::function<double(double)>& f, double x, double step) {
  constexpr int rows = 8;
  constexpr double shrink = 1.6;
  double table[rows][rows];
  Derivative best{0, std::numeric_limits<double>::infinity()};
  for (int i = 0; i < rows; ++i, step /= shrink) {
    const double right = x + step, left = x - step;
    table[0][i] = (f(right) - f(left)) / (right - left);
    double factor = shrink * shrink;
    for (int j = 1; j <= i; ++j, factor *= shrink * shrink) {
      table[j][i] = (table[j - 1][i] * factor - table[j - 1][i - 1]) / (factor - 1);
      const double rounding = std::numeric_limits<double>::epsilon() * std::abs(f(x)) / step;
      const double error = std::max({std::abs(table[j][i] - table[j - 1][i]),
                                     std::abs(table[j][i] - table[j - 1][i - 1]), rounding});
      if (error < best.error) best = {table[j][i], error};
    }
  }
  return best;
}

/// The best of several first steps, from a tenth of |x| (or of 1) down.
inline Derivative derivative(const std::function<double(double)>& f, double x) {
  Derivative best{0, std::numeric_limits<double>::infinity()};
  for (const double scale : {1.0, std::abs(x)})
    for (const double step : {0.1, 0.01, 1e-3, 1e-4}) {
      if (scale == 0) continue;
      const Derivative found = ridders(f, x, scale * step);
      if (found.error < best.error) best = found;
    }
  return best;
}

inline void expect_derivative(const char* op, const std::function<double(double)>& f, double x,
                              double slope) {
  const Derivative found = derivative(f, x);
  CAPTURE(op);
  CAPTURE(x);
  CAPTURE(slope);
  CAPTURE(found.value);
  CAPTURE(found.error);
  const double scale = std::max(std::abs(slope), 1e-3);
  CHECK(found.error <= 1e-6 * scale);  // otherwise the point says nothing
  CHECK(std::abs(slope - found.value) <= 1e-7 * scale + 10 * found.error);
}

template <class Answer>
bool fits_float(const Answer& answer) {
  bool fits = std::abs(answer.value) < 1e30f;
  for (const auto slope : answer.slopes) fits = fits && std::abs(slope) < 1e30f;
  return fits;
}

/// The offset in a tensor of `shape` of element i of the shape `full` that it is broadcast to.
inline Index offset_in(const Shape& shape, const Shape& full, Index i) {
  Index offset = 0, stride = 1;
  for (int axis = full.rank() - 1; axis >= 0; --axis) {
    const Index at = i % full[axis];
    i /= full[axis];
    const int own = axis - (full.rank() - shape.rank());
    if (own < 0) continue;
    if (shape[own] != 1) offset += at * stride;
    stride *= shape[own];
  }
  return offset;
}

/// Small numbers of both signs.
template <class Real>
Tensor<Real> seeds(const Shape& shape) {
  std::vector<Real> values;
  for (Index i = 0; i < shape.size(); ++i)
    values.push_back(static_cast<Real>(i * 5 % 13 - 6) / 4 + Real(0.125));
  return Tensor<Real>(shape, values);
}

template <class Real>
Tensor<Real> ones_like(const Tensor<Real>& x) {
  return Tensor<Real>(x.shape(), std::vector<Real>(static_cast<std::size_t>(x.size()), 1));
}

template <class Real>
Sums sums(const Tensor<Real>& x) {
  Sums result{{x.data(), x.data() + x.size()}, {}};
  for (const double value : result.value) result.size.push_back(std::abs(value));
  return result;
}

/// Shapes that broadcast, for ops of two and three operands.
inline std::vector<std::vector<Shape>> broadcasts(int arity) {
  if (arity == 2)
    return {{{3, 1}, {4}},   {{}, {2, 3}},        {{2, 3}, {}}, {{2, 3, 4}, {3, 1}},
            {{5}, {3, 5}},   {{5, 1, 2}, {4, 1}}, {{1}, {1}},   {{2, 0}, {1}},
            {{17, 1}, {17}}, {{1, 70}, {3, 70}}};
  return {{{3, 1}, {4}, {}}, {{}, {}, {2, 3}}, {{2, 1}, {1, 3}, {2, 3}}, {{2, 20}, {20}, {2, 1}}};
}

}  // namespace laws
