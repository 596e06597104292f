#include "thalweg/optim/rules/lion.hpp"

#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {

Lion::Lion(const Options& options) : Rule(options) {
  expect_nonnegative(kind(), "rate", options.rate);
  expect_fraction(kind(), "beta1", options.beta1);
  expect_fraction(kind(), "beta2", options.beta2);
  expect_nonnegative(kind(), "weight_decay", options.weight_decay);
}

std::vector<MomentStart> Lion::moments(const Shape&) const { return {{"first"}}; }

template <class Real>
void Lion::apply(const Update<Real>& update) {
  const auto rate = static_cast<Real>(update.rate);
  const auto keep = static_cast<Real>(1 - update.rate * update.weight_decay);
  const auto beta1 = static_cast<Real>(options_.beta1), beta2 = static_cast<Real>(options_.beta2);
  each_weight<1>(update, [=](Real& w, Real g, Real& m) {
    w = keep * w - rate * sign_of(beta1 * m + (1 - beta1) * g);
    m = beta2 * m + (1 - beta2) * g;
  });
}

template class Rule<Lion, LionOptions>;

}  // namespace thalweg::optim
