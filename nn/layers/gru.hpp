#pragma once
/// Gated recurrent units.

#include "thalweg/nn/layers/recurrent.hpp"

namespace thalweg::nn {

namespace cells {
/// r, z = σ(W x + b + U h′ + d),  n = tanh(W x + b + r (U h′ + d)),  h = (1 − z) n + z h′.
struct Gru {
  static constexpr auto name = "GRU", step_name = "GRUCell";
  using Options = RecurrentOptions;
  template <class Real>
  using State = Tensor<Real>;
  template <class Real>
  using Result = RecurrentResult<Real>;

  Gru() = default;
  Gru(const Options&) {}
  op::Cell kind() const { return op::Cell::gru; }
};
}  // namespace cells

/// One or several GRU layers over a batch of sequences: see Recurrent.
///
///     nn::GRU<float> gru{96, 128, random};
///     auto [y, h] = gru(x, mode);
template <class Real>
using GRU = Recurrent<Real, cells::Gru>;

/// One step: see RecurrentStep. GRUCell(in, hidden, random, false) has no biases.
///
///     nn::GRUCell<float> cell{96, 128, random};
///     h = cell(x, h);
template <class Real>
using GRUCell = RecurrentStep<Real, cells::Gru>;

#define THALWEG_DECLARE(Real)                        \
  extern template class Recurrent<Real, cells::Gru>; \
  extern template class RecurrentStep<Real, cells::Gru>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg::nn
