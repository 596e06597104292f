#pragma once
/// The comparison of numbers that all tests use. It says where they differ first, and no NaN passes
/// it: one that is expected on purpose is asked for with `same`.
///
///     CHECK(close(tape.backward(y)[x], {2, 4, 6}));
///     CHECK(close(solve(a, b), x, {.relative = 1e-9}));

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <ostream>
#include <span>
#include <string>
#include <type_traits>

#include "thalweg/autodiff/base/shape.hpp"
#include "thalweg/autodiff/scalar/kinds.hpp"

namespace thalweg::testing {

/// |got − expected| ≤ relative · |expected| + absolute. The default is for double; what is expected
/// to be 0, or to lose digits to larger terms, needs an absolute part that says so.
struct Tolerance {
  double relative = 1e-12;
  double absolute = 0;
};

/// What a comparison found: true, or false and why.
struct Closeness {
  std::string message;
  explicit operator bool() const { return message.empty(); }
  friend std::ostream& operator<<(std::ostream& stream, const Closeness& found) {
    return stream << (found ? "close" : found.message);
  }
};

namespace detail {

/// Numbers of any type; those of tensors have a shape.
struct Numbers {
  Index size;
  const Shape* shape;
  const void* first;
  double (*read)(const void* first, Index at);
  double operator[](Index at) const { return read(first, at); }
};

template <class X>
double number(const X& x) {
  if constexpr (std::is_arithmetic_v<X>)
    return static_cast<double>(x);
  else
    return number(x.value());
}

/// f of the numbers that x holds.
template <class X, class F>
Closeness with_numbers(const X& x, const F& f) {
  if constexpr (is_parameter<X>) {
    return with_numbers(x.value(), f);
  } else if constexpr (is_tensor_expression<X>) {
    return with_numbers(Tensor<typename X::Real>(x), f);
  } else if constexpr (std::is_arithmetic_v<X> || Scalar<X>) {
    return with_numbers(std::span(&x, 1), f);
  } else {
    using Element = std::remove_cvref_t<decltype(*std::data(x))>;
    const auto read = [](const void* first, Index at) {
      return number(static_cast<const Element*>(first)[at]);
    };
    const Shape* shape = nullptr;
    if constexpr (is_tensor<X>) shape = &x.shape();
    return f(Numbers{static_cast<Index>(std::size(x)), shape, std::data(x), read});
  }
}

/// ", at [1, 2]" of a tensor, ", at 5" of other numbers; nothing where there is one only.
inline std::string position(const Numbers& numbers, Index at) {
  if (numbers.size == 1) return "";
  if (!numbers.shape) return fmt::format(", at {}", at);
  Shape place = *numbers.shape;
  for (int axis = place.rank() - 1; axis >= 0; --axis) {
    place[axis] = at % (*numbers.shape)[axis];
    at /= (*numbers.shape)[axis];
  }
  return ", at " + to_string(place);
}

/// Compares by agree(got, expected); `demand` is what it asks.
template <class Agree>
Closeness compare(const Numbers& got, const Numbers& expected, const std::string& demand,
                  const Agree& agree) {
  if (got.shape && expected.shape && *got.shape != *expected.shape)
    return {fmt::format("got shape {}, expected {}", to_string(*got.shape),
                        to_string(*expected.shape))};
  if (got.size != expected.size)
    return {fmt::format("got {} numbers, expected {}", got.size, expected.size)};
  Index wrong = 0, first = 0;
  for (Index at = 0; at < got.size; ++at)
    if (!agree(got[at], expected[at]) && wrong++ == 0) first = at;
  if (wrong == 0) return {};
  const std::string where = position(got.shape ? got : expected, first);
  const std::string all = got.size > 1 ? fmt::format("; {} of {} wrong", wrong, got.size) : "";
  return {
      fmt::format("got {}, expected {}{}, {}{}", got[first], expected[first], where, demand, all)};
}

}  // namespace detail

/// Numbers, arrays of them and tensors against one another. Tensors must agree in shape, all others
/// in size. NaN is close to nothing, an infinity only to itself.
template <class Got, class Expected>
Closeness close(const Got& got, const Expected& expected, Tolerance tolerance = {}) {
  const auto agree = [&](double a, double b) {
    if (a == b) return true;
    if (!std::isfinite(a) || !std::isfinite(b)) return false;
    return std::abs(a - b) <= tolerance.relative * std::abs(b) + tolerance.absolute;
  };
  return detail::with_numbers(got, [&](const detail::Numbers& a) {
    return detail::with_numbers(expected, [&](const detail::Numbers& b) {
      const std::string demand =
          fmt::format("relative {}, absolute {}", tolerance.relative, tolerance.absolute);
      return detail::compare(a, b, demand, agree);
    });
  });
}

template <class Got>
Closeness close(const Got& got, std::initializer_list<double> expected, Tolerance tolerance = {}) {
  return close(got, std::span(expected.begin(), expected.size()), tolerance);
}

/// The same numbers to the last bit, and NaN where NaN is expected.
template <class Got, class Expected>
Closeness same(const Got& got, const Expected& expected) {
  const auto agree = [](double a, double b) {
    return std::memcmp(&a, &b, sizeof a) == 0 || (std::isnan(a) && std::isnan(b));
  };
  return detail::with_numbers(got, [&](const detail::Numbers& a) {
    return detail::with_numbers(expected, [&](const detail::Numbers& b) {
      return detail::compare(a, b, "to the last bit", agree);
    });
  });
}

template <class Got>
Closeness same(const Got& got, std::initializer_list<double> expected) {
  return same(got, std::span(expected.begin(), expected.size()));
}

}  // namespace thalweg::testing
