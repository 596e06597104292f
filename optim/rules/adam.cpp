#include "thalweg/optim/rules/adam.hpp"

#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {
namespace {

template <class Options>
void validate(const char* name, const Options& options) {
  expect_nonnegative(name, "rate", options.rate);
  expect_fraction(name, "beta1", options.beta1);
  expect_fraction(name, "beta2", options.beta2);
  expect_nonnegative(name, "epsilon", options.epsilon);
  expect_nonnegative(name, "weight_decay", options.weight_decay);
}

std::vector<MomentStart> moments_of(bool amsgrad) {
  if (amsgrad) return {{"first"}, {"second"}, {"largest"}};
  return {{"first"}, {"second"}};
}

/// The letters of the header. `decoupled`: λ shrinks the weight instead of adding to the gradient.
template <class Real, class Options>
void adam(const Update<Real>& update, const Options& options, Index steps, bool decoupled) {
  const auto t = static_cast<double>(steps);
  const auto beta1 = static_cast<Real>(options.beta1), beta2 = static_cast<Real>(options.beta2);
  const auto epsilon = static_cast<Real>(options.epsilon);
  const auto rate = static_cast<Real>(update.rate / (1 - std::pow(options.beta1, t)));
  const auto root_factor = static_cast<Real>(1 / std::sqrt(1 - std::pow(options.beta2, t)));
  const auto pull = static_cast<Real>(decoupled ? 0 : update.weight_decay);
  const auto keep = static_cast<Real>(decoupled ? 1 - update.rate * update.weight_decay : 1);
  const auto move = [=](Real& w, Real grad, Real& m, Real& v, const Real& v_hat) {
    const Real g = grad + pull * w;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    w = keep * w - rate * m / (std::sqrt(v_hat) * root_factor + epsilon);
  };
  if (!options.amsgrad)
    return each_weight<2>(update, [=](Real& w, Real g, Real& m, Real& v) { move(w, g, m, v, v); });
  each_weight<3>(update, [=](Real& w, Real grad, Real& m, Real& v, Real& largest) {
    const Real g = grad + pull * w;
    const Real next = beta2 * v + (1 - beta2) * g * g;
    largest = next > largest ? next : largest;
    move(w, grad, m, v, largest);
  });
}

}  // namespace

Adam::Adam(const Options& options) : Rule(options) { validate(kind(), options); }
AdamW::AdamW(const Options& options) : Rule(options) { validate(kind(), options); }

std::vector<MomentStart> Adam::moments(const Shape&) const { return moments_of(options_.amsgrad); }
std::vector<MomentStart> AdamW::moments(const Shape&) const { return moments_of(options_.amsgrad); }

template <class Real>
void Adam::apply(const Update<Real>& update) {
  adam(update, options_, steps(), false);
}
template <class Real>
void AdamW::apply(const Update<Real>& update) {
  adam(update, options_, steps(), true);
}

template class Rule<Adam, AdamOptions>;
template class Rule<AdamW, AdamWOptions>;

}  // namespace thalweg::optim
