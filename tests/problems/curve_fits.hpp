#pragma once
/// Models fitted to small tables of data: sums of squares, most of them with a remainder.
///
/// "MGH k" is problem k of J. J. Moré, B. S. Garbow and K. E. Hillstrom, "Testing Unconstrained
/// Optimization Software", ACM Transactions on Mathematical Software 7 (1981), pages 17-41, from
/// which the data are. Minimisers to all digits by Newton's method in 60-digit arithmetic.

#include "tests/problems/parts.hpp"

namespace thalweg::test_problems {

/// (MGH 6)   rᵢ = 2 + 2i − (e^(i x₁) + e^(i x₂)),   i = 1..10
struct JennrichSampson : SumOfSquares<JennrichSampson> {
  static constexpr auto name = "Jennrich-Sampson";
  static constexpr double minimum() { return 124.362182355614854; }
  static Point start() { return {0.3, 0.4}; }
  static Points minimisers() { return {{0.257825213670364077, 0.257825213670364077}}; }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    std::vector<T> r;
    for (int i = 1; i <= 10; ++i) r.push_back(2 + 2 * i - (exp(i * x[0]) + exp(i * x[1])));
    return r;
  }
};

/// (MGH 8)   rᵢ = yᵢ − (x₁ + u / (v x₂ + w x₃)),   u = i,  v = 16 − i,  w = min(u, v)
/// f falls to 17.4286 as x₂, x₃ → −∞.
struct Bard : SumOfSquares<Bard> {
  static constexpr auto name = "Bard";
  static constexpr double minimum() { return 0.00821487730657897475; }
  static Point start() { return {1, 1, 1}; }
  static Points minimisers() {
    return {{0.0824105597497889324, 1.13303609202972156, 2.34369517864253714}};
  }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    static constexpr double y[] = {0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39,
                                   0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39};
    std::vector<T> r;
    for (int u = 1; u <= 15; ++u) {
      const int v = 16 - u;
      r.push_back(y[u - 1] - (x[0] + u / (v * x[1] + (u < v ? u : v) * x[2])));
    }
    return r;
  }
};

/// (MGH 9)   rᵢ = x₁ e^(−x₂ (tᵢ − x₃)² / 2) − yᵢ,   tᵢ = (8 − i) / 2,  i = 1..15
struct Gaussian : SumOfSquares<Gaussian> {
  static constexpr auto name = "Gaussian";
  static constexpr double minimum() { return 1.12793276961864803e-8; }
  static Point start() { return {0.4, 1, 0}; }
  static Points minimisers() { return {{0.39895613783875668, 1.0000190844878057, 0}}; }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    static constexpr double y[] = {0.3989, 0.3521, 0.2420, 0.1295, 0.0540, 0.0175, 0.0044, 0.0009};
    std::vector<T> r;
    for (int k = 7; k >= -7; --k) {
      const T d = 0.5 * k - x[2];
      r.push_back(x[0] * exp(-0.5 * x[1] * d * d) - y[k < 0 ? -k : k]);
    }
    return r;
  }
};

/// Nearly singular and badly scaled (MGH 10).   rᵢ = x₁ e^(x₂ / (tᵢ + x₃)) − yᵢ,   tᵢ = 45 + 5i
struct Meyer : SumOfSquares<Meyer> {
  static constexpr auto name = "Meyer";
  static constexpr double minimum() { return 87.9458551708511209; }
  static Point start() { return {0.02, 4000, 250}; }
  static Points minimisers() {
    return {{0.00560963647102805254, 6181.34634628637228, 345.223634624136496}};
  }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    static constexpr double y[] = {34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744,
                                   8261,  7030,  6005,  5147,  4427,  3820,  3307,  2872};
    std::vector<T> r;
    for (int i = 1; i <= 16; ++i) r.push_back(x[0] * exp(x[1] / (45 + 5 * i + x[2])) - y[i - 1]);
    return r;
  }
};

