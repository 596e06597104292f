#include "thalweg/optim/schedule/decay.hpp"

#include <algorithm>

#include "thalweg/optim/schedule/node.hpp"

namespace thalweg::optim {

using schedules::CallText;
using schedules::expect_count;
using schedules::ScheduleNode;
using schedules::share;

namespace {

Schedule endless(const CallText& text, std::function<double(Index)> rate) {
  return Schedule(ScheduleNode{.text = text.str(), .length = {}, .rate = std::move(rate)});
}

Schedule lasting(Index steps, const CallText& text, std::function<double(Index)> rate) {
  return Schedule(ScheduleNode{.text = text.str(), .length = steps, .rate = std::move(rate)});
}

void expect_milestones(const std::vector<Index>& milestones) {
  Index before = 0;
  for (const Index milestone : milestones) {
    if (milestone < before)
      throw ValueError(
          fmt::format("multi_step: milestones are {{{}}}; expected whole numbers, at least 0, in "
                      "rising order",
                      fmt::join(milestones, ", ")));
    before = milestone;
  }
}

}  // namespace

Schedule step_decay(const StepDecayOptions& options) {
  const auto& [rate, every, factor] = options;
  expect_nonnegative("step_decay", "rate", rate);
  expect_count("step_decay", "every", every);
  expect_nonnegative("step_decay", "factor", factor);
  const auto text =
      CallText("step_decay").option("rate", rate).option("every", every).option("factor", factor);
  return endless(text, [options](Index t) {
    return options.rate * std::pow(options.factor, static_cast<double>(t / options.every));
  });
}

Schedule multi_step(const MultiStepOptions& options) {
  const auto& [rate, milestones, factor] = options;
  expect_nonnegative("multi_step", "rate", rate);
  expect_milestones(milestones);
  expect_nonnegative("multi_step", "factor", factor);
  const auto list = fmt::format("{{{}}}", fmt::join(milestones, ", "));
  const auto text = CallText("multi_step")
                        .option("rate", rate)
                        .option("milestones", list)
                        .option("factor", factor);
  return endless(text, [options](Index t) {
    const auto& all = options.milestones;
    const auto passed = std::upper_bound(all.begin(), all.end(), t) - all.begin();
    return options.rate * std::pow(options.factor, static_cast<double>(passed));
  });
}

Schedule exponential(const ExponentialOptions& options) {
  const auto& [rate, factor] = options;
  expect_nonnegative("exponential", "rate", rate);
  expect_nonnegative("exponential", "factor", factor);
  const auto text = CallText("exponential").option("rate", rate).option("factor", factor);
  return endless(text, [options](Index t) {
    return options.rate * std::pow(options.factor, static_cast<double>(t));
  });
}

Schedule inverse_time(const InverseTimeOptions& options) {
  const auto& [rate, decay, power] = options;
  expect_nonnegative("inverse_time", "rate", rate);
  expect_nonnegative("inverse_time", "decay", decay);
  expect_nonnegative("inverse_time", "power", power);
  const auto text = CallText("inverse_time")
                        .option("rate", rate)
                        .option("decay", decay)
                        .option("power", power, InverseTimeOptions().power);
  return endless(text, [options](Index t) {
    return options.rate / std::pow(1 + options.decay * static_cast<double>(t), options.power);
  });
}

Schedule polynomial(const PolynomialOptions& options) {
  const auto& [from, to, steps, power] = options;
  expect_nonnegative("polynomial", "from", from);
  expect_nonnegative("polynomial", "to", to);
  expect_count("polynomial", "steps", steps);
  schedules::expect_positive("polynomial", "power", power);
  const auto text = CallText("polynomial")
                        .option("from", from)
                        .option("to", to)
                        .option("steps", steps)
                        .option("power", power, PolynomialOptions().power);
  return lasting(steps, text, [options](Index t) {
    const double left = std::pow(share(options.steps - t, options.steps), options.power);
    return std::lerp(options.to, options.from, left);
  });
}

Schedule linear(const LinearOptions& options) {
  const auto& [from, to, steps] = options;
  expect_nonnegative("linear", "from", from);
  expect_nonnegative("linear", "to", to);
  expect_count("linear", "steps", steps);
  const auto text = CallText("linear").option("from", from).option("to", to).option("steps", steps);
  return lasting(steps, text, [options](Index t) {
    return std::lerp(options.from, options.to, share(t, options.steps));
  });
}

}  // namespace thalweg::optim
