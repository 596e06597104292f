#include "thalweg/nn/layers/gru.hpp"

namespace thalweg::nn {
namespace {

constexpr Index gates = 3;

template <class Real>
LstmResult<Real> layer(const Tensor<Real>& x, const std::vector<RecurrentWeights<Real>>& weights,
                       const LstmState<Real>& state, const Indices& lengths, Location where) {
  const auto result = thalweg::gru(x, weights, state.h, lengths, where);
  return {result.output, {result.state, {}}};
}

}  // namespace

template <class Real>
GRU<Real>::GRU(Index in, Index hidden, const RecurrentOptions& options, Random& random)
    : RecurrentStack<Real>("GRU", gates, in, hidden, options, random) {}

template <class Real>
GRU<Real>::GRU(const std::vector<RecurrentWeights<Real>>& weights, const RecurrentOptions& options)
    : RecurrentStack<Real>("GRU", weights, options) {}

template <class Real>
typename GRU<Real>::Result GRU<Real>::operator()(const Tensor<Real>& x, const State& state,
                                                 const Indices& lengths, Mode mode,
                                                 Location where) const {
  const auto result = this->run("GRU", layer<Real>, x, {state, {}}, lengths, mode, where);
  return {result.output, result.state.h};
}

template <class Real>
GRUCell<Real>::GRUCell(Index in, Index hidden, Random& random, bool bias)
    : RecurrentParameters<Real>("GRUCell", gates, in, hidden, bias, random) {}

template <class Real>
GRUCell<Real>::GRUCell(const RecurrentWeights<Real>& weights)
    : RecurrentParameters<Real>("GRUCell", weights) {}

template <class Real>
Tensor<Real> GRUCell<Real>::operator()(const Tensor<Real>& x, const Tensor<Real>& state,
                                       Location where) const {
  return this->step("GRUCell", layer<Real>, x, {state, {}}, where).h;
}

template class GRU<float>;
template class GRU<double>;
template struct GRUCell<float>;
template struct GRUCell<double>;

}  // namespace thalweg::nn
