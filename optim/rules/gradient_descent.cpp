#include "thalweg/optim/rules/gradient_descent.hpp"

#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {

GradientDescent::GradientDescent(const Options& options) : Rule(options) {
  expect_nonnegative(kind(), "rate", options.rate);
}

template <class Real>
void GradientDescent::apply(const Update<Real>& update) {
  const auto rate = static_cast<Real>(update.rate);
  each_weight<0>(update, [=](Real& w, Real g) { w -= rate * g; });
}

template class Rule<GradientDescent, GradientDescentOptions>;

}  // namespace thalweg::optim
