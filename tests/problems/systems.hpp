#pragma once
/// Systems of n equations in n unknowns, and convex quadratics, of any n: smooth functions.
///
/// "MGH k" is problem k of J. J. Moré, B. S. Garbow and K. E. Hillstrom, "Testing Unconstrained
/// Optimization Software", ACM Transactions on Mathematical Software 7 (1981), pages 17-41.
/// Minimisers to all digits by Newton's method in 60-digit arithmetic.

#include <algorithm>

#include "tests/problems/parts.hpp"

namespace thalweg::test_problems {

/// tᵢ (tᵢ − 1),  tᵢ = i h,  h = 1/(n + 1): the start of the next two.
inline Point parabola(size_t n) {
  const double h = 1 / static_cast<double>(n + 1);
  Point x(n);
  for (size_t i = 0; i < n; ++i) x[i] = static_cast<double>(i + 1) * h;
  for (double& t : x) t *= t - 1;
  return x;
}

/// u″ = (u + t + 1)³ / 2, u(0) = u(1) = 0, by differences (MGH 28).
///     rᵢ = 2 xᵢ − xᵢ₋₁ − xᵢ₊₁ + h² (xᵢ + tᵢ + 1)³ / 2,   tᵢ = i h,  h = 1/(n + 1),  x₀ = xₙ₊₁ = 0
struct DiscreteBoundaryValue : SumOfSquares<DiscreteBoundaryValue> {
  static constexpr auto name = "discrete boundary value";
  static Point start(size_t n = 10) { return parabola(n); }
  static Points minimisers(size_t n = 10) {
    if (n != 10) return {};
    return {{-0.0431649825187648706, -0.0815771565353868815, -0.114485714380529287,
             -0.14097357686259668, -0.159908696181983122, -0.169877202312774919,
             -0.169089983781208352, -0.155249535221831822, -0.125355891678934989,
             -0.075416533685892084}};
  }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    const size_t n = x.size();
    const double h = 1 / static_cast<double>(n + 1);
    std::vector<T> r;
    for (size_t i = 0; i < n; ++i) {
      const T u = x[i] + static_cast<double>(i + 1) * h + 1;
      T bend = 2 * x[i];
      if (i > 0) bend -= x[i - 1];
      if (i + 1 < n) bend -= x[i + 1];
      r.push_back(bend + 0.5 * h * h * u * u * u);
    }
    return r;
  }
};

/// The same equation with Green's function (MGH 29); its solution is the same.
///     rᵢ = xᵢ + h/2 ((1 − tᵢ) Σⱼ≤ᵢ tⱼ cⱼ + tᵢ Σⱼ>ᵢ (1 − tⱼ) cⱼ),   cⱼ = (xⱼ + tⱼ + 1)³
struct DiscreteIntegral : SumOfSquares<DiscreteIntegral> {
  static constexpr auto name = "discrete integral";
  static Point start(size_t n = 10) { return parabola(n); }
  static Points minimisers(size_t n = 10) { return DiscreteBoundaryValue::minimisers(n); }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    const size_t n = x.size();
    const double h = 1 / static_cast<double>(n + 1);
    const auto t = [h](size_t i) { return static_cast<double>(i + 1) * h; };
    std::vector<T> cubes;
    T right = 0;
    for (size_t j = 0; j < n; ++j) {
      const T u = x[j] + t(j) + 1;
      cubes.push_back(u * u * u);
      right += (1 - t(j)) * cubes[j];
    }
    std::vector<T> r;
    T left = 0;
    for (size_t i = 0; i < n; ++i) {
      left += t(i) * cubes[i];
      right -= (1 - t(i)) * cubes[i];
      r.push_back(x[i] + h / 2 * ((1 - t(i)) * left + t(i) * right));
    }
    return r;
  }
};

/// (MGH 30)   rᵢ = (3 − 2 xᵢ) xᵢ − xᵢ₋₁ − 2 xᵢ₊₁ + 1,   x₀ = xₙ₊₁ = 0
struct BroydenTridiagonal : SumOfSquares<BroydenTridiagonal> {
  static constexpr auto name = "Broyden tridiagonal";
  static Point start(size_t n = 10) { return Point(n, -1.0); }
  static Points minimisers(size_t n = 10) {
    if (n != 10) return {};
    return {{-0.570722132011224794, -0.681806949984275091, -0.702210076017660035,
             -0.705510629895080391, -0.704906155728743671, -0.701496607029851135,
             -0.691889322354798255, -0.665796514405853747, -0.59603510902636571,
             -0.416412257528693349}};
  }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    std::vector<T> r;
    for (size_t i = 0; i < x.size(); ++i) {
      T sum = (3 - 2 * x[i]) * x[i] + 1;
      if (i > 0) sum -= x[i - 1];
      if (i + 1 < x.size()) sum -= 2 * x[i + 1];
      r.push_back(sum);
    }
    return r;
  }
};

