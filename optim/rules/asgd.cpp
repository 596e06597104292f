#include "thalweg/optim/rules/asgd.hpp"

#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {

Asgd::Asgd(const Options& options) : Rule(options) {
  expect_nonnegative(kind(), "rate", options.rate);
  expect_nonnegative(kind(), "lambda", options.lambda);
  expect_nonnegative(kind(), "power", options.power);
  expect_nonnegative(kind(), "start", options.start);
  expect_nonnegative(kind(), "weight_decay", options.weight_decay);
}

std::vector<MomentStart> Asgd::moments(const Shape&) const {
  return {{.name = "average", .at_weights = true}};
}

template <class Real>
void Asgd::apply(const Update<Real>& update) {
  const auto before = static_cast<double>(steps() - 1);
  const double eta =
      update.rate / std::pow(1 + options_.lambda * update.rate * before, options_.power);
  const auto rate = static_cast<Real>(eta), keep = static_cast<Real>(1 - options_.lambda * eta);
  const auto decay = static_cast<Real>(update.weight_decay);
  const double averaged = std::max(1.0, before - options_.start);
  if (averaged == 1)
    return each_weight<1>(
        update, [=](Real& w, Real grad, Real& a) { w = a = keep * w - rate * (grad + decay * w); });
  const auto share = static_cast<Real>(1 / averaged);
  each_weight<1>(update, [=](Real& w, Real grad, Real& a) {
    w = keep * w - rate * (grad + decay * w);
    a += share * (w - a);
  });
}

template <class Real>
void Asgd::copy_average_to(const ParameterList<Real>& parameters) const {
  if (steps() == 0) throw ValueError("Asgd: there is no average before the first step");
  expect_same(parameters);
  for (std::size_t k = 0; k < parameters.size(); ++k)
    parameters[k].parameter->assign(state<Real>()[k]["average"]);
}

#define THALWEG_INSTANTIATE(Real) \
  template void Asgd::copy_average_to(const ParameterList<Real>&) const;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template class Rule<Asgd, AsgdOptions>;

}  // namespace thalweg::optim
