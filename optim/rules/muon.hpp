#pragma once
/// Muon: momentum made orthogonal, for the matrices of hidden layers.

#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim {

/// What an orthogonal step is multiplied by.
enum class MuonScaling {
  original,     ///< √max(1, m / n)
  match_adamw,  ///< 0.2 √max(m, n): the root mean square that AdamW's steps have
};

struct MuonOptions {
  double rate = 2e-2;       ///< α ≥ 0
  double momentum = 0.95;   ///< μ in [0, 1)
  bool nesterov = true;     ///< look ahead by one step of the momentum
  double weight_decay = 0;  ///< λ ≥ 0, decoupled
  Index iterations = 5;     ///< k ≥ 1
  MuonScaling scaling = MuonScaling::original;
};

/// Momentum, orthogonalised by Newton and Schulz's iteration.
///
///     const auto [matrices, others] = optim::split_for_muon(parameters, {"embedding.*"});
///     optim::Muon muon{{.rate = 0.02}};
///     optim::AdamW adam{{.rate = 3e-4}};
///     …
///     muon.step(matrices, gradients);
///     adam.step(others, gradients);
///
///     G ← ∇f(W)                                                W [m, n]
///     B ← μ B + (1 − μ) G
///     X ← (1 − μ) G + μ B if nesterov, else B
///     X ← X / ‖X‖_F
///     k times:  A = X Xᵀ,  X ← (a I + b A + c A²) X
///               a = 3.4445,  b = −4.7750,  c = 2.0315
///     W ← (1 − α λ) W − α s X
///
///     α  options.rate      μ  options.momentum        B  state()[k]["velocity"]
///     λ  options.weight_decay    k  options.iterations    s  options.scaling
///
/// X has the singular vectors of the momentum, and singular values that the polynomial brings near
/// 1: into [0.68, 1.14] after five iterations for all that are at least 0.01 of ‖X‖_F. They do not
/// converge to 1; that is the price of so few iterations. A step does not depend on the gradient's
/// scale. A parameter of higher rank, such as a filter [out, in, h, w], is the matrix of its first
/// axis and all others, [out, in h w].
///
/// Embeddings and the last layer are matrices too, but do better with AdamW: name them in
/// `split_for_muon`. With `match_adamw` the rate and decay of AdamW can be used here.
///
/// Memory: one array per parameter, and while one is updated two of its size and two squares of
/// its shorter side. Cost: per iteration 4 m n l + 2 l³ flops, l = min(m, n).
///
/// Sources: K. Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024; J.
/// Liu et al., "Muon is Scalable for LLM Training", 2025, for `match_adamw` and the decay. Where
/// versions disagree: Jordan adds 10⁻⁷ to ‖X‖_F and iterates in bfloat16; here neither, and a
/// gradient of zero gives X = 0. B without the factor 1 − μ, as in early versions, is the same.
class Muon final : public Rule<Muon, MuonOptions> {
 public:
  /// Throws ValueError for an option out of range. A step throws it for a parameter of rank 0 or 1.
  explicit Muon(const Options& options = {});
  template <RateNumber Number>
  explicit Muon(Number rate) : Muon(Options{.rate = static_cast<double>(rate)}) {}

  const char* kind() const override { return "Muon"; }
  template <class Real>
  void apply(const Update<Real>& update);

 private:
  std::vector<MomentStart> moments(const Shape& parameter) const override;
  void expect_fitting(const std::string& name, const Shape& shape) const override;
};

/// A list of parameters in two.
template <class Real>
struct MuonSplit {
  ParameterList<Real> matrices;  ///< rank 2 and above
  ParameterList<Real> others;
};

/// Parameters for Muon and for another optimizer. Those whose names fit a pattern of `except` are
/// others, whatever their rank. Throws ValueError for a pattern that fits no parameter.
template <class Real>
MuonSplit<Real> split_for_muon(const ParameterList<Real>& parameters,
                               const std::vector<std::string>& except = {});

extern template class Rule<Muon, MuonOptions>;

}  // namespace thalweg::optim
