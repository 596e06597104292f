#include "thalweg/optim/rules/radam.hpp"

#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {
namespace {

/// r √(1 − β₂ᵗ), or 0 while v is a mean of too few gradients.
double rectification(double beta2, double t) {
  const double power = std::pow(beta2, t);
  const double limit = 2 / (1 - beta2) - 1;
  const double rho = limit - 2 * t * power / (1 - power);
  if (!(rho > 5)) return 0;
  return std::sqrt((rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho)) *
         std::sqrt(1 - power);
}

}  // namespace

RAdam::RAdam(const Options& options) : Rule(options) {
  expect_nonnegative(kind(), "rate", options.rate);
  expect_fraction(kind(), "beta1", options.beta1);
  expect_fraction(kind(), "beta2", options.beta2);
  expect_nonnegative(kind(), "epsilon", options.epsilon);
  expect_nonnegative(kind(), "weight_decay", options.weight_decay);
}

std::vector<MomentStart> RAdam::moments(const Shape&) const { return {{"first"}, {"second"}}; }

template <class Real>
void RAdam::apply(const Update<Real>& update) {
  const auto t = static_cast<double>(steps());
  const double rate = update.rate / (1 - std::pow(options_.beta1, t));
  const double rectified = rectification(options_.beta2, t);
  const auto factor = static_cast<Real>(rectified > 0 ? rate * rectified : rate);
  const auto beta1 = static_cast<Real>(options_.beta1), beta2 = static_cast<Real>(options_.beta2);
  const auto epsilon = static_cast<Real>(options_.epsilon);
  const auto decay = static_cast<Real>(update.weight_decay);
  const auto gather = [=](Real w, Real grad, Real& m, Real& v) {
    const Real g = grad + decay * w;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
  };
  if (rectified > 0)
    return each_weight<2>(update, [=](Real& w, Real g, Real& m, Real& v) {
      gather(w, g, m, v);
      w -= factor * m / (std::sqrt(v) + epsilon);
    });
  each_weight<2>(update, [=](Real& w, Real g, Real& m, Real& v) {
    gather(w, g, m, v);
    w -= factor * m;
  });
}

template class Rule<RAdam, RAdamOptions>;

}  // namespace thalweg::optim
