#include "thalweg/autodiff/base/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/close.hpp"
#include "thalweg/autodiff/base/error.hpp"

using namespace thalweg;

namespace {

std::vector<double> normals(std::size_t count, double mean, double stddev) {
  std::vector<double> values(count);
  Random{7}.fill_normal(std::span(values), mean, stddev);
  return values;
}

/// The k-th moment of the values about zero.
double moment(const std::vector<double>& values, int k) {
  double sum = 0;
  for (double x : values) sum += std::pow(x, k);
  return sum / static_cast<double>(values.size());
}

}  // namespace

TEST_CASE("Random is a generator for the standard library") {
  static_assert(std::uniform_random_bit_generator<Random>);
}

TEST_CASE("Random: the stream is that of the published xoshiro256++") {
  Random random{0};
  random.restore({1, 2, 3, 4});
  CHECK(random.next() == 41943041);
  CHECK(random.next() == 58720359);
  CHECK(random.next() == 3588806011781223);
}

TEST_CASE("Random: the seed is spread by the published splitmix64") {
  CHECK(Random{1234567}.state()[0] == 6457827717110365317);
  CHECK(Random{1234567}.state()[1] == 3203168211198807973);
}

TEST_CASE("Random: equal seeds draw equal numbers, neighbouring seeds others") {
  CHECK(Random{5} == Random{5});
  CHECK(Random{5}.next() != Random{6}.next());
}

TEST_CASE("Random: numbers never change between versions and platforms") {
  Random random{42};
  CHECK(random.uniform() == 0.81430514512290986);
  CHECK(random.uniform(-2, 3) == -0.4058947996916944);
  CHECK(random.normal() == 2.1417741113345365);
  CHECK(random.below(1000) == 717);
  CHECK(random.permutation(5) == std::vector<std::int64_t>{1, 3, 2, 0, 4});
  double checksum = 0;
  for (int i = 0; i < 100000; ++i) checksum += random.normal();
  CHECK(checksum == -154.13710924190525);
}

TEST_CASE("Random: a copy repeats the original, a saved state goes on where it was saved") {
  Random random{3};
  random.next();
  Random copy = random;
  const Random::State saved = random.state();
  const double drawn = random.normal();
  CHECK(copy.normal() == drawn);
  random.restore(saved);
  CHECK(random.normal() == drawn);
}

TEST_CASE("Random: uniform numbers fill [0, 1) evenly") {
  Random random{1};
  std::array<int, 10> counts{};
  for (int i = 0; i < 100000; ++i) ++counts[static_cast<std::size_t>(random.uniform() * 10)];
  for (int count : counts) CHECK(std::abs(count - 10000) < 500);  // 5 standard deviations
}

TEST_CASE(
    "Random: uniform(lo, hi) stays in [lo, hi), even if only lo fits or the width overflows") {
  Random random{1};
  const double next = std::nextafter(1.0, 2.0);
  const double huge = std::numeric_limits<double>::max();
  std::vector<float> floats(100000);
  random.fill_uniform(std::span(floats), 1.0F, std::nextafter(1.0F, 2.0F));
  CHECK(std::all_of(floats.begin(), floats.end(), [](float x) { return x == 1.0F; }));
  for (int i = 0; i < 1000; ++i) {
    CHECK(random.uniform(1.0, next) == 1.0);
    const double wide = random.uniform(-huge, huge);
    CHECK((wide >= -huge && wide < huge));
  }
}

TEST_CASE("Random: normal numbers have the normal distribution's moments") {
  const std::vector<double> values = normals(1000000, 0, 1);
  CHECK(std::abs(moment(values, 1)) < 0.005);
  CHECK(testing::close(moment(values, 2), 1, {.relative = 0.007}));
  CHECK(std::abs(moment(values, 3)) < 0.02);
  CHECK(testing::close(moment(values, 4), 3, {.relative = 0.017}));
  CHECK(testing::close(moment(values, 6), 15, {.relative = 0.04}));
}

TEST_CASE("Random: a normal number is the quantile of a uniform one") {
  Random random{11};
  double worst = 0;
  for (int i = 0; i < 100000; ++i) {
    Random copy = random;
    const double u = (static_cast<double>(copy.next() >> 12) + 0.5) * 0x1p-52;
    const double x = random.normal();
    const double p = std::erfc(-x / std::sqrt(2.0)) / 2;  // Φ(x); the smaller tail, to keep digits
    const double q = std::erfc(x / std::sqrt(2.0)) / 2;
    worst = std::max(worst, u < 0.5 ? std::abs(p / u - 1) : std::abs(q / (1 - u) - 1));
  }
  CHECK(worst < 2e-14);
}

