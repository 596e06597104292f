#include "thalweg/optim/rules/adamax.hpp"

#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {

Adamax::Adamax(const Options& options) : Rule(options) {
  expect_nonnegative(kind(), "rate", options.rate);
  expect_fraction(kind(), "beta1", options.beta1);
  expect_fraction(kind(), "beta2", options.beta2);
  expect_nonnegative(kind(), "epsilon", options.epsilon);
  expect_nonnegative(kind(), "weight_decay", options.weight_decay);
}

std::vector<MomentStart> Adamax::moments(const Shape&) const { return {{"first"}, {"largest"}}; }

template <class Real>
void Adamax::apply(const Update<Real>& update) {
  const auto t = static_cast<double>(steps());
  const auto beta1 = static_cast<Real>(options_.beta1), beta2 = static_cast<Real>(options_.beta2);
  const auto rate = static_cast<Real>(update.rate / (1 - std::pow(options_.beta1, t)));
  const auto epsilon = static_cast<Real>(options_.epsilon);
  const auto decay = static_cast<Real>(update.weight_decay);
  each_weight<2>(update, [=](Real& w, Real grad, Real& m, Real& u) {
    const Real g = grad + decay * w;
    m = beta1 * m + (1 - beta1) * g;
    const Real size = std::abs(g) + epsilon;
    u = beta2 * u > size ? beta2 * u : size;
    w -= rate * m / u;
  });
}

template class Rule<Adamax, AdamaxOptions>;

}  // namespace thalweg::optim
