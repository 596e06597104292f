#pragma once
/// Smooth functions of any number n of variables, sums of squares.
///
/// "MGH k" is problem k of J. J. Moré, B. S. Garbow and K. E. Hillstrom, "Testing Unconstrained
/// Optimization Software", ACM Transactions on Mathematical Software 7 (1981), pages 17-41.
/// Minimisers to all digits by Newton's method in 60-digit arithmetic.

#include "tests/problems/parts.hpp"

namespace thalweg::test_problems {

/// (MGH 20)   t = i/29,  i = 1..29;   two more residuals: x₁,  x₂ − x₁² − 1
///     rᵢ = Σⱼ₌₂ⁿ (j − 1) xⱼ tʲ⁻² − (Σⱼ xⱼ tʲ⁻¹)² − 1
struct Watson : SumOfSquares<Watson> {
  static constexpr auto name = "Watson";
  static double minimum(size_t n = 6) {
    return n == 6 ? 0.00228767005355243624 : n == 9 ? 1.39976013809901994e-6 : unknown;
  }
  static Point start(size_t n = 6) { return Point(n, 0.0); }
  static Points minimisers(size_t n = 6) {
    if (n == 6)
      return {{-0.0157250864014584568, 1.01243486936910986, -0.232991625956737684,
               1.26043008779960834, -1.51372892272227967, 0.992996432431134522}};
    if (n == 9)
      return {{-0.0000153070365213943422, 0.999789703931948379, 0.0147639636935569587,
               0.14634232829936223, 1.00082110300470924, -2.61773114051901515, 4.10440316447885642,
               -3.14361227855644223, 1.0526264080101669}};
    return {};
  }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    std::vector<T> r;
    for (int i = 1; i <= 29; ++i) {
      const double t = i / 29.0;
      T sum = x[0], slope = 0;
      double power = 1;  // tʲ⁻¹
      for (size_t j = 1; j < x.size(); ++j) {
        slope += static_cast<double>(j) * power * x[j];
        power *= t;
        sum += power * x[j];
      }
      r.push_back(slope - sum * sum - 1);
    }
    r.push_back(x[0]);
    r.push_back(x[1] - x[0] * x[0] - 1);
    return r;
  }
};

/// (MGH 21)   n/2 functions of Rosenbrock, of (x₁, x₂), (x₃, x₄), ...; n even
struct ExtendedRosenbrock : SumOfSquares<ExtendedRosenbrock> {
  static constexpr auto name = "extended Rosenbrock";
  static constexpr size_t block = 2;
  static Point start(size_t n = 10) {
    Point x(n, 1.0);
    for (size_t i = 0; i < n; i += 2) x[i] = -1.2;
    return x;
  }
  static Points minimisers(size_t n = 10) { return {Point(n, 1.0)}; }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    std::vector<T> r;
    r.reserve(x.size());
    for (size_t i = 0; i + 1 < x.size(); i += 2) {
      r.push_back(10 * (x[i + 1] - x[i] * x[i]));
      r.push_back(1 - x[i]);
    }
    return r;
  }
};

/// (MGH 22)   n/4 singular functions of Powell, of (x₁, ..., x₄), ...; n a multiple of 4
struct ExtendedPowell : SumOfSquares<ExtendedPowell> {
  static constexpr auto name = "extended Powell";
  static constexpr size_t block = 4;
  static Point start(size_t n = 12) {
    static constexpr double four[] = {3, -1, 0, 1};
    Point x(n);
    for (size_t i = 0; i < n; ++i) x[i] = four[i % 4];
    return x;
  }
  static Points minimisers(size_t n = 12) { return {Point(n, 0.0)}; }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    std::vector<T> r;
    r.reserve(x.size());
    for (size_t i = 0; i + 3 < x.size(); i += 4) {
      const T a = x[i + 1] - 2 * x[i + 2];
      const T b = x[i] - x[i + 3];
      r.push_back(x[i] + 10 * x[i + 1]);
      r.push_back(std::sqrt(5.0) * (x[i + 2] - x[i + 3]));
      r.push_back(a * a);
      r.push_back(std::sqrt(10.0) * b * b);
    }
    return r;
  }
};

/// (MGH 23)   rᵢ = √10⁻⁵ (xᵢ − 1);   one more: Σ xⱼ² − 1/4
struct PenaltyI : SumOfSquares<PenaltyI> {
  static constexpr auto name = "penalty I";
  static double minimum(size_t n = 10) {
    return n == 4 ? 2.24997750089993701e-5 : n == 10 ? 7.08765146709036944e-5 : unknown;
  }
  static Point start(size_t n = 10) {
    Point x(n);
    for (size_t i = 0; i < n; ++i) x[i] = static_cast<double>(i + 1);
    return x;
  }
  static Points minimisers(size_t n = 10) {
    if (n == 4) return {Point(n, 0.250007499587537871)};
    if (n == 10) return {Point(n, 0.158122301113116355)};
    return {};
  }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    std::vector<T> r;
    for (const T& number : x) r.push_back(std::sqrt(1e-5) * (number - 1));
    r.push_back(total_of_squares(x) - 0.25);
    return r;
  }
};

