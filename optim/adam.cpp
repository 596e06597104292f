#include "optim/adam.hpp"

#include "optim/update.hpp"

namespace thalweg::optim {
namespace {

void validate(const char* name, const AdamOptions& options) {
  expect_nonnegative(name, "rate", options.rate);
  expect_fraction(name, "beta1", options.beta1);
  expect_fraction(name, "beta2", options.beta2);
  expect_nonnegative(name, "epsilon", options.epsilon);
  expect_nonnegative(name, "weight_decay", options.weight_decay);
}

/// The letters of the header, the same for all weights of a step.
template <class Real>
struct Step {
  Real beta1, beta2, epsilon;
  Real rate;         // α / (1 − β₁ᵗ)
  Real root_factor;  // 1 / √(1 − β₂ᵗ)
  Real pull;         // λ in the gradient
  Real keep;         // 1 − α λ, or 1

  void plain(Index n, const Real* __restrict grad, Real* __restrict m, Real* __restrict v,
             Real* __restrict w) const {
    for (Index i = 0; i < n; ++i) {
      moments(grad[i] + pull * w[i], m[i], v[i]);
      w[i] = moved(w[i], m[i], v[i]);
    }
  }
  void amsgrad(Index n, const Real* __restrict grad, Real* __restrict m, Real* __restrict v,
               Real* __restrict largest, Real* __restrict w) const {
    for (Index i = 0; i < n; ++i) {
      moments(grad[i] + pull * w[i], m[i], v[i]);
      largest[i] = v[i] > largest[i] ? v[i] : largest[i];
      w[i] = moved(w[i], m[i], largest[i]);
    }
  }

 private:
  void moments(Real g, Real& m, Real& v) const {
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
  }
  Real moved(Real w, Real m, Real v) const {
    return keep * w - rate * m / (std::sqrt(v) * root_factor + epsilon);
  }
};

}  // namespace

Adam::Adam(const AdamOptions& options) : Adam(options, "Adam", Decay::in_gradient) {}

Adam::Adam(const AdamOptions& options, const char* name, Decay decay)
    : options_(options), name_(name), decay_(decay) {
  validate(name, options);
}

AdamW::AdamW(const AdamWOptions& options)
    : adam_({.rate = options.rate,
             .beta1 = options.beta1,
             .beta2 = options.beta2,
             .epsilon = options.epsilon,
             .weight_decay = options.weight_decay,
             .amsgrad = options.amsgrad},
            "AdamW", Adam::Decay::decoupled) {}

void Adam::set_rate(double rate) {
  expect_nonnegative(name_, "rate", rate);
  options_.rate = rate;
}

template <class Real>
void Adam::step(const ParameterList<Real>& parameters, const Gradients& gradients) {
  auto& states = state_.get<Real>();
  if (check_.first_step(name_, parameters, gradients))
    for (const auto& [name, parameter] : parameters)
      states.push_back({name, zeros_like(*parameter), zeros_like(*parameter),
                        options_.amsgrad ? zeros_like(*parameter) : Tensor<Real>()});
  const double t = static_cast<double>(++steps_);
  const auto& [rate, beta1, beta2, epsilon, decay, amsgrad] = options_;
  const bool decoupled = decay_ == Decay::decoupled;
  const Step<Real> step{
      .beta1 = static_cast<Real>(beta1),
      .beta2 = static_cast<Real>(beta2),
      .epsilon = static_cast<Real>(epsilon),
      .rate = static_cast<Real>(rate / (1 - std::pow(beta1, t))),
      .root_factor = static_cast<Real>(1 / std::sqrt(1 - std::pow(beta2, t))),
      .pull = static_cast<Real>(decoupled ? 0 : decay),
      .keep = static_cast<Real>(decoupled ? 1 - rate * decay : 1),
  };
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    const Tensor<Real> gradient = gradients[*parameters[k].parameter];
    Real* const m = states[k].first.mutable_values().data();
    Real* const v = states[k].second.mutable_values().data();
    Real* const largest = states[k].largest.mutable_values().data();
    update_each(*parameters[k].parameter, [&](Real* w, Index at, Index count) {
      const Real* const g = gradient.data() + at;
      if (largest)
        step.amsgrad(count, g, m + at, v + at, largest + at, w);
      else
        step.plain(count, g, m + at, v + at, w);
    });
  }
}

template void Adam::step(const ParameterList<float>&, const Gradients&);
template void Adam::step(const ParameterList<double>&, const Gradients&);

}  // namespace thalweg::optim
