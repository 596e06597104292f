#include "thalweg/optim/smooth/linearisation.hpp"

#include <fmt/format.h>

#include <limits>

#include "thalweg/autodiff/kernels/least_squares.hpp"
#include "thalweg/optim/smooth/reduction.hpp"

namespace thalweg::optim::detail {

// F = Σ ½ C² ρ(rᵢ² / C²) has, with ψ = ρ′ r the derivative of a term by its residual,
//
//     ∇F = Σ ψ(rᵢ) Jᵢ,     ∇²F = Σ ψ′(rᵢ) JᵢᵀJᵢ + Σ ψ(rᵢ) ∇²rᵢ,     ψ′ = ρ′ + 2 z ρ″.
//
// So have the least squares of   r̃ᵢ = ψ(rᵢ) / √ψ′,   J̃ᵢ = √ψ′ Jᵢ,   but for the last sum, which is
// what Gauss and Newton leave out: ½ ‖J̃ p + r̃‖² and F have the same gradient and curvature. (Triggs
// et al., "Bundle adjustment: a modern synthesis", 2000, section 4.3; for a block of one residual
// Ceres' √ρ′ (1 − α) is √ψ′.) J̃ᵀr̃ = ∇F whatever stands in ψ′'s place. Where a loss bends down, ψ′
// ≤ 0, it is a share of ρ′: with the whole of it, Ceres' choice, the model lies above F, and the
// steps are those of reweighted least squares, safe and slow; with next to nothing, SciPy's, r̃ is
// huge and drowns the others' digits. The region rejects steps for which the share was too small.
void Linearisation::correct(const RobustLoss& loss) {
  if (loss.none()) return;
  constexpr double share = 0.01;
  const std::size_t n = r.empty() ? 0 : j.size() / r.size();
  for (std::size_t i = 0; i < r.size(); ++i) {
    const double weight = loss.weight(r[i]);
    const double root = std::sqrt(std::max(loss.curvature(r[i]), share * weight));
    scale(MutableView(j).subspan(i * n, n), root);
    r[i] = weight > 0 ? weight * r[i] / root : weight;
  }
}

// F, or f = ½ ‖r‖²,   ∇f = Jᵀr.
void Linearisation::take(Residuals& f, Point& point, const RobustLoss& loss) {
  f.jacobian(point.x, r, j);
  const std::size_t n = point.x.size();
  point.value = loss.cost(r);
  correct(loss);
  point.gradient.assign(n, 0.0);
  for (std::size_t i = 0; i < r.size(); ++i)
    add_scaled(point.gradient, r[i], View(j).subspan(i * n, n));
  point.gradient_norm = norm(point.gradient);
}

double Linearisation::attempt(Residuals& f, const Point& from, Point& to, double least,
                              bool by_gradients, const RobustLoss& loss) {
  constexpr double rejected = std::numeric_limits<double>::quiet_NaN();
  to.value = loss.cost(f.residuals(to.x));
  if (!std::isfinite(to.value)) return rejected;
  const double change = from.value - to.value;
  if (change < least && !(by_gradients && drowned(change, from.value))) return change;
  take(f, to, loss);
  return finite() ? reduction(from, to, by_gradients) : rejected;
}

Vector Linearisation::times(View p) const {
  Vector product(r.size());
  for (std::size_t i = 0; i < r.size(); ++i)
    product[i] = dot(View(j).subspan(i * p.size(), p.size()), p);
  return product;
}

Linearisation Linearisation::of_columns(const std::vector<std::size_t>& chosen, View p) const {
  Linearisation part{r, {}};
  add_scaled(part.r, 1, times(p));
  for (std::size_t i = 0; i < r.size(); ++i)
    for (const std::size_t k : chosen) part.j.push_back(j[i * p.size() + k]);
  return part;
}

// ‖Jⱼ‖ = M √Σ (Jᵢⱼ / M)², M = max |Jᵢⱼ|: squares neither overflow nor vanish.
Vector Linearisation::column_norms(std::size_t columns) const {
  Vector largest(columns), sums(columns);
  for (std::size_t k = 0; k < j.size(); ++k)
    largest[k % columns] = std::max(largest[k % columns], std::abs(j[k]));
  for (std::size_t k = 0; k < j.size(); ++k)
    if (const double most = largest[k % columns]; most > 0)
      sums[k % columns] += (j[k] / most) * (j[k] / most);
  for (std::size_t k = 0; k < columns; ++k) sums[k] = largest[k] * std::sqrt(sums[k]);
  return sums;
}

// J D⁻¹ v = Σⱼ vⱼ (J D⁻¹)ⱼ = s u. Rounding leaves of that sum ε times the length of its terms: an s
// below is a zero, and a step along its v would be noise / ε.
std::vector<Axis> Linearisation::axes(View scale, double tolerance) const {
  const std::size_t n = scale.size();
  Vector scaled = j, columns = column_norms(n);
  for (std::size_t row = 0; row < scaled.size(); row += n)
    divide(MutableView(scaled).subspan(row, n), scale);
  divide(columns, scale);
  const kernels::Singular all = kernels::singular(static_cast<Index>(n), std::move(scaled), r);
  std::vector<Axis> result;
  for (std::size_t i = 0; i < n; ++i) {
    Axis axis{all.values[i],
              all.right[i],
              {all.axes.begin() + static_cast<Index>(i * n),
               all.axes.begin() + static_cast<Index>((i + 1) * n)}};
    Vector terms = axis.v;
    multiply(terms, columns);
    if (axis.s > tolerance * norm(terms)) result.push_back(std::move(axis));
  }
  return result;
}

void multiply(MutableView x, View scale) {
  for (std::size_t k = 0; k < x.size(); ++k)
    if (scale[k] > 0) x[k] *= scale[k];
}

void divide(MutableView x, View scale) {
  for (std::size_t k = 0; k < x.size(); ++k)
    if (scale[k] > 0) x[k] /= scale[k];
}

double Linearisation::cosine(View gradient) const {
  const double length = norm(r);
  const Vector columns = column_norms(gradient.size());
  double most = 0;
  for (std::size_t k = 0; k < columns.size(); ++k)
    if (columns[k] > 0 && length > 0)
      most = std::max(most, std::abs(gradient[k]) / columns[k] / length);
  return most;
}

std::optional<Halt> right_angles(double cosine, double limit) {
  if (!(cosine <= limit)) return {};
  return Halt{
      Stop::method_converged,
      fmt::format("largest cosine between r and a column of J = {:.3g} ≤ {:g}", cosine, limit)};
}

}  // namespace thalweg::optim::detail
