#include "thalweg/autodiff/ops/extrema.hpp"

#include "thalweg/autodiff/kernels/reduce.hpp"
#include "thalweg/autodiff/ops/lines.hpp"

namespace thalweg::detail {

namespace {

using kernels::AxisView;

const char* name(Extreme which, bool position) {
  if (position) return which == Extreme::largest ? "argmax" : "argmin";
  return which == Extreme::largest ? "max" : "min";
}

template <class Real>
void find(Extreme which, const AxisView& view, const Real* x, Real* value, Index* first) {
  if (which == Extreme::largest)
    kernels::max(view, x, value, first);
  else
    kernels::min(view, x, value, first);
}

template <class Real>
void expect_elements(const char* op, const Tensor<Real>& x, const Lines<Real>& line) {
  if (line.view.count == 0 && line.view.lines() > 0)
    throw ShapeError(fmt::format("{}: no elements to choose from in shape {}", op, x.shape()));
}

// x̄_j += ȳ at the first extreme j of each line.
template <class Real>
void add_at_first(const AxisView& v, const Index* first, const Real* dy, Real* dx) {
  for (Index b = 0; b < v.before; ++b)
    for (Index a = 0; a < v.after; ++a) {
      const Index line = b * v.after + a;
      dx[(b * v.count + first[line]) * v.after + a] += dy[line];
    }
}

// x̄_j += ȳ / k at the k elements of each line that equal y.
template <class Real>
void add_shares(const AxisView& v, const Real* x, const Real* y, const Real* dy, Real* dx) {
  for (Index b = 0; b < v.before; ++b)
    for (Index a = 0; a < v.after; ++a) {
      const Index line = b * v.after + a;
      const Index start = b * v.count * v.after + a;
      const Index end = start + v.count * v.after;
      Index ties = 0;
      for (Index at = start; at < end; at += v.after) ties += x[at] == y[line];
      for (Index at = start; at < end; at += v.after)
        if (x[at] == y[line]) dx[at] += dy[line] / static_cast<Real>(ties);
    }
}

}  // namespace

// Along one axis the place of the first extreme is kept, otherwise x and y, to find all of them.
template <class Real>
Tensor<Real> extreme(Extreme which, const Tensor<Real>& x, const Axes& axes, KeepAxes keep,
                     Location where) {
  const char* const op = name(which, false);
  const Lines<Real> line = lines(op, x, axes, keep, where);
  expect_elements(op, x, line);
  Tensor<Real> y = Tensor<Real>::uninitialised(line.result);
  const bool tracked = active(line.x);
  if (axes.list().size() != 1) {
    find<Real>(which, line.view, line.x.data(), y.unshared_data(), nullptr);
    return record(
        op, y, {line.x},
        [x = saved_if(tracked, line.x), y = saved_if(tracked, y),
         view = line.view](Backward<Real>& back) {
          const auto to = back.zeroed(0);
          add_shares(view, x.data(), y.data(), back.adjoint(), to.data);
        },
        where);
  }
  const IndexTensor first = tracked ? IndexTensor::uninitialised(line.result) : IndexTensor();
  find(which, line.view, line.x.data(), y.unshared_data(),
       tracked ? first.unshared_data() : nullptr);
  return record(
      op, y, {line.x},
      [first, view = line.view](Backward<Real>& back) {
        const auto to = back.zeroed(0);
        add_at_first(view, first.data(), back.adjoint(), to.data);
      },
      where);
}

template <class T>
IndexTensor arg_extreme(Extreme which, const Tensor<T>& x, const Axes& axes, KeepAxes keep,
                        Location where) {
  const char* const op = name(which, true);
  const Lines<T> line = lines(op, x.detach(), axes, keep, where);
  expect_elements(op, x, line);
  IndexTensor first = IndexTensor::uninitialised(line.result);
  find<T>(which, line.view, line.x.data(), nullptr, first.unshared_data());
  return first;
}

#define THALWEG_INSTANTIATE(Real)                                                               \
  template Tensor<Real> extreme(Extreme, const Tensor<Real>&, const Axes&, KeepAxes, Location); \
  template IndexTensor arg_extreme(Extreme, const Tensor<Real>&, const Axes&, KeepAxes, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::detail
