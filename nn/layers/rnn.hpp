#pragma once
/// Plain recurrent layers.

#include "thalweg/nn/layers/recurrent.hpp"

namespace thalweg::nn {

struct RNNOptions {
  Index layers = 1;  ///< as in RecurrentOptions
  bool bidirectional = false;
  bool bias = true;
  double dropout = 0;
  Nonlinearity nonlinearity = Nonlinearity::tanh;
};

namespace cells {
/// h = tanh(W x + b + U h′ + d), or relu.
struct Rnn {
  static constexpr auto name = "RNN", step_name = "RNNCell";
  using Options = RNNOptions;
  template <class Real>
  using State = Tensor<Real>;
  template <class Real>
  using Result = RecurrentResult<Real>;

  Rnn(Nonlinearity f = Nonlinearity::tanh) : nonlinearity(f) {}
  Rnn(const Options& options) : Rnn(options.nonlinearity) {}
  op::Cell kind() const {
    return nonlinearity == Nonlinearity::tanh ? op::Cell::rnn_tanh : op::Cell::rnn_relu;
  }

  Nonlinearity nonlinearity;
};
}  // namespace cells

/// One or several RNN layers over a batch of sequences: see Recurrent.
///
///     nn::RNN<float> rnn{96, 128, {.nonlinearity = Nonlinearity::relu}, random};
///     auto [y, h] = rnn(x, mode);
template <class Real>
using RNN = Recurrent<Real, cells::Rnn>;

/// One step: see RecurrentStep.
///
///     nn::RNNCell<float> cell{96, 128, random};       // or {96, 128, random, Nonlinearity::relu}
///     h = cell(x, h);
template <class Real>
using RNNCell = RecurrentStep<Real, cells::Rnn>;

#define THALWEG_DECLARE(Real)                        \
  extern template class Recurrent<Real, cells::Rnn>; \
  extern template class RecurrentStep<Real, cells::Rnn>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg::nn
