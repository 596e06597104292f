#include "thalweg/autodiff/tensor/creation.hpp"

#include <algorithm>

#include "tests/autodiff/laws/tensor_laws.hpp"
#include "thalweg/autodiff/base/random.hpp"

using namespace thalweg;
using test::check_equal;
using test::message_of;

TEST_CASE("zeros, ones, full and their likes") {
  check_equal(zeros({2, 2}), Tensor<double>{{0, 0}, {0, 0}});
  check_equal(ones<float>({3}), Tensor<float>{1, 1, 1});
  check_equal(full({2}, 7), Tensor<double>{7, 7});
  CHECK(full<Index>({2}, 7).to_vector() == std::vector<Index>{7, 7});
  CHECK(zeros({}).item() == 0);
  CHECK(zeros({0, 3}).size() == 0);
  const Tensor<float> x = {{1, 2}};
  check_equal(zeros_like(x), Tensor<float>{{0, 0}});
  check_equal(ones_like(x + 1.f), Tensor<float>{{1, 1}});
  check_equal(full_like(Parameter<float>(x), 3), Tensor<float>{{3, 3}});
  CHECK(ones_like(IndexTensor{4}).item() == 1);
}

TEST_CASE("eye") {
  check_equal(eye(2), Tensor<double>{{1, 0}, {0, 1}});
  check_equal(eye<float>(2, 3), Tensor<float>{{1, 0, 0}, {0, 1, 0}});
  check_equal(eye(3, 1), Tensor<double>{{1}, {0}, {0}});
}

TEST_CASE("arange stops before its end") {
  check_equal(arange(3), Tensor<double>{0, 1, 2});
  check_equal(arange(1, 2, 0.25), Tensor<double>{1, 1.25, 1.5, 1.75});
  check_equal(arange<float>(3, 0, -2), Tensor<float>{3, 1});
  CHECK(arange<Index>(2, 8, 3).to_vector() == std::vector<Index>{2, 5});
  CHECK(arange(2, 1).size() == 0);
  CHECK(message_of<ValueError>([] { arange(0, 1, 0); }) == "arange: the step is 0");
  CHECK(message_of<ValueError>([] { arange(test::infinity<double>); }) ==
        "arange: from 0 to inf in steps of 1: not finite");
}

TEST_CASE("linspace meets both ends") {
  check_equal(linspace(0, 1, 5), Tensor<double>{0, .25, .5, .75, 1});
  const auto x = linspace<float>(0.1f, 0.7f, 7);
  CHECK(x.data()[0] == 0.1f);
  CHECK(x.data()[6] == 0.7f);
  check_equal(linspace(3, 9, 1), Tensor<double>{3});
  CHECK(linspace(3, 9, 0).size() == 0);
  CHECK(message_of<ValueError>([] { linspace(0, 1, -1); }) ==
        "linspace: -1 numbers; expected at least 0");
}

TEST_CASE("random tensors follow their generator") {
  Random a(7), b(7);
  const auto x = uniform({1'000'000}, a, -2, 3);
  check_equal(x, uniform({1'000'000}, b, -2, 3));
  const auto [low, high] = std::minmax_element(x.values().begin(), x.values().end());
  CHECK(*low >= -2);
  CHECK(*high < 3);
  CHECK(testing::close(mean(x), 0.5, {.absolute = 0.007}));  // 5 standard deviations
  CHECK(testing::close(stddev(x), 5 / std::sqrt(12.0), {.absolute = 0.004}));
  const auto y = normal<float>({1000, 1000}, a, 1, 2);
  CHECK(testing::close(mean(y), 1, {.absolute = 0.01}));
  CHECK(testing::close(stddev(y), 2, {.absolute = 0.007}));
}
