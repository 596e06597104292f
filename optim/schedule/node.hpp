#pragma once
/// What schedules are made of; no user includes it.

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <string_view>

#include "thalweg/optim/base/options.hpp"
#include "thalweg/optim/rules/update.hpp"
#include "thalweg/optim/schedule/schedule.hpp"

namespace thalweg::optim::schedules {

/// How tightly the outermost operator of a schedule's text binds.
enum class Binding { join, product, call };

struct ScheduleNode {
  std::string text;                   ///< the expression
  std::optional<Index> length;        ///< n
  std::function<double(Index)> rate;  ///< of the steps 0 … n
  Binding binding = Binding::call;
};

/// Throws ValueError "cosine: steps is 0; expected a whole number, at least 1".
inline void expect_count(const char* function, const char* option, Index value, Index least = 1) {
  if (value >= least) return;
  throw ValueError(fmt::format("{}: {} is {}; expected a whole number, at least {}", function,
                               option, value, least));
}

using detail::expect_positive;

/// Throws ValueError "warmup: from is 2; expected a number in [0, 1]".
inline void expect_share(const char* function, const char* option, double value, double most = 1) {
  if (value >= 0 && value <= most) return;
  throw ValueError(
      fmt::format("{}: {} is {}; expected a number in [0, {}]", function, option, value, most));
}

/// a + b ≥ 0, or the largest Index.
inline Index sum_of_steps(Index a, Index b) {
  constexpr Index most = std::numeric_limits<Index>::max();
  return a > most - b ? most : a + b;
}

/// t / n.
inline double share(Index t, Index n) { return static_cast<double>(t) / static_cast<double>(n); }

/// ½ (1 + cos πs) = cos² πs/2 for s in [0, 1]; exactly 1 and 0 at the ends.
inline double half_cosine(double s) {
  const double root = std::cos(std::numbers::pi / 2 * s);
  return s >= 1 ? 0 : root * root;
}

/// The text of a call, option by option: "cosine({.from = 0.1, .to = 0, .steps = 10})".
class CallText {
 public:
  explicit CallText(std::string_view function) : text_(fmt::format("{}({{", function)) {}

  template <class T>
  CallText& option(std::string_view name, const T& value) {
    text_ += fmt::format("{}.{} = {}", text_.ends_with('{') ? "" : ", ", name, value);
    return *this;
  }
  /// Only if it is not what it is by default.
  template <class T>
  CallText& option(std::string_view name, const T& value, const T& usual) {
    return value == usual ? *this : option(name, value);
  }
  std::string str() const { return text_ + "})"; }

 private:
  std::string text_;
};

}  // namespace thalweg::optim::schedules
