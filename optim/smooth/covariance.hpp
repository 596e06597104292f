#pragma once
/// How well a fit determines its parameters.
///
///     auto fit = optim::minimise(residuals, {1.0, 0.1}, optim::LevenbergMarquardt{});
///     auto spread = optim::covariance(residuals, fit.x);
///     fmt::print("{} ± {}\n", fit.x[0], spread.standard_errors[0]);
///
///     optim::covariance(residuals, fit.x, {.absolute_sigma = true});   // r in units of its σ

#include "thalweg/optim/objective/function.hpp"
#include "thalweg/optim/objective/robust_loss.hpp"

namespace thalweg::optim {

struct CovarianceOptions {
  /// Residuals are divided by their standard deviations σᵢ, and these are known: C is not scaled by
  /// s². As SciPy's curve_fit.
  bool absolute_sigma = false;
  RobustLoss loss = {};  ///< that the fit was made with
};

struct Covariance {
  Tensor<double> matrix;                ///< C [n, n]; all arguments side by side
  std::vector<double> standard_errors;  ///< √Cⱼⱼ
  double residual_deviation = 0;        ///< s, that of a single residual; NaN if m = n
  Index degrees_of_freedom = 0;         ///< m − n
};

/// Of the parameters x at the minimum of ½ ‖r(x)‖², to first order in the residuals: exact for a
/// linear model. C assumes that the residuals are independent.
///
///     | loss   | absolute_sigma = false                        | absolute_sigma = true         |
///     | ------ | --------------------------------------------- | ----------------------------- |
///     | none   | s² (JᵀJ)⁻¹,   s² = ‖r‖² / (m − n)             | (JᵀJ)⁻¹                       |
///     | robust | s² (JᵀJ)⁻¹,   s² = Σ ψ²/(m − n) / (Σ ψ′/m)²   | (Jᵀ diag(max(ψ′, 0)) J)⁻¹     |
///
/// ψ and ψ′ are the loss's derivatives at the residuals. On the left all residuals have one
/// variance, which s² estimates; of a robust fit C is Huber's for the minimiser of the loss, also
/// where residuals are not normal: outliers count as little as they do in the fit. On the right
/// e^(−F) is the likelihood and C the inverse of F's curvature, as in SciPy and Ceres. Bounds are
/// not known here: C is that of parameters which may go both ways, so leave out those at a bound.
///
/// From the singular values of J with its columns scaled to length 1, so that units do not matter.
/// Throws ValueError if there are no more residuals than parameters (with absolute_sigma: fewer),
/// if J is not finite, if its columns are dependent, for the data then do not determine the
/// parameters, or if so many residuals lie beyond the loss's scale that Σ ψ′ ≤ 0.
///
/// Sources: D. M. Bates and D. G. Watts, "Nonlinear Regression Analysis and Its Applications",
/// 1988, section 2.3; P. J. Huber, "Robust Statistics", 1981, section 7.6, but for
/// the correction K.
Covariance covariance(Residuals& f, std::span<const double> x,
                      const CovarianceOptions& options = {});

/// A function that gives residuals, not an object that has them.
template <class F>
concept FunctionOfResiduals = !std::derived_from<F, Residuals>;

/// The same of a function that gives residuals; x as for `minimise`.
template <FunctionOfResiduals F, class X>
Covariance covariance(const F& f, const X& x, const CovarianceOptions& options = {}) {
  detail::ResidualFunction<F, X> function(f, x);
  return covariance(function, function.start(), options);
}

}  // namespace thalweg::optim
