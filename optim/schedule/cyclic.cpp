#include "thalweg/optim/schedule/cyclic.hpp"

#include <array>

#include "thalweg/optim/schedule/node.hpp"

namespace thalweg::optim {

using schedules::CallText;
using schedules::expect_count;
using schedules::ScheduleNode;
using schedules::share;

namespace {

std::string_view name_of(CyclicMode mode) {
  switch (mode) {
    case CyclicMode::triangular:
      return "CyclicMode::triangular";
    case CyclicMode::triangular2:
      return "CyclicMode::triangular2";
    case CyclicMode::exponential:
      return "CyclicMode::exponential";
  }
  return "";
}

std::string_view name_of(Anneal anneal) {
  return anneal == Anneal::cosine ? "Anneal::cosine" : "Anneal::linear";
}

void validate(const CyclicOptions& options) {
  expect_nonnegative("cyclic", "least", options.least);
  expect_nonnegative("cyclic", "most", options.most);
  if (options.most < options.least)
    throw ValueError(fmt::format("cyclic: most is {}; expected at least the least rate, {}",
                                 options.most, options.least));
  expect_count("cyclic", "up", options.up);
  expect_count("cyclic", "down", options.down, 0);
  schedules::expect_share("cyclic", "factor", options.factor);
  if (options.factor != 1 && options.mode != CyclicMode::exponential)
    throw ValueError(
        fmt::format("cyclic: factor is {}, but the mode is {}; only "
                    "CyclicMode::exponential has a factor",
                    options.factor, name_of(options.mode)));
}

/// h.
double height(Index r, Index u, Index d) { return r <= u ? share(r, u) : 1 - share(r - u, d); }

/// s at step t of cycle c.
double scale(const CyclicOptions& options, Index t, Index c) {
  switch (options.mode) {
    case CyclicMode::triangular:
      return 1;
    case CyclicMode::triangular2:
      return std::exp2(-static_cast<double>(c));
    case CyclicMode::exponential:
      return std::pow(options.factor, static_cast<double>(t));
  }
  return 1;
}

/// A point that `one_cycle` passes; its time need not be whole.
struct Knot {
  double time, rate;
};

std::array<Knot, 4> knots(const OneCycleOptions& options) {
  const double n = static_cast<double>(options.steps);
  const double peak = options.warm * n - 1;
  const double start = options.most / options.start_divisor;
  const Knot end{n - 1, start / options.end_divisor};
  return {
      {{0, start}, {peak, options.most}, options.three_phase ? Knot{2 * peak, start} : end, end}};
}

/// At time t between two knots.
double between(const Knot& a, const Knot& b, double t, Anneal anneal) {
  const double s = b.time > a.time ? std::min((t - a.time) / (b.time - a.time), 1.0) : 1;
  if (anneal == Anneal::linear) return std::lerp(a.rate, b.rate, s);
  return std::lerp(b.rate, a.rate, schedules::half_cosine(s));
}

void validate(const OneCycleOptions& options) {
  expect_nonnegative("one_cycle", "most", options.most);
  expect_count("one_cycle", "steps", options.steps);
  schedules::expect_share("one_cycle", "warm", options.warm, options.three_phase ? 0.5 : 1);
  schedules::expect_positive("one_cycle", "start_divisor", options.start_divisor);
  schedules::expect_positive("one_cycle", "end_divisor", options.end_divisor);
}

}  // namespace

Schedule cyclic(const CyclicOptions& options) {
  validate(options);
  const CyclicOptions usual;
  const auto text = CallText("cyclic")
                        .option("least", options.least)
                        .option("most", options.most)
                        .option("up", options.up)
                        .option("down", options.down, usual.down)
                        .option("mode", name_of(options.mode), name_of(usual.mode))
                        .option("factor", options.factor, usual.factor);
  const auto rate = [options](Index t) {
    const Index u = options.up, d = options.down == 0 ? u : options.down;
    const Index cycle = schedules::sum_of_steps(u, d);
    const double h = height(t % cycle, u, d);
    return std::lerp(options.least, options.most, h * scale(options, t, t / cycle));
  };
  return Schedule(ScheduleNode{.text = text.str(), .length = {}, .rate = rate});
}

Schedule one_cycle(const OneCycleOptions& options) {
  validate(options);
  const OneCycleOptions usual;
  const auto text = CallText("one_cycle")
                        .option("most", options.most)
                        .option("steps", options.steps)
                        .option("warm", options.warm, usual.warm)
                        .option("start_divisor", options.start_divisor, usual.start_divisor)
                        .option("end_divisor", options.end_divisor, usual.end_divisor)
                        .option("anneal", name_of(options.anneal), name_of(usual.anneal))
                        .option("three_phase", options.three_phase, usual.three_phase);
  const auto rate = [points = knots(options), anneal = options.anneal](Index t) {
    const double now = static_cast<double>(t);
    std::size_t k = 0;  // the phase: up to the first knot that is not before now
    while (k < 2 && now > points[k + 1].time) ++k;
    return between(points[k], points[k + 1], now, anneal);
  };
  return Schedule(ScheduleNode{.text = text.str(), .length = options.steps, .rate = rate});
}

}  // namespace thalweg::optim
