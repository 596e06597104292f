#include "thalweg/optim/smooth/covariance.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/optim/smooth/linearisation.hpp"

namespace thalweg::optim {
Covariance covariance(Residuals& f, std::span<const double> x) {
  Point point{.x = detail::Vector(x.begin(), x.end()), .value = 0, .gradient = {}};
  detail::Linearisation model;
  model.take(f, point);
  const std::size_t n = x.size();
  const Index freedom = static_cast<Index>(model.r.size()) - static_cast<Index>(n);
  if (freedom < 1)
    throw ValueError(
        fmt::format("covariance: there are {} residuals for {} parameters; expected "
                    "more residuals than parameters",
                    model.r.size(), n));
  if (!model.finite()) throw ValueError("covariance: r or J has a number that is not finite");
  const detail::Vector scale = model.column_norms(n);
  const std::vector<detail::Axis> axes = model.axes(scale, detail::rank_tolerance);
  if (axes.size() < n)
    throw ValueError(
        fmt::format("covariance: the residuals determine {} of {} parameters; the "
                    "columns of J are dependent",
                    axes.size(), n));

  const double variance = 2 * point.value / static_cast<double>(freedom);
  detail::Vector c(n * n), errors(n);
  for (const detail::Axis& axis : axes) {
    detail::Vector v = axis.v;
    detail::divide(v, scale);
    for (std::size_t i = 0; i < n; ++i)
      detail::add_scaled(detail::MutableView(c).subspan(i * n, n),
                         variance * v[i] / axis.s / axis.s, v);
  }
  for (std::size_t i = 0; i < n; ++i) errors[i] = std::sqrt(c[i * n + i]);
  const auto size = static_cast<Index>(n);
  return {Tensor<double>({size, size}, c), errors, std::sqrt(variance), freedom};
}

}  // namespace thalweg::optim
