#include "thalweg/nn/layers/recurrent.hpp"

#include <fmt/format.h>

#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/dropout.hpp"
#include "thalweg/autodiff/ops/join.hpp"
#include "thalweg/autodiff/ops/slice.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/nn/model/init.hpp"

namespace thalweg::nn {
namespace {

const RecurrentOptions& checked(const char* op, const RecurrentOptions& options) {
  if (options.layers < 1)
    throw ValueError(fmt::format("{}: {} layers; expected at least one", op, options.layers));
  if (!(options.dropout >= 0 && options.dropout < 1))
    throw ValueError(
        fmt::format("{}: dropout {}; expected at least 0 and below 1", op, options.dropout));
  return options;
}

template <class Real>
Parameter<Real> drawn(const Shape& shape, Index hidden, Random& random) {
  const double k = 1 / std::sqrt(static_cast<double>(hidden));
  return Parameter<Real>(init::uniform<Real>(shape, -k, k, random));
}

/// The states of one layer out of those of all.
template <class Real>
Tensor<Real> states_of(const Tensor<Real>& all, Index first, Index count, Location where) {
  if (!all.body() || all.size(0) == count) return all;
  return slice(all, 0, first, first + count, 1, where);
}

template <class Real>
void expect_states(const char* op, const char* what, const Tensor<Real>& state,
                   const Shape& wanted) {
  if (state.body() && state.shape() != wanted)
    throw ShapeError(
        fmt::format("{}: {} of the first state {}; expected {}", op, what, state.shape(), wanted));
}

template <class Real>
Tensor<Real> joined(const std::vector<Tensor<Real>>& parts, Location where) {
  return parts.size() == 1 ? parts[0] : concat(parts, 0, where);
}

}  // namespace

template <class Real>
RecurrentParameters<Real>::RecurrentParameters(const char* op, Index gates, Index in, Index hidden,
                                               bool bias, Random& random) {
  if (in < 1 || hidden < 1)
    throw ValueError(fmt::format("{}: {} inputs and {} hidden units; expected at least one of each",
                                 op, in, hidden));
  ih = drawn<Real>({gates * hidden, in}, hidden, random);
  hh = drawn<Real>({gates * hidden, hidden}, hidden, random);
  if (!bias) return;
  bias_ih = drawn<Real>({gates * hidden}, hidden, random);
  bias_hh = drawn<Real>({gates * hidden}, hidden, random);
}

template <class Real>
RecurrentParameters<Real>::RecurrentParameters(const char* op, const RecurrentWeights<Real>& w)
    : ih(w.ih), hh(w.hh), bias_ih(w.bias_ih), bias_hh(w.bias_hh) {
  if (w.ih.rank() != 2 || w.hh.rank() != 2)
    throw ShapeError(fmt::format("{}: weights {} and {}; expected two matrices", op, w.ih.shape(),
                                 w.hh.shape()));
  if ((w.bias_ih.size() > 0) != (w.bias_hh.size() > 0))
    throw ShapeError(fmt::format("{}: biases {} and {}; expected two or none", op,
                                 w.bias_ih.shape(), w.bias_hh.shape()));
}

template <class Real>
RecurrentWeights<Real> RecurrentParameters<Real>::weights() const {
  if (!has_bias()) return {ih, hh};
  return {ih, hh, bias_ih, bias_hh};
}

template <class Real>
LstmState<Real> RecurrentParameters<Real>::step(const char* op, RecurrentLayer<Real> layer,
                                                const Tensor<Real>& x, const LstmState<Real>& state,
                                                Location where) const {
  if (x.rank() != 2) throw ShapeError(fmt::format("{}: x {}; expected [batch, in]", op, x.shape()));
  const Shape one{x.size(0), hh.shape()[1]};
  expect_states(op, "h", state.h, one);
  expect_states(op, "c", state.c, one);
  const auto framed = [&](const Tensor<Real>& s) { return s.body() ? unsqueeze(s, 0, where) : s; };
  const auto after = layer(unsqueeze(x, 1, where), {weights()}, {framed(state.h), framed(state.c)},
                           IndexTensor(), where)
                         .state;
  return {squeeze(after.h, 0, where), after.c.body() ? squeeze(after.c, 0, where) : Tensor<Real>()};
}

template <class Real>
RecurrentStack<Real>::RecurrentStack(const char* op, Index gates, Index in, Index hidden,
                                     const RecurrentOptions& options, Random& random)
    : options_(checked(op, options)) {
  for (Index layer = 0; layer < options.layers; ++layer)
    for (Index d = 0; d < directions(); ++d)
      parts_.emplace_back(op, gates, layer == 0 ? in : directions() * hidden, hidden, options.bias,
                          random);
}

template <class Real>
RecurrentStack<Real>::RecurrentStack(const char* op,
                                     const std::vector<RecurrentWeights<Real>>& weights,
                                     const RecurrentOptions& options)
    : options_(checked(op, options)) {
  if (static_cast<Index>(weights.size()) != options.layers * directions())
    throw ShapeError(fmt::format("{}: {} sets of weights; expected {} layers times {} directions",
                                 op, weights.size(), options.layers, directions()));
  for (const auto& w : weights) {
    parts_.emplace_back(op, w);
    options_.bias = parts_.back().has_bias();
  }
}

template <class Real>
std::string RecurrentStack<Real>::suffix(std::size_t part) const {
  const auto count = static_cast<std::size_t>(directions());
  return fmt::format("_l{}{}", part / count, part % count == 1 ? "_reverse" : "");
}

template <class Real>
LstmResult<Real> RecurrentStack<Real>::run(const char* op, RecurrentLayer<Real> layer,
                                           const Tensor<Real>& x, const LstmState<Real>& state,
                                           const Indices& lengths, Mode mode,
                                           Location where) const {
  const Index count = directions();
  if (x.rank() == 3) {
    const Shape wanted{options_.layers * count, x.size(0), hidden()};
    expect_states(op, "h", state.h, wanted);
    expect_states(op, "c", state.c, wanted);
  }
  LstmResult<Real> result{x, {}};
  std::vector<Tensor<Real>> h, c;
  for (Index k = 0; k < options_.layers; ++k) {
    std::vector<RecurrentWeights<Real>> weights;
    for (Index d = 0; d < count; ++d)
      weights.push_back(parts_[static_cast<std::size_t>(k * count + d)].weights());
    if (k > 0 && options_.dropout > 0 && mode.training())
      result.output = dropout(result.output, options_.dropout, mode.random(), where);
    result = layer(
        result.output, weights,
        {states_of(state.h, k * count, count, where), states_of(state.c, k * count, count, where)},
        lengths, where);
    h.push_back(result.state.h);
    if (result.state.c.body()) c.push_back(result.state.c);
  }
  return {result.output, {joined(h, where), c.empty() ? Tensor<Real>() : joined(c, where)}};
}

template struct RecurrentParameters<float>;
template struct RecurrentParameters<double>;
template class RecurrentStack<float>;
template class RecurrentStack<double>;

}  // namespace thalweg::nn
