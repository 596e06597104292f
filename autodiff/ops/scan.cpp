#include "thalweg/autodiff/ops/scan.hpp"

#include "thalweg/autodiff/kernels/reduce.hpp"

namespace thalweg::detail {

// y_j = Σ_{i≤j} x_i,  x̄_i = Σ_{j≥i} ȳ_j: the running sum from the other end.
template <class Real>
Tensor<Real> cumsum(const Tensor<Real>& x, int axis, Location where) {
  using kernels::Direction;
  const int along = normalise_axis("cumsum", axis, x.shape());
  const kernels::AxisView view = kernels::view_axis(x.shape(), along);
  Tensor<Real> y = Tensor<Real>::uninitialised(x.shape());
  kernels::cumsum(view, x.data(), Direction::forward, false, y.unshared_data());
  return record(
      "cumsum", y, {x},
      [view](Backward<Real>& back) {
        const auto to = back.into(0);
        kernels::cumsum(view, back.adjoint(), Direction::backward, to.accumulate, to.data);
      },
      where);
}

#define THALWEG_INSTANTIATE(Real) template Tensor<Real> cumsum(const Tensor<Real>&, int, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::detail
