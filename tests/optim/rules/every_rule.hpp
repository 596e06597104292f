#pragma once
/// Every update rule, behind one type, for laws that all of them keep.

#include <memory>

#include "tests/optim/smooth/problems.hpp"
#include "thalweg/optim.hpp"

namespace thalweg::optim::problems {

/// Two matrices, so that Muon takes part, with gradients that depend on weights and step.
template <class Real>
struct TwoMatrices {
  Parameter<Real> first{Tensor<Real>({2, 3}, {1, -2, 3, -4, 5, Real(0.5)})};
  Parameter<Real> second{Tensor<Real>({1, 2}, {Real(-1), Real(4)})};

  ParameterList<Real> parameters() { return {{"first", &first}, {"second", &second}}; }
  std::vector<Real> values() const {
    std::vector<Real> all = first.value().to_vector(), rest = second.value().to_vector();
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
  }
  Gradients gradients(int step) const {
    Gradients total = of(first, step);
    return total += of(second, step);
  }

 private:
  static Gradients of(const Parameter<Real>& w, int step) {
    std::vector<Real> g;
    for (const Real value : w.value().values())
      g.push_back(value * Real(0.5) + Real(step % 3) - Real(0.75));
    return given(w, g);
  }
};

/// One rule in three forms.
struct RuleCase {
  std::unique_ptr<UpdateRule> rule;       ///< no option has its default
  std::unique_ptr<UpdateRule> fresh;      ///< all have
  std::unique_ptr<UpdateRule> undecayed;  ///< as `rule`, weight decay 0
  double weight_decay;                    ///< of `rule`; 0 if it has none
};

template <class Rule>
RuleCase rule_case(const typename Rule::Options& options) {
  typename Rule::Options undecayed = options;
  double weight_decay = 0;
  if constexpr (requires { options.weight_decay; }) {
    weight_decay = options.weight_decay;
    undecayed.weight_decay = 0;
  }
  return {std::make_unique<Rule>(options), std::make_unique<Rule>(),
          std::make_unique<Rule>(undecayed), weight_decay};
}

inline std::vector<RuleCase> every_rule() {
  std::vector<RuleCase> cases;
  cases.push_back(rule_case<GradientDescent>({.rate = 0.02}));
  cases.push_back(
      rule_case<Sgd>({.rate = 0.02, .momentum = 0.8, .weight_decay = 0.2, .nesterov = true}));
  cases.push_back(
      rule_case<Sgd>({.rate = 0.02, .momentum = 0.8, .dampening = 0.1, .weight_decay = 0.2}));
  cases.push_back(rule_case<Asgd>(
      {.rate = 0.02, .lambda = 0.1, .power = 0.5, .start = 2, .weight_decay = 0.2}));
  cases.push_back(rule_case<Adam>({.rate = 0.02,
                                   .beta1 = 0.8,
                                   .beta2 = 0.9,
                                   .epsilon = 1e-3,
                                   .weight_decay = 0.2,
                                   .amsgrad = true}));
  cases.push_back(rule_case<AdamW>({.rate = 0.02,
                                    .beta1 = 0.8,
                                    .beta2 = 0.9,
                                    .epsilon = 1e-3,
                                    .weight_decay = 0.2,
                                    .amsgrad = true}));
  cases.push_back(rule_case<NAdam>({.rate = 0.02,
                                    .beta1 = 0.8,
                                    .beta2 = 0.9,
                                    .epsilon = 1e-3,
                                    .weight_decay = 0.2,
                                    .momentum_decay = 0.1,
                                    .extra_factor = true}));
  cases.push_back(rule_case<RAdam>(
      {.rate = 0.02, .beta1 = 0.8, .beta2 = 0.9, .epsilon = 1e-3, .weight_decay = 0.2}));
  cases.push_back(rule_case<Adamax>(
      {.rate = 0.02, .beta1 = 0.8, .beta2 = 0.9, .epsilon = 1e-3, .weight_decay = 0.2}));
  cases.push_back(rule_case<Adagrad>(
      {.rate = 0.02, .rate_decay = 0.1, .initial_sum = 0.5, .epsilon = 1e-3, .weight_decay = 0.2}));
  cases.push_back(
      rule_case<Adadelta>({.rate = 0.5, .rho = 0.8, .epsilon = 1e-3, .weight_decay = 0.2}));
  cases.push_back(rule_case<Rmsprop>({.rate = 0.02,
                                      .rho = 0.8,
                                      .epsilon = 1e-3,
                                      .weight_decay = 0.2,
                                      .momentum = 0.7,
                                      .centered = true}));
  cases.push_back(rule_case<Lion>({.rate = 0.02, .beta1 = 0.8, .beta2 = 0.9, .weight_decay = 0.2}));
  cases.push_back(rule_case<Rprop>(
      {.rate = 0.02, .shrink = 0.4, .grow = 1.5, .smallest = 1e-5, .largest = 0.1}));
  cases.push_back(rule_case<Adafactor>({.rate = 0.02,
                                        .relative_step = false,
                                        .scale_by_weights = false,
                                        .beta1 = 0.8,
                                        .power = 0.5,
                                        .clip = 0.9,
                                        .epsilon1 = 1e-9,
                                        .epsilon2 = 0.1,
                                        .weight_decay = 0.2}));
  cases.push_back(rule_case<Muon>({.rate = 0.03,
                                   .momentum = 0.8,
                                   .nesterov = false,
                                   .weight_decay = 0.2,
                                   .iterations = 3,
                                   .scaling = MuonScaling::match_adamw}));
  cases.push_back(rule_case<ScheduleFree>({.rate = 0.02,
                                           .beta1 = 0.8,
                                           .beta2 = 0.9,
                                           .epsilon = 1e-3,
                                           .weight_decay = 0.2,
                                           .warmup = 6}));
  return cases;
}

}  // namespace thalweg::optim::problems
