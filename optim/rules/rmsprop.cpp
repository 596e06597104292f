#include "thalweg/optim/rules/rmsprop.hpp"

#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {

Rmsprop::Rmsprop(const Options& options) : Rule(options) {
  expect_nonnegative(kind(), "rate", options.rate);
  expect_fraction(kind(), "rho", options.rho);
  expect_nonnegative(kind(), "epsilon", options.epsilon);
  expect_nonnegative(kind(), "weight_decay", options.weight_decay);
  expect_fraction(kind(), "momentum", options.momentum);
}

std::vector<MomentStart> Rmsprop::moments(const Shape&) const {
  std::vector<MomentStart> moments = {{"square"}};
  if (options_.centered) moments.push_back({"mean"});
  if (options_.momentum > 0) moments.push_back({"velocity"});
  return moments;
}

template <class Real>
void Rmsprop::apply(const Update<Real>& update) {
  const auto rate = static_cast<Real>(update.rate), rho = static_cast<Real>(options_.rho);
  const auto epsilon = static_cast<Real>(options_.epsilon);
  const auto decay = static_cast<Real>(update.weight_decay);
  const auto momentum = static_cast<Real>(options_.momentum);
  const auto direction = [=](Real w, Real grad, Real& v) {
    const Real g = grad + decay * w;
    v = rho * v + (1 - rho) * g * g;
    return g / (std::sqrt(v) + epsilon);
  };
  const auto centered = [=](Real w, Real grad, Real& v, Real& m) {
    const Real g = grad + decay * w;
    v = rho * v + (1 - rho) * g * g;
    m = rho * m + (1 - rho) * g;
    const Real variance = v - m * m;
    return g / (std::sqrt(variance < 0 ? Real(0) : variance) + epsilon);
  };
  if (options_.centered && options_.momentum > 0)
    return each_weight<3>(update, [=](Real& w, Real g, Real& v, Real& m, Real& b) {
      b = momentum * b + centered(w, g, v, m);
      w -= rate * b;
    });
  if (options_.centered)
    return each_weight<2>(
        update, [=](Real& w, Real g, Real& v, Real& m) { w -= rate * centered(w, g, v, m); });
  if (options_.momentum > 0)
    return each_weight<2>(update, [=](Real& w, Real g, Real& v, Real& b) {
      b = momentum * b + direction(w, g, v);
      w -= rate * b;
    });
  each_weight<1>(update, [=](Real& w, Real g, Real& v) { w -= rate * direction(w, g, v); });
}

template class Rule<Rmsprop, RmspropOptions>;

}  // namespace thalweg::optim
