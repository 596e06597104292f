#include "thalweg/optim/rules/schedule_free.hpp"

#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {
namespace {

/// y.
template <class Real>
Real between(Real z, Real x, Real beta1) {
  return z + beta1 * (x - z);
}

}  // namespace

ScheduleFree::ScheduleFree(const Options& options) : Rule(options) {
  expect_nonnegative(kind(), "rate", options.rate);
  expect_fraction(kind(), "beta1", options.beta1);
  expect_fraction(kind(), "beta2", options.beta2);
  expect_nonnegative(kind(), "epsilon", options.epsilon);
  expect_nonnegative(kind(), "weight_decay", options.weight_decay);
  if (options.warmup < 0)
    throw ValueError(
        fmt::format("ScheduleFree: warmup is {}; expected at least 0", options.warmup));
}

std::vector<MomentStart> ScheduleFree::moments(const Shape&) const {
  return {{.name = "base", .at_weights = true},
          {.name = "average", .at_weights = true},
          {.name = "second"}};
}

void ScheduleFree::expect_training() const {
  if (averaged_)
    throw ValueError(
        "ScheduleFree: the parameters hold the average; call to_training(parameters) first");
}

void ScheduleFree::step_any(AnyParameters parameters, const Gradients& gradients) {
  expect_training();
  Rule::step_any(parameters, gradients);
}

double ScheduleFree::warmed() const {
  return steps() < options_.warmup
             ? static_cast<double>(steps()) / static_cast<double>(options_.warmup)
             : 1;
}

void ScheduleFree::begin_step() {
  const double gamma = rate() * warmed();
  sum_ += gamma * gamma;
  share_ = sum_ > 0 ? gamma * gamma / sum_ : 0;
}

template <class Real>
void ScheduleFree::apply(const Update<Real>& update) {
  const auto t = static_cast<double>(steps());
  const auto gamma = static_cast<Real>(update.rate * warmed());
  const auto share = static_cast<Real>(share_);
  const auto beta1 = static_cast<Real>(options_.beta1), beta2 = static_cast<Real>(options_.beta2);
  const auto root_factor = static_cast<Real>(1 / std::sqrt(1 - std::pow(options_.beta2, t)));
  const auto epsilon = static_cast<Real>(options_.epsilon);
  const auto decay = static_cast<Real>(update.weight_decay);
  each_weight<3>(update, [=](Real& y, Real g, Real& z, Real& x, Real& v) {
    v = beta2 * v + (1 - beta2) * g * g;
    z -= gamma * (g / (std::sqrt(v) * root_factor + epsilon) + decay * y);
    x += share * (z - x);
    y = between(z, x, beta1);
  });
}

template <class Real>
void ScheduleFree::to_average(const ParameterList<Real>& parameters) {
  expect_training();
  if (steps() > 0) {
    expect_same(parameters);
    for (std::size_t k = 0; k < parameters.size(); ++k)
      parameters[k].parameter->assign(state<Real>()[k]["average"]);
  }
  averaged_ = true;
}

template <class Real>
void ScheduleFree::to_training(const ParameterList<Real>& parameters) {
  if (!averaged_)
    throw ValueError("ScheduleFree: the parameters hold the training weights already");
  if (steps() > 0) {
    expect_same(parameters);
    const auto beta1 = static_cast<Real>(options_.beta1);
    for (std::size_t k = 0; k < parameters.size(); ++k) {
      const Real* const z = state<Real>()[k]["base"].data();
      const Real* const x = state<Real>()[k]["average"].data();
      update_blocks(*parameters[k].parameter, [=](Real* y, Index at, Index count) {
        for (Index i = 0; i < count; ++i) y[i] = between(z[at + i], x[at + i], beta1);
      });
    }
  }
  averaged_ = false;
}

void ScheduleFree::archive_options(Archive& archive) {
  Rule::archive_options(archive);
  archive("squares", sum_);
  archive("averaged", averaged_);
}

#define THALWEG_INSTANTIATE(Real)                                     \
  template void ScheduleFree::to_average(const ParameterList<Real>&); \
  template void ScheduleFree::to_training(const ParameterList<Real>&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template class Rule<ScheduleFree, ScheduleFreeOptions>;

}  // namespace thalweg::optim
