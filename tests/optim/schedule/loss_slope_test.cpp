#include "thalweg/optim/schedule/loss_slope.hpp"

#include <cmath>

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"

using namespace thalweg;
using optim::LossSlope;
using optim::LossSlopeOptions;
using optim::probability_of_decrease;
using optim::steps_without_decrease;
using optim::problems::error_of;
using testing::close;
using Losses = std::vector<double>;

namespace {

/// level + slope t + noise of deviation 1.
Losses noisy(Index n, double level, double slope, Random& random) {
  Losses losses(static_cast<std::size_t>(n));
  random.fill_normal(std::span(losses), 0.0, 1.0);
  for (std::size_t t = 0; t < losses.size(); ++t)
    losses[t] += level + slope * static_cast<double>(t);
  return losses;
}

/// The rate after the last of the losses.
double rate_after(LossSlope& slope, const Losses& losses) {
  for (const double loss : losses) slope(loss);
  return slope.rate();
}

std::string refusal(const LossSlopeOptions& options) {
  return error_of([&] { LossSlope slope(options); });
}

}  // namespace

TEST_CASE("probability of decrease: against a slope and error worked out by hand") {
  // Of 0, 1, 3: b̂ = 3/2, residuals 1/6, −1/3, 1/6, so s² = 1/6; Sxx = 2, and b̂ √Sxx / s = 3 √3.
  CHECK(close(probability_of_decrease(Losses{0, 1, 3}), 0.5 * std::erfc(3 * std::sqrt(1.5))));
}

TEST_CASE("probability of decrease: it and that of increase make one, at any level and scale") {
  Random random(3);
  const Losses y = noisy(50, 0, 0.01, random);
  Losses mirrored, moved;
  for (const double loss : y) {
    mirrored.push_back(-loss);
    moved.push_back(1000 + 16 * loss);
  }
  const double p = probability_of_decrease(y);
  CHECK(p > 0);
  CHECK(p < 1);
  CHECK(close(probability_of_decrease(mirrored), 1 - p));
  CHECK(close(probability_of_decrease(moved), p, {.relative = 1e-9}));
}

TEST_CASE(
    "probability of decrease: certain on a line without noise, one half where nothing is known") {
  CHECK(probability_of_decrease(Losses{4, 3, 2, 1}) == 1);
  CHECK(probability_of_decrease(Losses{1, 2, 3, 4}) == 0);
  CHECK(probability_of_decrease(Losses(7, 0.1)) == 0.5);
  CHECK(probability_of_decrease(Losses{2, 1}) == 0.5);
  CHECK(probability_of_decrease(Losses{}) == 0.5);
  CHECK(probability_of_decrease(Losses{4, HUGE_VAL, 2, std::nan(""), 0}) == 1);
}

TEST_CASE("probability of decrease: under flat noise it is uniform") {
  Random random(5);
  const int trials = 4000;
  int below_tenth = 0, below_half = 0;
  for (int k = 0; k < trials; ++k) {
    const double p = probability_of_decrease(noisy(100, 0, 0, random));
    below_tenth += p < 0.1;
    below_half += p < 0.5;
  }
  CHECK(std::fabs(below_tenth - 0.1 * trials) < 100);  // five deviations
  CHECK(std::fabs(below_half - 0.5 * trials) < 160);
}

TEST_CASE("steps without decrease: as many as rise or stay at the end") {
  CHECK(steps_without_decrease(Losses{9, 8, 7, 6, 5, 4}) == 0);
  CHECK(steps_without_decrease(Losses{4, 5, 6, 7}) == 4);
  CHECK(steps_without_decrease(Losses(6, 1.0)) == 6);
  Losses falls_then_stays(100, 0);
  for (std::size_t t = 0; t < 60; ++t) falls_then_stays[t] = static_cast<double>(60 - t);
  CHECK(steps_without_decrease(falls_then_stays) == 40);
}

TEST_CASE("steps without decrease: a late spike hides a decrease until it is discarded") {
  Losses losses;
  for (int t = 0; t < 100; ++t) losses.push_back(100 - t);
  losses[95] = 10'000;
  CHECK(steps_without_decrease(losses) == 100);
  CHECK(steps_without_decrease(losses, 0.51, 0.1) == 0);
}

