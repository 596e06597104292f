#pragma once
/// How well a fit determines its parameters.
///
///     auto fit = optim::minimise(residuals, {1.0, 0.1}, optim::LevenbergMarquardt{});
///     auto spread = optim::covariance(residuals, fit.x);
///     fmt::print("{} ± {}\n", fit.x[0], spread.standard_errors[0]);

#include "thalweg/optim/objective/function.hpp"

namespace thalweg::optim {

struct Covariance {
  Tensor<double> matrix;                ///< C = s² (JᵀJ)⁻¹ [n, n]; all arguments side by side
  std::vector<double> standard_errors;  ///< √Cⱼⱼ
  double residual_deviation = 0;  ///< s = √(‖r‖² / (m − n)), that of a single residual
  Index degrees_of_freedom = 0;   ///< m − n
};

/// Of the parameters x at the minimum of ½ ‖r(x)‖², to first order in the residuals: exact for a
/// linear model. C assumes that the residuals are independent and have one common variance.
///
/// From the singular values of J with its columns scaled to length 1, so that units do not matter.
/// Throws ValueError if there are no more residuals than parameters, if J is not finite, or if its
/// columns are dependent: the data then do not determine the parameters.
///
/// Source: D. M. Bates and D. G. Watts, "Nonlinear Regression Analysis and Its Applications", 1988,
/// section 2.3.
Covariance covariance(Residuals& f, std::span<const double> x);

/// A function that gives residuals, not an object that has them.
template <class F>
concept FunctionOfResiduals = !std::derived_from<F, Residuals>;

/// The same of a function that gives residuals; x as for `minimise`.
template <FunctionOfResiduals F, class X>
Covariance covariance(const F& f, const X& x) {
  detail::ResidualFunction<F, X> function(f, x);
  return covariance(function, function.start());
}

}  // namespace thalweg::optim
