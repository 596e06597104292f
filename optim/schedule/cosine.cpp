#include "thalweg/optim/schedule/cosine.hpp"

#include "thalweg/optim/schedule/node.hpp"

namespace thalweg::optim {

using schedules::CallText;
using schedules::expect_count;
using schedules::half_cosine;
using schedules::ScheduleNode;
using schedules::share;

namespace {

/// Which share of its cycle step t has behind it.
double share_of_cycle(Index t, Index period, Index growth) {
  if (growth == 1) return share(t % period, period);
  while (t >= period) {
    t -= period;
    const bool overflows = period > std::numeric_limits<Index>::max() / growth;
    period = overflows ? std::numeric_limits<Index>::max() : period * growth;
  }
  return share(t, period);
}

}  // namespace

Schedule cosine(const CosineOptions& options) {
  const auto& [from, to, steps] = options;
  expect_nonnegative("cosine", "from", from);
  expect_nonnegative("cosine", "to", to);
  expect_count("cosine", "steps", steps);
  const auto text = CallText("cosine").option("from", from).option("to", to).option("steps", steps);
  return Schedule(ScheduleNode{
      .text = text.str(),
      .length = steps,
      .rate =
          [options](Index t) {
            return std::lerp(options.to, options.from, half_cosine(share(t, options.steps)));
          },
  });
}

Schedule cosine_restarts(const CosineRestartsOptions& options) {
  const auto& [from, to, period, growth] = options;
  expect_nonnegative("cosine_restarts", "from", from);
  expect_nonnegative("cosine_restarts", "to", to);
  expect_count("cosine_restarts", "period", period);
  expect_count("cosine_restarts", "growth", growth);
  const auto text = CallText("cosine_restarts")
                        .option("from", from)
                        .option("to", to)
                        .option("period", period)
                        .option("growth", growth, CosineRestartsOptions().growth);
  return Schedule(ScheduleNode{
      .text = text.str(),
      .length = {},
      .rate =
          [options](Index t) {
            const double done = share_of_cycle(t, options.period, options.growth);
            return std::lerp(options.to, options.from, half_cosine(done));
          },
  });
}

}  // namespace thalweg::optim
