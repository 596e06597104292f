#include "thalweg/optim/rules/adagrad.hpp"

#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {

Adagrad::Adagrad(const Options& options) : Rule(options) {
  expect_nonnegative(kind(), "rate", options.rate);
  expect_nonnegative(kind(), "rate_decay", options.rate_decay);
  expect_nonnegative(kind(), "initial_sum", options.initial_sum);
  expect_nonnegative(kind(), "epsilon", options.epsilon);
  expect_nonnegative(kind(), "weight_decay", options.weight_decay);
}

std::vector<MomentStart> Adagrad::moments(const Shape&) const {
  return {{.name = "sum", .start = options_.initial_sum}};
}

template <class Real>
void Adagrad::apply(const Update<Real>& update) {
  const auto before = static_cast<double>(steps() - 1);
  const auto rate = static_cast<Real>(update.rate / (1 + before * options_.rate_decay));
  const auto epsilon = static_cast<Real>(options_.epsilon);
  const auto decay = static_cast<Real>(update.weight_decay);
  each_weight<1>(update, [=](Real& w, Real grad, Real& s) {
    const Real g = grad + decay * w;
    s += g * g;
    w -= rate * g / (std::sqrt(s) + epsilon);
  });
}

template class Rule<Adagrad, AdagradOptions>;

}  // namespace thalweg::optim
