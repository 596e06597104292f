#include "thalweg/autodiff/ops/cast.hpp"

#include "tests/autodiff/laws/tensor_laws.hpp"

using namespace thalweg;
using test::check_equal;

TEST_CASE("cast rounds to the other type") {
  check_equal(cast<float>(Tensor<double>{0.1, -2}), Tensor<float>{0.1f, -2});
  check_equal(cast<double>(Tensor<float>{0.5f, -2}), Tensor<double>{0.5, -2});
  check_equal(cast<double>(IndexTensor{{3, -4}}), Tensor<double>{{3, -4}});
  CHECK(cast<Index>(Tensor<double>{1.9, -1.9}).to_vector() == std::vector<Index>{1, -1});
  CHECK(cast<float>(Tensor<double>(Shape{0, 2}, std::vector<double>{})).shape() == Shape{0, 2});
  CHECK(cast<float>(1.5) == 1.5f);
  const Tensor<float> x = {1, 2};
  CHECK(cast<float>(x).data() == x.data());
}

TEST_CASE("gradients of one number type flow through the other") {
  Tape tape;
  const auto x = tape.variable(Tensor<float>{1, 2, 3});
  const Tensor<double> y = cast<double>(x * 2.f);
  const auto gradients = tape.backward(sum(y * y) + sum(cast<double>(x)));
  check_equal(gradients[x], Tensor<float>{9, 17, 25});
  check_equal(gradients[y], Tensor<double>{4, 8, 12});
  Parameter<double> p(Tensor<double>{3});
  check_equal(tape.backward(sum(cast<float>(p) * x))[p], Tensor<double>{6});
}

TEST_CASE("scalars can change their type too") {
  Tape tape;
  const Var<float> x = tape.variable(3.0f);
  const Var<double> y = cast<double>(x * x);
  CHECK(y.value() == 9);
  const auto gradients = tape.backward(y * y);
  CHECK(gradients[x] == 108);
  CHECK(gradients[y] == 18);
}
