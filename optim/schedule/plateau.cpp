#include "thalweg/optim/schedule/plateau.hpp"

#include <algorithm>

#include "thalweg/optim/schedule/node.hpp"

namespace thalweg::optim {
namespace {

constexpr auto infinity = std::numeric_limits<double>::infinity();

void validate(const PlateauOptions& options) {
  expect_nonnegative("Plateau", "rate", options.rate);
  expect_fraction("Plateau", "factor", options.factor);
  schedules::expect_count("Plateau", "patience", options.patience, 0);
  expect_nonnegative("Plateau", "threshold", options.threshold);
  if (options.threshold_mode == ThresholdMode::relative && options.better == Better::lower)
    expect_fraction("Plateau", "threshold", options.threshold);
  schedules::expect_count("Plateau", "cooldown", options.cooldown, 0);
  expect_nonnegative("Plateau", "least_rate", options.least_rate);
  expect_nonnegative("Plateau", "epsilon", options.epsilon);
}

}  // namespace

Plateau::Plateau(const PlateauOptions& options)
    : options_(options),
      rate_(options.rate),
      best_(options.better == Better::lower ? infinity : -infinity) {
  validate(options);
}

bool Plateau::improves(double loss) const {
  const double sign = options_.better == Better::lower ? 1 : -1;  // signed losses: lower is better
  const double best = sign * best_, threshold = options_.threshold;
  if (options_.threshold_mode == ThresholdMode::absolute) return sign * loss < best - threshold;
  return sign * loss < best * (best > 0 ? 1 - threshold : 1 + threshold);
}

double Plateau::operator()(double loss) {
  if (improves(loss)) {
    best_ = loss;
    waited_ = 0;
  } else {
    ++waited_;
  }
  if (cooling_ > 0) {
    --cooling_;
    waited_ = 0;
  }
  if (waited_ > options_.patience) {
    const double smaller = std::max(options_.factor * rate_, options_.least_rate);
    if (rate_ - smaller > options_.epsilon) rate_ = smaller;
    cooling_ = options_.cooldown;
    waited_ = 0;
  }
  return rate_;
}

}  // namespace thalweg::optim
