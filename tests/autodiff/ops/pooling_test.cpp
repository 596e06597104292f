#include "thalweg/autodiff/ops/pooling.hpp"

#include <cmath>

#include "tests/autodiff/laws/tensor_laws.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/derive/check_gradient.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/extrema.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"

using namespace thalweg;
using test::check_equal;
using test::message_of;

TEST_CASE("max_pool2d takes the largest of each window, of the first of equals the slope") {
  Tape tape;
  const Tensor x =
      tape.variable(Tensor<double>({1, 1, 2, 4}, {1.0, 5.0, 2.0, 2.0, 5.0, 0.0, 2.0, 2.0}));
  const Tensor y = max_pool2d(x, 2);
  CHECK(y.to_vector() == std::vector{5.0, 2.0});
  CHECK(tape.backward(Tensor(sum(y)))[x].to_vector() ==
        std::vector{0., 1., 1., 0., 0., 0., 0., 0.});
}

TEST_CASE("max_pool2d: beyond the borders lies minus infinity; NaN is the largest of all") {
  CHECK(max_pool2d(full({1, 1, 2, 2}, -3), 2, {.stride = 1, .padding = 1}).to_vector() ==
        std::vector<double>(9, -3));
  const Tensor<double> x({1, 1, 2, 2}, {1.0, NAN, 2.0, 3.0});
  CHECK(std::isnan(max_pool2d(x, 2).item()));
  CHECK(std::isnan(global_max_pool2d(x).item()));
}

TEST_CASE("max_pool2d: windows of more than 256 places, and the last NaN, know theirs") {
  std::vector<double> values(20 * 20, 0.0);
  values[399] = 1;
  Tape tape;
  const Tensor x = tape.variable(Tensor<double>({1, 1, 20, 20}, values));
  CHECK(tape.backward(Tensor(sum(global_max_pool2d(x))))[x].to_vector() == values);
  const Tensor y = tape.variable(Tensor<double>({1, 1, 1, 3}, {NAN, NAN, 4.0}));
  CHECK(tape.backward(Tensor(sum(max_pool2d(y, {1, 3}))))[y].to_vector() ==
        std::vector{0., 1., 0.});
}

TEST_CASE_TEMPLATE("max_pool2d: slopes add where windows overlap, whatever was there before", Real,
                   float, double) {
  Tape tape;
  const Tensor<Real> x = tape.variable(Tensor<Real>({1, 1, 1, 3}, {Real(1), Real(3), Real(2)}));
  const Tensor<Real> y = max_pool2d(x, {1, 2}, {.stride = 1});
  CHECK(tape.backward(Tensor<Real>(sum(y) + sum(x * Real(2))))[x].to_vector() ==
        std::vector<Real>{2, 4, 2});
}

TEST_CASE_TEMPLATE("max_pool2d is the maximum of its definition, and so are its slopes", Real,
                   float, double) {
  struct Setting {
    Index height, width, kernel, stride, padding;
  };
  Random random{9};
  for (const Setting& s : {Setting{6, 6, 3, 3, 1},
                           {6, 6, 2, 2, 0},
                           {7, 5, 3, 2, 1},
                           {5, 8, 3, 1, 1},
                           {6, 7, 2, 3, 1},
                           {9, 9, 5, 4, 2},
                           {4, 4, 4, 1, 2}}) {
    INFO("kernel ", s.kernel, ", stride ", s.stride, ", padding ", s.padding);
    Tape tape;
    const Tensor<Real> x = tape.variable(normal<Real>({2, 3, s.height, s.width}, random));
    const Tensor<Real> y = max_pool2d(x, s.kernel, {.stride = s.stride, .padding = s.padding});
    const auto seed = normal<Real>(y.shape(), random);
    std::vector<Real> values, slopes(x.size());
    for (Index image = 0; image < 6; ++image)
      for (Index i = 0; i < y.size(2); ++i)
        for (Index j = 0; j < y.size(3); ++j) {
          Index best = -1;
          for (Index p = 0; p < s.kernel; ++p)
            for (Index q = 0; q < s.kernel; ++q) {
              const Index row = i * s.stride + p - s.padding, column = j * s.stride + q - s.padding;
              if (row < 0 || row >= s.height || column < 0 || column >= s.width) continue;
              const Index at = (image * s.height + row) * s.width + column;
              if (best < 0 || x.data()[at] > x.data()[best]) best = at;
            }
          slopes[best] += seed.data()[values.size()];
          values.push_back(x.data()[best]);
        }
    CHECK(y.shape() == Shape{2, 3, (s.height + 2 * s.padding - s.kernel) / s.stride + 1,
                             (s.width + 2 * s.padding - s.kernel) / s.stride + 1});
    CHECK(testing::close(y, values, {0, 0}));
    CHECK(testing::close(tape.backward(y, seed)[x], slopes, test::rounding<Real>()));
  }
}

TEST_CASE("avg_pool2d divides by the window, or by what of it lies within") {
  const auto x = ones({1, 1, 2, 2});
  CHECK(avg_pool2d(x, 2, {.stride = 2, .padding = 1}).to_vector() == std::vector<double>(4, 0.25));
  CHECK(avg_pool2d(x, 2, {.stride = 2, .padding = 1, .count_include_pad = false}).to_vector() ==
        std::vector<double>(4, 1));
}

TEST_CASE_TEMPLATE("global pooling: the mean and the maximum of each image", Real, float, double) {
  Random random{1};
  const auto x = normal<Real>({3, 70, 4, 5}, random);
  check_equal(global_max_pool2d(x), Tensor<Real>(max(x, {2, 3}, keep_axes)));
  CHECK(testing::close(global_avg_pool2d(x), mean(x, {2, 3}, keep_axes), test::rounding<Real>()));
}

TEST_CASE("pooling: slopes are derivatives") {
  Random random{2};
  const auto x = normal({2, 3, 6, 5}, random);
  const auto check = [&](auto f) {
    const GradientReport report = check_gradient({.step = 1e-7, .directions = 10}, f, x);
    CHECK_MESSAGE(report, to_string(report));
  };
  check([](auto a) { return max_pool2d(a, 2); });
  check([](auto a) { return max_pool2d(a, {3, 2}, {.stride = {2, 1}, .padding = 1}); });
  check([](auto a) { return avg_pool2d(a, 3, {.stride = 2, .padding = 1}); });
  check([](auto a) { return global_avg_pool2d(a) * global_max_pool2d(a); });
}

TEST_CASE("pooling along one axis") {
  const Tensor<double> x({1, 1, 4}, {1.0, 4.0, 2.0, 3.0});
  CHECK(max_pool1d(x, 2).to_vector() == std::vector{4.0, 3.0});
  CHECK(avg_pool1d(x, 2, {.stride = 1}).to_vector() == std::vector{2.5, 3.0, 2.5});
}

TEST_CASE("pooling: what is refused, and how") {
  CHECK(message_of([] {
          (void)max_pool2d(zeros({3, 5, 5}), 2);
        }) == "max_pool2d: x has shape [3, 5, 5]; expected [n, channels, height, width]");
  CHECK_THROWS_AS((void)max_pool2d(zeros({1, 1, 2, 2}), 3), ValueError);
  CHECK_THROWS_AS((void)max_pool2d(zeros({1, 1, 0, 2}), 2, {.padding = 1}), ValueError);
  CHECK_THROWS_AS((void)avg_pool2d(ones({1, 1, 2, 2}), 2, {.padding = INT64_MAX}), ValueError);
  CHECK_THROWS_AS((void)avg_pool2d(zeros({1, 1, 4, 4}), 2, {.padding = 2}), ValueError);
}