/// A local minimum has f = 2.68 (MGH 31).
///     rᵢ = xᵢ (2 + 5 xᵢ²) + 1 − Σⱼ xⱼ (1 + xⱼ),   i − 5 ≤ j ≤ i + 1,  j ≠ i
struct BroydenBanded : SumOfSquares<BroydenBanded> {
  static constexpr auto name = "Broyden banded";
  static Point start(size_t n = 10) { return Point(n, -1.0); }
  static Points minimisers(size_t n = 10) {
    if (n != 10) return {};
    return {{-0.428302863587250274, -0.476596424356290242, -0.519652463646861726,
             -0.558099324832180896, -0.592506156829457349, -0.624503682199467921,
             -0.623239471440591091, -0.621393841796573499, -0.620453596659087359,
             -0.58646927072043507}};
  }
  static Points local_minimisers(size_t n = 10) {
    if (n != 10) return {};
    return {{0.217172239058743042, 0.306467150037749121, 0.356786097274247463, 0.448394894136121703,
             0.577637950998186514, 0.713103509761491434, 0.823956480273761998, 0.921909337168845263,
             0.99699277859614988, 0.963462270337487101}};
  }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    std::vector<T> r;
    for (size_t i = 0; i < x.size(); ++i) {
      T sum = x[i] * (2 + 5 * x[i] * x[i]) + 1;
      for (size_t j = i < 5 ? 0 : i - 5; j < x.size() && j <= i + 1; ++j)
        if (j != i) sum -= x[j] * (1 + x[j]);
      r.push_back(sum);
    }
    return r;
  }
};

/// Linear, 2n equations (MGH 32).   rᵢ = xᵢ [i ≤ n] − Σ xⱼ / n − 1,   i = 1..2n
struct LinearFullRank : SumOfSquares<LinearFullRank> {
  static constexpr auto name = "linear";
  static double minimum(size_t n = 10) { return static_cast<double>(n); }
  static Point start(size_t n = 10) { return Point(n, 1.0); }
  static Points minimisers(size_t n = 10) { return {Point(n, -1.0)}; }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    const T rest = -total(x) / static_cast<double>(x.size()) - 1;
    std::vector<T> r(x.size(), rest);
    for (const T& number : x) r.push_back(number + rest);
    return r;
  }
};

/// Nodes of a quadrature with equal weights (MGH 35).
///     rᵢ = Σⱼ Tᵢ(xⱼ) / n − ∫₀¹ Tᵢ,   Tᵢ the polynomial of Chebyshev on [0, 1]
/// The integral is 0 for odd i, 1/(1 − i²) for even i. Solved exactly for n ≤ 7 and n = 9 alone.
struct Chebyquad : SumOfSquares<Chebyquad> {
  static constexpr auto name = "Chebyquad";
  static double minimum(size_t n = 8) {
    return n <= 7 || n == 9 ? 0 : n == 8 ? 0.00351687372567793167 : unknown;
  }
  static Point start(size_t n = 8) {
    Point x(n);
    for (size_t i = 0; i < n; ++i) x[i] = static_cast<double>(i + 1) / static_cast<double>(n + 1);
    return x;
  }
  static Points minimisers(size_t n = 8) {
    if (n == 8)
      return {{0.0431527601510166313, 0.193090840384186118, 0.266328706890272927, 0.5, 0.5,
               0.733671293109727073, 0.806909159615813882, 0.956847239848983369}};
    if (n == 9)
      return {{0.0442053461357827632, 0.199490672309880964, 0.235619108471060003,
               0.416046907892598028, 0.5, 0.583953092107401972, 0.764380891528939997,
               0.800509327690119036, 0.955794653864217237}};
    return {};
  }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    const size_t n = x.size();
    std::vector<T> r(n, T(0));
    for (const T& number : x) {
      const T u = 2 * number - 1;
      T before = 1, now = u;
      for (size_t i = 0; i < n; ++i) {
        r[i] += now / static_cast<double>(n);
        const T next = 2 * u * now - before;
        before = now;
        now = next;
      }
    }
    for (size_t i = 2; i <= n; i += 2) r[i - 1] += 1 / (static_cast<double>(i * i) - 1);
    return r;
  }
};

/// f = Σ xᵢ²
struct Sphere : Function {
  static constexpr auto name = "sphere";
  static Point start(size_t n = 10) { return Point(n, 1.0); }
  static Points minimisers(size_t n = 10) { return {Point(n, 0.0)}; }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    return total_of_squares(x);
  }
};

/// Convex, with second derivatives from 2 to 2·10⁶ along axes that are not the coordinates'.
///     f = Σ 10^(6 (i−1)/(n−1)) yᵢ²,   y = x − 2 v (v·x),   v = (1, ..., 1)/√n
struct Ellipsoid : Function {
  static constexpr auto name = "ellipsoid";
  static Point start(size_t n = 10) { return Point(n, 1.0); }
  static Points minimisers(size_t n = 10) { return {Point(n, 0.0)}; }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    const double n = static_cast<double>(x.size());
    const T twice_mean = 2 / n * total(x);
    T sum = 0;
    double k = 0;
    for (const T& number : x) {
      const T y = number - twice_mean;
      sum += std::pow(10.0, 6 * k++ / std::max(n - 1, 1.0)) * y * y;
    }
    return sum;
  }
};

/// f(P{}) for each function of this file.
template <class F>
void for_each_system(F&& f) {
  for_each_of<DiscreteBoundaryValue, DiscreteIntegral, BroydenTridiagonal, BroydenBanded,
              LinearFullRank, Chebyquad, Sphere, Ellipsoid>(f);
}

}  // namespace thalweg::test_problems
