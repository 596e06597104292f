#include "thalweg/nn/layers/recurrent.hpp"

#include <fmt/format.h>

#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/dropout.hpp"
#include "thalweg/autodiff/ops/join.hpp"
#include "thalweg/autodiff/ops/slice.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/nn/layers/gru.hpp"
#include "thalweg/nn/layers/lstm.hpp"
#include "thalweg/nn/layers/rnn.hpp"
#include "thalweg/nn/model/init.hpp"

namespace thalweg::nn {
namespace {

template <class Options>
const Options& checked(const char* name, const Options& options) {
  if (options.layers < 1)
    throw ValueError(fmt::format("{}: {} layers; expected at least one", name, options.layers));
  if (!(options.dropout >= 0 && options.dropout < 1))
    throw ValueError(
        fmt::format("{}: dropout {}; expected at least 0 and below 1", name, options.dropout));
  return options;
}

template <class Real>
Parameter<Real> drawn(const Shape& shape, Index hidden, Random& random) {
  const double k = 1 / std::sqrt(static_cast<double>(hidden));
  return Parameter<Real>(init::uniform<Real>(shape, -k, k, random));
}

// A state of any cell as h and c, and back; the c of one without is empty.
template <class Real>
LstmState<Real> both(const Tensor<Real>& h) {
  return {h, {}};
}
template <class Real>
const LstmState<Real>& both(const LstmState<Real>& state) {
  return state;
}
template <class Real>
void take(const LstmState<Real>& from, Tensor<Real>& h) {
  h = from.h;
}
template <class Real>
void take(const LstmState<Real>& from, LstmState<Real>& state) {
  state = from;
}

/// f of h and of c, where they are given.
template <class Real, class F>
LstmState<Real> each(const LstmState<Real>& state, F&& f) {
  return {state.h.body() ? f(state.h) : state.h, state.c.body() ? f(state.c) : state.c};
}

template <class Real>
void expect_states(const char* name, const LstmState<Real>& state, const Shape& wanted) {
  const auto expect = [&](const char* what, const Tensor<Real>& part) {
    if (part.body() && part.shape() != wanted)
      throw ShapeError(fmt::format("{}: {} of the first state {}; expected {}", name, what,
                                   part.shape(), wanted));
  };
  expect("h", state.h);
  expect("c", state.c);
}

template <class Real>
Tensor<Real> joined(const std::vector<Tensor<Real>>& layers, Location where) {
  if (layers.size() < 2) return layers.empty() ? Tensor<Real>() : layers[0];
  return concat(layers, 0, where);
}

}  // namespace

template <class Real>
RecurrentParameters<Real>::RecurrentParameters(const char* name, op::Cell cell, Index in,
                                               Index hidden, bool bias, Random& random) {
  if (in < 1 || hidden < 1)
    throw ValueError(fmt::format("{}: {} inputs and {} hidden units; expected at least one of each",
                                 name, in, hidden));
  const Index gates = op::gates_of(cell);
  ih = drawn<Real>({gates * hidden, in}, hidden, random);
  hh = drawn<Real>({gates * hidden, hidden}, hidden, random);
  if (!bias) return;
  bias_ih = drawn<Real>({gates * hidden}, hidden, random);
  bias_hh = drawn<Real>({gates * hidden}, hidden, random);
}

template <class Real>
RecurrentParameters<Real>::RecurrentParameters(const char* name, const RecurrentWeights<Real>& w)
    : ih(w.ih), hh(w.hh), bias_ih(w.bias_ih), bias_hh(w.bias_hh) {
  if (w.ih.rank() != 2 || w.hh.rank() != 2)
    throw ShapeError(fmt::format("{}: weights {} and {}; expected two matrices", name, w.ih.shape(),
                                 w.hh.shape()));
  if ((w.bias_ih.size() > 0) != (w.bias_hh.size() > 0))
    throw ShapeError(fmt::format("{}: biases {} and {}; expected two or none", name,
                                 w.bias_ih.shape(), w.bias_hh.shape()));
}

template <class Real>
RecurrentWeights<Real> RecurrentParameters<Real>::weights() const {
  if (!has_bias()) return {ih, hh};
  return {ih, hh, bias_ih, bias_hh};
}

template <class Real, class Cell>
Recurrent<Real, Cell>::Recurrent(Index in, Index hidden, const Options& options, Random& random)
    : options_(checked(Cell::name, options)) {
  for (Index layer = 0; layer < options.layers; ++layer)
    for (Index d = 0; d < directions(); ++d)
      parts_.emplace_back(Cell::name, cell().kind(), layer == 0 ? in : directions() * hidden,
                          hidden, options.bias, random);
}

template <class Real, class Cell>
Recurrent<Real, Cell>::Recurrent(const std::vector<RecurrentWeights<Real>>& weights,
                                 const Options& options)
    : options_(checked(Cell::name, options)) {
  if (static_cast<Index>(weights.size()) != options.layers * directions())
    throw ShapeError(fmt::format("{}: {} sets of weights; expected {} layers times {} directions",
                                 Cell::name, weights.size(), options.layers, directions()));
  for (const auto& w : weights) {
    parts_.emplace_back(Cell::name, w);
    options_.bias = parts_.back().has_bias();
  }
}

template <class Real, class Cell>
std::string Recurrent<Real, Cell>::suffix(std::size_t part) const {
  const auto count = static_cast<std::size_t>(directions());
  return fmt::format("_l{}{}", part / count, part % count == 1 ? "_reverse" : "");
}

template <class Real, class Cell>
auto Recurrent<Real, Cell>::operator()(const Tensor<Real>& x, const State& state,
                                       const Indices& lengths, Mode mode, Location where) const
    -> Result {
  const Index count = directions();
  const LstmState<Real> start = both(state);
  if (x.rank() == 3)
    expect_states(Cell::name, start, {options_.layers * count, x.size(0), hidden()});
  LstmResult<Real> layer{x, {}};
  std::vector<Tensor<Real>> h, c;
  for (Index k = 0; k < options_.layers; ++k) {
    std::vector<RecurrentWeights<Real>> weights;
    for (Index d = 0; d < count; ++d) weights.push_back(part(k, d).weights());
    if (k > 0 && options_.dropout > 0 && mode.training())
      layer.output = dropout(layer.output, options_.dropout, mode.random(), where);
    const auto own = each(start, [&](const Tensor<Real>& all) {
      return all.size(0) == count ? all : slice(all, 0, k * count, (k + 1) * count, 1, where);
    });
    layer = op::recurrent(cell().kind(), layer.output, weights, own, lengths, where);
    h.push_back(layer.state.h);
    if (layer.state.c.body()) c.push_back(layer.state.c);
  }
  Result result{layer.output, {}};
  take({joined(h, where), joined(c, where)}, result.state);
  return result;
}

template <class Real, class Cell>
auto RecurrentStep<Real, Cell>::operator()(const Tensor<Real>& x, const State& state,
                                           Location where) const -> State {
  if (x.rank() != 2)
    throw ShapeError(fmt::format("{}: x {}; expected [batch, in]", Cell::step_name, x.shape()));
  expect_states(Cell::step_name, both(state), {x.size(0), this->hh.shape()[1]});
  const auto start =
      each(both(state), [&](const Tensor<Real>& s) { return unsqueeze(s, 0, where); });
  const auto after = op::recurrent(cell_.kind(), unsqueeze(x, 1, where), {this->weights()}, start,
                                   IndexTensor(), where);
  State result;
  take(each(after.state, [&](const Tensor<Real>& s) { return squeeze(s, 0, where); }), result);
  return result;
}

#define THALWEG_INSTANTIATE(Real)                  \
  template struct RecurrentParameters<Real>;       \
  template class Recurrent<Real, cells::Rnn>;      \
  template class Recurrent<Real, cells::Lstm>;     \
  template class Recurrent<Real, cells::Gru>;      \
  template class RecurrentStep<Real, cells::Rnn>;  \
  template class RecurrentStep<Real, cells::Lstm>; \
  template class RecurrentStep<Real, cells::Gru>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
