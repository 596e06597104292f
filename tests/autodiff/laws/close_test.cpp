#include "tests/close.hpp"

#include <doctest/doctest.h>

#include <array>
#include <limits>
#include <sstream>
#include <vector>

#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

using namespace thalweg;
using thalweg::testing::close;
using thalweg::testing::Closeness;
using thalweg::testing::same;

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

std::string text(const Closeness& found) { return (std::ostringstream() << found).str(); }

}  // namespace

TEST_CASE("close: NaN is close to nothing, wherever it stands") {
  CHECK_FALSE(close(undefined, 1.0));
  CHECK_FALSE(close(1.0, undefined));
  CHECK_FALSE(close(undefined, undefined, {infinity, infinity}));
  CHECK_FALSE(close(std::vector{1.0, undefined}, {1.0, 2.0}));
  CHECK_FALSE(close(std::vector{undefined, 1.0}, {2.0, 1.0}));
  CHECK_FALSE(close(Tensor{1.0, undefined, 3.0}, Tensor{1.0, undefined, 3.0}));
  CHECK(text(close(Tensor{{1.0, 2.0}, {undefined, 4.0}}, Tensor{{1.0, 2.0}, {3.0, 4.0}})) ==
        "got nan, expected 3, at [1, 0], relative 1e-12, absolute 0; 1 of 4 wrong");
}

TEST_CASE("close: an infinity is close to itself alone, whatever the tolerance") {
  CHECK(close(infinity, infinity));
  CHECK_FALSE(close(1.0, infinity, {.relative = 1}));
  CHECK_FALSE(close(infinity, 1.0, {.relative = 1}));
  CHECK_FALSE(close(-infinity, infinity, {.relative = 1}));
  CHECK_FALSE(close(1.0, infinity, {.absolute = infinity}));
}

TEST_CASE("close: shapes of tensors and sizes of all else must agree") {
  CHECK(text(close(Tensor{{1, 2}, {3, 4}}, Tensor{1, 2, 3, 4})) ==
        "got shape [2, 2], expected [4]");
  CHECK(text(close(Tensor{{1, 2}}, Tensor{{1}, {2}})) == "got shape [1, 2], expected [2, 1]");
  CHECK(text(close(std::vector{1.0, 2.0}, {1.0})) == "got 2 numbers, expected 1");
  CHECK(text(close(std::vector<double>{}, {1.0})) == "got 0 numbers, expected 1");
  CHECK(text(close(Tensor{1, 1}, 1.0)) == "got 2 numbers, expected 1");
  CHECK_FALSE(close(Tensor<double>(), Tensor<double>(Shape{0, 2}, {})));
  CHECK(close(Tensor{{1, 2}, {3, 4}}, {1, 2, 3, 4}));
}

TEST_CASE("close: numbers below 1 are compared as those above, by their own size") {
  CHECK_FALSE(close(1e-30, 2e-30));
  CHECK_FALSE(close(1e-30, 0.0));
  CHECK_FALSE(close(1.00002e-9, 1e-9, {.relative = 1e-5}));
  CHECK(close(1.000009e-9, 1e-9, {.relative = 1e-5}));
  CHECK(close(1e-30, 0.0, {.absolute = 1e-29}));
  CHECK(text(close(0.25, 0.5, {.relative = 0.125, .absolute = 0.125})) ==
        "got 0.25, expected 0.5, relative 0.125, absolute 0.125");
  CHECK(close(0.75, 0.5, {.relative = 0.25, .absolute = 0.125}));
}

TEST_CASE("close: takes numbers, arrays, variables, tensors, parameters and expressions of them") {
  Tape tape;
  const Var x = tape.variable(2.0);
  CHECK(close(x * 3, 6));
  CHECK_FALSE(close(x, 3));
  CHECK(close(tape.variable(std::vector{1.0, 2.0}), std::array{1.0f, 2.0f}));
  const Parameter<float> parameter(Tensor<float>{1.5f, 2.5f});
  CHECK(close(parameter, {1.5, 2.5}));
  CHECK(close(parameter * 2.0f, Tensor<double>{3, 5}));
  CHECK_FALSE(close(parameter * 2.0f, Tensor<double>{3, 6}));
  CHECK(text(close(std::array{1, 2, 3}, std::vector{1, 5, 4})) ==
        "got 2, expected 5, at 1, relative 1e-12, absolute 0; 2 of 3 wrong");
}

TEST_CASE("same: to the last bit, and NaN where NaN is expected") {
  CHECK(same(std::vector{1.0, undefined, infinity}, {1.0, undefined, infinity}));
  CHECK_FALSE(same(std::vector{1.0, undefined}, {1.0, 2.0}));
  CHECK_FALSE(same(std::vector{1.0, 2.0}, {1.0, undefined}));
  CHECK_FALSE(same(-0.0, 0.0));
  CHECK_FALSE(same(Tensor{{1, 2}}, Tensor{1, 2}));
  CHECK(text(same(1 + std::numeric_limits<double>::epsilon(), 1.0)) ==
        "got 1.0000000000000002, expected 1, to the last bit");
}
