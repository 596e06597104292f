#include "thalweg/autodiff/ops/reduce.hpp"

#include <algorithm>

#include "thalweg/autodiff/kernels/reduce.hpp"
#include "thalweg/autodiff/ops/lines.hpp"

namespace thalweg::detail {

namespace {

// The means over the axes, with these kept, unknown to any tape.
template <class Real>
Tensor<Real> means(const Tensor<Real>& x, const ReducedShape& reduced, Location where) {
  const Reduction<Real> reduction{reduced.form, reduced.form,
                                  static_cast<Real>(1 / static_cast<double>(reduced.count))};
  return forward(x.detach(), &reduction, where);
}

// Σ / (N − correction); 1/0 where nothing is left.
template <class Real>
Reduction<Real> over_freedoms(const ReducedShape& reduced, const VarianceOptions& options) {
  const double freedoms = static_cast<double>(reduced.count) - options.correction;
  return reduction_of<Real>(reduced, 1 / std::max(0.0, freedoms));
}

}  // namespace

// y = Σ (x − m)² / (N − c). The mean m is a plain number here: through it nothing flows, as
// Σ ∂(x − m)²/∂m = −2 Σ (x − m) = 0.
template <class Real>
Tensor<Real> var(const Tensor<Real>& x, const Axes& axes, const VarianceOptions& options,
                 Location where) {
  const ReducedShape reduced = reduced_shape("var", x.shape(), axes, options.keep);
  const Node<op::SquaredDistance, Tensor<Real>, Tensor<Real>> tree{{},
                                                                   {x, means(x, reduced, where)}};
  const Reduction<Real> reduction = over_freedoms<Real>(reduced, options);
  return run_statement<true>(tree, &reduction, "var", where);
}

// y = √(Σ u² / (N − c)) with u = x − m:  x̄ = ȳ u / ((N − c) y), through m nothing as above.
template <class Real>
Tensor<Real> stddev(const Tensor<Real>& x, const Axes& axes, const VarianceOptions& options,
                    Location where) {
  const ReducedShape reduced = reduced_shape("stddev", x.shape(), axes, options.keep);
  const Node<op::Sub, Tensor<Real>, Tensor<Real>> tree{{}, {x, means(x, reduced, where)}};
  return root_of_squares(tree, over_freedoms<Real>(reduced, options), "stddev", where);
}

// The kernel makes y. On the tape stands Σ exp(x − y) with y as a number: its slope exp(x − y) is
// ∂y/∂x.
template <class Real>
Tensor<Real> logsumexp(const Tensor<Real>& x, const Axes& axes, KeepAxes keep, Location where) {
  const Lines<Real> line = lines("logsumexp", x.detach(), axes, keep, where);
  Tensor<Real> y = Tensor<Real>::uninitialised(line.result);
  kernels::logsumexp(line.view, line.x.data(), y.unshared_data());
  using Terms = Node<op::ShiftedExp, Tensor<Real>, Tensor<Real>>;
  const Reduction<Real> reduction{line.form, line.result, 1};
  return record_statement<true>(Terms{{}, {x, alias(y, line.form)}}, y, &reduction, "logsumexp",
                                where);
}

// x̄_j = ȳ Π_{i≠j} x_i.
template <class Real>
Tensor<Real> prod(const Tensor<Real>& x, const Axes& axes, KeepAxes keep, Location where) {
  const Lines<Real> line = lines("prod", x, axes, keep, where);
  Tensor<Real> y = Tensor<Real>::uninitialised(line.result);
  kernels::prod(line.view, line.x.data(), y.unshared_data());
  return record(
      "prod", y, {line.x},
      [x = Saved(line.x), view = line.view](Backward<Real>& back) {
        const auto to = back.into(0);
        kernels::prod_backward(view, x.data(), back.adjoint(), to.accumulate, to.data);
      },
      where);
}

template Tensor<float> add_up(const char*, const Tensor<float>&, const Axes&, KeepAxes, bool,
                              Location);
template Tensor<double> add_up(const char*, const Tensor<double>&, const Axes&, KeepAxes, bool,
                               Location);
template Tensor<float> var(const Tensor<float>&, const Axes&, const VarianceOptions&, Location);
template Tensor<double> var(const Tensor<double>&, const Axes&, const VarianceOptions&, Location);
template Tensor<float> stddev(const Tensor<float>&, const Axes&, const VarianceOptions&, Location);
template Tensor<double> stddev(const Tensor<double>&, const Axes&, const VarianceOptions&,
                               Location);
template Tensor<float> logsumexp(const Tensor<float>&, const Axes&, KeepAxes, Location);
template Tensor<double> logsumexp(const Tensor<double>&, const Axes&, KeepAxes, Location);
template Tensor<float> prod(const Tensor<float>&, const Axes&, KeepAxes, Location);
template Tensor<double> prod(const Tensor<double>&, const Axes&, KeepAxes, Location);

}  // namespace thalweg::detail
