#pragma once
/// `check_gradient` of an `Objective`: a gradient that is written by hand against f.
///
///     Sphere sphere;                                              // optim/objective/objective.hpp
///     GradientReport report = check_gradient(sphere, {1.0, 2.0});
///     if (!report) fmt::print("{}\n", report);                    // x [1]: given 8, ...
///     optim::minimise(sphere, {1.0, 2.0}, optim::Lbfgs{}, {.check_gradient = true});
///
/// Of `Residuals` all of J is checked, and that r and f are the same with and without it. Along
/// each coordinate, with
///
///     D(h) = (f(x + h e) − f(x − h e)) / 2h,     D = (4 D(h/2) − D(h)) / 3,
///
/// the slope that is given has to be within
///
///     tolerance · (|f(x + h e) − f(x)| + |f(x) − f(x − h e)|) / 2h  +  4 |D − D(h)|  +  16 ε T / h
///
/// of D: what f changes by around x, how far two steps disagree, and f's rounding, where
/// T = max(|f|, Σ |∂f/∂xⱼ xⱼ|) is as large as the numbers that f is made of. This has the units of
/// f over those of x, so that a small slope beside large ones is seen as well. h is ∛ε |x| or
/// ∛ε max(1, |x|), and of x = 0 three steps from ∛ε down to 10⁻¹⁰ ∛ε: whichever says most; shorter
/// ones too where these leave the slope open or contradict it.
///
/// With `directions` the slopes are those along so many random directions in units of |x|. Between
/// bounds, which `minimise` knows of its method, a coordinate too near to one is moved inwards
/// only.
///
/// A wrong factor is not seen where the slope is 0: check where none is. Nor is a kink a fault of
/// the gradient, but it is reported. Cost: 4 to 12 evaluations per coordinate, and 8
/// more of one that is doubtful; they count.

#include <array>
#include <concepts>

#include "thalweg/autodiff/derive/check_gradient.hpp"
#include "thalweg/optim/objective/bounds.hpp"
#include "thalweg/optim/objective/objective.hpp"

namespace thalweg::optim {

namespace detail {
/// The check with all points where f is evaluated inside `bounds`, as x has to be.
GradientReport check_gradient_within(const GradientCheck& check, Objective& f,
                                     std::span<const double> x, const Bounds& bounds);
}  // namespace detail

template <class F>
concept OwnObjective = Checkable<F> && std::derived_from<std::remove_cvref_t<F>, Objective>;

/// The gradient, or the Jacobian, that f gives at x. Throws ValueError unless x has f.size()
/// numbers and what f throws.
template <OwnObjective F, std::convertible_to<std::span<const double>> X>
GradientReport check_gradient(const GradientCheck& check, F&& f, const X& x) {
  return detail::check_gradient_within(check, f, x, {});
}
template <OwnObjective F>
GradientReport check_gradient(const GradientCheck& check, F&& f, std::initializer_list<double> x) {
  return detail::check_gradient_within(check, f, std::vector<double>(x), {});
}
template <OwnObjective F, std::convertible_to<std::span<const double>> X>
GradientReport check_gradient(F&& f, const X& x) {
  return detail::check_gradient_within({}, f, x, {});
}
template <OwnObjective F>
GradientReport check_gradient(F&& f, std::initializer_list<double> x) {
  return detail::check_gradient_within({}, f, std::vector<double>(x), {});
}

}  // namespace thalweg::optim
