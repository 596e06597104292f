#include "thalweg/nn/layers/rnn.hpp"

namespace thalweg::nn {
namespace {

constexpr Index gates = 1;

template <class Real, Nonlinearity nonlinearity>
LstmResult<Real> layer(const Tensor<Real>& x, const std::vector<RecurrentWeights<Real>>& weights,
                       const LstmState<Real>& state, const Indices& lengths, Location where) {
  const auto result = rnn(x, weights, state.h, lengths, nonlinearity, where);
  return {result.output, {result.state, {}}};
}

template <class Real>
auto layer_of(Nonlinearity nonlinearity) {
  return nonlinearity == Nonlinearity::tanh ? layer<Real, Nonlinearity::tanh>
                                            : layer<Real, Nonlinearity::relu>;
}

RecurrentOptions common(const RNNOptions& o) {
  return {o.layers, o.bidirectional, o.bias, o.dropout};
}

}  // namespace

template <class Real>
RNN<Real>::RNN(Index in, Index hidden, const RNNOptions& options, Random& random)
    : RecurrentStack<Real>("RNN", gates, in, hidden, common(options), random),
      nonlinearity_(options.nonlinearity) {}

template <class Real>
RNN<Real>::RNN(const std::vector<RecurrentWeights<Real>>& weights, const RNNOptions& options)
    : RecurrentStack<Real>("RNN", weights, common(options)), nonlinearity_(options.nonlinearity) {}

template <class Real>
typename RNN<Real>::Result RNN<Real>::operator()(const Tensor<Real>& x, const State& state,
                                                 const Indices& lengths, Mode mode,
                                                 Location where) const {
  const auto result =
      this->run("RNN", layer_of<Real>(nonlinearity_), x, {state, {}}, lengths, mode, where);
  return {result.output, result.state.h};
}

template <class Real>
RNNCell<Real>::RNNCell(Index in, Index hidden, Random& random, Nonlinearity function, bool bias)
    : RecurrentParameters<Real>("RNNCell", gates, in, hidden, bias, random),
      nonlinearity(function) {}

template <class Real>
RNNCell<Real>::RNNCell(const RecurrentWeights<Real>& weights, Nonlinearity function)
    : RecurrentParameters<Real>("RNNCell", weights), nonlinearity(function) {}

template <class Real>
Tensor<Real> RNNCell<Real>::operator()(const Tensor<Real>& x, const Tensor<Real>& state,
                                       Location where) const {
  return this->step("RNNCell", layer_of<Real>(nonlinearity), x, {state, {}}, where).h;
}

template class RNN<float>;
template class RNN<double>;
template struct RNNCell<float>;
template struct RNNCell<double>;

}  // namespace thalweg::nn
