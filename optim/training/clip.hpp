#pragma once
/// Gradients made smaller: by their size, parameter by parameter, or all together.
///
///     Gradients gradients = tape.backward(loss);
///     const double norm = optim::clip_by_global_norm(gradients, parameters, 1.0);
///     adam.step(parameters, gradients);
///
/// `Clipped` does it within an optimizer's step.

#include "thalweg/optim/training/wrapper.hpp"

namespace thalweg::optim {

/// √Σ g² over all of the parameters' gradients; not finite if one of these is not, or a square
/// overflows.
template <class Real>
double global_norm(const Gradients& gradients, const ParameterList<Real>& parameters);

/// Brings every coordinate into [−limit, limit]; NaN stays. Throws ValueError unless limit > 0.
template <class Real>
void clip_by_value(Gradients& gradients, const ParameterList<Real>& parameters, double limit);

/// g ← g · limit / ‖g‖₂ for each parameter on its own where ‖g‖₂ is above the limit, and finite.
/// Throws ValueError unless limit > 0.
template <class Real>
void clip_by_norm(Gradients& gradients, const ParameterList<Real>& parameters, double limit);

/// Scales all gradients by one factor if their common norm is above the limit; then it is the
/// limit. The direction stays. Returns the norm before; gradients whose norm is not finite stay as
/// they are. Throws ValueError unless limit > 0.
///
/// Source: R. Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training recurrent neural
/// networks", ICML 2013, Algorithm 1. PyTorch divides by ‖g‖ + 10⁻⁶.
template <class Real>
double clip_by_global_norm(Gradients& gradients, const ParameterList<Real>& parameters,
                           double limit);

struct ClipOptions {
  std::optional<double> value = {};        ///< > 0; as clip_by_value
  std::optional<double> norm = {};         ///< > 0; as clip_by_norm
  std::optional<double> global_norm = {};  ///< > 0; as clip_by_global_norm
};

namespace detail {
void expect_limits(const ClipOptions& options);
void archive_limits(Archive& archive, ClipOptions& options);
template <class Real>
Gradients clipped(Gradients gradients, const ParameterList<Real>& parameters,
                  const ClipOptions& options);
}  // namespace detail

/// Clips the gradients, in the order of the options, before the inner optimizer sees them.
///
///     optim::Clipped optimizer{optim::AdamW{{.rate = 3e-4}}, {.global_norm = 1}};
template <std::derived_from<Optimizer> Inner>
class Clipped final : public Wrapper<Clipped<Inner>, Inner> {
 public:
  using Options = ClipOptions;

  /// Throws ValueError for a limit that is not above 0.
  explicit Clipped(Inner inner = Inner(), const Options& options = {})
      : Wrapper<Clipped, Inner>(std::move(inner)), options_(options) {
    detail::expect_limits(options);
  }

  const Options& options() const { return options_; }
  const char* kind() const override { return "Clipped"; }
  template <class Real>
  void step_with(const ParameterList<Real>& parameters, const Gradients& gradients) {
    this->inner_.step(parameters, detail::clipped(gradients, parameters, options_));
  }

 private:
  void archive_own(Archive& archive) override { detail::archive_limits(archive, options_); }

  Options options_;
};

}  // namespace thalweg::optim
