#pragma once
/// Activation functions of neural networks.
///
/// None overflows on the way; values are accurate to about 1e-15 relative in double precision, 1e-6
/// in float, tiny results included, unless noted. Limits are taken at ±∞; NaN gives NaN. Slopes
/// that read the output are accurate to one unit in the last place of the largest slope. At a kink
/// the slope is that of PyTorch.

#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/special.hpp"
#include "thalweg/autodiff/ops/trigonometric.hpp"

namespace thalweg {
namespace detail {
/// Throws ValueError if `value` is negative or NaN.
void expect_not_negative(const char* op, const char* option, double value);
/// Throws ValueError unless low ≤ high.
void expect_ordered(const char* op, double low, double high);
}  // namespace detail

namespace op {
// clang-format off
using std::abs, std::fma;

/// x s for a factor s that vanishes faster than x grows: 0 where s = 0, at x = ±∞ too.
template <class T>
inline T fade(const T& x, const T& s) {
  return select(s == T(0), T(0), x * s);
}
/// x between low and high; NaN stays.
template <class T>
inline T limit(const T& x, const T& low, const T& high) {
  return select(x <= low, low, select(x >= high, high, x));
}
/// 1 where low < y < high or y is NaN, otherwise 0.
template <class T>
inline T inside(const T& y, const T& low, const T& high) {
  return select(y <= low, T(0), select(y >= high, T(0), T(1)));
}
/// y = 1 / (1 + e⁻ˣ).      dy/dx = y (1 − y).
struct Sigmoid {
  static constexpr auto name = "sigmoid";
  template <class T> static T value(const T& x) {
    const T e = exp(-abs(x));
    return select(x < T(0), e, T(1)) / (1 + e);
  }
  template <class T> static T slope(Output<T> y) { return y * (1 - y); }
};

/// y = log(1 / (1 + e⁻ˣ)) = min(x, 0) − log(1 + e^(−|x|)).    dy/dx = 1 − eʸ.
struct LogSigmoid {
  static constexpr auto name = "log_sigmoid";
  template <class T> static T value(const T& x) {
    return select(x < T(0), x, T(0)) - log1p(exp(-abs(x)));
  }
  template <class T> static T slope(Output<T> y) { return -expm1(T(y)); }
};

/// y = log(1 + eˣ) = max(x, 0) + log(1 + e^(−|x|)).           dy/dx = 1 − e⁻ʸ.
struct Softplus {
  static constexpr auto name = "softplus";
  template <class T> static T value(const T& x) {
    return select(x > T(0), x, T(0)) + log1p(exp(-abs(x)));
  }
  template <class T> static T slope(Output<T> y) { return -expm1(T(-y)); }
};

/// y = x / (1 + |x|).      dy/dx = (1 − |y|)².
struct Softsign {
  static constexpr auto name = "softsign";
  template <class T> static T value(const T& x) {
    return select(abs(x) == T(INFINITY), select(x > T(0), T(1), T(-1)), x / (1 + abs(x)));
  }
  template <class T> static T slope(Output<T> y) {
    const T rest = 1 - abs(T(y));
    return rest * rest;
  }
};

/// y = max(x, 0).          dy/dx = 1 for x > 0, otherwise 0.
struct Relu {
  static constexpr auto name = "relu";
  static constexpr bool chooses = true;
  template <class T> static T value(const T& x) { return select(x <= T(0), T(0), x); }
  template <class T> static T slope(Output<T> y) { return select(y <= T(0), T(0), T(1)); }
};

/// y = min(max(x, 0), 6).  dy/dx = 1 for 0 < x < 6, otherwise 0.
struct Relu6 {
  static constexpr auto name = "relu6";
  static constexpr bool chooses = true;
  template <class T> static T value(const T& x) { return limit(x, T(0), T(6)); }
  template <class T> static T slope(Output<T> y) { return inside<T>(y, T(0), T(6)); }
};

/// y = x for x > 0, otherwise s x,  s ≥ 0.     dy/dx = 1 for x > 0, otherwise s.
struct LeakyRelu {
  static constexpr auto name = "leaky_relu";
  static constexpr bool chooses = true;
  double s = 0.01;
  template <class T> T value(const T& x) const { return select(x > T(0), x, fade(x, T(s))); }
  template <class T> T slope(Output<T> y) const { return select(y > T(0), T(1), T(s)); }
};

/// y = x for x > 0, otherwise α (eˣ − 1),  α ≥ 0.     dy/dx = 1 for x > 0, otherwise y + α.
struct Elu {
  static constexpr auto name = "elu";
  double alpha = 1;
  template <class T> T value(const T& x) const {
    return select(x > T(0), x, T(alpha) * expm1(x));
  }
  template <class T> T slope(Output<T> y) const {
    return select(y > T(0), T(1), y + T(alpha));
  }
};

/// y = λ x for x > 0, otherwise λ α (eˣ − 1),  α ≈ 1.673, λ ≈ 1.051: keeps mean 0 and variance 1.
/// dy/dx = λ for x > 0, otherwise y + λ α.     Source: Klambauer et al. 2017.
struct Selu {
  static constexpr auto name = "selu";
  static constexpr double lambda = 1.0507009873554804934193349852946;
  static constexpr double alpha = 1.6732632423543772848170429916717;
  template <class T> static T value(const T& x) {
    return select(x > T(0), T(lambda) * x, T(lambda * alpha) * expm1(x));
  }
  template <class T> static T slope(Output<T> y) {
    return select(y > T(0), T(lambda), y + T(lambda * alpha));
  }
};

/// y = x σ(x), σ the sigmoid.      dy/dx = σ + x σ (1 − σ).
struct Silu {
  static constexpr auto name = "silu";
  template <class T> static T value(const T& x) { return fade(x, Sigmoid::value(x)); }
  template <class T> static T slope(Input<T> x) { return rise<T>(x, T(x)); }
  /// d/du (w σ(u)) where w is proportional to u: σ + w σ (1 − σ), with 1 − σ = σ(−u).
  template <class T> static T rise(const T& u, const T& w) {
    const T sigmoid = Sigmoid::value(u);
    return sigmoid + fade(w, T(sigmoid * Sigmoid::value(T(-u))));
  }
};

/// y = x w,  w = tanh(log(1 + eˣ)).        dy/dx = w + x dw/dx.      Source: Misra 2019.
///
/// With e = e^(−|x|):  w = n / d,  dw/dx = 4 e (1 + e) m / d²,
///     x < 0:  n = e (e + 2),  d = n + 2,     m = 1,
///     x ≥ 0:  n = 1 + 2e,     d = n + 2e²,   m = e.
struct Mish {
  static constexpr auto name = "mish";
  template <class T> static T value(const T& x) {
    const T e = exp(-abs(x));
    return fade(x, T(numerator(x, e) / denominator(x, e)));
  }
  template <class T> static T slope(Input<T> input) {
    const T x = input, e = exp(-abs(x)), d = denominator(x, e);
    const T m = select(x < T(0), T(1), e);
    return numerator(x, e) / d + fade(x, T(4 * e * (1 + e) * m / (d * d)));
  }

