#include "thalweg/autodiff/tape/recording.hpp"

#include <doctest/doctest.h>

#include "thalweg/autodiff/ops/matmul.hpp"

using namespace thalweg;

TEST_CASE("recording: ops with their shapes, and what they read by position") {
  const Parameter<double> w(Tensor<double>({2, 3}, {1, 2, 3, 4, 5, 6})),
      unused(Tensor<double>(1.0));
  Tape tape;
  const Tensor<double> x = tape.variable(Tensor<double>({1, 2}, {1, 2}));
  const Tensor<double> constant({3, 1}, {1, 1, 1});
  const Tensor<double> y = matmul(matmul(x, w), constant);
  const std::vector<RecordedOp> ops = tape.recording();
  REQUIRE(ops.size() == 2);
  CHECK(ops[0].name == std::string("matmul"));
  CHECK(ops[0].shape == Shape{1, 3});
  REQUIRE(ops[0].operands.size() == 2);
  CHECK(ops[0].operands[1].position == tape.position(w));
  CHECK(ops[0].operands[1].size == 6);
  REQUIRE(ops[1].operands.size() == 1);  // the constant is not on the tape
  CHECK(ops[1].operands[0].position == ops[0].output);
  CHECK(tape.position(unused) == 0);
}

TEST_CASE("a parameter is shared while somebody else holds its value") {
  const Parameter<double> w(Tensor<double>({2}, {1, 2}));
  CHECK(!w.shared());
  {
    const Tensor<double> handle = w.value();
    CHECK(w.shared());
  }
  CHECK(!w.shared());
}
