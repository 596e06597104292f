#include "thalweg/optim/schedule/schedule.hpp"

#include <algorithm>
#include <ostream>

#include "thalweg/optim/schedule/node.hpp"

namespace thalweg::optim {

using schedules::Binding;
using schedules::expect_count;
using schedules::expect_share;
using schedules::ScheduleNode;

namespace {

/// The text as an operand that has to bind at least as tightly as `binding`.
std::string operand(const Schedule& schedule, Binding binding) {
  const auto& [text, length, rate, own] = schedule.node();
  return own < binding ? "(" + text + ")" : text;
}

}  // namespace

Schedule::Schedule(ScheduleNode node)
    : node_(std::make_shared<const ScheduleNode>(std::move(node))) {}

Schedule::Schedule(std::string name, std::function<double(Index)> rate) {
  if (!rate) throw ValueError(fmt::format("Schedule {}: the function is empty", name));
  auto checked = [name, rate](Index step) {
    const double value = rate(step);
    if (std::isfinite(value) && value >= 0) return value;
    throw ValueError(
        fmt::format("Schedule {}: the rate of step {} is {}; expected a finite number, at least 0",
                    name, step, value));
  };
  *this = Schedule(ScheduleNode{.text = std::move(name), .length = {}, .rate = checked});
}

double Schedule::operator()(Index step) const {
  expect_count("Schedule", "step", step, 0);
  return node_->rate(std::min(step, node_->length.value_or(step)));
}

std::optional<Index> Schedule::length() const { return node_->length; }

Schedule Schedule::first(Index n) const {
  expect_count("Schedule::first", "n", n);
  return Schedule(ScheduleNode{
      .text = fmt::format("{}.first({})", operand(*this, Binding::call), n),
      .length = n,
      .rate = [a = *this, n](Index t) { return a(std::min(t, n - 1)); },
  });
}

std::string to_string(const Schedule& schedule) { return schedule.node().text; }

std::ostream& operator<<(std::ostream& stream, const Schedule& schedule) {
  return stream << schedule.node().text;
}

Schedule constant(double rate) {
  expect_nonnegative("constant", "rate", rate);
  return Schedule(ScheduleNode{.text = fmt::format("constant({})", rate),
                               .length = {},
                               .rate = [rate](Index) { return rate; }});
}

Schedule operator|(const Schedule& a, const Schedule& b) {
  if (!a.length())
    throw ValueError(fmt::format(
        "operator|: {} has no end, so that what follows would never begin; write {}.first(n) | ...",
        to_string(a), operand(a, Binding::call)));
  const Index n = *a.length();
  std::optional<Index> length = b.length();
  if (length) length = schedules::sum_of_steps(n, *length);
  return Schedule(ScheduleNode{
      .text = fmt::format("{} | {}", to_string(a), operand(b, Binding::product)),
      .length = length,
      .rate = [a, b, n](Index t) { return t < n ? a(t) : b(t - n); },
      .binding = Binding::join,
  });
}

Schedule join(const Schedule& a, Index n, const Schedule& b) { return a.first(n) | b; }

Schedule operator*(double factor, const Schedule& a) {
  expect_nonnegative("operator*", "factor", factor);
  return Schedule(ScheduleNode{
      .text = fmt::format("{} * {}", factor, operand(a, Binding::call)),
      .length = a.length(),
      .rate = [factor, a](Index t) { return factor * a(t); },
      .binding = Binding::product,
  });
}

Schedule operator*(const Schedule& a, double factor) { return factor * a; }

Warmup::Warmup(Index steps, double from) : steps_(steps), from_(from) {
  expect_count("warmup", "steps", steps);
  expect_share("warmup", "from", from);
}

Warmup warmup(Index steps, double from) { return Warmup(steps, from); }

Schedule operator|(const Warmup& warmup, const Schedule& b) {
  const double from = warmup.from();
  const Index n = warmup.steps();
  const auto rise = [b, from, n](Index t) {
    return std::lerp(from, 1.0, schedules::share(t, n)) * b(0);
  };
  const std::string share = from == 0 ? "" : fmt::format(", {}", from);
  const ScheduleNode alone{
      .text = fmt::format("warmup({}{})", n, share), .length = n, .rate = rise};
  return Schedule(alone) | b;
}

}  // namespace thalweg::optim