 private:
  template <class T> static T numerator(const T& x, const T& e) {
    return select(x < T(0), e * (e + 2), 1 + 2 * e);
  }
  template <class T> static T denominator(const T& x, const T& e) {
    return numerator(x, e) + select(x < T(0), T(2), 2 * e * e);
  }
};

/// y = x Φ(x),  Φ(x) = erfc(−x/√2) / 2 the normal distribution.
/// dy/dx = Φ(x) + x e^(−x²/2) / √2π.
/// Source: Hendrycks and Gimpel 2016.
struct Gelu {
  static constexpr auto name = "gelu";
  template <class T> static T value(const T& x) { return fade(x, normal(x)); }
  template <class T> static T slope(Input<T> input) {
    const T x = input;
    const T density = T(0.39894228040143268) * exp(T(-0.5) * x * x);
    return normal(x) + fade(x, density);
  }

 private:
  /// Φ(x). The rounding of z = −x/√2 would cost z² units in the last place of erfc z: for z > 0,
  /// erfc(z + r) ≈ erfc(z) (1 − 2 z r) takes it back, with 1/√2 = c + c₂ to twice the precision.
  template <class T> static T normal(const T& x) {
    const T c = T(0.70710678118654752), c2 = remainder(c);
    const T z = -x * c;
    const T r = fma(-x, c, -z) - x * c2;
    const T amount = 2 * z * r;
    const T rest = select(z > T(0), select(abs(amount) < T(1), amount, T(0)), T(0));
    return T(0.5) * erfc(z) * (1 - rest);
  }
  /// 1/√2 − c.
  template <class T> static T remainder(const T& c) {
    const T error = fma(c, c, T(-0.5));  // c² − ½ = −2 c (1/√2 − c) up to its square
    return -error / (2 * c);
  }
};

/// y = x (1 + tanh(u/2)) / 2 = x σ(u),  u = √(8/π) (x + 0.044715 x³): the usual approximation of
/// gelu, off by 5e-4 at most.      dy/dx = σ + x σ (1 − σ) du/dx.
/// Relative error |u| units in the last place for x < 0, as u is rounded.
struct GeluTanh {
  static constexpr auto name = "gelu_tanh";
  template <class T> static T value(const T& x) {
    return fade(x, Sigmoid::value(inner(x)));
  }
  template <class T> static T slope(Input<T> input) {
    const T x = input;
    return Silu::rise(inner(x), T(x * (T(scale) + T(3 * scale * cubic) * x * x)));
  }

