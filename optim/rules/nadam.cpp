#include "thalweg/optim/rules/nadam.hpp"

#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {

NAdam::NAdam(const Options& options) : Rule(options) {
  expect_nonnegative(kind(), "rate", options.rate);
  expect_fraction(kind(), "beta1", options.beta1);
  expect_fraction(kind(), "beta2", options.beta2);
  expect_nonnegative(kind(), "epsilon", options.epsilon);
  expect_nonnegative(kind(), "weight_decay", options.weight_decay);
  expect_nonnegative(kind(), "momentum_decay", options.momentum_decay);
}

std::vector<MomentStart> NAdam::moments(const Shape&) const { return {{"first"}, {"second"}}; }

double NAdam::momentum(double t) const {
  return options_.beta1 * (1 - 0.5 * std::pow(0.96, t * options_.momentum_decay));
}

void NAdam::begin_step() { product_ *= momentum(static_cast<double>(steps())); }

template <class Real>
void NAdam::apply(const Update<Real>& update) {
  const auto t = static_cast<double>(steps());
  const double mu = momentum(t), mu_next = momentum(t + 1);
  const double product_next = product_ * mu_next * (options_.extra_factor ? mu : 1);
  const auto of_g = static_cast<Real>(update.rate * (1 - mu) / (1 - product_));
  const auto of_m = static_cast<Real>(update.rate * mu_next / (1 - product_next));
  const auto beta1 = static_cast<Real>(options_.beta1), beta2 = static_cast<Real>(options_.beta2);
  const auto root_factor = static_cast<Real>(1 / std::sqrt(1 - std::pow(options_.beta2, t)));
  const auto epsilon = static_cast<Real>(options_.epsilon);
  const auto decay = static_cast<Real>(update.weight_decay);
  each_weight<2>(update, [=](Real& w, Real grad, Real& m, Real& v) {
    const Real g = grad + decay * w;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    w -= (of_g * g + of_m * m) / (std::sqrt(v) * root_factor + epsilon);
  });
}

void NAdam::archive_options(Archive& archive) {
  Rule::archive_options(archive);
  archive("momentum_product", product_);
}

template class Rule<NAdam, NAdamOptions>;

}  // namespace thalweg::optim
