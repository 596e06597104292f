#include "thalweg/autodiff/ops/recurrent.hpp"

#include <algorithm>

#include "thalweg/autodiff/kernels/matmul.hpp"
#include "thalweg/autodiff/ops/recurrent_record.hpp"

namespace thalweg::detail {
namespace {

using kernels::Cell;
using kernels::gemm;
using kernels::Use;

/// A tensor without elements if it is not wanted.
template <class Real>
Tensor<Real> scratch(bool wanted, const Shape& shape) {
  return wanted ? Tensor<Real>::uninitialised(shape) : Tensor<Real>();
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

/// The gates of rnn are h: its way back needs nothing else.
template <class Real>
void run_direction(RecurrentRecord<Real>& layer, const RecurrentWeights<Real>& w, Index d) {
  const RecurrentSizes& z = layer.sizes;
  const auto gates = Tensor<Real>::uninitialised({z.rows(), z.gates() * z.hidden});
  const auto more = scratch<Real>(kernels::keeps_more(z.cell), {z.rows(), z.hidden});
  layer.directions.push_back(
      {Saved(w.ih), Saved(w.hh), saved_if(z.gates() > 1, gates), Saved(more)});
  const auto bias = sum_of_biases(z, w);
  gemm(Use::plain, Use::transposed, z.rows(), z.gates() * z.hidden, z.in, layer.x.data(),
       w.ih.data(), false, gates.unshared_data());
  auto states = layer.recurrence(d, 0);
  states.bias = bias.data();
  states.gates = gates.unshared_data();
  kernels::recurrence(layer.sequences(d, 0, z.batch), states);
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
        const Real* const dy = back.adjoint();
        for (Index k = 0; k < n; ++k)
          to.data[begin + k] = to.accumulate ? to.data[begin + k] + dy[k] : dy[k];
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
  RecurrentRecord<Real> layer{sizes,   Saved(x), Saved(start.h), Saved(start.c), Saved(all),
                              lengths, {}};
  std::vector<Operand> operands{x, start.h, start.c};
  for (Index d = 0; d < sizes.directions; ++d) {
    const auto& w = directions[static_cast<std::size_t>(d)];
    for (const auto* operand : {&w.ih, &w.hh, &w.bias_ih, &w.bias_hh}) operands.push_back(*operand);
    run_direction(layer, w, d);
  }
  const auto y = record(
      op, all, std::move(operands),
      [layer = std::move(layer)](Backward<Real>& back) { pull_recurrent(layer, back); }, where);
  const Shape state{sizes.directions, sizes.batch, sizes.hidden};
  return {part(op, y, {sizes.batch, sizes.time, sizes.directions * sizes.hidden}, 0, where),
          {part(op, y, state, sizes.output(), where),
           cell == Cell::lstm ? part(op, y, state, sizes.output() + sizes.state(), where)
                              : Tensor<Real>()}};
}

}  // namespace

template <class Real>
RecurrentResult<Real> rnn(const Tensor<Real>& x, const Directions<Real>& directions,
                          const Tensor<Real>& start, const Indices& lengths,
                          Nonlinearity nonlinearity, Location where) {
  const Cell cell = nonlinearity == Nonlinearity::relu ? Cell::rnn_relu : Cell::rnn_tanh;
  auto result =
      recurrent_layer<Real>("rnn", cell, x, directions, {start, {}}, lengths.tensor(), where);
  return {std::move(result.output), std::move(result.state.h)};
}

template <class Real>
LstmResult<Real> lstm(const Tensor<Real>& x, const Directions<Real>& directions,
                      const LstmState<Real>& start, const Indices& lengths, Location where) {
  return recurrent_layer("lstm", Cell::lstm, x, directions, start, lengths.tensor(), where);
}

template <class Real>
RecurrentResult<Real> gru(const Tensor<Real>& x, const Directions<Real>& directions,
                          const Tensor<Real>& start, const Indices& lengths, Location where) {
  auto result =
      recurrent_layer<Real>("gru", Cell::gru, x, directions, {start, {}}, lengths.tensor(), where);
  return {std::move(result.output), std::move(result.state.h)};
}

template RecurrentResult<float> rnn(const Tensor<float>&, const Directions<float>&,
                                    const Tensor<float>&, const Indices&, Nonlinearity, Location);
template LstmResult<float> lstm(const Tensor<float>&, const Directions<float>&,
                                const LstmState<float>&, const Indices&, Location);
template RecurrentResult<float> gru(const Tensor<float>&, const Directions<float>&,
                                    const Tensor<float>&, const Indices&, Location);
template RecurrentResult<double> rnn(const Tensor<double>&, const Directions<double>&,
                                     const Tensor<double>&, const Indices&, Nonlinearity, Location);
template LstmResult<double> lstm(const Tensor<double>&, const Directions<double>&,
                                 const LstmState<double>&, const Indices&, Location);
template RecurrentResult<double> gru(const Tensor<double>&, const Directions<double>&,
                                     const Tensor<double>&, const Indices&, Location);

}  // namespace thalweg::detail
