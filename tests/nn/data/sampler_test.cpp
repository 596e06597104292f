#include "thalweg/nn/data/sampler.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "thalweg/autodiff/base/error.hpp"

using namespace thalweg;

namespace {

std::vector<Index> sorted(std::vector<Index> order) {
  std::sort(order.begin(), order.end());
  return order;
}

std::vector<Index> first(Index n) {
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  return order;
}

std::vector<double> counts(const std::vector<Index>& order, std::size_t n) {
  std::vector<double> counts(n);
  for (const Index i : order) ++counts[static_cast<std::size_t>(i)];
  return counts;
}

}  // namespace

TEST_CASE("samplers that give every example once") {
  Random random{4};
  std::vector<Index> labels;
  for (Index i = 0; i < 97; ++i) labels.push_back(i % 10 == 0);
  const nn::Sampler samplers[] = {
      nn::SequentialSampler{}, nn::RandomSampler{}, nn::StratifiedSampler{IndexTensor(labels)},
      nn::WeightedRandomSampler{std::vector<double>(97, 0.5), {.replacement = false}}};
  for (const nn::Sampler& sampler : samplers) CHECK(sorted(sampler(97, random)) == first(97));
  CHECK(samplers[0](97, random) == first(97));
  for (const nn::Sampler& sampler : std::span(samplers).subspan(1)) {
    Random one{7}, two{7};
    const auto order = sampler(97, one);
    CHECK(order == sampler(97, two));
    CHECK(order != sampler(97, two));
    CHECK(order != first(97));
  }
}

TEST_CASE("WeightedRandomSampler: with replacement, counts follow the weights") {
  Random random{1};
  const std::vector<double> weights{0, 1, 3, 0, 4, 0};
  constexpr double n = 40'000;
  const auto drawn = counts(nn::WeightedRandomSampler{weights, {.count = 40'000}}(6, random), 6);
  for (std::size_t i = 0; i < 6; ++i) {
    const double p = weights[i] / 8;
    CHECK(std::abs(drawn[i] - n * p) <= 5 * std::sqrt(n * p * (1 - p)));
  }
}

TEST_CASE("WeightedRandomSampler: without replacement, the first is drawn by weight") {
  Random random{2};
  const nn::WeightedRandomSampler sampler{{0, 1, 3, 4}, {.replacement = false}};
  constexpr double n = 20'000;
  std::vector<Index> firsts;
  for (int k = 0; k < n; ++k) {
    const auto order = sampler(4, random);
    REQUIRE(order.size() == 3);
    firsts.push_back(order[0]);
  }
  const auto drawn = counts(firsts, 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const double p = std::vector<double>{0, 1, 3, 4}[i] / 8;
    CHECK(std::abs(drawn[i] - n * p) <= 5 * std::sqrt(n * p * (1 - p)));
  }
}

TEST_CASE("StratifiedSampler: any stretch has the whole's mixture") {
  Random random{3};
  std::vector<Index> labels;
  for (Index i = 0; i < 1000; ++i) labels.push_back(i < 100 ? 0 : i < 400 ? 1 : 2);
  const auto order = nn::StratifiedSampler{IndexTensor(labels)}(1000, random);
  for (std::size_t begin = 0; begin < 1000; begin += 50) {
    std::vector<Index> seen;
    for (std::size_t k = begin; k < begin + 50; ++k)
      seen.push_back(labels[static_cast<std::size_t>(order[k])]);
    const auto mixture = counts(seen, 3);
    CHECK(std::abs(mixture[0] - 5) <= 2);
    CHECK(std::abs(mixture[1] - 15) <= 2);
  }
}

TEST_CASE("class_balancing_weights: each class is drawn as often as any other") {
  CHECK(nn::class_balancing_weights(IndexTensor(std::vector<Index>{1, 0, 1, 1, 7})) ==
        std::vector<double>{1 / 3., 1, 1 / 3., 1 / 3., 1});
  CHECK_THROWS_WITH_AS(nn::class_balancing_weights(IndexTensor(std::vector<Index>{1, -2})),
                       "class_balancing_weights: label -2 is negative", IndexError);
}

TEST_CASE("samplers refuse what does not fit") {
  Random random{1};
  CHECK_THROWS_WITH_AS((nn::WeightedRandomSampler{{1, -1}}),
                       "WeightedRandomSampler: weight 1 is -1; expected a number, at least 0",
                       ValueError);
  CHECK_THROWS_WITH_AS((nn::WeightedRandomSampler{{0, 0}}),
                       "WeightedRandomSampler: no weight is above 0; expected at least one",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      (nn::WeightedRandomSampler{{1, 0, 2}, {.count = 3, .replacement = false}}),
      "WeightedRandomSampler: count is 3; expected a whole number in [1, 2]: there "
      "are no more weights above 0",
      ValueError);
  CHECK_THROWS_WITH_AS((nn::WeightedRandomSampler{{1, 0, 2}}(4, random)),
                       "WeightedRandomSampler: 3 weights for 4 examples", ShapeError);
  CHECK_THROWS_WITH_AS((nn::StratifiedSampler{IndexTensor(Shape{1, 1}, {0})}),
                       "StratifiedSampler: labels have shape [1, 1]; expected [n]", ShapeError);
}