TEST_CASE("steps without decrease: more certainty takes more steps") {
  Random random(7);
  const Losses losses = noisy(2000, 0, -0.01, random);
  const Index hint = steps_without_decrease(losses, 0.51);
  const Index certain = steps_without_decrease(losses, 0.999);
  CHECK(hint < certain);
  CHECK(certain < 2000);
}

TEST_CASE("LossSlope: a loss that stays reduces the rate every patience + 1 steps, to least_rate") {
  LossSlope slope{{.rate = 1, .factor = 0.25, .patience = 9, .least_rate = 0.125}};
  CHECK(rate_after(slope, Losses(9, 3)) == 1);
  CHECK(slope(3) == 0.25);
  CHECK(slope.steps_without_decrease() == 0);
  CHECK(rate_after(slope, Losses(9, 3)) == 0.25);
  CHECK(slope(3) == 0.125);
  CHECK(rate_after(slope, Losses(50, 3)) == 0.125);
}

TEST_CASE("LossSlope: while the loss falls below its noise's error the rate stays") {
  Random random(11);
  LossSlope slope{{.rate = 1, .patience = 500}};
  CHECK(rate_after(slope, noisy(20'000, 1000, -0.02, random)) == 1);
  CHECK(rate_after(slope, noisy(20'000, 600, 0, random)) < 1);
}

TEST_CASE("LossSlope: a flat loss is found out after two and a half windows on average") {
  Random random(13);
  const int runs = 1000;
  double windows = 0;
  for (int k = 0; k < runs; ++k) {
    LossSlope slope{{.rate = 1, .patience = 50}};
    for (; slope.rate() == 1; windows += 1) rate_after(slope, noisy(51, 2, 0, random));
  }
  CHECK(close(windows / runs, 2.5, {.relative = 0.1}));  // its error is 0.06
}

TEST_CASE("LossSlope: spikes do not reduce the rate, losses that are NaN do") {
  Random random(17);
  Losses spiked = noisy(3030, 100, -0.02, random);
  for (std::size_t t = 99; t < spiked.size(); t += 101) spiked[t] = 1e4;
  LossSlope slope{{.rate = 1, .patience = 100}};
  CHECK(rate_after(slope, spiked) == 1);
  CHECK(rate_after(slope, Losses(202, std::nan(""))) < 1);
}

TEST_CASE("LossSlope: a restored one goes on where the saved one stopped") {
  const LossSlopeOptions options{.rate = 1, .factor = 0.5, .patience = 20};
  Random random(19);
  const Losses losses = noisy(300, 0, 0, random);
  for (const std::size_t stop : {0u, 10u, 30u, 50u, 77u}) {
    LossSlope whole(options), saved(options), restored(options);
    for (std::size_t k = 0; k < stop; ++k) {
      whole(losses[k]);
      saved(losses[k]);
    }
    optim::Archive archive;
    saved.archive(archive);
    optim::Archive back = archive.reversed();
    restored.archive(back);
    for (std::size_t k = stop; k < losses.size(); ++k)
      CHECK(restored(losses[k]) == whole(losses[k]));
    CHECK(whole.rate() < 1);
  }
}

TEST_CASE("LossSlope: options out of their domain are refused") {
  CHECK(refusal({}) == "LossSlope: rate is nan; expected a finite number, at least 0");
  CHECK(refusal({.rate = 1, .factor = 1}) == "LossSlope: factor is 1; expected a number in [0, 1)");
  CHECK(refusal({.rate = 1, .patience = 1}) ==
        "LossSlope: patience is 1; expected a whole number, at least 2");
  CHECK(refusal({.rate = 1, .confidence = 1}) ==
        "LossSlope: confidence is 1; expected a number in (0, 1)");
  CHECK(refusal({.rate = 1, .discard = 1}) ==
        "LossSlope: discard is 1; expected a number in [0, 1)");
  CHECK(refusal({.rate = 1, .least_rate = -1}) ==
        "LossSlope: least_rate is -1; expected a finite number, at least 0");
  CHECK(error_of([] { steps_without_decrease(Losses{}, 2); }) ==
        "steps_without_decrease: confidence is 2; expected a number in (0, 1)");
}
