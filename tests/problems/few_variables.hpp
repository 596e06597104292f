#pragma once
/// Smooth functions of two to four variables: valleys, bad scales, singular minima.
///
/// "MGH k" is problem k of J. J. Moré, B. S. Garbow and K. E. Hillstrom, "Testing Unconstrained
/// Optimization Software", ACM Transactions on Mathematical Software 7 (1981), pages 17-41.
/// "Survey" is M. Jamil and X.-S. Yang, "A literature survey of benchmark functions for global
/// optimization problems", Int. J. Mathematical Modelling and Numerical Optimisation 4 (2013).

#include "tests/problems/parts.hpp"

namespace thalweg::test_problems {

/// A valley along a parabola (MGH 1).   r = (10 (x₂ − x₁²),  1 − x₁)
struct Rosenbrock : SumOfSquares<Rosenbrock> {
  static constexpr auto name = "Rosenbrock";
  static Point start() { return {-1.2, 1}; }
  static Points minimisers() { return {{1, 1}}; }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    return {10 * (x[1] - x[0] * x[0]), 1 - x[0]};
  }
};

/// A second valley ends in a local minimum, f = 48.98 (MGH 2).
///     r = (−13 + x₁ + ((5 − x₂) x₂ − 2) x₂,  −29 + x₁ + ((x₂ + 1) x₂ − 14) x₂)
struct FreudensteinRoth : SumOfSquares<FreudensteinRoth> {
  static constexpr auto name = "Freudenstein-Roth";
  static Point start() { return {0.5, -2}; }
  static Points minimisers() { return {{5, 4}}; }
  static Points local_minimisers() { return {{11.4127789869020939, -0.896805253274476518}}; }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    return {-13 + x[0] + ((5 - x[1]) * x[1] - 2) * x[1],
            -29 + x[0] + ((x[1] + 1) * x[1] - 14) * x[1]};
  }
};

/// (MGH 3)   r = (10⁴ x₁ x₂ − 1,  e^(−x₁) + e^(−x₂) − 1.0001)
struct PowellBadlyScaled : SumOfSquares<PowellBadlyScaled> {
  static constexpr auto name = "Powell badly scaled";
  static Point start() { return {0, 1}; }
  static Points minimisers() { return {{1.09815932969981746e-5, 9.10614673986652401}}; }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    return {1e4 * x[0] * x[1] - 1, exp(-x[0]) + exp(-x[1]) - 1.0001};
  }
};

/// (MGH 4)   r = (x₁ − 10⁶,  x₂ − 2·10⁻⁶,  x₁ x₂ − 2)
struct BrownBadlyScaled : SumOfSquares<BrownBadlyScaled> {
  static constexpr auto name = "Brown badly scaled";
  static Point start() { return {1, 1}; }
  static Points minimisers() { return {{1e6, 2e-6}}; }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    return {x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2};
  }
};

/// (MGH 5)   rᵢ = yᵢ − x₁ (1 − x₂ⁱ),   y = (1.5, 2.25, 2.625)
struct Beale : SumOfSquares<Beale> {
  static constexpr auto name = "Beale";
  static Point start() { return {1, 1}; }
  static Points minimisers() { return {{3, 0.5}}; }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    const T square = x[1] * x[1];
    return {1.5 - x[0] * (1 - x[1]), 2.25 - x[0] * (1 - square),
            2.625 - x[0] * (1 - x[1] * square)};
  }
};

/// A valley along a helix (MGH 7).   r = (10 (x₃ − 10 θ),  10 (√(x₁² + x₂²) − 1),  x₃)
/// θ is the angle of (x₁, x₂) in turns, between −1/4 and 3/4; f jumps where x₁ = 0, x₂ < 0.
struct HelicalValley : SumOfSquares<HelicalValley> {
  static constexpr auto name = "helical valley";
  static Point start() { return {-1, 0, 0}; }
  static Points minimisers() { return {{1, 0, 0}}; }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    const T turns = atan2(x[1], x[0]) / (2 * std::numbers::pi) + (x[0] < 0 && x[1] < 0 ? 1 : 0);
    return {10 * (x[2] - 10 * turns), 10 * (hypot(x[0], x[1]) - 1), x[2]};
  }
};

