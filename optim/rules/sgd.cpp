#include "thalweg/optim/rules/sgd.hpp"

#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {

Sgd::Sgd(const Options& options) : Rule(options) {
  expect_nonnegative(kind(), "rate", options.rate);
  expect_fraction(kind(), "momentum", options.momentum);
  expect_nonnegative(kind(), "weight_decay", options.weight_decay);
  if (!(options.dampening >= 0 && options.dampening <= 1))
    throw ValueError(
        fmt::format("Sgd: dampening is {}; expected a number in [0, 1]", options.dampening));
  if (options.nesterov && (options.momentum == 0 || options.dampening != 0))
    throw ValueError(
        fmt::format("Sgd: nesterov needs momentum > 0 and dampening = 0; momentum is {}, dampening "
                    "is {}",
                    options.momentum, options.dampening));
}

std::vector<MomentStart> Sgd::moments(const Shape&) const {
  if (options_.momentum == 0) return {};
  return {{"velocity"}};
}

template <class Real>
void Sgd::apply(const Update<Real>& update) {
  const auto rate = static_cast<Real>(update.rate);
  const auto decay = static_cast<Real>(update.weight_decay);
  if (update.moments.empty())
    return each_weight<0>(update, [=](Real& w, Real grad) { w -= rate * (grad + decay * w); });
  // b is zero before the first step.
  const auto momentum = static_cast<Real>(options_.momentum);
  const auto gain = static_cast<Real>(steps() == 1 ? 1 : 1 - options_.dampening);
  const Real of_g = options_.nesterov ? Real(1) : Real(0);
  const Real of_b = options_.nesterov ? momentum : Real(1);
  each_weight<1>(update, [=](Real& w, Real grad, Real& b) {
    const Real g = grad + decay * w;
    b = momentum * b + gain * g;
    w -= rate * (of_g * g + of_b * b);
  });
}

template class Rule<Sgd, SgdOptions>;

}  // namespace thalweg::optim
