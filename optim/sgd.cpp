#include "optim/sgd.hpp"

#include "optim/update.hpp"

namespace thalweg::optim {
namespace {
constexpr auto name = "Sgd";

void validate(const SgdOptions& options) {
  expect_nonnegative(name, "rate", options.rate);
  expect_fraction(name, "momentum", options.momentum);
  expect_nonnegative(name, "weight_decay", options.weight_decay);
  if (!(options.dampening >= 0 && options.dampening <= 1))
    throw ValueError(
        fmt::format("Sgd: dampening is {}; expected a number in [0, 1]", options.dampening));
  if (options.nesterov && (options.momentum == 0 || options.dampening != 0))
    throw ValueError(
        fmt::format("Sgd: nesterov needs momentum > 0 and dampening = 0; momentum is {}, dampening "
                    "is {}",
                    options.momentum, options.dampening));
}

/// The letters of the header.
template <class Real>
struct Step {
  Real rate, decay, momentum, gain;  // gain of g in b: 1 − τ, or 1 on the first step
  bool nesterov;

  void plain(Index n, const Real* __restrict grad, Real* __restrict w) const {
    for (Index i = 0; i < n; ++i) w[i] -= rate * (grad[i] + decay * w[i]);
  }
  // b is zero before the first step.
  void with_momentum(Index n, const Real* __restrict grad, Real* __restrict b,
                     Real* __restrict w) const {
    const Real of_g = nesterov ? Real(1) : Real(0);
    const Real of_b = nesterov ? momentum : Real(1);
    for (Index i = 0; i < n; ++i) {
      const Real g = grad[i] + decay * w[i];
      b[i] = momentum * b[i] + gain * g;
      w[i] -= rate * (of_g * g + of_b * b[i]);
    }
  }
};

}  // namespace

Sgd::Sgd(const SgdOptions& options) : options_(options) { validate(options); }

void Sgd::set_rate(double rate) {
  expect_nonnegative(name, "rate", rate);
  options_.rate = rate;
}

template <class Real>
void Sgd::step(const ParameterList<Real>& parameters, const Gradients& gradients) {
  auto& states = state_.get<Real>();
  const bool keeps = options_.momentum != 0;
  if (check_.first_step(name, parameters, gradients))
    for (const auto& [name_of, parameter] : parameters)
      states.push_back({name_of, keeps ? zeros_like(*parameter) : Tensor<Real>()});
  ++steps_;
  const double gain = steps_ == 1 ? 1 : 1 - options_.dampening;
  const Step<Real> step{static_cast<Real>(options_.rate), static_cast<Real>(options_.weight_decay),
                        static_cast<Real>(options_.momentum), static_cast<Real>(gain),
                        options_.nesterov};
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    const Tensor<Real> gradient = gradients[*parameters[k].parameter];
    Real* const b = keeps ? states[k].velocity.mutable_values().data() : nullptr;
    update_each(*parameters[k].parameter, [&](Real* w, Index at, Index count) {
      if (keeps)
        step.with_momentum(count, gradient.data() + at, b + at, w);
      else
        step.plain(count, gradient.data() + at, w);
    });
  }
}

template void Sgd::step(const ParameterList<float>&, const Gradients&);
template void Sgd::step(const ParameterList<double>&, const Gradients&);

}  // namespace thalweg::optim
