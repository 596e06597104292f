#include "thalweg/optim/training/scheduled.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim::detail {

void expect_schedule(const std::function<double(Index)>& schedule) {
  if (!schedule) throw ValueError("Scheduled: the schedule is empty");
}

void refuse_rate(double rate) {
  throw ValueError(
      fmt::format("Scheduled: the schedule sets the rate, it cannot be set to {}", rate));
}

}  // namespace thalweg::optim::detail
