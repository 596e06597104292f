#pragma once
/// Recurrent layers over whole sequences: rnn, lstm, gru. One record for all steps of a layer, both
/// directions included.
///
///     auto [y, state] = lstm(x, {weights});                    // from zeros
///     auto [z, later] = lstm(more, {weights}, state);          // goes on where x ended
///     auto [both, last] = gru(x, {forward, backward}, {}, lengths);
///
///     x       [batch, time, in]
///     y       [batch, time, directions · hidden]     h of every step, directions side by side
///     state   [directions, batch, hidden]            h (and c) after the last step; zeros if empty
///     lengths [batch]                                steps of each sequence, 1 … time; empty: all
///
/// The second weights, if there are any, run from the end to the beginning. Steps beyond a
/// sequence's length are padding: y is zero there, the state is that after the last real step, a
/// reversed direction starts at each sequence's own end, and no gradient comes back.
///
/// Cost: 2 · batch · time · gates · hidden · (in + hidden) flops forward, twice that backward. Kept
/// for the way back: y, and per step and unit 5 numbers (lstm), 4 (gru) or none (rnn).
///
/// Gates lie in the weights as in PyTorch, whose equations these are. ShapeError for shapes that do
/// not fit, a time of 0, or more than two directions; ValueError for a length out of range.

#include <vector>

#include "thalweg/autodiff/kernels/recurrent.hpp"
#include "thalweg/autodiff/ops/indices.hpp"
#include "thalweg/autodiff/ops/operand.hpp"

namespace thalweg {

/// The weights of one direction of one layer.
///
///     ih [gates · hidden, in]    hh [gates · hidden, hidden]    bias_ih, bias_hh [gates · hidden]
///
/// Both biases may be empty. Gates: rnn 1, lstm 4 (i f g o), gru 3 (r z n).
template <class Real>
struct RecurrentWeights {
  Tensor<Real> ih, hh;
  Tensor<Real> bias_ih = {}, bias_hh = {};
};

/// Output and last state of rnn and gru.
template <class Real>
struct RecurrentResult {
  Tensor<Real> output, state;
};

template <class Real>
struct LstmState {
  Tensor<Real> h = {}, c = {};
  /// The same numbers, unknown to any tape: to train on a long sequence in pieces.
  LstmState detach() const { return {h.detach(), c.detach()}; }
};
template <class Real>
struct LstmResult {
  Tensor<Real> output;
  LstmState<Real> state;
};

/// The function of a plain recurrent layer.
enum class Nonlinearity { tanh, relu };

namespace op {
using kernels::Cell, kernels::gates_of;

/// The weights of each direction of a layer: one or two.
template <class Real>
using Directions = std::vector<RecurrentWeights<Real>>;

/// All of them, by their cell; what layers call. The c of states is lstm's, elsewhere empty.
template <class Real>
LstmResult<Real> recurrent(Cell cell, const Tensor<Real>& x, const Directions<Real>& directions,
                           const LstmState<Real>& start, const Indices& lengths, Location where);
}  // namespace op

/// h = tanh(W x + b + U h′ + d), or relu, with h′ the step before, W = ih, U = hh, b = bias_ih and
/// d = bias_hh.
template <RealTensorLike X, class Real = typename std::remove_cvref_t<X>::Real>
RecurrentResult<Real> rnn(X&& x, const std::type_identity_t<op::Directions<Real>>& directions,
                          const std::type_identity_t<Tensor<Real>>& start = {},
                          const Indices& lengths = IndexTensor(),
                          Nonlinearity nonlinearity = Nonlinearity::tanh,
                          Location where = Location::current()) {
  const auto cell = nonlinearity == Nonlinearity::relu ? op::Cell::rnn_relu : op::Cell::rnn_tanh;
  auto [output, state] = op::recurrent<Real>(cell, as_tensor(std::forward<X>(x), where), directions,
                                             {start}, lengths, where);
  return {std::move(output), std::move(state.h)};
}

/// i, f, o = σ(p),  g = tanh(p),  each with its block of p = W x + b + U h′ + d;
/// c = f c′ + i g,  h = o tanh(c).
/// Source: S. Hochreiter and J. Schmidhuber, 1997; f by F. Gers et al., 2000.
template <RealTensorLike X, class Real = typename std::remove_cvref_t<X>::Real>
LstmResult<Real> lstm(X&& x, const std::type_identity_t<op::Directions<Real>>& directions,
                      const std::type_identity_t<LstmState<Real>>& start = {},
                      const Indices& lengths = IndexTensor(),
                      Location where = Location::current()) {
  return op::recurrent<Real>(op::Cell::lstm, as_tensor(std::forward<X>(x), where), directions,
                             start, lengths, where);
}

/// r, z = σ(W x + b + U h′ + d),  n = tanh(W x + b + r (U h′ + d)),  h = (1 − z) n + z h′.
/// Source: K. Cho et al., 2014; r outside of the product as PyTorch and cuDNN have it.
template <RealTensorLike X, class Real = typename std::remove_cvref_t<X>::Real>
RecurrentResult<Real> gru(X&& x, const std::type_identity_t<op::Directions<Real>>& directions,
                          const std::type_identity_t<Tensor<Real>>& start = {},
                          const Indices& lengths = IndexTensor(),
                          Location where = Location::current()) {
  auto [output, state] = op::recurrent<Real>(op::Cell::gru, as_tensor(std::forward<X>(x), where),
                                             directions, {start}, lengths, where);
  return {std::move(output), std::move(state.h)};
}

}  // namespace thalweg