/// The second derivatives have rank 2 at the minimum (MGH 13).
///     r = (x₁ + 10 x₂,  √5 (x₃ − x₄),  (x₂ − 2 x₃)²,  √10 (x₁ − x₄)²)
struct PowellSingular : SumOfSquares<PowellSingular> {
  static constexpr auto name = "Powell singular";
  static Point start() { return {3, -1, 0, 1}; }
  static Points minimisers() { return {{0, 0, 0, 0}}; }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    const T a = x[1] - 2 * x[2];
    const T b = x[0] - x[3];
    return {x[0] + 10 * x[1], std::sqrt(5.0) * (x[2] - x[3]), a * a, std::sqrt(10.0) * b * b};
  }
};

/// Two coupled valleys (MGH 14).
///     r = (10 (x₂ − x₁²),  1 − x₁,  √90 (x₄ − x₃²),  1 − x₃,  √10 (x₂ + x₄ − 2),  (x₂ − x₄) / √10)
struct Wood : SumOfSquares<Wood> {
  static constexpr auto name = "Wood";
  static Point start() { return {-3, -1, -3, -1}; }
  static Points minimisers() { return {{1, 1, 1, 1}}; }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    const double root = std::sqrt(10.0);
    return {10 * (x[1] - x[0] * x[0]),       1 - x[0],
            3 * root * (x[3] - x[2] * x[2]), 1 - x[2],
            root * (x[1] + x[3] - 2),        (x[1] - x[3]) / root};
  }
};

/// Four minima of equal depth (survey).   r = (x² + y − 11,  x + y² − 7)
struct Himmelblau : SumOfSquares<Himmelblau> {
  static constexpr auto name = "Himmelblau";
  static Point start() { return {0, 0}; }
  static Points minimisers() {
    return {{3, 2},
            {-2.80511808695274485, 3.13131251825057297},
            {-3.77931025337774689, -3.28318599128616941},
            {3.58442834033049174, -1.84812652696440355}};
  }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    return {x[0] * x[0] + x[1] - 11, x[0] + x[1] * x[1] - 7};
  }
};

/// (survey)   r = (x + 2y − 7,  2x + y − 5)
struct Booth : SumOfSquares<Booth> {
  static constexpr auto name = "Booth";
  static Point start() { return {-5, 8}; }
  static Points minimisers() { return {{1, 3}}; }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    return {x[0] + 2 * x[1] - 7, 2 * x[0] + x[1] - 5};
  }
};

/// (survey)   f = 0.26 (x² + y²) − 0.48 x y
struct Matyas : Function {
  static constexpr auto name = "Matyas";
  static Point start() { return {4, -7}; }
  static Points minimisers() { return {{0, 0}}; }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    return 0.26 * (x[0] * x[0] + x[1] * x[1]) - 0.48 * x[0] * x[1];
  }
};

/// (survey)   f = sin(x + y) + (x − y)² − 1.5 x + 2.5 y + 1;  unbounded below outside its domain.
/// With x + y = −2π/3 and x − y = 1 the minimum is −√3/2 − π/3.
struct McCormick : Function {
  static constexpr auto name = "McCormick";
  static double minimum() { return -std::sqrt(0.75) - std::numbers::pi / 3; }
  static Domain domain() { return {{-1.5, -3}, {4, 4}}; }
  static Point start() { return {0, 0}; }
  static Points minimisers() { return {{0.5 - std::numbers::pi / 3, -0.5 - std::numbers::pi / 3}}; }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    const T d = x[0] - x[1];
    return sin(x[0] + x[1]) + d * d - 1.5 * x[0] + 2.5 * x[1] + 1;
  }
};

/// (survey)   f = 2x² − 1.05 x⁴ + x⁶/6 + x y + y²
struct ThreeHumpCamel : Function {
  static constexpr auto name = "three-hump camel";
  static Domain domain() { return cube(2, -5, 5); }
  static Point start() { return {-1, 2}; }
  static Points minimisers() { return {{0, 0}}; }
  static Points local_minimisers() {
    return {{1.7475523458302889, -0.873776172915144449},
            {-1.7475523458302889, 0.873776172915144449}};
  }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    const T s = x[0] * x[0];
    return s * (2 - s * (1.05 - s / 6)) + x[0] * x[1] + x[1] * x[1];
  }
};

/// f(P{}) for each function of this file.
template <class F>
void for_each_of_few_variables(F&& f) {
  for_each_of<Rosenbrock, FreudensteinRoth, PowellBadlyScaled, BrownBadlyScaled, Beale,
              HelicalValley, PowellSingular, Wood, Himmelblau, Booth, Matyas, McCormick,
              ThreeHumpCamel>(f);
}

}  // namespace thalweg::test_problems
