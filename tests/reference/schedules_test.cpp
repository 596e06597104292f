/// The rates of PyTorch's schedulers, compared at 1e-9.

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "reference.hpp"
#include "tests/close.hpp"
#include "thalweg/optim/schedule/cosine.hpp"
#include "thalweg/optim/schedule/cyclic.hpp"
#include "thalweg/optim/schedule/decay.hpp"
#include "thalweg/optim/schedule/plateau.hpp"

using namespace thalweg;
using namespace thalweg::optim;
using reference::Json;

namespace {

/// An option by PyTorch's name, or PyTorch's default for it.
template <class T>
T option(const Json& options, const char* name, T usual) {
  return options.contains(name) && !options[name].is_null() ? options[name].get<T>() : usual;
}

/// make(total_iters); with none PyTorch stays at the first rate for ever.
template <class Make>
Schedule in_total_iters(const Json& o, const Make& make) {
  const auto steps = option<Index>(o, "total_iters", 5);
  return steps == 0 ? make(1).first(1) : make(steps);
}

Schedule constant_lr(const Json& o, double base) {
  return in_total_iters(o, [&](Index steps) {
    return join(constant(base * option(o, "factor", 1 / 3.0)), steps, constant(base));
  });
}

Schedule linear_lr(const Json& o, double base) {
  return in_total_iters(o, [&](Index steps) {
    return linear({.from = base * option(o, "start_factor", 1 / 3.0),
                   .to = base * option(o, "end_factor", 1.0),
                   .steps = steps});
  });
}

Schedule polynomial_lr(const Json& o, double base) {
  return in_total_iters(o, [&](Index steps) {
    return polynomial({.from = base, .steps = steps, .power = option(o, "power", 1.0)});
  });
}

Schedule multi_step_lr(const Json& o, double base) {
  auto milestones = o.at("milestones").get<std::vector<Index>>();
  std::sort(milestones.begin(), milestones.end());
  return multi_step({.rate = base, .milestones = milestones, .factor = option(o, "gamma", 0.1)});
}

/// It falls, rises and falls again, where `cosine` stays.
Schedule cosine_annealing_lr(const Json& o, double base, Index needed) {
  const Index half = o.at("T_max");
  const double least = option(o, "eta_min", 0.0);
  const Schedule fall = cosine({.from = base, .to = least, .steps = half});
  const Schedule rise = cosine({.from = least, .to = base, .steps = half});
  Schedule all = fall;
  while (*all.length() < needed) all = all | rise | fall;
  return all;
}

Schedule cyclic_lr(const Json& o) {
  const std::string mode = option<std::string>(o, "mode", "triangular");
  const bool exponential = mode == "exp_range";
  return cyclic({.least = o.at("base_lr"),
                 .most = o.at("max_lr"),
                 .up = option<Index>(o, "step_size_up", 2000),
                 .down = option<Index>(o, "step_size_down", 0),
                 .mode = exponential             ? CyclicMode::exponential
                         : mode == "triangular2" ? CyclicMode::triangular2
                                                 : CyclicMode::triangular,
                 .factor = exponential ? option(o, "gamma", 1.0) : 1});
}

Schedule one_cycle_lr(const Json& o) {
  const Index steps = option<Index>(o, "epochs", 0) * option<Index>(o, "steps_per_epoch", 0);
  const bool straight = option<std::string>(o, "anneal_strategy", "cos") == "linear";
  return one_cycle({.most = o.at("max_lr"),
                    .steps = option(o, "total_steps", steps),
                    .warm = option(o, "pct_start", 0.3),
                    .start_divisor = option(o, "div_factor", 25.0),
                    .end_divisor = option(o, "final_div_factor", 1e4),
                    .anneal = straight ? Anneal::linear : Anneal::cosine,
                    .three_phase = option(o, "three_phase", false)});
}

/// Nothing if there is no such schedule. `needed` is the number of steps it will be asked for.
std::optional<Schedule> make(const std::string& name, const Json& o, double base, Index needed) {
  const auto factor = [&](double usual) { return option(o, "gamma", usual); };
  if (name == "ConstantLR") return constant_lr(o, base);
  if (name == "StepLR")
    return step_decay({.rate = base, .every = o.at("step_size"), .factor = factor(0.1)});
  if (name == "MultiStepLR") return multi_step_lr(o, base);
  if (name == "ExponentialLR") return exponential({.rate = base, .factor = o.at("gamma")});
  if (name == "LinearLR") return linear_lr(o, base);
  if (name == "PolynomialLR") return polynomial_lr(o, base);
  if (name == "CosineAnnealingLR") return cosine_annealing_lr(o, base, needed);
  if (name == "CosineAnnealingWarmRestarts")
    return cosine_restarts({.from = base,
                            .to = option(o, "eta_min", 0.0),
                            .period = o.at("T_0"),
                            .growth = option<Index>(o, "T_mult", 1)});
  if (name == "CyclicLR") return cyclic_lr(o);
  if (name == "OneCycleLR") return one_cycle_lr(o);
  return std::nullopt;
}

Plateau reduce_on_plateau(const Json& o, double base) {
  PlateauOptions options{.rate = base};
  options.factor = option(o, "factor", options.factor);
  options.patience = option(o, "patience", options.patience);
  options.threshold = option(o, "threshold", options.threshold);
  if (option<std::string>(o, "threshold_mode", "rel") == "abs")
    options.threshold_mode = ThresholdMode::absolute;
  options.cooldown = option(o, "cooldown", options.cooldown);
  options.least_rate = option(o, "min_lr", options.least_rate);
  options.epsilon = option(o, "eps", options.epsilon);
  if (option<std::string>(o, "mode", "min") == "max") options.better = Better::higher;
  return Plateau(options);
}

/// Plateau's relative threshold means something else there.
bool negative_in_relative_mode(const Json& test) {
  const auto losses = test.at("losses").get<std::vector<double>>();
  return option<std::string>(test.at("options"), "threshold_mode", "rel") == "rel" &&
         std::any_of(losses.begin(), losses.end(), [](double loss) { return loss < 0; });
}

std::vector<double> plateau_rates(const Json& test, double base) {
  Plateau plateau = reduce_on_plateau(test.at("options"), base);
  std::vector<double> all;
  for (const double loss : test.at("losses").get<std::vector<double>>()) {
    all.push_back(plateau.rate());
    plateau(loss);
  }
  return all;
}

/// The first rates of a schedule.
std::vector<double> first_rates(const Schedule& schedule, Index count) {
  std::vector<double> all;
  for (Index step = 0; step < count; ++step) all.push_back(schedule(step));
  return all;
}

/// The scale is for what rounding leaves of a rate that should be 0.
void check_close(const std::vector<double>& actual, const std::vector<double>& expected) {
  REQUIRE(!expected.empty());
  const double scale = 1e-15 * *std::max_element(expected.begin(), expected.end());
  CHECK(thalweg::testing::close(actual, expected, {.relative = 1e-9, .absolute = scale}));
}

/// An empty text, or why the case was not checked.
std::string check_case(const Json& test, double base) {
  const std::string name = test.at("schedule");
  const auto expected = test.at("rates").get<std::vector<double>>();
  if (name == "ReduceLROnPlateau") {
    if (negative_in_relative_mode(test)) return name + ": losses below 0 and a relative threshold";
    check_close(plateau_rates(test, base), expected);
    return "";
  }
  const Index count = static_cast<Index>(expected.size());
  const auto schedule = make(name, test.at("options"), base, count);
  if (!schedule) return name + ": there is no such schedule";
  check_close(first_rates(*schedule, count), expected);
  return "";
}

}  // namespace

TEST_CASE("reference: schedules have PyTorch's rates") {
  const Json file = reference::read_file("schedules.json");
  std::map<std::string, int> skipped;
  int checked = 0;
  for (const Json& test : file.at("cases")) {
    const std::string what =
        fmt::format("{} {}", test.at("schedule").get<std::string>(), test.at("options").dump());
    CAPTURE(what);
    const std::string reason = check_case(test, test.value("base_rate", file.at("base_rate")));
    if (reason.empty())
      ++checked;
    else
      ++skipped[reason];
  }
  CHECK(checked > 0);
  CHECK(reference::list(skipped) == "none");
}
