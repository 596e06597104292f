#include "thalweg/autodiff/ops/reduce.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "thalweg/autodiff/kernels/moments.hpp"
#include "thalweg/autodiff/kernels/reduce.hpp"
#include "thalweg/autodiff/ops/lines.hpp"

namespace thalweg::detail {

template <class Real>
bool take_roots(const Tensor<Real>& squares) {
  using Limits = std::numeric_limits<Real>;
  constexpr Real least = Limits::min() / Limits::epsilon() / Limits::epsilon();
  bool fits = true;
  Real* const y = squares.unshared_data();
  for (Index k = 0; k < squares.size(); ++k) {
    fits &= (y[k] >= least && y[k] <= Limits::max()) || y[k] != y[k];
    y[k] = std::sqrt(y[k]);
  }
  return fits;
}

template <class Real>
void scaled_norms(const Tensor<Real>& u, const Axes& axes, const Tensor<Real>& y) {
  const Lines<Real> line = lines("norm", u.detach(), axes, KeepAxes::no, {});
  kernels::norm(line.view, line.x.data(), y.unshared_data());
}

namespace {

// The moments of every line, and the means as sums m + e of two numbers.
template <class Real>
struct Spread {
  Index count;
  std::vector<kernels::Moments> moments;
  Shape form, result;
  Tensor<Real> m, e;

  Spread(const char* op, const Tensor<Real>& x, const Axes& axes, KeepAxes keep, Location where) {
    const Lines<Real> line = lines(op, x.detach(), axes, keep, where);
    count = line.view.count;
    form = line.form;
    result = line.result;
    moments.resize(static_cast<std::size_t>(line.view.lines()));
    kernels::moments_of_lines(line.view, line.x.data(), moments.data());
    m = Tensor<Real>::uninitialised(form);
    e = Tensor<Real>::uninitialised(form);
    for (std::size_t k = 0; k < moments.size(); ++k) {
      const double mean = moments[k].mean;
      m.unshared_data()[k] = static_cast<Real>(mean);
      e.unshared_data()[k] = static_cast<Real>(mean - static_cast<double>(m.data()[k]));
    }
  }

  // 1 / (N − correction); NaN where nothing is left.
  double scale(const VarianceOptions& options) const {
    const double freedoms = static_cast<double>(count) - options.correction;
    return freedoms > 0 ? 1 / freedoms : std::numeric_limits<double>::quiet_NaN();
  }
  // y = f(Σ (x − m)²)
  template <class F>
  Tensor<Real> each(F&& f) const {
    Tensor<Real> y = Tensor<Real>::uninitialised(result);
    for (std::size_t k = 0; k < moments.size(); ++k)
      y.unshared_data()[k] = static_cast<Real>(f(moments[k].squares));
    return y;
  }
  // Did no squares overflow, nor get lost?
  bool fits() const {
    return kernels::double_holds_squares<Real> ||
           std::all_of(moments.begin(), moments.end(), [](const kernels::Moments& of) {
             return (of.squares > 1e-280 && of.squares < 1e300) || of.squares != of.squares;
           });
  }
};

// x − m, the sum of two numbers taken away.
template <class Real>
using Distance = Node<op::Sub, Node<op::Sub, Tensor<Real>, Tensor<Real>>, Tensor<Real>>;
template <class Real>
Distance<Real> distance(const Tensor<Real>& x, const Spread<Real>& spread) {
  return {{}, {{{}, {x, spread.m}}, spread.e}};
}

}  // namespace

// y = Σ (x − m)² / (N − c). The mean m is a plain number here: through it nothing flows, as
// Σ ∂(x − m)²/∂m = −2 Σ (x − m) = 0.
template <class Real>
Tensor<Real> var(const Tensor<Real>& x, const Axes& axes, const VarianceOptions& options,
                 Location where) {
  const Spread<Real> of("var", x, axes, options.keep, where);
  const double scale = of.scale(options);
  const Tensor<Real> y = of.each([scale](double squares) { return squares * scale; });
  using Terms = Node<op::SquaredDistance, Node<op::Sub, Tensor<Real>, Tensor<Real>>, Tensor<Real>>;
  const SumOverAxes<Real> reduction{of.form, of.result, static_cast<Real>(scale)};
  return record_statement<true>(Terms{{}, {{{}, {x, of.m}}, of.e}}, y, &reduction, "var", where);
}

// y = √(Σ u² / (N − c)) with u = x − m:  x̄ = ȳ u / ((N − c) y), through m nothing as above.
template <class Real>
Tensor<Real> stddev(const Tensor<Real>& x, const Axes& axes, const VarianceOptions& options,
                    Location where) {
  const Spread<Real> of("stddev", x, axes, options.keep, where);
  const double scale = of.scale(options);
  const Tensor<Real> y = of.each([scale](double squares) { return std::sqrt(squares * scale); });
  if (!of.fits()) {
    scaled_norms(forward(distance(x.detach(), of), nullptr, where), axes, y);
    for (Index k = 0; k < y.size(); ++k)
      y.unshared_data()[k] *= static_cast<Real>(std::sqrt(scale));
  }
  const Node<op::NormTerm, Distance<Real>, Tensor<Real>> terms{
      {}, {distance(x, of), alias(y, of.form)}};
  const SumOverAxes<Real> reduction{of.form, of.result, static_cast<Real>(scale)};
  return record_statement<true>(terms, y, &reduction, "stddev", where);
}

// The kernel makes y. On the tape stands Σ exp(x − y) with y as a number: its slope exp(x − y) is
// ∂y/∂x.
template <class Real>
Tensor<Real> logsumexp(const Tensor<Real>& x, const Axes& axes, KeepAxes keep, Location where) {
  const Lines<Real> line = lines("logsumexp", x.detach(), axes, keep, where);
  Tensor<Real> y = Tensor<Real>::uninitialised(line.result);
  kernels::logsumexp(line.view, line.x.data(), y.unshared_data());
  using Terms = Node<op::ShiftedExp, Tensor<Real>, Tensor<Real>>;
  const SumOverAxes<Real> reduction{line.form, line.result, 1};
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

#define THALWEG_INSTANTIATE(Real)                                                                \
  template bool take_roots(const Tensor<Real>&);                                                 \
  template void scaled_norms(const Tensor<Real>&, const Axes&, const Tensor<Real>&);             \
  template Tensor<Real> add_up(const char*, const Tensor<Real>&, const Axes&, KeepAxes, bool,    \
                               Location);                                                        \
  template Tensor<Real> var(const Tensor<Real>&, const Axes&, const VarianceOptions&, Location); \
  template Tensor<Real> stddev(const Tensor<Real>&, const Axes&, const VarianceOptions&,         \
                               Location);                                                        \
  template Tensor<Real> logsumexp(const Tensor<Real>&, const Axes&, KeepAxes, Location);         \
  template Tensor<Real> prod(const Tensor<Real>&, const Axes&, KeepAxes, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::detail
