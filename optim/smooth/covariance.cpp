#include "thalweg/optim/smooth/covariance.hpp"

#include <fmt/format.h>

#include <limits>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/optim/smooth/linearisation.hpp"

namespace thalweg::optim {
namespace {

using detail::MutableView;
using detail::Vector;

/// s², that of ‖r‖² / (m − n) where there is no loss.
double variance_of(const Vector& r, Index freedom, const RobustLoss& loss) {
  double squares = 0, slopes = 0;
  for (const double each : r) {
    const double psi = loss.weight(each) * each;
    squares += psi * psi;
    slopes += loss.curvature(each);
  }
  if (loss.none()) return detail::dot(r, r) / static_cast<double>(freedom);
  slopes /= static_cast<double>(r.size());
  if (!(slopes > 0))
    throw ValueError(
        fmt::format("covariance: most residuals lie beyond the loss's scale {:g}: expected that of "
                    "the fit, and x at its minimum",
                    loss.scale()));
  return squares / static_cast<double>(freedom) / (slopes * slopes);
}

/// The rows of J times √max(ψ′, 0).
void weigh(detail::Linearisation& model, const RobustLoss& loss, std::size_t n) {
  for (std::size_t i = 0; i < model.r.size(); ++i)
    detail::scale(MutableView(model.j).subspan(i * n, n),
                  std::sqrt(std::max(loss.curvature(model.r[i]), 0.0)));
}

}  // namespace

Covariance covariance(Residuals& f, std::span<const double> x, const CovarianceOptions& options) {
  Point point{.x = Vector(x.begin(), x.end()), .value = 0, .gradient = {}};
  detail::Linearisation model;
  model.take(f, point);
  const std::size_t n = x.size();
  const Index freedom = static_cast<Index>(model.r.size()) - static_cast<Index>(n);
  if (freedom < (options.absolute_sigma ? 0 : 1))
    throw ValueError(
        fmt::format("covariance: there are {} residuals for {} parameters; expected "
                    "{} residuals {} parameters",
                    model.r.size(), n, options.absolute_sigma ? "as many" : "more",
                    options.absolute_sigma ? "as" : "than"));
  if (!model.finite()) throw ValueError("covariance: r or J has a number that is not finite");
  const double variance = freedom > 0 ? variance_of(model.r, freedom, options.loss)
                                      : std::numeric_limits<double>::quiet_NaN();
  const double factor = options.absolute_sigma ? 1 : variance;
  if (options.absolute_sigma && !options.loss.none()) weigh(model, options.loss, n);
  const Vector scale = model.column_norms(n);
  const std::vector<detail::Axis> axes = model.axes(scale, detail::rank_tolerance);
  if (axes.size() < n)
    throw ValueError(
        fmt::format("covariance: the residuals determine {} of {} parameters; the "
                    "columns of J are dependent",
                    axes.size(), n));

  Vector c(n * n), errors(n);
  for (const detail::Axis& axis : axes) {
    Vector v = axis.v;
    detail::divide(v, scale);
    for (std::size_t i = 0; i < n; ++i)
      detail::add_scaled(MutableView(c).subspan(i * n, n), factor * v[i] / axis.s / axis.s, v);
  }
  for (std::size_t i = 0; i < n; ++i) errors[i] = std::sqrt(c[i * n + i]);
  const auto size = static_cast<Index>(n);
  return {Tensor<double>({size, size}, c), errors, std::sqrt(variance), freedom};
}

}  // namespace thalweg::optim
