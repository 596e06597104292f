#pragma once
/// Long short-term memory.

#include "thalweg/nn/layers/recurrent.hpp"

namespace thalweg::nn {

namespace cells {
/// i, f, o = σ(p),  g = tanh(p),  each with its block of p = W x + b + U h′ + d;
/// c = f c′ + i g,  h = o tanh(c).
struct Lstm {
  static constexpr auto name = "LSTM", step_name = "LSTMCell";
  using Options = RecurrentOptions;
  template <class Real>
  using State = LstmState<Real>;
  template <class Real>
  using Result = LstmResult<Real>;

  Lstm() = default;
  Lstm(const Options&) {}
  op::Cell kind() const { return op::Cell::lstm; }
};
}  // namespace cells

/// One or several LSTM layers over a batch of sequences: see Recurrent.
///
///     nn::LSTM<float> lstm{96, 128, random};
///     auto [y, state] = lstm(x, mode);           // state.h, state.c
template <class Real>
using LSTM = Recurrent<Real, cells::Lstm>;

/// One step: see RecurrentStep. LSTMCell(in, hidden, random, false) has no biases.
///
///     nn::LSTMCell<float> cell{96, 128, random};
///     state = cell(x, state);
template <class Real>
using LSTMCell = RecurrentStep<Real, cells::Lstm>;

#define THALWEG_DECLARE(Real)                         \
  extern template class Recurrent<Real, cells::Lstm>; \
  extern template class RecurrentStep<Real, cells::Lstm>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg::nn
