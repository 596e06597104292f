#pragma once
/// Random numbers whose source is a value you can see, copy and save.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace thalweg {

/// The generator xoshiro256++: 256 bits of state, period 2²⁵⁶ − 1, about a nanosecond a draw.
///
///     Random random{42};
///     random.fill_normal(std::span(weights), 0.0, 0.1);
///     std::vector<std::int64_t> order = random.permutation(1797);
///
/// Equal seeds give equal numbers on every platform and at every optimization level, normal ones
/// included: nothing depends on the standard library's distributions or on the system's
/// mathematics. A copy repeats what the original will draw; one object belongs to one thread, and
/// `split` makes generators for others. Not for secrets.
///
/// Source: D. Blackman and S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS
/// 47(4), 2021. The seed is spread over the state by splitmix64, as they advise.
class Random {
 public:
  using result_type = std::uint64_t;
  using State = std::array<std::uint64_t, 4>;

  explicit Random(std::uint64_t seed);

  /// 64 fair bits.
  std::uint64_t next();
  /// Uniform on [0, 1): the multiples of 2⁻⁵³.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  /// Uniform on [lo, hi). Throws ValueError unless lo < hi and both are finite.
  double uniform(double lo, double hi);
  /// Standard normal, Φ⁻¹(u) with u uniform on (0, 1): one draw each, |x| < 8.3, right to 15
  /// digits.
  double normal();
  /// Uniform on 0 … n − 1, without bias. Throws ValueError for n = 0.
  std::uint64_t below(std::uint64_t n);

  /// Every number uniform on [lo, hi), in the order of the span. Throws as `uniform` does.
  void fill_uniform(std::span<double> values, double lo, double hi);
  void fill_uniform(std::span<float> values, float lo, float hi);
  /// Every number normal, as mean + stddev · normal(). Throws ValueError unless 0 ≤ stddev < ∞ and
  /// the mean is finite.
  void fill_normal(std::span<double> values, double mean, double stddev);
  void fill_normal(std::span<float> values, float mean, float stddev);

  /// Puts the values in an order drawn uniformly from all orders.
  template <class T>
  void shuffle(std::span<T> values);
  /// 0 … n − 1 in random order. Throws ValueError for n < 0.
  std::vector<std::int64_t> permutation(std::int64_t n);

  /// A generator whose stream has nothing to do with the rest of this one's. Takes four draws.
  Random split();

  /// All there is to know about the numbers to come.
  const State& state() const { return state_; }
  /// Goes on from a saved state. Throws ValueError if it is all zeros, which no generator reaches.
  void restore(const State& state);

  friend bool operator==(const Random&, const Random&) = default;

  // What the standard library's algorithms ask of a generator.
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~std::uint64_t{0}; }
  result_type operator()() { return next(); }

 private:
  State state_;
};

template <class T>
void Random::shuffle(std::span<T> values) {
  using std::swap;
  // Fisher and Yates: the last place gets one of all, the one before it one of the others, …
  for (std::size_t left = values.size(); left > 1; --left)
    swap(values[left - 1], values[below(left)]);
}

}  // namespace thalweg
