#pragma once
/// The functions of few variables from L. C. W. Dixon and G. P. Szegő, "Towards Global Optimization
/// 2" (1978), with several minima in a domain: for global methods.
///
/// Minimisers to all digits by Newton's method in 50-digit arithmetic. `start` is a point from
/// which descent ends elsewhere, or at one of several minima of equal depth.

#include "tests/problems/parts.hpp"

namespace thalweg::test_problems {

/// First in F. H. Branin, IBM J. Research and Development 16 (1972). Three minima, all 5/(4π).
///     f = (y − 5.1 x²/(4π²) + 5x/π − 6)² + 10 (1 − 1/(8π)) cos x + 10
struct Branin : Function {
  static constexpr auto name = "Branin";
  static constexpr double minimum() { return 1.25 / std::numbers::pi; }
  static Domain domain() { return {{-5, 0}, {10, 15}}; }
  static Point start() { return {5, 10}; }
  static Points minimisers() {
    constexpr double pi = std::numbers::pi;
    return {{pi, 2.275}, {-pi, 12.275}, {3 * pi, 2.475}};
  }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    const T t = x[0] / std::numbers::pi;
    const T r = x[1] - 1.275 * t * t + 5 * t - 6;
    return r * r + (10 - 1.25 / std::numbers::pi) * cos(x[0]) + 10;
  }
};

/// First in A. A. Goldstein and J. F. Price, Mathematics of Computation 25 (1971).
///     f = (1 + (x + y + 1)² (19 − 14x + 3x² − 14y + 6xy + 3y²))
///         (30 + (2x − 3y)² (18 − 32x + 12x² + 48y − 36xy + 27y²))
struct GoldsteinPrice : Function {
  static constexpr auto name = "Goldstein-Price";
  static constexpr double minimum() { return 3; }
  static Domain domain() { return cube(2, -2, 2); }
  static Point start() { return {1.5, 0.5}; }
  static Points minimisers() { return {{0, -1}}; }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    const T s = x[0] + x[1];
    const T d = 2 * x[0] - 3 * x[1];
    const T p = 19 - 14 * s + 3 * s * s;
    const T q = 18 - 16 * d + 3 * d * d;
    return (1 + (s + 1) * (s + 1) * p) * (30 + d * d * q);
  }
};

/// The six-hump camel's back.
///     f = (4 − 2.1 x² + x⁴/3) x² + x y + 4 (y² − 1) y²
struct SixHumpCamel : Function {
  static constexpr auto name = "six-hump camel";
  static double minimum() { return -1.03162845348987735; }
  static Domain domain() { return {{-3, -2}, {3, 2}}; }
  static Point start() { return {1.5, -0.5}; }
  static Points minimisers() {
    return {{0.0898420131003180624, -0.712656403020739633},
            {-0.0898420131003180624, 0.712656403020739633}};
  }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    const T a = x[0] * x[0];
    const T b = x[1] * x[1];
    return (4 - 2.1 * a + a * a / 3) * a + x[0] * x[1] + 4 * (b - 1) * b;
  }
};

/// −Σᵢ cᵢ e^(−Σⱼ aᵢⱼ (xⱼ − pᵢⱼ)²),   c = (1, 1.2, 3, 3.2)
template <class T, size_t n>
T hartmann(const std::vector<T>& x, const double (&a)[4][n], const double (&p)[4][n]) {
  static constexpr double c[] = {1, 1.2, 3, 3.2};
  T sum = 0;
  for (size_t i = 0; i < 4; ++i) {
    T distance = 0;
    for (size_t j = 0; j < n; ++j) {
      const T d = x[j] - p[i][j];
      distance += a[i][j] * d * d;
    }
    sum -= c[i] * exp(-distance);
  }
  return sum;
}

/// f = hartmann(x, a, p), four minima.
struct Hartmann3 : Function {
  static constexpr auto name = "Hartmann 3";
  static constexpr double minimum() { return -3.86277978733266252; }
  static Domain domain() { return cube(3, 0, 1); }
  static Point start() { return {0.6, 0.2, 0.2}; }
  static Points minimisers() {
    return {{0.114588876655068968, 0.555648894616930045, 0.852546984686677438}};
  }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    static constexpr double a[4][3] = {{3, 10, 30}, {0.1, 10, 35}, {3, 10, 30}, {0.1, 10, 35}};
    static constexpr double p[4][3] = {{0.3689, 0.1170, 0.2673},
                                       {0.4699, 0.4387, 0.7470},
                                       {0.1091, 0.8732, 0.5547},
                                       {0.0381, 0.5743, 0.8828}};
    return hartmann(x, a, p);
  }
};

/// f = hartmann(x, a, p), four minima.
struct Hartmann6 : Function {
  static constexpr auto name = "Hartmann 6";
  static constexpr double minimum() { return -3.3223680114155148; }
  static Domain domain() { return cube(6, 0, 1); }
  static Point start() { return {0.4, 0.9, 0.8, 0.6, 0.1, 0.1}; }
  static Points minimisers() {
    return {{0.201689511006705424, 0.150010691823457969, 0.47687397422189699, 0.275332430494056068,
             0.311651616600113242, 0.657300534065620306}};
  }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    static constexpr double a[4][6] = {{10, 3, 17, 3.5, 1.7, 8},
                                       {0.05, 10, 17, 0.1, 8, 14},
                                       {3, 3.5, 1.7, 10, 17, 8},
                                       {17, 8, 0.05, 10, 0.1, 14}};
    static constexpr double p[4][6] = {{0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
                                       {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
                                       {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
                                       {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}};
    return hartmann(x, a, p);
  }
};

/// Ten holes; Shekel's foxholes with m = 10.   f = −Σᵢ 1 / (cᵢ + Σⱼ (xⱼ − aᵢⱼ)²)
struct Shekel : Function {
  static constexpr auto name = "Shekel";
  static constexpr double minimum() { return -10.5364098166920431; }
  static Domain domain() { return cube(4, 0, 10); }
  static Point start() { return {2, 7, 2, 7}; }
  static Points minimisers() {
    return {{4.00074653159204672, 4.000592934138532, 3.9996633980403223, 3.99950980058680758}};
  }
  template <class T>
  T operator()(const std::vector<T>& x) const {
    static constexpr double c[] = {0.1, 0.2, 0.2, 0.4, 0.4, 0.6, 0.3, 0.7, 0.5, 0.5};
    static constexpr double a[10][4] = {{4, 4, 4, 4}, {1, 1, 1, 1},    {8, 8, 8, 8}, {6, 6, 6, 6},
                                        {3, 7, 3, 7}, {2, 9, 2, 9},    {5, 5, 3, 3}, {8, 1, 8, 1},
                                        {6, 2, 6, 2}, {7, 3.6, 7, 3.6}};
    T sum = 0;
    for (size_t i = 0; i < 10; ++i) {
      T distance = c[i];
      for (size_t j = 0; j < 4; ++j) {
        const T d = x[j] - a[i][j];
        distance += d * d;
      }
      sum -= 1 / distance;
    }
    return sum;
  }
};

/// f(P{}) for each function of this file.
template <class F>
void for_each_of_dixon_szego(F&& f) {
  for_each_of<Branin, GoldsteinPrice, SixHumpCamel, Hartmann3, Hartmann6, Shekel>(f);
}

}  // namespace thalweg::test_problems