/// (MGH 24)   2n residuals:
///     x₁ − 0.2;   √10⁻⁵ (e^(xᵢ/10) + e^(xᵢ₋₁/10) − e^(i/10) − e^((i−1)/10)),  i = 2..n;
///     √10⁻⁵ (e^(xᵢ/10) − e^(−1/10)),  i = 2..n;   Σ (n − j + 1) xⱼ² − 1
struct PenaltyII : SumOfSquares<PenaltyII> {
  static constexpr auto name = "penalty II";
  static double minimum(size_t n = 10) {
    return n == 4 ? 9.37629300735544154e-6 : n == 10 ? 2.93660537456745938e-4 : unknown;
  }
  static Point start(size_t n = 10) { return Point(n, 0.5); }
  static Points minimisers(size_t n = 10) {
    if (n == 4)
      return {
          {0.199999333350380385, 0.191316700992772451, 0.480101485332623167, 0.518845404390200593}};
    if (n == 10)
      return {{0.199983605197823606, 0.0103506484712922978, 0.0196049344804384005,
               0.0320890672206856501, 0.0499326773996412972, 0.0765139951539936082,
               0.11862407286950418, 0.192144872335576677, 0.347320586941843634,
               0.36916437415935083}};
    return {};
  }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    const double a = std::sqrt(1e-5);
    std::vector<T> r = {x[0] - 0.2};
    T weighted = static_cast<double>(x.size()) * x[0] * x[0];
    for (size_t i = 1; i < x.size(); ++i) {
      const double k = static_cast<double>(i);
      const double y = std::exp((k + 1) / 10) + std::exp(k / 10);
      r.push_back(a * (exp(x[i] / 10) + exp(x[i - 1] / 10) - y));
      r.push_back(a * (exp(x[i] / 10) - std::exp(-0.1)));
      weighted += (static_cast<double>(x.size()) - k) * x[i] * x[i];
    }
    r.push_back(weighted - 1);
    return r;
  }
};

/// (MGH 25)   xᵢ − 1, i = 1..n;   s;   s²;     s = Σ j (xⱼ − 1)
struct VariablyDimensioned : SumOfSquares<VariablyDimensioned> {
  static constexpr auto name = "variably dimensioned";
  static Point start(size_t n = 10) {
    Point x(n);
    for (size_t i = 0; i < n; ++i) x[i] = 1 - static_cast<double>(i + 1) / static_cast<double>(n);
    return x;
  }
  static Points minimisers(size_t n = 10) { return {Point(n, 1.0)}; }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    std::vector<T> r;
    T sum = 0;
    double j = 0;
    for (const T& number : x) {
      r.push_back(number - 1);
      sum += ++j * (number - 1);
    }
    r.push_back(sum);
    r.push_back(sum * sum);
    return r;
  }
};

/// (MGH 26)   rᵢ = n − Σ cos xⱼ + i (1 − cos xᵢ) − sin xᵢ
struct Trigonometric : SumOfSquares<Trigonometric> {
  static constexpr auto name = "trigonometric";
  static Point start(size_t n = 10) { return Point(n, 1 / static_cast<double>(n)); }
  static Points minimisers(size_t n = 10) { return {Point(n, 0.0)}; }
  static Points local_minimisers(size_t n = 10) {
    if (n != 10) return {};
    return {{0.0551509039806912929, 0.0568406167947385631, 0.0587640017626950836,
             0.0609906086567608048, 0.0636262136958545102, 0.0668431794527587893,
             0.208161518569881163, 0.164363095885647738, 0.0850068956885074448,
             0.0914314507147079443}};
  }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    std::vector<T> cosine, r;
    for (const T& number : x) cosine.push_back(cos(number));
    const T rest = static_cast<double>(x.size()) - total(cosine);
    for (size_t i = 0; i < x.size(); ++i)
      r.push_back(rest + static_cast<double>(i + 1) * (1 - cosine[i]) - sin(x[i]));
    return r;
  }
};

/// (MGH 27)   rᵢ = xᵢ + Σ xⱼ − (n + 1), i = 1..n − 1;   rₙ = Π xⱼ − 1
/// Near (0, ..., 0, n + 1), where f = 1, it is so flat that a descent may end there.
struct BrownAlmostLinear : SumOfSquares<BrownAlmostLinear> {
  static constexpr auto name = "Brown almost linear";
  static Point start(size_t n = 10) { return Point(n, 0.5); }
  static Points minimisers(size_t n = 10) {
    Points known = {Point(n, 1.0)};
    if (n == 10) known.push_back(Point(n, 0.979430303349862452));
    if (n == 10) known.back().back() = 1.20569696650137548;
    return known;
  }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    const T sum = total(x) - static_cast<double>(x.size() + 1);
    std::vector<T> r;
    T product = x.back();
    for (size_t i = 0; i + 1 < x.size(); ++i) {
      r.push_back(x[i] + sum);
      product *= x[i];
    }
    r.push_back(product - 1);
    return r;
  }
};

/// f(P{}) for each function of this file.
template <class F>
void for_each_of_many_variables(F&& f) {
  for_each_of<Watson, ExtendedRosenbrock, ExtendedPowell, PenaltyI, PenaltyII, VariablyDimensioned,
              Trigonometric, BrownAlmostLinear>(f);
}

}  // namespace thalweg::test_problems
