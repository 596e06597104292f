#include "autodiff/ops/recurrent.hpp"

#include <algorithm>

#include "autodiff/kernels/matmul.hpp"
#include "autodiff/kernels/recurrent.hpp"
#include "autodiff/ops/recurrent_check.hpp"

namespace thalweg {
namespace detail {
namespace {

using kernels::Cell;
using kernels::gemm;
using kernels::Sequences;
using kernels::Use;

/// Numbers that no tape knows; none if `wanted` is false.
template <class Real>
Tensor<Real> scratch(bool wanted, const Shape& shape) {
  return wanted ? Tensor<Real>::uninitialised(shape) : Tensor<Real>();
}

/// What a direction keeps for the way back, beside its weights.
template <class Real>
struct Kept {
  Saved<Real> ih, hh, gates, more;
};

/// All that a layer's record needs. `all` holds y, last h and last c, one after the other.
template <class Real>
struct Layer {
  RecurrentSizes sizes;
  Saved<Real> x, h0, c0, all;
  IndexTensor lengths;
  std::vector<Kept<Real>> directions;

  Sequences sequences(Index direction) const {
    return {sizes.batch,
            sizes.time,
            sizes.hidden,
            sizes.cell,
            lengths.size() > 0 ? lengths.data() : nullptr,
            direction == 1,
            sizes.directions * sizes.hidden};
  }
  /// Where the numbers of a direction begin in y and in a state.
  Index in_output(Index d) const { return d * sizes.hidden; }
  Index in_state(Index d) const { return d * sizes.batch * sizes.hidden; }
  const Real* state(const Saved<Real>& s, Index d) const {
    return s->body() ? s.data() + in_state(d) : nullptr;
  }
};

// Operands in the record: x, h0, c0, then four of each direction.
constexpr std::size_t operand_x = 0, operand_h0 = 1, operand_c0 = 2;
constexpr std::size_t first_operand(Index direction) {
  return 3 + 4 * static_cast<std::size_t>(direction);
}

/// b + d by block; gru: r, z, then d and b of n.
template <class Real>
std::vector<Real> sum_of_biases(const RecurrentSizes& sizes, const RecurrentWeights<Real>& w) {
  const Index h = sizes.hidden, n = sizes.gates() * h;
  std::vector<Real> sum(static_cast<std::size_t>(kernels::biases_of(sizes.cell) * h));
  if (!w.bias_ih.body()) return sum;
  const Real *const b = w.bias_ih.data(), *const d = w.bias_hh.data();
  for (Index k = 0; k < n; ++k) sum[static_cast<std::size_t>(k)] = b[k] + d[k];
  if (sizes.cell == Cell::gru) {
    std::copy_n(d + 2 * h, h, sum.begin() + 2 * h);
    std::copy_n(b + 2 * h, h, sum.begin() + 3 * h);
  }
  return sum;
}

/// Where the states of a direction are; without the gates.
template <class Real>
kernels::Recurrence<Real> states_of(const Layer<Real>& layer, Index d) {
  Real* const y = const_cast<Real*>(layer.all.data());
  Real* const last = y + layer.sizes.output();
  return {.u = layer.directions[static_cast<std::size_t>(d)].hh.data(),
          .bias = nullptr,
          .h0 = layer.state(layer.h0, d),
          .c0 = layer.state(layer.c0, d),
          .gates = const_cast<Real*>(layer.directions[static_cast<std::size_t>(d)].gates.data()),
          .more = const_cast<Real*>(layer.directions[static_cast<std::size_t>(d)].more.data()),
          .h = y + layer.in_output(d),
          .last_h = last + layer.in_state(d),
          .last_c = last + layer.sizes.state() + layer.in_state(d)};
}

/// The gates of rnn are h: its way back needs nothing else.
template <class Real>
void run_direction(Layer<Real>& layer, const RecurrentWeights<Real>& w, Index d) {
  const RecurrentSizes& z = layer.sizes;
  const auto gates = Tensor<Real>::uninitialised({z.rows(), z.gates() * z.hidden});
  const auto more = scratch<Real>(kernels::keeps_more(z.cell), {z.rows(), z.hidden});
  layer.directions.push_back(
      {Saved(w.ih), Saved(w.hh), saved_if(z.gates() > 1, gates), Saved(more)});
  const auto bias = sum_of_biases(z, w);
  gemm(Use::plain, Use::transposed, z.rows(), z.gates() * z.hidden, z.in, layer.x.data(),
       w.ih.data(), false, gates.unshared_data());
  auto states = states_of(layer, d);
  states.bias = bias.data();
  states.gates = gates.unshared_data();
  kernels::recurrence(layer.sequences(d), states);
}

/// x with zeros in the padding: 0 · NaN would be NaN.
template <class Real>
Tensor<Real> without_padding(const Layer<Real>& layer) {
  const RecurrentSizes& z = layer.sizes;
  if (layer.lengths.size() == 0) return *layer.x;
  auto x = Tensor<Real>::uninitialised(layer.x->shape());
  for (Index b = 0; b < z.batch; ++b) {
    const Index begin = b * z.time * z.in, n = layer.lengths.data()[b] * z.in;
    Real* const to = std::copy_n(layer.x.data() + begin, n, x.unshared_data() + begin);
    std::fill_n(to, z.time * z.in - n, Real{0});
  }
  return x;
}

/// W̄ = p̄ᵀ x,  x̄ = p̄ W.
template <class Real>
void pull_input(const Layer<Real>& layer, Index d, const Real* p, Backward<Real>& back) {
  const RecurrentSizes& z = layer.sizes;
  const Index n = z.gates() * z.hidden;
  const Real* const w = layer.directions[static_cast<std::size_t>(d)].ih.data();
  if (const auto to = back.into(first_operand(d)))
    gemm(Use::transposed, Use::plain, n, z.in, z.rows(), p, without_padding(layer).data(),
         to.accumulate, to.data);
  if (const auto to = back.into(operand_x))
    gemm(Use::plain, Use::plain, z.rows(), z.in, n, p, w, to.accumulate, to.data);
}

/// Ū = p̄ᵀ h′, some sequences at a time: h′ need not exist as a whole.
template <class Real>
void pull_recurrent(const Layer<Real>& layer, Index d, const Real* p, Backward<Real>& back) {
  const auto to = back.into(first_operand(d) + 1);
  if (!to) return;
  const RecurrentSizes& z = layer.sizes;
  const Index n = z.gates() * z.hidden, most = std::max<Index>(1, 512 / z.time);
  if (z.batch == 0 && !to.accumulate) std::fill_n(to.data, n * z.hidden, Real{0});
  for (Index b = 0; b < z.batch; b += most) {
    const Index rows = std::min(most, z.batch - b) * z.time;
    const auto before = Tensor<Real>::uninitialised({rows, z.hidden});
    kernels::previous_states(layer.sequences(d), layer.all.data() + layer.in_output(d),
                             layer.state(layer.h0, d), b, rows / z.time, before.unshared_data());
    gemm(Use::transposed, Use::plain, n, z.hidden, rows, p + b * z.time * n, before.data(),
         to.accumulate || b > 0, to.data);
  }
}

/// Adds or stores n numbers.
template <class Real>
void put(const Target<Real>& to, Index at, const Real* from, Index n) {
  for (Index k = 0; k < n; ++k)
    to.data[at + k] = to.accumulate ? to.data[at + k] + from[k] : from[k];
}

/// b̄ and d̄ from the sums of p̄.
template <class Real>
void pull_biases(const Layer<Real>& layer, Index d, const Real* sums, Backward<Real>& back) {
  const Index h = layer.sizes.hidden, n = layer.sizes.gates() * h;
  const bool apart = layer.sizes.cell == Cell::gru;
  if (const auto to = back.into(first_operand(d) + 2)) {
    put(to, 0, sums, apart ? 2 * h : n);
    if (apart) put(to, 2 * h, sums + 3 * h, h);
  }
  if (const auto to = back.into(first_operand(d) + 3)) put(to, 0, sums, n);
}

/// p̄ of n in place of that of U h′ + d: what stands before W x.
template <class Real>
void put_n(const RecurrentSizes& z, const Real* n, Real* p) {
  for (Index row = 0; row < z.rows(); ++row)
    std::copy_n(n + row * z.hidden, z.hidden, p + (3 * row + 2) * z.hidden);
}

template <class Real>
void pull_direction(const Layer<Real>& layer, Index d, Real* state_h, Real* state_c,
                    Backward<Real>& back) {
  const RecurrentSizes& z = layer.sizes;
  const auto p = Tensor<Real>::uninitialised({z.rows(), z.gates() * z.hidden});
  const auto n = scratch<Real>(z.cell == Cell::gru, {z.rows(), z.hidden});
  std::vector<Real> sums(static_cast<std::size_t>(kernels::biases_of(z.cell) * z.hidden));
  kernels::recurrence_backward(layer.sequences(d), states_of(layer, d),
                               kernels::RecurrenceAdjoint<Real>{
                                   back.adjoint() + layer.in_output(d), state_h + layer.in_state(d),
                                   state_c + layer.in_state(d), p.unshared_data(),
                                   n.body() ? n.unshared_data() : nullptr, sums.data()});
  pull_recurrent(layer, d, p.data(), back);
  if (n.body()) put_n(z, n.data(), p.unshared_data());
  pull_input(layer, d, p.data(), back);
  pull_biases(layer, d, sums.data(), back);
}

template <class Real>
void pull_layer(const Layer<Real>& layer, Backward<Real>& back) {
  const Index n = layer.sizes.state();
  const Real* const last = back.adjoint() + layer.sizes.output();
  std::vector<Real> state(last, last + layer.sizes.states() * n);
  state.resize(static_cast<std::size_t>(2 * n));
  for (Index d = 0; d < layer.sizes.directions; ++d)
    pull_direction(layer, d, state.data(), state.data() + n, back);
  if (const auto to = back.into(operand_h0)) put(to, 0, state.data(), n);
  if (const auto to = back.into(operand_c0)) put(to, 0, state.data() + n, n);
}

/// Elements `begin` … of `all` in a shape of their own.
template <class Real>
Tensor<Real> part(const char* op, const Tensor<Real>& all, const Shape& shape, Index begin,
                  Location where) {
  return record(
      op, alias(all, shape, begin), {all},
      [begin, n = shape.size(), size = all.size()](Backward<Real>& back) {
        const auto to = back.into(0);
        if (!to.accumulate) {
          std::fill_n(to.data, begin, Real{0});
          std::fill_n(to.data + begin + n, size - begin - n, Real{0});
        }
        put({to.data + begin, to.accumulate}, 0, back.adjoint(), n);
      },
      where);
}

template <class Real>
LstmResult<Real> recurrent_layer(const char* op, Cell cell, const Tensor<Real>& x,
                                 const std::vector<RecurrentWeights<Real>>& directions,
                                 const LstmState<Real>& start, const IndexTensor& lengths,
                                 Location where) {
  const RecurrentSizes sizes = recurrent_sizes(op, cell, x, directions, start, lengths);
  const auto all = Tensor<Real>::uninitialised({sizes.output() + sizes.states() * sizes.state()});
  Layer<Real> layer{sizes, Saved(x), Saved(start.h), Saved(start.c), Saved(all), lengths, {}};
  std::vector<Operand> operands{x, start.h, start.c};
  for (Index d = 0; d < sizes.directions; ++d) {
    const auto& w = directions[static_cast<std::size_t>(d)];
    for (const auto* operand : {&w.ih, &w.hh, &w.bias_ih, &w.bias_hh}) operands.push_back(*operand);
    run_direction(layer, w, d);
  }
  const auto y = record_list(
      op, all, std::move(operands),
      [layer = std::move(layer)](Backward<Real>& back) { pull_layer(layer, back); }, where);
  const Shape state{sizes.directions, sizes.batch, sizes.hidden};
  return {part(op, y, {sizes.batch, sizes.time, sizes.directions * sizes.hidden}, 0, where),
          {part(op, y, state, sizes.output(), where),
           cell == Cell::lstm ? part(op, y, state, sizes.output() + sizes.state(), where)
                              : Tensor<Real>()}};
}

}  // namespace
}  // namespace detail

template <class Real>
RecurrentResult<Real> rnn(const std::type_identity_t<Tensor<Real>>& x,
                          const std::vector<RecurrentWeights<Real>>& directions,
                          const std::type_identity_t<Tensor<Real>>& start, const Indices& lengths,
                          Nonlinearity nonlinearity, Location where) {
  using kernels::Cell;
  const Cell cell = nonlinearity == Nonlinearity::relu ? Cell::rnn_relu : Cell::rnn_tanh;
  auto result = detail::recurrent_layer<Real>("rnn", cell, x, directions, {start, {}},
                                              lengths.tensor(), where);
  return {std::move(result.output), std::move(result.state.h)};
}

template <class Real>
LstmResult<Real> lstm(const std::type_identity_t<Tensor<Real>>& x,
                      const std::vector<RecurrentWeights<Real>>& directions,
                      const std::type_identity_t<LstmState<Real>>& start, const Indices& lengths,
                      Location where) {
  return detail::recurrent_layer<Real>("lstm", kernels::Cell::lstm, x, directions, start,
                                       lengths.tensor(), where);
}

template <class Real>
RecurrentResult<Real> gru(const std::type_identity_t<Tensor<Real>>& x,
                          const std::vector<RecurrentWeights<Real>>& directions,
                          const std::type_identity_t<Tensor<Real>>& start, const Indices& lengths,
                          Location where) {
  auto result = detail::recurrent_layer<Real>("gru", kernels::Cell::gru, x, directions, {start, {}},
                                              lengths.tensor(), where);
  return {std::move(result.output), std::move(result.state.h)};
}

template RecurrentResult<float> rnn(const Tensor<float>&,
                                    const std::vector<RecurrentWeights<float>>&,
                                    const Tensor<float>&, const Indices&, Nonlinearity, Location);
template RecurrentResult<double> rnn(const Tensor<double>&,
                                     const std::vector<RecurrentWeights<double>>&,
                                     const Tensor<double>&, const Indices&, Nonlinearity, Location);
template LstmResult<float> lstm(const Tensor<float>&, const std::vector<RecurrentWeights<float>>&,
                                const LstmState<float>&, const Indices&, Location);
template LstmResult<double> lstm(const Tensor<double>&,
                                 const std::vector<RecurrentWeights<double>>&,
                                 const LstmState<double>&, const Indices&, Location);
template RecurrentResult<float> gru(const Tensor<float>&,
                                    const std::vector<RecurrentWeights<float>>&,
                                    const Tensor<float>&, const Indices&, Location);
template RecurrentResult<double> gru(const Tensor<double>&,
                                     const std::vector<RecurrentWeights<double>>&,
                                     const Tensor<double>&, const Indices&, Location);

}  // namespace thalweg
