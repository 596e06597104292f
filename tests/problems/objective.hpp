#pragma once
/// A problem of the collection as the methods see it.

#include "tests/problems/problems.hpp"
#include "thalweg/optim/objective/objective.hpp"

namespace thalweg::test_problems {

/// Refers to the problem.
class ProblemObjective final : public optim::Objective {
 public:
  explicit ProblemObjective(const Problem& problem)
      : Objective(static_cast<Index>(problem.start.size())), problem_(problem) {}

 private:
  double evaluate(std::span<const double> x) const override { return problem_.value(x); }
  double differentiate(std::span<const double> x, std::span<double> gradient) const override {
    return problem_.value_and_gradient(x, gradient);
  }
  const Problem& problem_;
};

}  // namespace thalweg::test_problems