TEST_CASE("Random: fill_normal scales and shifts, and draws what normal() would") {
  const std::vector<double> standard = normals(100, 0, 1);
  const std::vector<double> shifted = normals(100, 3, 2);
  Random random{7};
  for (std::size_t i = 0; i < 100; ++i) {
    CHECK(standard[i] == random.normal());
    CHECK(testing::close(shifted[i], 3 + 2 * standard[i]));
  }
  std::vector<float> constant(3);
  random.fill_normal(std::span(constant), 2.5F, 0.0F);
  CHECK(constant == std::vector<float>(3, 2.5F));
}

TEST_CASE("Random: below(n) draws every number below n equally often") {
  Random random{2};
  for (std::uint64_t n : {1U, 2U, 3U, 7U, 64U}) {
    std::map<std::uint64_t, int> counts;
    for (std::uint64_t i = 0; i < 10000 * n; ++i) ++counts[random.below(n)];
    CHECK(counts.size() == n);
    for (const auto& [value, count] : counts) CHECK((value < n && std::abs(count - 10000) < 500));
  }
  CHECK(random.below(std::numeric_limits<std::uint64_t>::max()) <
        std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("Random: every order of four things is drawn equally often") {
  Random random{9};
  std::map<std::vector<std::int64_t>, int> counts;
  for (int i = 0; i < 24000; ++i) ++counts[random.permutation(4)];
  CHECK(counts.size() == 24);
  for (const auto& [order, count] : counts) CHECK(std::abs(count - 1000) < 160);
}

TEST_CASE("Random: a shuffle loses nothing, and leaves nothing to do for none or one") {
  std::vector<std::string> words = {"a", "b", "c", "d"}, none;
  Random random{4};
  const Random before = random;
  random.shuffle(std::span(none));
  random.shuffle(std::span(words).first(1));
  CHECK(random == before);
  random.shuffle(std::span(words));
  CHECK(std::set(words.begin(), words.end()).size() == 4);
  CHECK(random.permutation(0).empty());
}

TEST_CASE("Random: split streams differ from each other and from their parent's") {
  Random parent{8};
  Random first = parent.split(), second = parent.split(), grandchild = first.split();
  std::set<std::uint64_t> drawn;
  for (Random* random : {&parent, &first, &second, &grandchild})
    for (int i = 0; i < 10000; ++i) drawn.insert(random->next());
  CHECK(drawn.size() == 40000);
}

TEST_CASE("Random: numbers of a split stream never change, and are a hash of the parent's") {
  Random parent{42};
  Random child = parent.split();
  CHECK(child.next() == 526414318281624537u);
  CHECK(child.next() == 452798015445346301u);
  CHECK(child.next() == 17568324208738931787u);
  CHECK(parent.next() == 14637574242682825331u);
  // Each word of the child is one of Random{0}, changed by a number of the parent's, hashed.
  const auto hashed = [](std::uint64_t bits) {
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
    return bits ^ (bits >> 31);
  };
  Random again{42};
  Random::State state = Random{0}.state();
  for (std::uint64_t& word : state) word ^= hashed(again.next());
  CHECK(Random{42}.split().state() == state);
}

TEST_CASE("Random refuses what makes no distribution") {
  Random random{1};
  std::vector<double> values(1);
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(random.below(0), "Random::below: n must be at least 1; got 0", ValueError);
  CHECK_THROWS_WITH_AS(random.uniform(2, 2),
                       "Random::uniform: the range must be finite with lo < hi; got [2, 2)",
                       ValueError);
  CHECK_THROWS_WITH_AS(random.fill_uniform(std::span(values), 0.0, infinity),
                       "Random::fill_uniform: the range must be finite with lo < hi; got [0, inf)",
                       ValueError);
  CHECK_THROWS_WITH_AS(random.fill_normal(std::span(values), 0.0, -1.0),
                       "Random::fill_normal: mean and stddev must be finite and stddev at least 0; "
                       "got 0 and -1",
                       ValueError);
  CHECK_THROWS_WITH_AS(random.permutation(-1), "Random::permutation: n must be at least 0; got -1",
                       ValueError);
  CHECK_THROWS_WITH_AS(random.restore({}), "Random::restore: a state of zeros only is no state",
                       ValueError);
}
