#include "thalweg/autodiff/ops/recurrent_check.hpp"

#include <string>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::detail {
namespace {

void expect_shape(const char* name, const std::string& what, const Shape& came,
                  const Shape& wanted) {
  if (came != wanted)
    throw ShapeError(fmt::format("{}: {} {}; expected {}", name, what, came, wanted));
}

template <class Real>
void expect_weights(const char* name, const RecurrentSizes& z, const RecurrentWeights<Real>& w) {
  const Index n = z.gates() * z.hidden;
  expect_shape(name, "weight_ih", w.ih.shape(), {n, z.in});
  expect_shape(name, "weight_hh", w.hh.shape(), {n, z.hidden});
  if (!w.bias_ih.body() && !w.bias_hh.body()) return;
  expect_shape(name, "bias_ih", w.bias_ih.shape(), {n});
  expect_shape(name, "bias_hh", w.bias_hh.shape(), {n});
}

void expect_lengths(const char* name, const RecurrentSizes& z, const IndexTensor& lengths) {
  expect_shape(name, "lengths", lengths.shape(), {z.batch});
  for (Index b = 0; b < z.batch; ++b)
    if (lengths.data()[b] < 1 || lengths.data()[b] > z.time)
      throw ValueError(fmt::format("{}: length {} of sequence {}; expected 1 to {}", name,
                                   lengths.data()[b], b, z.time));
}

}  // namespace

template <class Real>
RecurrentSizes recurrent_sizes(const char* name, kernels::Cell cell, const Tensor<Real>& x,
                               const op::Directions<Real>& directions, const LstmState<Real>& start,
                               const IndexTensor& lengths) {
  if (x.rank() != 3 || x.size(1) == 0)
    throw ShapeError(fmt::format("{}: x {}; expected [batch, time, in] with at least one step",
                                 name, x.shape()));
  if (directions.empty() || directions.size() > 2)
    throw ShapeError(
        fmt::format("{}: weights of {} directions; expected one or two", name, directions.size()));
  const Shape& hh = directions[0].hh.shape();
  if (hh.rank() != 2 || hh[1] < 1)
    throw ShapeError(fmt::format("{}: weight_hh {}; expected [{} hidden, hidden]", name, hh,
                                 kernels::gates_of(cell)));
  const RecurrentSizes z{cell,      x.size(0), x.size(1),
                         x.size(2), hh[1],     static_cast<Index>(directions.size())};
  for (const auto& w : directions) expect_weights(name, z, w);
  const Shape state{z.directions, z.batch, z.hidden};
  if (start.h.body()) expect_shape(name, "h of the first state", start.h.shape(), state);
  if (start.c.body()) expect_shape(name, "c of the first state", start.c.shape(), state);
  if (lengths.size() > 0) expect_lengths(name, z, lengths);
  return z;
}

#define THALWEG_INSTANTIATE(Real)                                                              \
  template RecurrentSizes recurrent_sizes(const char*, kernels::Cell, const Tensor<Real>&,     \
                                          const op::Directions<Real>&, const LstmState<Real>&, \
                                          const IndexTensor&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::detail
