// Adjoints of another type than the scalars they belong to.

#include <doctest/doctest.h>

#include <thalweg/autodiff.hpp>

#include "tests/close.hpp"
#include "tests/message_of.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/slice.hpp"
#include "thalweg/autodiff/ops/trigonometric.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

using namespace thalweg;
using thalweg::test::message_of;

namespace {

/// A number type of 8 bytes that is no double: value and slope in single precision.
struct DualFloat {
  float v = 0, d = 0;
  DualFloat() = default;
  DualFloat(double value, float slope = 0) : v(static_cast<float>(value)), d(slope) {}
  friend DualFloat operator+(DualFloat a, DualFloat b) { return {a.v + b.v, a.d + b.d}; }
  friend DualFloat operator*(DualFloat a, DualFloat b) {
    return {a.v * b.v, a.d * b.v + a.v * b.d};
  }
  DualFloat& operator+=(DualFloat b) { return *this = *this + b; }
};
static_assert(sizeof(DualFloat) == sizeof(double));

}  // namespace

TEST_CASE("one pass with lanes for seeds gives a row of the Jacobian per lane") {
  Tape tape;
  const Var a = tape.variable(2.0), b = tape.variable(3.0);
  const std::vector<Var<double>> y = {a * b, sin(a), a / b};
  std::vector<Lanes<double>> seeds;
  for (int k = 0; k < 3; ++k) {
    Lanes<double> seed(0.0);
    if (k < Lanes<double>::width) seed.set(k, 1.0);
    seeds.push_back(seed);
  }
  const Gradients rows = tape.backward(y, seeds);
  for (int k = 0; k < 3 && k < Lanes<double>::width; ++k) {
    const Gradients row = tape.backward(y[static_cast<std::size_t>(k)]);
    CHECK(rows.as<Lanes<double>>(a)[k] == row[a]);
    CHECK(rows.as<Lanes<double>>(b)[k] == row[b]);
  }
}

TEST_CASE("scaled and added seeds of any type scale and add their gradients") {
  Tape tape;
  const Var a = tape.variable(2.0);
  const std::vector<Var<double>> y = {a * a};
  const Gradients one = tape.backward(y, std::vector{Lanes<double>(1.0)});
  CHECK((2 * one).as<Lanes<double>>(a)[0] == 8);
  CHECK((one + one).as<Lanes<double>>(a)[0] == 8);
  CHECK(tape.backward(y, std::vector{0.5})[a] == 2);
}

TEST_CASE("gradients of lanes are no numbers, and say how to ask for them") {
  Tape tape;
  const Var a = tape.variable(2.0);
  const std::vector<Var<double>> y = {a * a};
  const Gradients lanes = tape.backward(y, std::vector{Lanes<double>(1.0)});
  CHECK(message_of<TapeError>([&] { lanes[a]; }) ==
        "Gradients: the seeds of this backward pass were of another type; ask for the adjoints "
        "with gradients.as<Type>(x)");
  CHECK(message_of<ShapeError>([&] { tape.backward(y, std::vector<double>{}); }) ==
        "backward: 1 results and 0 seeds; expected one each");
}

TEST_CASE("a number type of eight bytes is not taken for a double") {
  Tape tape;
  const Var<DualFloat> x = tape.variable(Var<DualFloat>(DualFloat(3, 1)));
  const Var<DualFloat> y = x * x + x;
  const DualFloat slope = tape.backward(y)[x];
  CHECK(slope.v == 7);  // 2 x + 1
  CHECK(slope.d == 2);
  CHECK(tape.statements() == 2);
  CHECK(tape.arguments() == 3);
  Gradients sum = tape.backward(y);
  sum += tape.backward(y);
  sum *= 0.5;
  CHECK(sum[x].d == 2);
}

TEST_CASE("lanes are recorded like any number, in memory aligned for them") {
  Tape tape;
  const Var<Lanes<double>> x = tape.variable(Var<Lanes<double>>(Lanes<double>(0.5)));
  Var<Lanes<double>> y = x;
  for (int k = 0; k < 3000; ++k) y = y * x + x;
  CHECK(testing::close(tape.backward(y)[x][0], 4));  // y = x / (1 − x) in the limit
}
