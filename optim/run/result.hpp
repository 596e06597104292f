#pragma once
/// What a minimisation came to.

#include <concepts>
#include <string>

#include "thalweg/autodiff/base/text_formatter.hpp"
#include "thalweg/optim/run/limits.hpp"

namespace thalweg::optim {

/// Everything but the point.
struct Outcome {
  double value = 0;          ///< f at the best point seen
  double gradient_norm = 0;  ///< ‖∇f‖₂ there; NaN if the method uses no gradient
  Index iterations = 0;
  Index evaluations = 0;  ///< calls of f, those with a gradient included
  Index gradients = 0;    ///< calls that gave a gradient
  double seconds = 0;
  Stop stop = Stop::iterations;
  std::string why = {};  ///< the inequality that was met, with its numbers, or what went wrong

  /// True if a tolerance was met, false if a limit or trouble ended the run, or if nothing better
  /// than the start was found.
  bool converged() const { return optim::converged(stop); }
  explicit operator bool() const { return converged(); }
};

/// "gradient_norm after 35 iterations, 46 evaluations, 0.4 ms: f = 1.2e-20 (‖∇f‖ = 3e-10 ≤ 1e-08)".
std::string to_string(const Outcome& outcome);

template <class X>
struct Result : Outcome {
  X x;  ///< the best point seen, of the type of the start
};

}  // namespace thalweg::optim

template <std::derived_from<thalweg::optim::Outcome> Outcome>
struct fmt::formatter<Outcome> : thalweg::TextFormatter {
  template <class Context>
  auto format(const thalweg::optim::Outcome& outcome, Context& context) const {
    return write(to_string(outcome), context);
  }
};
