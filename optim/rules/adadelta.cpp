#include "thalweg/optim/rules/adadelta.hpp"

#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {

Adadelta::Adadelta(const Options& options) : Rule(options) {
  expect_nonnegative(kind(), "rate", options.rate);
  expect_fraction(kind(), "rho", options.rho);
  expect_nonnegative(kind(), "epsilon", options.epsilon);
  expect_nonnegative(kind(), "weight_decay", options.weight_decay);
}

std::vector<MomentStart> Adadelta::moments(const Shape&) const {
  return {{"square"}, {"step_square"}};
}

template <class Real>
void Adadelta::apply(const Update<Real>& update) {
  const auto rate = static_cast<Real>(update.rate), rho = static_cast<Real>(options_.rho);
  const auto epsilon = static_cast<Real>(options_.epsilon);
  const auto decay = static_cast<Real>(update.weight_decay);
  each_weight<2>(update, [=](Real& w, Real grad, Real& v, Real& u) {
    const Real g = grad + decay * w;
    v = rho * v + (1 - rho) * g * g;
    const Real d = std::sqrt(u + epsilon) / std::sqrt(v + epsilon) * g;
    u = rho * u + (1 - rho) * d * d;
    w -= rate * d;
  });
}

template class Rule<Adadelta, AdadeltaOptions>;

}  // namespace thalweg::optim