/// Gulf research and development (MGH 11).
///     rᵢ = e^(−|yᵢ − x₂|^x₃ / x₁) − tᵢ,   tᵢ = i/100,  yᵢ = 25 + (−50 log tᵢ)^(2/3),  i = 1..99
/// The paper prints y m i x₂ for y − x₂; its authors' program, and everybody since, subtracts.
struct Gulf : SumOfSquares<Gulf> {
  static constexpr auto name = "Gulf";
  static Point start() { return {5, 2.5, 0.15}; }
  static Points minimisers() { return {{50, 25, 1.5}}; }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    std::vector<T> r;
    for (int i = 1; i <= 99; ++i) {
      const double t = i / 100.0;
      const double y = 25 + std::pow(-50 * std::log(t), 2.0 / 3);
      r.push_back(exp(-pow(abs(y - x[1]), x[2]) / x[0]) - t);
    }
    return r;
  }
};

/// (MGH 12)   rᵢ = e^(−t x₁) − e^(−t x₂) − x₃ (e^(−t) − e^(−10 t)),   t = i/10,  i = 1..10
/// Minimal also wherever x₁ = x₂, x₃ = 0.
struct Box : SumOfSquares<Box> {
  static constexpr auto name = "Box";
  static Point start() { return {0, 10, 20}; }
  static Points minimisers() { return {{1, 10, 1}, {10, 1, -1}}; }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    std::vector<T> r;
    for (int i = 1; i <= 10; ++i) {
      const double t = i / 10.0;
      r.push_back(exp(-t * x[0]) - exp(-t * x[1]) - x[2] * (std::exp(-t) - std::exp(-10 * t)));
    }
    return r;
  }
};

/// (MGH 15)   rᵢ = yᵢ − x₁ (u² + u x₂) / (u² + u x₃ + x₄)
/// f falls to 0.00102734 as x₁ → ∞, x₃, x₄ → −∞.
struct KowalikOsborne : SumOfSquares<KowalikOsborne> {
  static constexpr auto name = "Kowalik-Osborne";
  static constexpr double minimum() { return 0.000307505603849237427; }
  static Point start() { return {0.25, 0.39, 0.415, 0.39}; }
  static Points minimisers() {
    return {
        {0.192806934579037854, 0.191282328734366959, 0.123056506926320653, 0.136062330683794837}};
  }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    static constexpr double y[] = {0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627,
                                   0.0456, 0.0342, 0.0323, 0.0235, 0.0246};
    static constexpr double u[] = {4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.100, 0.0833, 0.0714, 0.0625};
    std::vector<T> r;
    for (int i = 0; i < 11; ++i) {
      const double s = u[i] * u[i];
      r.push_back(y[i] - x[0] * (s + u[i] * x[1]) / (s + u[i] * x[2] + x[3]));
    }
    return r;
  }
};

/// A large remainder (MGH 16).
///     rᵢ = (x₁ + t x₂ − eᵗ)² + (x₃ + x₄ sin t − cos t)²,   t = i/5,  i = 1..20
struct BrownDennis : SumOfSquares<BrownDennis> {
  static constexpr auto name = "Brown-Dennis";
  static constexpr double minimum() { return 85822.2016263563447; }
  static Point start() { return {25, 5, -5, -1}; }
  static Points minimisers() {
    return {
        {-11.5944399047621654, 13.2036300512072038, -0.40343948817685952, 0.236778774455736299}};
  }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    std::vector<T> r;
    for (int i = 1; i <= 20; ++i) {
      const double t = i / 5.0;
      const T a = x[0] + t * x[1] - std::exp(t);
      const T b = x[2] + x[3] * std::sin(t) - std::cos(t);
      r.push_back(a * a + b * b);
    }
    return r;
  }
};

