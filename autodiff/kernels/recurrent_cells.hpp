#pragma once
/// One step of the recurrent cells on one register's worth of units, forward and backward, for the
/// .cpp files of this folder. Names as in recurrent.hpp; ′ is the step before.

#include "thalweg/autodiff/kernels/recurrent.hpp"
#include "thalweg/autodiff/number/lanes.hpp"

namespace thalweg::kernels {

/// The sizes of a cell, known to the compiler.
template <Cell cell>
struct CellSizes {
  static constexpr int gates = static_cast<int>(gates_of(cell));
  static constexpr int blocks = static_cast<int>(biases_of(cell));
  static constexpr bool is_gru = cell == Cell::gru, is_lstm = cell == Cell::lstm;
};

/// 1 / (1 + e⁻ˣ), without overflow.
template <class Real>
Lanes<Real> sigmoid(Lanes<Real> x) {
  const Lanes<Real> e = exp(-abs(x));
  return select(x < Lanes<Real>(Real{0}), e, Lanes<Real>(Real{1})) / (Lanes<Real>(Real{1}) + e);
}

/// What a step makes: h, and c or U h′ + d.
template <class Real>
struct Step {
  Lanes<Real> h, more;
};

/// What a step hands back: p̄ by bias block; of the state before, what does not pass through U, and
/// c̄′.
template <class Real, int blocks>
struct StepAdjoint {
  Lanes<Real> p[blocks];
  Lanes<Real> direct, c;
};

/// h = tanh(p) or relu(p).
template <Cell cell>
struct RnnCell : CellSizes<cell> {
  static constexpr bool relu = cell == Cell::rnn_relu;

  template <class Real>
  static Step<Real> forward(Lanes<Real>* p, Lanes<Real>, Lanes<Real>, Lanes<Real>) {
    const Lanes<Real> zero(Real{0});
    p[0] = relu ? select(p[0] <= zero, zero, p[0]) : tanh(p[0]);
    return {p[0], zero};
  }
  /// p̄ = h̄ f′(p), from h.
  template <class Real>
  static StepAdjoint<Real, 1> backward(const Lanes<Real>* gate, Lanes<Real>, Lanes<Real>,
                                       Lanes<Real>, Lanes<Real> dh, Lanes<Real>) {
    const Lanes<Real> zero(Real{0}), one(Real{1}), h = gate[0];
    return {{relu ? select(h <= zero, zero, dh) : dh * (one - h * h)}, zero, zero};
  }
};

/// i, f, o = σ(p),  g = tanh(p),  c = f c′ + i g,  h = o tanh c;   p in the order i f g o.
struct LstmCell : CellSizes<Cell::lstm> {
  template <class Real>
  static Step<Real> forward(Lanes<Real>* p, Lanes<Real>, Lanes<Real>, Lanes<Real> old_c) {
    p[0] = sigmoid(p[0]);
    p[1] = sigmoid(p[1]);
    p[2] = tanh(p[2]);
    p[3] = sigmoid(p[3]);
    const Lanes<Real> c = p[1] * old_c + p[0] * p[2];
    return {p[3] * tanh(c), c};
  }
  /// c̄ += h̄ o (1 − tanh² c), then p̄ of i, f, g from c̄ and of o from h̄;  c̄′ = c̄ f.
  template <class Real>
  static StepAdjoint<Real, 4> backward(const Lanes<Real>* gate, Lanes<Real> c, Lanes<Real>,
                                       Lanes<Real> old_c, Lanes<Real> dh, Lanes<Real> dc) {
    const Lanes<Real> one(Real{1}), i = gate[0], f = gate[1], g = gate[2], o = gate[3];
    const Lanes<Real> t = tanh(c);
    dc += dh * o * (one - t * t);
    return {{dc * g * i * (one - i), dc * old_c * f * (one - f), dc * i * (one - g * g),
             dh * t * o * (one - o)},
            Lanes<Real>(Real{0}),
            dc * f};
  }
};

/// r, z = σ(p),  n = tanh(x + r u),  h = (1 − z) n + z h′;   u = U h′ + d and x = W x + b, both of
/// n.
struct GruCell : CellSizes<Cell::gru> {
  /// p: r, z, u.
  template <class Real>
  static Step<Real> forward(Lanes<Real>* p, Lanes<Real> x, Lanes<Real> old_h, Lanes<Real>) {
    const Lanes<Real> u = p[2];
    p[0] = sigmoid(p[0]);
    p[1] = sigmoid(p[1]);
    p[2] = tanh(x + p[0] * u);
    return {p[2] + p[1] * (old_h - p[2]), u};
  }
  /// n̄ = h̄ (1 − z) (1 − n²),  p̄ of r = n̄ u r (1 − r),  of z = h̄ (h′ − n) z (1 − z),  ū = n̄ r.
  template <class Real>
  static StepAdjoint<Real, 4> backward(const Lanes<Real>* gate, Lanes<Real> u, Lanes<Real> old_h,
                                       Lanes<Real>, Lanes<Real> dh, Lanes<Real>) {
    const Lanes<Real> one(Real{1}), r = gate[0], z = gate[1], n = gate[2];
    const Lanes<Real> dn = dh * (one - z) * (one - n * n);
    return {{dn * u * r * (one - r), dh * (old_h - n) * z * (one - z), dn * r, dn},
            dh * z,
            Lanes<Real>(Real{0})};
  }
};

}  // namespace thalweg::kernels
