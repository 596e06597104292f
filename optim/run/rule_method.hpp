#pragma once
/// An update rule as a method, so that both doors lead to the same code.

#include "thalweg/optim/rules/optimizer.hpp"
#include "thalweg/optim/run/method.hpp"

namespace thalweg::optim::detail {

/// xₖ₊₁ is what one `step` of the optimizer makes of the parameters xₖ and ∇f(xₖ): one evaluation
/// with gradient per iteration.
class RuleMethod final : public Method {
 public:
  explicit RuleMethod(const Optimizer& optimizer) : optimizer_(optimizer.clone()) {}
  RuleMethod(const RuleMethod& other) : Method(), optimizer_(other.optimizer_->clone()) {}

  const char* kind() const override { return optimizer_->kind(); }
  void begin(Objective& f, Point& point) override;
  std::optional<Halt> advance(Objective& f, Point& point) override;
  void archive(Archive& archive) override { archive("optimizer", *optimizer_); }
  std::unique_ptr<Method> clone() const override { return std::make_unique<RuleMethod>(*this); }

 private:
  void make_parameters(const Objective& f);

  std::unique_ptr<Optimizer> optimizer_;
  std::vector<Parameter<double>> parameters_;  // one per argument
  ParameterList<double> list_;
};

}  // namespace thalweg::optim::detail
