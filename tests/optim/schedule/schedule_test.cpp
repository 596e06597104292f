#include "thalweg/optim/schedule/schedule.hpp"

#include <cmath>
#include <limits>
#include <sstream>

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/optim/schedule/cosine.hpp"
#include "thalweg/optim/schedule/cyclic.hpp"
#include "thalweg/optim/schedule/decay.hpp"

using namespace thalweg;
using testing::close;
using namespace thalweg::optim;
using optim::problems::error_of;

namespace {

/// The rates of the first n steps.
std::vector<double> rates(const Schedule& schedule, Index n) {
  std::vector<double> all;
  for (Index step = 0; step < n; ++step) all.push_back(schedule(step));
  return all;
}

/// Each a power of two, so that a scaled rate is exact.
Schedule powers() {
  return {"powers", [](Index step) { return std::exp2(-static_cast<double>(step)); }};
}

const Schedule fall = cosine({.from = 0.75, .to = 0.125, .steps = 10});
const double undefined = std::nan("");

}  // namespace

TEST_CASE("schedule: cosine begins at from, ends at to, exactly, with their mean in the middle") {
  for (const double from : {0.1, 1e-3, 0.7})
    for (const double to : {0.0, 1e-7, 0.3, 2.0}) {
      const Schedule schedule = cosine({.from = from, .to = to, .steps = 1000});
      CHECK(schedule(0) == from);
      CHECK(schedule(1000) == to);
      CHECK(schedule(123'456) == to);
      CHECK(close(schedule(500), (from + to) / 2, {.relative = 1e-15}));
      CHECK(close(schedule(250) + schedule(750), from + to, {.relative = 1e-15}));
    }
}

TEST_CASE(
    "schedule: linear and polynomial meet both ends exactly; with power 1 they are the same") {
  const Schedule line = linear({.from = 0.7, .to = 0.1, .steps = 9});
  const Schedule curve = polynomial({.from = 0.7, .to = 0.1, .steps = 9, .power = 2.5});
  const Schedule straight = polynomial({.from = 0.7, .to = 0.1, .steps = 9});
  CHECK(line(0) == 0.7);
  CHECK(line(9) == 0.1);
  CHECK(curve(0) == 0.7);
  CHECK(curve(9) == 0.1);
  for (Index t = 0; t < 12; ++t) CHECK(close(line(t), straight(t), {.relative = 1e-15}));
}

TEST_CASE("schedule: a decay's rates of successive stages have the ratio factor") {
  CHECK(rates(step_decay({.rate = 8, .every = 2, .factor = 0.5}), 7) ==
        std::vector<double>{8, 8, 4, 4, 2, 2, 1});
  CHECK(rates(multi_step({.rate = 8, .milestones = {1, 3, 3}, .factor = 0.5}), 5) ==
        std::vector<double>{8, 4, 4, 1, 1});
  CHECK(rates(exponential({.rate = 8, .factor = 0.5}), 4) == std::vector<double>{8, 4, 2, 1});
}

TEST_CASE("schedule: inverse time halves the rate at step 1 / decay") {
  CHECK(inverse_time({.rate = 0.5, .decay = 0.125})(8) == 0.25);
  CHECK(inverse_time({.rate = 1, .decay = 3, .power = 0.5})(5) == 0.25);
}

TEST_CASE("schedule: restarts come back to from, each cycle growth times as long") {
  const Schedule schedule = cosine_restarts({.from = 0.3, .to = 0.1, .period = 4, .growth = 3});
  for (const Index start : {0, 4, 16, 52}) CHECK(schedule(start) == 0.3);
  for (const Index start : {4, 16, 52}) CHECK(schedule(start - 1) < schedule(start - 2));
  CHECK(close(schedule(10), 0.2, {.relative = 1e-15}));  // the middle of 4 … 16
  CHECK(std::isfinite(schedule(std::numeric_limits<Index>::max())));

  const Schedule even = cosine_restarts({.from = 0.3, .to = 0.1, .period = 4});
  CHECK(rates(even, 4) == rates(cosine({.from = 0.3, .to = 0.1, .steps = 4}), 4));
  for (Index t = 0; t < 9; ++t) CHECK(even(t) == even(t + 4));
}

TEST_CASE("schedule: a cycle rises for up steps and falls for down steps") {
  const Schedule triangle = cyclic({.least = 1, .most = 5, .up = 4, .down = 2});
  CHECK(rates(triangle, 8) == std::vector<double>{1, 2, 3, 4, 5, 3, 1, 2});
  CHECK(cyclic({.least = 1, .most = 5, .up = 4})(8) == 1);
}

TEST_CASE("schedule: triangular2 halves each triangle, exponential shrinks it step by step") {
  const CyclicOptions options{.least = 1, .most = 5, .up = 2};
  CyclicOptions halved = options, shrunk = options;
  halved.mode = CyclicMode::triangular2;
  shrunk.mode = CyclicMode::exponential;
  shrunk.factor = 0.5;
  for (Index t = 0; t < 12; ++t) {
    const double height = cyclic(options)(t) - 1;
    CHECK(cyclic(halved)(t) == 1 + height / std::exp2(t / 4));
    CHECK(cyclic(shrunk)(t) == 1 + height / std::exp2(t));
  }
}

TEST_CASE(
    "schedule: one cycle begins at most / start_divisor, peaks at warm steps - 1, ends lower") {
  for (const Anneal anneal : {Anneal::cosine, Anneal::linear}) {
    const Schedule two = one_cycle({.most = 0.5, .steps = 100, .warm = 0.25, .anneal = anneal});
    CHECK(two(0) == 0.5 / 25);
    CHECK(two(24) == 0.5);
    CHECK(close(two(99), 0.5 / 25 / 1e4, {.relative = 1e-15}));
    CHECK(two(200) == two(99));
    for (Index t = 0; t < 24; ++t) CHECK(two(t) < two(t + 1));
    for (Index t = 24; t < 99; ++t) CHECK(two(t) > two(t + 1));
  }
}

TEST_CASE("schedule: one cycle of three phases is symmetric about its peak") {
  const Schedule three = one_cycle({.most = 0.5, .steps = 100, .warm = 0.25, .three_phase = true});
  for (Index t = 0; t < 24; ++t) CHECK(close(three(t), three(48 - t), {.relative = 1e-14}));
  CHECK(three(48) == 0.5 / 25);
  CHECK(close(three(99), 0.5 / 25 / 1e4, {.relative = 1e-15}));
}

TEST_CASE("schedule: a warm-up rises in equal steps and meets what follows") {
  const Schedule schedule = warmup(4) | fall;
  CHECK(rates(schedule, 5) == std::vector<double>{0, 0.1875, 0.375, 0.5625, 0.75});
  for (Index t = 0; t < 20; ++t) CHECK(schedule(t + 4) == fall(t));
  CHECK((warmup(4, 0.5) | fall)(0) == 0.375);
  CHECK((warmup(4, 1) | fall)(3) == 0.75);
}

TEST_CASE("schedule: a join runs the first for its length, then the second from its own step 0") {
  const Schedule both = fall | powers();
  for (Index t = 0; t < 10; ++t) CHECK(both(t) == fall(t));
  for (Index t = 0; t < 10; ++t) CHECK(both(t + 10) == powers()(t));
  CHECK(rates(join(constant(2), 3, powers()), 5) == std::vector<double>{2, 2, 2, 1, 0.5});
}

TEST_CASE("schedule: joining is associative") {
  const Schedule a = powers().first(3), b = constant(3).first(2), c = fall;
  CHECK(rates((a | b) | c, 20) == rates(a | (b | c), 20));
  CHECK(rates((warmup(2) | b) | c, 20) == rates(warmup(2) | (b | c), 20));
}

TEST_CASE("schedule: scaling commutes with joining, limiting and warming up") {
  const Schedule a = powers().first(5);
  CHECK(rates(4 * (a | fall), 20) == rates(4 * a | 4 * fall, 20));
  CHECK(rates((powers() * 4).first(5), 20) == rates(a * 4, 20));
  CHECK(rates(4 * (warmup(8) | fall), 20) == rates(warmup(8) | 4 * fall, 20));
  CHECK((2 * fall)(3) == 2 * fall(3));
}

TEST_CASE("schedule: the first n steps keep the last of their rates") {
  CHECK(rates(powers().first(3), 5) == std::vector<double>{1, 0.5, 0.25, 0.25, 0.25});
}

TEST_CASE("schedule: a length is the steps until the end, if there is one") {
  CHECK(fall.length() == 10);
  CHECK((warmup(5) | fall).length() == 15);
  CHECK((fall | fall | 2 * fall.first(3)).length() == 23);
  CHECK((fall | constant(1)).length() == std::nullopt);
  CHECK(one_cycle({.most = 1, .steps = 7}).length() == 7);
  CHECK(powers().first(3).length() == 3);
  CHECK(cyclic({.least = 0, .most = 1, .up = 3}).length() == std::nullopt);
  const Index most = std::numeric_limits<Index>::max();
  CHECK((constant(1).first(most) | fall).length() == most);
}

TEST_CASE("schedule: prints as the expression that makes it") {
  const std::pair<Schedule, std::string> written[] = {
      {constant(0.1), "constant(0.1)"},
      {step_decay({.rate = 0.1, .every = 30, .factor = 0.5}),
       "step_decay({.rate = 0.1, .every = 30, .factor = 0.5})"},
      {multi_step({.rate = 0.1, .milestones = {30, 80}, .factor = 0.1}),
       "multi_step({.rate = 0.1, .milestones = {30, 80}, .factor = 0.1})"},
      {exponential({.rate = 0.1, .factor = 0.999}), "exponential({.rate = 0.1, .factor = 0.999})"},
      {inverse_time({.rate = 1, .decay = 1e-05}), "inverse_time({.rate = 1, .decay = 1e-05})"},
      {polynomial({.from = 0.1, .to = 0, .steps = 90, .power = 0.9}),
       "polynomial({.from = 0.1, .to = 0, .steps = 90, .power = 0.9})"},
      {linear({.from = 0, .to = 0.1, .steps = 90}), "linear({.from = 0, .to = 0.1, .steps = 90})"},
      {cosine_restarts({.from = 0.1, .to = 0, .period = 10, .growth = 2}),
       "cosine_restarts({.from = 0.1, .to = 0, .period = 10, .growth = 2})"},
      {cyclic({.least = 0.01, .most = 0.1, .up = 8, .mode = CyclicMode::triangular2}),
       "cyclic({.least = 0.01, .most = 0.1, .up = 8, .mode = CyclicMode::triangular2})"},
      {one_cycle({.most = 0.1, .steps = 40, .anneal = Anneal::linear, .three_phase = true}),
       "one_cycle({.most = 0.1, .steps = 40, .anneal = Anneal::linear, .three_phase = true})"},
      {warmup(500) | cosine({.from = 0.001, .to = 0, .steps = 10000}),
       "warmup(500) | cosine({.from = 0.001, .to = 0, .steps = 10000})"},
      {warmup(5, 0.1) | constant(1).first(3) | 2 * constant(3),
       "warmup(5, 0.1) | constant(1).first(3) | 2 * constant(3)"},
      {2 * (constant(1).first(3) | (constant(2).first(4) | constant(3))).first(9),
       "2 * (constant(1).first(3) | (constant(2).first(4) | constant(3))).first(9)"},
      {(2 * constant(1)).first(3), "(2 * constant(1)).first(3)"},
      {2 * (3 * powers()), "2 * (3 * powers)"},
  };
  for (const auto& [schedule, text] : written) CHECK(fmt::format("{}", schedule) == text);
  std::ostringstream stream;
  stream << constant(0.5) * 2;
  CHECK(stream.str() == "2 * constant(0.5)");
}

TEST_CASE("schedule: what would never begin is refused, with the cure") {
  CHECK(error_of([] { 2 * constant(1) | fall; }) ==
        "operator|: 2 * constant(1) has no end, so that what follows would never begin; write "
        "(2 * constant(1)).first(n) | ...");
}

TEST_CASE("schedule: steps and rates that are none are refused") {
  CHECK(error_of([] { fall(-1); }) == "Schedule: step is -1; expected a whole number, at least 0");
  const Schedule wrong{"wrong", [](Index step) { return 1 - static_cast<double>(step); }};
  CHECK(wrong(1) == 0);
  CHECK(error_of([&] { wrong(2); }) ==
        "Schedule wrong: the rate of step 2 is -1; expected a finite number, at least 0");
  CHECK(error_of([] { Schedule("empty", nullptr); }) == "Schedule empty: the function is empty");
}

TEST_CASE("schedule: options out of their domain are refused") {
  CHECK(error_of([] { constant(-1); }) ==
        "constant: rate is -1; expected a finite number, at least 0");
  CHECK(error_of([] { cosine({.from = 1}); }) ==
        "cosine: steps is 0; expected a whole number, at least 1");
  CHECK(error_of([] { cosine({.steps = 5}); }) ==
        "cosine: from is nan; expected a finite number, at least 0");
  CHECK(error_of([] { linear({.from = 1, .to = HUGE_VAL, .steps = 5}); }) ==
        "linear: to is inf; expected a finite number, at least 0");
  CHECK(error_of([] { step_decay({.rate = 1, .every = 5, .factor = -0.5}); }) ==
        "step_decay: factor is -0.5; expected a finite number, at least 0");
  CHECK(error_of([] {
          multi_step({.rate = 1, .milestones = {5, 3}, .factor = 1});
        }) ==
        "multi_step: milestones are {5, 3}; expected whole numbers, at least 0, in rising order");
  CHECK(error_of([] { exponential({.rate = 1, .factor = undefined}); }) ==
        "exponential: factor is nan; expected a finite number, at least 0");
  CHECK(error_of([] { inverse_time({.rate = 1, .decay = -1}); }) ==
        "inverse_time: decay is -1; expected a finite number, at least 0");
  CHECK(error_of([] { polynomial({.from = 1, .steps = 5, .power = 0}); }) ==
        "polynomial: power is 0; expected a finite number above 0");
  CHECK(error_of([] { cosine_restarts({.from = 1, .period = 5, .growth = 0}); }) ==
        "cosine_restarts: growth is 0; expected a whole number, at least 1");
  CHECK(error_of([] { warmup(0); }) == "warmup: steps is 0; expected a whole number, at least 1");
  CHECK(error_of([] { warmup(5, 2); }) == "warmup: from is 2; expected a number in [0, 1]");
  CHECK(error_of([] { fall.first(0); }) ==
        "Schedule::first: n is 0; expected a whole number, at least 1");
  CHECK(error_of([] { fall* undefined; }) ==
        "operator*: factor is nan; expected a finite number, at least 0");
}

TEST_CASE("schedule: options of cycles out of their domain are refused") {
  CHECK(error_of([] { cyclic({.least = 2, .most = 1, .up = 5}); }) ==
        "cyclic: most is 1; expected at least the least rate, 2");
  CHECK(error_of([] { cyclic({.least = 1, .most = 2, .up = 5, .down = -1}); }) ==
        "cyclic: down is -1; expected a whole number, at least 0");
  CHECK(error_of([] { cyclic({.least = 1, .most = 2, .up = 5, .factor = 0.5}); }) ==
        "cyclic: factor is 0.5, but the mode is CyclicMode::triangular; only "
        "CyclicMode::exponential has a factor");
  CHECK(error_of([] { one_cycle({.most = 1, .steps = 5, .warm = 0.6, .three_phase = true}); }) ==
        "one_cycle: warm is 0.6; expected a number in [0, 0.5]");
  CHECK(error_of([] { one_cycle({.most = 1, .steps = 5, .end_divisor = 0}); }) ==
        "one_cycle: end_divisor is 0; expected a finite number above 0");
}
