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
  std::vector<Real> sum(kernels::biases_of(sizes.cell) * h);
  if (!w.bias_ih.body()) return sum;
  const Real *const b = w.bias_ih.data(), *const d = w.bias_hh.data();
  for (Index k = 0; k < n; ++k) sum[k] = b[k] + d[k];
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
Tensor<Real> part(const char* name, const Tensor<Real>& all, const Shape& shape, Index begin,
                  Location where) {
  return record(
      name, alias(all, shape, begin), {all},
      [begin, n = shape.size(), size = all.size()](Backward<Real>& back) {
        const auto to = back.into(0);
        if (!to.accumulate) {
          std::fill_n(to.data, begin, Real{0});
          std::fill_n(to.data + begin + n, size - begin - n, Real{0});
        }
        put(to, begin, back.adjoint(), n);
      },
      where);
}

const char* cell_name(Cell cell) {
  return cell == Cell::lstm ? "lstm" : cell == Cell::gru ? "gru" : "rnn";
}

}  // namespace

template <class Real>
kernels::Recurrence<Real> RecurrentRecord<Real>::recurrence(Index d, Index first) const {
  const auto from = [](const Saved<Real>& s, Index at) {
    return s->body() ? s->unshared_data() + at : nullptr;
  };
  const Index state = in_state(d, first), step = first * sizes.time * sizes.hidden;
  return {.u = kept(d).hh.data(),
          .bias = nullptr,
          .h0 = from(h0, state),
          .c0 = from(c0, state),
          .gates = from(kept(d).gates, step * sizes.gates()),
          .more = from(kept(d).more, step),
          .h = from(all, in_output(d, first)),
          .last_h = from(all, sizes.output() + state),
          .last_c = from(all, sizes.output() + sizes.state() + state)};
}

#define THALWEG_INSTANTIATE(Real) template struct RecurrentRecord<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
#undef THALWEG_INSTANTIATE

}  // namespace thalweg::detail

namespace thalweg::op {

using namespace detail;

template <class Real>
LstmResult<Real> recurrent(Cell cell, const Tensor<Real>& x, const Directions<Real>& directions,
                           const LstmState<Real>& start, const Indices& lengths, Location where) {
  const char* const name = cell_name(cell);
  const RecurrentSizes sizes = recurrent_sizes(name, cell, x, directions, start, lengths.tensor());
  const auto all = Tensor<Real>::uninitialised({sizes.output() + sizes.states() * sizes.state()});
  RecurrentRecord<Real> layer{
      sizes, Saved(x), Saved(start.h), Saved(start.c), Saved(all), lengths.tensor(), {}};
  std::vector<Operand> operands{x, start.h, start.c};
  for (Index d = 0; d < sizes.directions; ++d) {
    const auto& w = directions[d];
    for (const auto* operand : {&w.ih, &w.hh, &w.bias_ih, &w.bias_hh}) operands.push_back(*operand);
    run_direction(layer, w, d);
  }
  const auto y = record(
      name, all, std::move(operands),
      [layer = std::move(layer)](Backward<Real>& back) { pull_recurrent(layer, back); }, where);
  const Shape output{sizes.batch, sizes.time, sizes.directions * sizes.hidden};
  const Shape state{sizes.directions, sizes.batch, sizes.hidden};
  const Index h = sizes.output(), c = h + sizes.state();
  return {part(name, y, output, 0, where),
          {part(name, y, state, h, where),
           sizes.states() == 2 ? part(name, y, state, c, where) : Tensor<Real>()}};
}

#define THALWEG_INSTANTIATE(Real)                                                         \
  template LstmResult<Real> recurrent(Cell, const Tensor<Real>&, const Directions<Real>&, \
                                      const LstmState<Real>&, const Indices&, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
#undef THALWEG_INSTANTIATE

}  // namespace thalweg::op
