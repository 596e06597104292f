#pragma once
/// What the tests of the kernels share: numbers to work on, and rounding in either precision.

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "tests/close.hpp"
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

/// Rounding of a few operations, or `times` as many, in either precision.
template <class Real>
constexpr testing::Tolerance rounding(double times = 1) {
  const double each = times * (sizeof(Real) == 4 ? 2e-6 : 4e-15);
  return {each, each};
}

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
