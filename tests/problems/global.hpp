#pragma once
/// Functions with many local minima in a domain: for global methods.
///
/// Formulas and domains as in M. Jamil and X.-S. Yang, "A literature survey of benchmark functions
/// for global optimization problems", Int. J. Mathematical Modelling and Numerical Optimisation 4
/// (2013), where nothing else is said; the first source is named too. Minimisers to all digits by
/// Newton's method in 50-digit arithmetic. `start` is a point from which descent ends elsewhere.

#include <iterator>

#include "tests/problems/parts.hpp"

namespace thalweg::test_problems {

/// L. A. Rastrigin, "Systems of Extremal Control" (1974).   f = 10 n + Σ (xᵢ² − 10 cos 2π xᵢ)
struct Rastrigin : Function {
  static constexpr auto name = "Rastrigin";
  static Domain domain(size_t n = 5) { return cube(n, -5.12, 5.12); }
  static Point start(size_t n = 5) { return Point(n, 3.2); }
  static Points minimisers(size_t n = 5) { return {Point(n, 0.0)}; }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    T sum = 0;
    for (const T& t : x) sum += t * t + 10 * (1 - cos(2 * std::numbers::pi * t));
    return sum;
  }
};

/// D. H. Ackley, "A Connectionist Machine for Genetic Hillclimbing" (1987). No slope at 0.
///     f = 20 + e − 20 e^(−0.2 √(Σ xᵢ²/n)) − e^(Σ cos(2π xᵢ)/n)
struct Ackley : Function {
  static constexpr auto name = "Ackley";
  static Domain domain(size_t n = 5) { return cube(n, -32.768, 32.768); }
  static Point start(size_t n = 5) { return Point(n, 14.7); }
  static Points minimisers(size_t n = 5) { return {Point(n, 0.0)}; }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    const double n = static_cast<double>(x.size());
    T cosines = 0;
    for (const T& t : x) cosines += cos(2 * std::numbers::pi * t);
    return 20 * (1 - exp(-0.2 * sqrt(total_of_squares(x) / n))) + std::numbers::e -
           exp(cosines / n);
  }
};

/// A. O. Griewank, J. Optimization Theory and Applications 34 (1981).
///     f = 1 + Σ xᵢ²/4000 − Π cos(xᵢ/√i)
struct Griewank : Function {
  static constexpr auto name = "Griewank";
  static Domain domain(size_t n = 5) { return cube(n, -600, 600); }
  static Point start(size_t n = 5) { return Point(n, 150.0); }
  static Points minimisers(size_t n = 5) { return {Point(n, 0.0)}; }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    T product = 1;
    double i = 0;
    for (const T& t : x) product *= cos(t / std::sqrt(++i));
    return 1 + total_of_squares(x) / 4000 - product;
  }
};

/// H.-P. Schwefel, "Numerical Optimization of Computer Models" (1981), problem 2.26.
///     f = −Σ xᵢ sin √|xᵢ|.     Others add 418.98 n.
struct Schwefel : Function {
  static constexpr auto name = "Schwefel";
  static double minimum(size_t n = 5) { return -418.982887272433706 * static_cast<double>(n); }
  static Domain domain(size_t n = 5) { return cube(n, -500, 500); }
  static Point start(size_t n = 5) { return Point(n, 180.0); }
  static Points minimisers(size_t n = 5) { return {Point(n, 420.968746359982027)}; }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    T sum = 0;
    for (const T& t : x) sum -= t * sin(sqrt(abs(t)));
    return sum;
  }
};

/// A. V. Levy and A. Montalvo, SIAM J. Scientific and Statistical Computing 6 (1985).
///     f = sin²(π w₁) + Σᵢ₌₁ⁿ⁻¹ (wᵢ − 1)² (1 + 10 sin²(π wᵢ + 1)) + (wₙ − 1)² (1 + sin²(2π wₙ)),
///     w = 1 + (x − 1)/4
struct Levy : Function {
  static constexpr auto name = "Levy";
  static Domain domain(size_t n = 5) { return cube(n, -10, 10); }
  static Point start(size_t n = 5) { return Point(n, -7.0); }
  static Points minimisers(size_t n = 5) { return {Point(n, 1.0)}; }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    constexpr double pi = std::numbers::pi;
    const T first = sin(pi * (x[0] + 3) / 4);
    T sum = first * first;
    for (size_t i = 0; i + 1 < x.size(); ++i) {
      const T v = (x[i] - 1) / 4;
      const T s = sin(pi * (v + 1) + 1);
      sum += v * v * (1 + 10 * s * s);
    }
    const T v = (x.back() - 1) / 4;
    const T s = sin(2 * pi * v);
    return sum + v * v * (1 + s * s);
  }
};

