#include "thalweg/optim/schedule/plateau.hpp"

#include <cmath>

#include "tests/optim/smooth/problems.hpp"

using namespace thalweg;
using optim::Better;
using optim::Plateau;
using optim::PlateauOptions;
using optim::ThresholdMode;
using optim::problems::error_of;

namespace {

/// The rate after each loss.
std::vector<double> rates(const PlateauOptions& options, const std::vector<double>& losses) {
  Plateau plateau(options);
  std::vector<double> all;
  for (const double loss : losses) all.push_back(plateau(loss));
  return all;
}

std::string refusal(const PlateauOptions& options) {
  return error_of([&] { Plateau plateau(options); });
}

}  // namespace

TEST_CASE("Plateau: after patience + 1 losses without improvement the rate falls by factor") {
  CHECK(rates({.rate = 8, .factor = 0.5, .patience = 1}, {5, 5, 5, 5, 5, 4, 5, 5}) ==
        std::vector<double>{8, 8, 4, 4, 2, 2, 2, 1});
}

TEST_CASE("Plateau: losses that fall keep the rate") {
  CHECK(rates({.rate = 8, .patience = 0}, {5, 4, 3, -1, -2, -4}) == std::vector<double>(6, 8));
}

TEST_CASE("Plateau: an improvement has to exceed the threshold, a share of the best or a number") {
  PlateauOptions options{.rate = 8, .factor = 0.5, .patience = 0, .threshold = 0.25};
  CHECK(rates(options, {4, 3, 2.5}) == std::vector<double>{8, 4, 4});
  options.threshold_mode = ThresholdMode::absolute;
  CHECK(rates(options, {4, 3.75, 3.5}) == std::vector<double>{8, 4, 4});
}

TEST_CASE("Plateau: a negative loss that stays as it is does not improve") {
  CHECK(rates({.rate = 8, .factor = 0.5, .patience = 0, .threshold = 0.25}, {-4, -4, -5, -6}) ==
        std::vector<double>{8, 4, 2, 2});
}

TEST_CASE("Plateau: where higher is better it is the plateau of the negated losses") {
  for (const ThresholdMode mode : {ThresholdMode::relative, ThresholdMode::absolute}) {
    PlateauOptions options{.rate = 8,
                           .factor = 0.5,
                           .patience = 1,
                           .threshold = 0.125,
                           .threshold_mode = mode,
                           .cooldown = 1};
    const std::vector<double> losses{4, 3.75, 3.5, 3, 3, 1, -1, -1, -1.25, -1, 0, 0, -8, -8};
    std::vector<double> gains;
    for (const double loss : losses) gains.push_back(-loss);
    const std::vector<double> expected = rates(options, losses);
    CHECK(expected.back() < 8);
    options.better = Better::higher;
    CHECK(rates(options, gains) == expected);
  }
}

TEST_CASE("Plateau: losses during the cooldown are not counted") {
  CHECK(rates({.rate = 8, .factor = 0.5, .patience = 0, .cooldown = 2}, {1, 1, 1, 1, 1, 1}) ==
        std::vector<double>{8, 4, 4, 4, 2, 2});
}

TEST_CASE("Plateau: the rate stops at least_rate, and changes smaller than epsilon are not made") {
  CHECK(rates({.rate = 8, .factor = 0.5, .patience = 0, .least_rate = 3}, {1, 1, 1, 1}) ==
        std::vector<double>{8, 4, 3, 3});
  CHECK(rates({.rate = 8, .factor = 0.5, .patience = 0, .epsilon = 2}, {1, 1, 1, 1}) ==
        std::vector<double>{8, 4, 4, 4});
}

TEST_CASE("Plateau: NaN is no improvement, not even on itself") {
  const double nan = std::nan("");
  CHECK(rates({.rate = 8, .factor = 0.5, .patience = 1}, {nan, nan, 1, nan, 0.5, nan, nan}) ==
        std::vector<double>{8, 4, 4, 4, 4, 4, 2});
}

TEST_CASE("Plateau: a restored one goes on where the saved one stopped") {
  const PlateauOptions options{.rate = 8, .factor = 0.5, .patience = 1, .cooldown = 2};
  const std::vector<double> losses{3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1};
  for (std::size_t stop = 0; stop < losses.size(); ++stop) {
    Plateau whole(options), saved(options), restored(options);
    for (std::size_t k = 0; k < stop; ++k) {
      whole(losses[k]);
      saved(losses[k]);
    }
    optim::Archive archive;
    archive(saved);
    optim::Archive back = archive.reversed();
    back(restored);
    CHECK(restored.rate() == whole.rate());
    for (std::size_t k = stop; k < losses.size(); ++k)
      CHECK(restored(losses[k]) == whole(losses[k]));
  }
}

TEST_CASE("Plateau: options out of their domain are refused") {
  CHECK(refusal({}) == "Plateau: rate is nan; expected a finite number, at least 0");
  CHECK(refusal({.rate = 1, .factor = 1}) == "Plateau: factor is 1; expected a number in [0, 1)");
  CHECK(refusal({.rate = 1, .patience = -1}) ==
        "Plateau: patience is -1; expected a whole number, at least 0");
  CHECK(refusal({.rate = 1, .threshold = 1}) ==
        "Plateau: threshold is 1; expected a number in [0, 1)");
  CHECK(refusal({.rate = 1, .threshold = -1, .threshold_mode = ThresholdMode::absolute}) ==
        "Plateau: threshold is -1; expected a finite number, at least 0");
  CHECK(refusal({.rate = 1, .cooldown = -1}) ==
        "Plateau: cooldown is -1; expected a whole number, at least 0");
  CHECK(refusal({.rate = 1, .least_rate = -1}) ==
        "Plateau: least_rate is -1; expected a finite number, at least 0");
  CHECK(refusal({.rate = 1, .epsilon = -1}) ==
        "Plateau: epsilon is -1; expected a finite number, at least 0");
}
