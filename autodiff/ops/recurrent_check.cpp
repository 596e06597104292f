#include "thalweg/autodiff/ops/recurrent_check.hpp"

#include <string>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::detail {
namespace {

void expect_shape(const char* op, const std::string& what, const Shape& came, const Shape& wanted) {
  if (came != wanted)
    throw ShapeError(fmt::format("{}: {} {}; expected {}", op, what, came, wanted));
}

template <class Real>
void expect_weights(const char* op, const RecurrentSizes& z, const RecurrentWeights<Real>& w) {
  const Index n = z.gates() * z.hidden;
  expect_shape(op, "weight_ih", w.ih.shape(), {n, z.in});
  expect_shape(op, "weight_hh", w.hh.shape(), {n, z.hidden});
  if (!w.bias_ih.body() && !w.bias_hh.body()) return;
  expect_shape(op, "bias_ih", w.bias_ih.shape(), {n});
  expect_shape(op, "bias_hh", w.bias_hh.shape(), {n});
}

void expect_lengths(const char* op, const RecurrentSizes& z, const IndexTensor& lengths) {
  expect_shape(op, "lengths", lengths.shape(), {z.batch});
  for (Index b = 0; b < z.batch; ++b)
    if (lengths.data()[b] < 1 || lengths.data()[b] > z.time)
      throw ValueError(fmt::format("{}: length {} of sequence {}; expected 1 to {}", op,
                                   lengths.data()[b], b, z.time));
}

}  // namespace

template <class Real>
RecurrentSizes recurrent_sizes(const char* op, kernels::Cell cell, const Tensor<Real>& x,
                               const std::vector<RecurrentWeights<Real>>& directions,
                               const LstmState<Real>& start, const IndexTensor& lengths) {
  if (x.rank() != 3 || x.size(1) == 0)
    throw ShapeError(
        fmt::format("{}: x {}; expected [batch, time, in] with at least one step", op, x.shape()));
  if (directions.empty() || directions.size() > 2)
    throw ShapeError(
        fmt::format("{}: weights of {} directions; expected one or two", op, directions.size()));
  const Shape& hh = directions[0].hh.shape();
  if (hh.rank() != 2 || hh[1] < 1)
    throw ShapeError(fmt::format("{}: weight_hh {}; expected [{} hidden, hidden]", op, hh,
                                 kernels::gates_of(cell)));
  const RecurrentSizes z{cell,      x.size(0), x.size(1),
                         x.size(2), hh[1],     static_cast<Index>(directions.size())};
  for (const auto& w : directions) expect_weights(op, z, w);
  const Shape state{z.directions, z.batch, z.hidden};
  if (start.h.body()) expect_shape(op, "h of the first state", start.h.shape(), state);
  if (start.c.body()) expect_shape(op, "c of the first state", start.c.shape(), state);
  if (lengths.size() > 0) expect_lengths(op, z, lengths);
  return z;
}

template RecurrentSizes recurrent_sizes(const char*, kernels::Cell, const Tensor<float>&,
                                        const std::vector<RecurrentWeights<float>>&,
                                        const LstmState<float>&, const IndexTensor&);
template RecurrentSizes recurrent_sizes(const char*, kernels::Cell, const Tensor<double>&,
                                        const std::vector<RecurrentWeights<double>>&,
                                        const LstmState<double>&, const IndexTensor&);

}  // namespace thalweg::detail