/// D. Whitley et al., Artificial Intelligence 85 (1996). Least on the domain's border.
///     f = −(y + 47) sin √|y + x/2 + 47| − x sin √|x − (y + 47)|
struct Eggholder : Function {
  static constexpr auto name = "Eggholder";
  static double minimum() { return -959.640662720850803; }
  static Domain domain() { return cube(2, -512, 512); }
  static Point start() { return {100, 100}; }
  static Points minimisers() { return {{512, 404.231805113757811}}; }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    const T y = x[1] + 47;
    return -y * sin(sqrt(abs(y + x[0] / 2))) - x[0] * sin(sqrt(abs(x[0] - y)));
  }
};

/// M. A. Styblinski and T.-S. Tang, Neural Networks 3 (1990).   f = ½ Σ (xᵢ⁴ − 16 xᵢ² + 5 xᵢ)
struct StyblinskiTang : Function {
  static constexpr auto name = "Styblinski-Tang";
  static double minimum(size_t n = 5) { return -39.1661657037714155 * static_cast<double>(n); }
  static Domain domain(size_t n = 5) { return cube(n, -5, 5); }
  static Point start(size_t n = 5) { return Point(n, 4.0); }
  static Points minimisers(size_t n = 5) { return {Point(n, -2.9035340277711771)}; }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    T sum = 0;
    for (const T& t : x) sum += t * (5 + t * (t * t - 16));
    return sum / 2;
  }
};

/// E. E. Easom, "A Survey of Global Optimization Techniques" (1990). Flat but for a narrow hole.
///     f = −cos x cos y e^(−(x − π)² − (y − π)²)
struct Easom : Function {
  static constexpr auto name = "Easom";
  static constexpr double minimum() { return -1; }
  static Domain domain() { return cube(2, -100, 100); }
  static Point start() { return {-20, 30}; }
  static Points minimisers() { return {{std::numbers::pi, std::numbers::pi}}; }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    const T a = x[0] - std::numbers::pi;
    const T b = x[1] - std::numbers::pi;
    return -cos(x[0]) * cos(x[1]) * exp(-a * a - b * b);
  }
};

/// Z. Michalewicz, "Genetic Algorithms + Data Structures = Evolution Programs" (1992). Valleys that
/// become narrower.   f = −Σ sin xᵢ sin²⁰(i xᵢ²/π).     Minimisers for n ≤ 10.
struct Michalewicz : Function {
  static constexpr auto name = "Michalewicz";
  static double minimum(size_t n = 5) {
    static constexpr double least[] = {
        -0.801303410098552533, -1.80130341009855253, -2.76039467999455848, -3.69885709846664189,
        -4.68765817908814625,  -5.68765817908814625, -6.68088531444402786, -7.66375735071623846,
        -8.66015171564134141,  -9.66015171564134141};
    return n <= std::size(least) ? least[n - 1] : unknown;
  }
  static Domain domain(size_t n = 5) { return cube(n, 0, std::numbers::pi); }
  static Point start(size_t n = 5) { return Point(n, 1.0); }
  static Points minimisers(size_t n = 5) {
    static constexpr double best[] = {2.20290552017260935, 1.57079632679489662, 1.28499157055292436,
                                      1.92305846986636284, 1.72046977256584128, 1.57079632679489662,
                                      1.45441397136237903, 1.75608652094502637, 1.6557174168210291,
                                      1.57079632679489662};
    if (n > std::size(best)) return {};
    return {Point(best, best + n)};
  }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    T sum = 0;
    double i = 0;
    for (const T& t : x) sum -= sin(t) * pow(sin(++i * t * t / std::numbers::pi), 20.0);
    return sum;
  }
};

/// f(P{}) for each function of this file.
template <class F>
void for_each_of_many_minima(F&& f) {
  for_each_of<Rastrigin, Ackley, Griewank, Schwefel, Levy, Eggholder, StyblinskiTang, Easom,
              Michalewicz>(f);
}

}  // namespace thalweg::test_problems