 private:
  static constexpr double scale = 1.5957691216057307, cubic = 0.044715;  // √(8/π)
  template <class T> static T inner(const T& x) {
    return x * (T(scale) + T(scale * cubic) * x * x);
  }
};

/// y = min(max(x, low), high).     dy/dx = 1 for low < x < high, otherwise 0.
struct Hardtanh {
  static constexpr auto name = "hardtanh";
  static constexpr bool chooses = true;
  double low = -1;
  double high = 1;
  template <class T> T value(const T& x) const { return limit(x, T(low), T(high)); }
  template <class T> T slope(Output<T> y) const {
    return inside<T>(y, T(low), T(high));
  }
};

/// y = min(max(x + 3, 0), 6) / 6.  dy/dx = 1/6 for −3 < x < 3, otherwise 0.
struct Hardsigmoid {
  static constexpr auto name = "hardsigmoid";
  static constexpr bool chooses = true;
  template <class T> static T value(const T& x) {
    return limit(T(x + 3), T(0), T(6)) * T(1.0 / 6);
  }
  template <class T> static T slope(Output<T> y) {
    return T(1.0 / 6) * inside<T>(y, T(0), T(1));
  }
};

/// y = x min(max(x + 3, 0), 6) / 6.
/// dy/dx = 0 for x < −3,  (2x + 3) / 6 for −3 ≤ x ≤ 3,  1 for x > 3.
struct Hardswish {
  static constexpr auto name = "hardswish";
  static constexpr bool chooses = true;
  template <class T> static T value(const T& x) {
    return fade(x, Hardsigmoid::value(x));
  }
  template <class T> static T slope(Input<T> x) {
    return select(x < T(-3), T(0), select(x > T(3), T(1), T((2 * x + 3) * T(1.0 / 6))));
  }
};

// clang-format on
}  // namespace op

template <Arguments X>
auto sigmoid(X&& x) {
  return apply(op::Sigmoid{}, std::forward<X>(x));
}
template <Arguments X>
auto log_sigmoid(X&& x) {
  return apply(op::LogSigmoid{}, std::forward<X>(x));
}
template <Arguments X>
auto softplus(X&& x) {
  return apply(op::Softplus{}, std::forward<X>(x));
}
template <Arguments X>
auto softsign(X&& x) {
  return apply(op::Softsign{}, std::forward<X>(x));
}
template <Arguments X>
auto relu(X&& x) {
  return apply(op::Relu{}, std::forward<X>(x));
}
template <Arguments X>
auto relu6(X&& x) {
  return apply(op::Relu6{}, std::forward<X>(x));
}
/// Throws ValueError if slope < 0.
template <Arguments X>
auto leaky_relu(X&& x, double slope = 0.01) {
  detail::expect_not_negative("leaky_relu", "slope", slope);
  return apply(op::LeakyRelu{slope}, std::forward<X>(x));
}
/// Throws ValueError if alpha < 0.
template <Arguments X>
auto elu(X&& x, double alpha = 1) {
  detail::expect_not_negative("elu", "alpha", alpha);
  return apply(op::Elu{alpha}, std::forward<X>(x));
}
template <Arguments X>
auto selu(X&& x) {
  return apply(op::Selu{}, std::forward<X>(x));
}
template <Arguments X>
auto silu(X&& x) {
  return apply(op::Silu{}, std::forward<X>(x));
}
template <Arguments X>
auto mish(X&& x) {
  return apply(op::Mish{}, std::forward<X>(x));
}

template <Arguments X>
auto gelu(X&& x) {
  return apply(op::Gelu{}, std::forward<X>(x));
}
template <Arguments X>
auto gelu_tanh(X&& x) {
  return apply(op::GeluTanh{}, std::forward<X>(x));
}
/// `gelu(x, Gelu::tanh)` is `gelu_tanh(x)`.
struct Gelu {
  struct Tanh {};
  static constexpr Tanh tanh{};
};
template <Arguments X>
auto gelu(X&& x, Gelu::Tanh) {
  return gelu_tanh(std::forward<X>(x));
}

/// Throws ValueError if low > high.
template <Arguments X>
auto hardtanh(X&& x, double low = -1, double high = 1) {
  detail::expect_ordered("hardtanh", low, high);
  return apply(op::Hardtanh{low, high}, std::forward<X>(x));
}
template <Arguments X>
auto hardsigmoid(X&& x) {
  return apply(op::Hardsigmoid{}, std::forward<X>(x));
}
template <Arguments X>
auto hardswish(X&& x) {
  return apply(op::Hardswish{}, std::forward<X>(x));
}

}  // namespace thalweg
