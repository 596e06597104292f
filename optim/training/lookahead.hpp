#pragma once
/// Lookahead: k steps forward, one step back.

#include "thalweg/optim/training/kept_arrays.hpp"
#include "thalweg/optim/training/wrapper.hpp"

namespace thalweg::optim {

struct LookaheadOptions {
  Index k = 5;         ///< ≥ 1
  double alpha = 0.5;  ///< in (0, 1]; at 1 the inner optimizer goes on undisturbed
};

namespace detail {

/// φ, and the step back to it.
class SlowWeights {
 public:
  explicit SlowWeights(const LookaheadOptions& options);

  const LookaheadOptions& options() const { return options_; }
  const KeptArrays& arrays() const { return arrays_; }
  void start(KeptArrays start) { arrays_ = std::move(start); }
  /// φ ← φ + α (θ − φ), θ ← φ.
  template <class Real>
  void pull(const ParameterList<Real>& parameters);
  void archive(Archive& archive);

 private:
  LookaheadOptions options_;
  KeptArrays arrays_;
};

}  // namespace detail

/// After every k updates of the inner optimizer the parameters go back towards where they were.
///
///     optim::Lookahead optimizer{optim::Sgd{{.rate = 0.1, .momentum = 0.9}}, {.k = 5}};
///
///     θ ← the inner optimizer's update of θ
///     after every k-th:  φ ← φ + α (θ − φ),  θ ← φ
///
///     k, α  options.k, options.alpha      θ  the parameters      φ  slow()[j].value, at first θ
///
/// The inner moments stay as they are across the step back. The paper judges models by φ: call
/// for a number of steps that k divides, then θ = φ.
///
/// Memory: one array per parameter.
///
/// Source: M. Zhang et al., "Lookahead Optimizer: k steps forward, 1 step back", NeurIPS 2019,
/// Algorithm 1; of its choices for the inner momentum (kept, averaged, reset) the first.
template <std::derived_from<Optimizer> Inner>
class Lookahead final : public Wrapper<Lookahead<Inner>, Inner> {
 public:
  using Options = LookaheadOptions;

  /// Throws ValueError for an option out of range.
  explicit Lookahead(Inner inner = Inner(), const Options& options = {})
      : Wrapper<Lookahead, Inner>(std::move(inner)), slow_(options) {}

  const Options& options() const { return slow_.options(); }
  /// In the list's order; empty before the first step, and for the other number type.
  template <class Real>
  const std::vector<Moment<Real>>& slow() const {
    return slow_.arrays().template of<Real>();
  }
  const char* kind() const override { return "Lookahead"; }
  template <class Real>
  void step_with(const ParameterList<Real>& parameters, const Gradients& gradients) {
    detail::KeptArrays start;
    if (slow_.arrays().empty())
      start = detail::KeptArrays(parameters);
    else
      slow_.arrays().expect_of(kind(), parameters);
    this->inner_.step(parameters, gradients);
    if (!start.empty()) slow_.start(std::move(start));
    if (this->steps() % options().k == 0) slow_.pull(parameters);  // no change if no step was made
  }

 private:
  void archive_own(Archive& archive) override { archive("slow", slow_); }

  detail::SlowWeights slow_;
};

}  // namespace thalweg::optim
