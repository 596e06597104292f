#pragma once
/// Finite differences that notice kinks, and the seeds that a random test runs.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace random_graph {

/// Compares a slope with differences of f at 0 of fourth order. False, without a comparison, where
/// differences of second and fourth order tell that f is not smooth there.
///
///     f′ = (8 (f₁ − f₋₁) − (f₂ − f₋₂)) / 12h + O(h⁴),     f_k = f(k h)
template <class F>
bool agrees_with_differences(double slope, const F& f) {
  const double h = 1e-4;
  const double near = (f(h) - f(-h)) / (2 * h), far = (f(2 * h) - f(-2 * h)) / (4 * h);
  const double bend = f(2 * h) - 4 * f(h) + 6 * f(0) - 4 * f(-h) + f(-2 * h);
  const double difference = (4 * near - far) / 3;
  const double scale = std::max({1.0, std::fabs(difference), std::fabs(f(0))});
  if (!(std::fabs(near - far) + std::fabs(bend) / h < 1e-3 * scale)) return false;
  CHECK(std::fabs(slope - difference) <= 1e-6 * scale);
  return true;
}

/// 0 … count − 1, or the one that THALWEG_GRAPH_SEED names.
inline std::vector<std::uint64_t> chosen_seeds(std::uint64_t count) {
  if (const char* seed = std::getenv("THALWEG_GRAPH_SEED"))
    return {std::strtoull(seed, nullptr, 10)};
  std::vector<std::uint64_t> seeds;
  for (std::uint64_t seed = 0; seed < count; ++seed) seeds.push_back(seed);
  return seeds;
}

}  // namespace random_graph
