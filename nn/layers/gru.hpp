#pragma once
/// Gated recurrent units.

#include "thalweg/nn/layers/recurrent.hpp"

namespace thalweg::nn {

/// One or several GRU layers over a batch of sequences.
///
///     x [batch, time, in]    output [batch, time, directions · hidden]
///     state [layers · directions, batch, hidden]
///
///     nn::GRU<float> gru{96, 128, random};                      // {.layers = 2}, random
///     auto [y, state] = gru(x, mode);                            // from zeros
///     auto [z, later] = gru(next_x, state, mode);                // goes on
///     auto [padded, last] = gru(x, {}, {5, 3, 9}, mode);
///
/// The output is the last layer's h at every step, the state its value after the last one; to train
/// on a long text in pieces, detach() the state in between. With lengths, steps beyond a sequence's
/// own end do not count: output zero there, the state is that at the end, a reversed direction
/// starts there. Equations and cost: autodiff/ops/recurrent.hpp. The mode matters for dropout,
/// which is between layers only.
template <class RealType>
class GRU : public RecurrentStack<RealType> {
 public:
  using Real = RealType;
  using State = Tensor<Real>;
  using Result = RecurrentResult<Real>;

  /// Uniform on (−k, k), k = 1/√hidden. Throws ValueError for sizes or layers below 1 or a dropout
  /// outside of [0, 1).
  GRU(Index in, Index hidden, const RecurrentOptions& options, Random& random);
  GRU(Index in, Index hidden, Random& random) : GRU(in, hidden, {}, random) {}
  /// From given weights, layer by layer, forward before reverse. Throws ShapeError for another
  /// number of them.
  explicit GRU(const std::vector<RecurrentWeights<Real>>& weights,
               const RecurrentOptions& options = {});

  /// Throws ShapeError, or ValueError for lengths outside of 1 … time.
  Result operator()(const Tensor<Real>& x, Mode mode, Location where = Location::current()) const {
    return (*this)(x, State{}, IndexTensor(), mode, where);
  }
  Result operator()(const Tensor<Real>& x, const State& state, Mode mode,
                    Location where = Location::current()) const {
    return (*this)(x, state, IndexTensor(), mode, where);
  }
  Result operator()(const Tensor<Real>& x, const State& state, const Indices& lengths, Mode mode,
                    Location where = Location::current()) const;
  template <class X>
  void operator()(const X&) const = delete;  // in training or not? gru(x, mode)
};

/// One step, for generation: state = cell(x, state).
///
///     x [batch, in]    state [batch, hidden]; zeros at first if it is empty
///
/// Parameters weight_ih, weight_hh, bias_ih, bias_hh. The same numbers as GRU with time = 1.
template <class RealType>
struct GRUCell : RecurrentParameters<RealType> {
  using Real = RealType;

  GRUCell(Index in, Index hidden, Random& random, bool bias = true);
  explicit GRUCell(const RecurrentWeights<Real>& weights);

  Tensor<Real> operator()(const Tensor<Real>& x, const Tensor<Real>& state = {},
                          Location where = Location::current()) const;
};

extern template class GRU<float>;
extern template class GRU<double>;
extern template struct GRUCell<float>;
extern template struct GRUCell<double>;

}  // namespace thalweg::nn
