#pragma once
/// The models of NIST's nonlinear regression problems, y = f(b, x) + e.
///
/// Each gives f for the parameters b, of number type double or `Var`, and the predictors x of one
/// observation. The formulas are those of the files in nist/.

#include <span>

#include "tests/problems/parts.hpp"

namespace thalweg::test_problems::nist {

using Predictors = std::span<const double>;

/// b₁ (1 − e^(−b₂ x))     Misra1a, BoxBOD
struct Saturation {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    return b[0] * (1 - exp(-b[1] * x[0]));
  }
};

/// b₁ (1 − (1 + b₂ x/2)⁻²)
struct Misra1b {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    return b[0] * (1 - pow(1 + b[1] * x[0] / 2, -2.0));
  }
};

/// b₁ (1 − (1 + 2 b₂ x)^(−½))
struct Misra1c {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    return b[0] * (1 - 1 / sqrt(1 + 2 * b[1] * x[0]));
  }
};

/// b₁ b₂ x / (1 + b₂ x)
struct Misra1d {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    return b[0] * b[1] * x[0] / (1 + b[1] * x[0]);
  }
};

/// e^(−b₁ x) / (b₂ + b₃ x)     Chwirut1, Chwirut2
struct Chwirut {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    return exp(-b[0] * x[0]) / (b[1] + b[2] * x[0]);
  }
};

/// b₁ e^(−b₂ x) + b₃ e^(−b₄ x) + b₅ e^(−b₆ x)     Lanczos1, 2, 3
struct Lanczos {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    return b[0] * exp(-b[1] * x[0]) + b[2] * exp(-b[3] * x[0]) + b[4] * exp(-b[5] * x[0]);
  }
};

/// b₁ e^(−b₂ x) + b₃ e^(−((x − b₄)/b₅)²) + b₆ e^(−((x − b₇)/b₈)²)     Gauss1, 2, 3
struct Gauss {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    const T u = (x[0] - b[3]) / b[4];
    const T v = (x[0] - b[6]) / b[7];
    return b[0] * exp(-b[1] * x[0]) + b[2] * exp(-u * u) + b[5] * exp(-v * v);
  }
};

/// b₁ x^b₂
struct DanWood {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    return b[0] * pow(x[0], b[1]);
  }
};

/// (b₁ + b₂ x + b₃ x²) / (1 + b₄ x + b₅ x²)
struct Kirby2 {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    return (b[0] + x[0] * (b[1] + x[0] * b[2])) / (1 + x[0] * (b[3] + x[0] * b[4]));
  }
};

/// (b₁ + b₂ x + b₃ x² + b₄ x³) / (1 + b₅ x + b₆ x² + b₇ x³)     Hahn1, Thurber
struct Cubics {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    const T above = b[0] + x[0] * (b[1] + x[0] * (b[2] + x[0] * b[3]));
    const T below = 1 + x[0] * (b[4] + x[0] * (b[5] + x[0] * b[6]));
    return above / below;
  }
};

/// b₁ − b₂ x₁ e^(−b₃ x₂), of log y
struct Nelson {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    return b[0] - b[1] * x[0] * exp(-b[2] * x[1]);
  }
};

/// b₁ + b₂ e^(−b₄ x) + b₃ e^(−b₅ x)
struct Mgh17 {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    return b[0] + b[1] * exp(-x[0] * b[3]) + b[2] * exp(-x[0] * b[4]);
  }
};

/// b₁ − b₂ x − arctan(b₃ / (x − b₄)) / π. The certified b₁ belongs to an angle between 0 and π, so
/// that arctan(p/q) is atan2(p, q).
struct Roszman1 {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    return b[0] - b[1] * x[0] - atan2(b[2], x[0] - b[3]) / std::numbers::pi;
  }
};

/// b₁ + b₂ cos(2π x/12) + b₃ sin(2π x/12) + b₅ cos(2π x/b₄) + b₆ sin(2π x/b₄)
///    + b₈ cos(2π x/b₇) + b₉ sin(2π x/b₇)
struct Enso {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    const double turn = 2 * std::numbers::pi * x[0];
    const T u = turn / b[3];
    const T v = turn / b[6];
    return b[0] + b[1] * std::cos(turn / 12) + b[2] * std::sin(turn / 12) + b[4] * cos(u) +
           b[5] * sin(u) + b[7] * cos(v) + b[8] * sin(v);
  }
};

/// b₁ (x² + b₂ x) / (x² + b₃ x + b₄)
struct Mgh09 {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    return b[0] * x[0] * (x[0] + b[1]) / (x[0] * (x[0] + b[2]) + b[3]);
  }
};

/// b₁ / (1 + e^(b₂ − b₃ x))
struct Rat42 {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    return b[0] / (1 + exp(b[1] - b[2] * x[0]));
  }
};

/// b₁ / (1 + e^(b₂ − b₃ x))^(1/b₄)
struct Rat43 {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    return b[0] / pow(1 + exp(b[1] - b[2] * x[0]), 1 / b[3]);
  }
};

/// b₁ e^(b₂ / (x + b₃))
struct Mgh10 {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    return b[0] * exp(b[1] / (x[0] + b[2]));
  }
};

/// b₁/b₂ e^(−½ ((x − b₃)/b₂)²)
struct Eckerle4 {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    const T u = (x[0] - b[2]) / b[1];
    return b[0] / b[1] * exp(-0.5 * u * u);
  }
};

/// b₁ (b₂ + x)^(−1/b₃)
struct Bennett5 {
  template <class T>
  T operator()(const std::vector<T>& b, Predictors x) const {
    return b[0] * pow(b[1] + x[0], -1 / b[2]);
  }
};

}  // namespace thalweg::test_problems::nist
