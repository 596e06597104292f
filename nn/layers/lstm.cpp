#include "thalweg/nn/layers/lstm.hpp"

namespace thalweg::nn {
namespace {

constexpr Index gates = 4;

template <class Real>
LstmResult<Real> layer(const Tensor<Real>& x, const std::vector<RecurrentWeights<Real>>& weights,
                       const LstmState<Real>& state, const Indices& lengths, Location where) {
  return thalweg::lstm(x, weights, state, lengths, where);
}

}  // namespace

template <class Real>
LSTM<Real>::LSTM(Index in, Index hidden, const RecurrentOptions& options, Random& random)
    : RecurrentStack<Real>("LSTM", gates, in, hidden, options, random) {}

template <class Real>
LSTM<Real>::LSTM(const std::vector<RecurrentWeights<Real>>& weights,
                 const RecurrentOptions& options)
    : RecurrentStack<Real>("LSTM", weights, options) {}

template <class Real>
typename LSTM<Real>::Result LSTM<Real>::operator()(const Tensor<Real>& x, const State& state,
                                                   const Indices& lengths, Mode mode,
                                                   Location where) const {
  return this->run("LSTM", layer<Real>, x, state, lengths, mode, where);
}

template <class Real>
LSTMCell<Real>::LSTMCell(Index in, Index hidden, Random& random, bool bias)
    : RecurrentParameters<Real>("LSTMCell", gates, in, hidden, bias, random) {}

template <class Real>
LSTMCell<Real>::LSTMCell(const RecurrentWeights<Real>& weights)
    : RecurrentParameters<Real>("LSTMCell", weights) {}

template <class Real>
LstmState<Real> LSTMCell<Real>::operator()(const Tensor<Real>& x, const LstmState<Real>& state,
                                           Location where) const {
  return this->step("LSTMCell", layer<Real>, x, state, where);
}

template class LSTM<float>;
template class LSTM<double>;
template struct LSTMCell<float>;
template struct LSTMCell<double>;

}  // namespace thalweg::nn