/// (MGH 17)   rᵢ = yᵢ − (x₁ + x₂ e^(−t x₄) + x₃ e^(−t x₅)),   t = 10 (i − 1),  i = 1..33
struct Osborne1 : SumOfSquares<Osborne1> {
  static constexpr auto name = "Osborne 1";
  static constexpr double minimum() { return 5.46489469748290642e-5; }
  static Point start() { return {0.5, 1.5, -1, 0.01, 0.02}; }
  static Points minimisers() {
    return {{0.375410052106952042, 1.93584691271236736, -1.46468713661342312, 0.0128675346400572887,
             0.0221226996616726111}};
  }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    static constexpr double y[] = {0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818,
                                   0.784, 0.751, 0.718, 0.685, 0.658, 0.628, 0.603, 0.580, 0.558,
                                   0.538, 0.522, 0.506, 0.490, 0.478, 0.467, 0.457, 0.448, 0.438,
                                   0.431, 0.424, 0.420, 0.414, 0.411, 0.406};
    std::vector<T> r;
    double t = 0;
    for (const double value : y) {
      r.push_back(value - (x[0] + x[1] * exp(-t * x[3]) + x[2] * exp(-t * x[4])));
      t += 10;
    }
    return r;
  }
};

/// (MGH 18)   rᵢ = x₃ e^(−t x₁) − x₄ e^(−t x₂) + x₆ e^(−t x₅) − (e^(−t) − 5 e^(−10 t) + 3 e^(−4
/// t)), t = i/10,  i = 1..13. Minimal also where its terms change places.
struct BiggsExp6 : SumOfSquares<BiggsExp6> {
  static constexpr auto name = "Biggs EXP6";
  static Point start() { return {1, 2, 1, 1, 1, 1}; }
  static Points minimisers() { return {{1, 10, 1, 5, 4, 3}, {4, 10, 3, 5, 1, 1}}; }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    std::vector<T> r;
    for (int i = 1; i <= 13; ++i) {
      const double t = i / 10.0;
      const double y = std::exp(-t) - 5 * std::exp(-10 * t) + 3 * std::exp(-4 * t);
      r.push_back(x[2] * exp(-t * x[0]) - x[3] * exp(-t * x[1]) + x[5] * exp(-t * x[4]) - y);
    }
    return r;
  }
};

/// Four peaks (MGH 19).   t = (i − 1) / 10,  i = 1..65
///     rᵢ = yᵢ − (x₁ e^(−t x₅) + x₂ e^(−x₆ (t − x₉)²) + x₃ e^(−x₇ (t − x₁₀)²)
///                + x₄ e^(−x₈ (t − x₁₁)²))
struct Osborne2 : SumOfSquares<Osborne2> {
  static constexpr auto name = "Osborne 2";
  static constexpr double minimum() { return 0.0401377362935477376; }
  static Point start() { return {1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5}; }
  static Points minimisers() {
    return {{1.30997715462730053, 0.431553794602988916, 0.633661698960723996, 0.599430534785916303,
             0.754183226328011277, 0.904288579859633658, 1.36581183523702852, 4.82369881722715558,
             2.39868486613175455, 4.56887459766767158, 5.67534147058064118}};
  }
  template <class T>
  static std::vector<T> residuals(const std::vector<T>& x) {
    static constexpr double y[] = {
        1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608,
        0.655, 0.616, 0.606, 0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661,
        0.612, 0.558, 0.533, 0.495, 0.500, 0.423, 0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428,
        0.429, 0.523, 0.562, 0.607, 0.653, 0.672, 0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559,
        0.597, 0.625, 0.739, 0.710, 0.729, 0.720, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098, 0.054};
    std::vector<T> r;
    double tenths = 0;
    for (const double value : y) {
      const double t = tenths++ / 10;
      T model = x[0] * exp(-t * x[4]);
      for (size_t k = 1; k < 4; ++k) {
        const T d = t - x[k + 7];
        model += x[k] * exp(-x[k + 4] * d * d);
      }
      r.push_back(value - model);
    }
    return r;
  }
};

/// f(P{}) for each function of this file.
template <class F>
void for_each_curve_fit(F&& f) {
  for_each_of<JennrichSampson, Bard, Gaussian, Meyer, Gulf, Box, KowalikOsborne, BrownDennis,
              Osborne1, BiggsExp6, Osborne2>(f);
}

}  // namespace thalweg::test_problems
