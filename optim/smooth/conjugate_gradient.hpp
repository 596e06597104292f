#pragma once
/// Nonlinear conjugate gradients.

#include "thalweg/optim/line_search/hager_zhang.hpp"
#include "thalweg/optim/line_search/strong_wolfe.hpp"
#include "thalweg/optim/smooth/direction_method.hpp"

namespace thalweg::optim {

/// βₖ, with y = gₖ − gₖ₋₁ and d = dₖ₋₁.
enum class Beta {
  fletcher_reeves,  ///< ‖gₖ‖² / ‖gₖ₋₁‖²
  polak_ribiere,    ///< max(0, gₖᵀy / ‖gₖ₋₁‖²), "PR+"
  hager_zhang,  ///< max((y − 2 d ‖y‖² / dᵀy)ᵀ gₖ / dᵀy,  0.4 dᵀgₖ₋₁ / ‖d‖²)
};

struct ConjugateGradientOptions {
  Beta beta = Beta::hager_zhang;
  /// ν ≥ 0: starts anew with −gₖ when |gₖᵀgₖ₋₁| ≥ ν ‖gₖ‖²; not with Beta::hager_zhang. Infinity:
  /// never.
  double restart = 0.2;
};

/// dₖ = −gₖ + βₖ dₖ₋₁, three arrays of memory.
///
///     optim::ConjugateGradient method;                             // Hager and Zhang
///     optim::ConjugateGradient other{{.beta = optim::Beta::polak_ribiere},
///                                    optim::StrongWolfe{{.c2 = 0.1}}};
///
///     g  ∇f(x)      β  options.beta      ν  options.restart
///
/// The first trial of a search predicts the last step's decrease, αₖ₋₁ φ′ₖ₋₁(0) / φ′ₖ(0); the very
/// first is as long as that of `Lbfgs`. If a search fails, it is repeated along −gₖ from αₖ₋₁; the
/// run ends as `Lbfgs` does. The search must fulfil the curvature condition, with c₂ < ½ for
/// Fletcher-Reeves to go downhill at all.
///
/// Sources: R. Fletcher and C. M. Reeves, 1964; E. Polak and G. Ribière, 1969; J. C. Gilbert and
/// J. Nocedal, 1992 (PR+); W. W. Hager and H. Zhang, SIAM J. Optim. 16, 2005, and 23, 2013, whose
/// lower bound of β follows the units of f, as that of 2005 did not; M. J. D. Powell,
/// "Restart procedures for the conjugate gradient method", 1977 (ν = 0.2; Nocedal and Wright say
/// 0.1).
class ConjugateGradient final : public Clonable<ConjugateGradient, DirectionMethod> {
 public:
  /// Throws ValueError for an option out of range.
  explicit ConjugateGradient(const ConjugateGradientOptions& options = {})
      : ConjugateGradient(options, HagerZhang{}) {}
  template <CurvatureSearch S>
  ConjugateGradient(const ConjugateGradientOptions& options, const S& search)
      : Clonable(search), options_(options) {
    validate();
  }
  template <Search S>
  requires(!CurvatureSearch<S>)
      ConjugateGradient(const ConjugateGradientOptions& options, const S& search)
  = delete;

  const char* kind() const override { return "ConjugateGradient"; }

 private:
  void validate() const;
  double direction(const Point& point, std::span<double> d) override;
  void moved(const Point& from, const Point& to) override;
  bool forget() override;
  void archive_state(Archive& archive) override;
  double beta(const Point& point) const;

  ConjugateGradientOptions options_;
  std::vector<double> last_gradient_;  // gₖ₋₁; empty to start anew
};

}  // namespace thalweg::optim
