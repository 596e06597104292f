#include "thalweg/nn/layers/batch_norm.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "tests/close.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/nn/model/check_gradient.hpp"

using namespace thalweg;
using doctest::Approx;

namespace {

Tensor<double> random_images(const Shape& shape, std::uint64_t seed = 1) {
  Random random{seed};
  Tensor<double> x = Tensor<double>::uninitialised(shape);
  random.fill_normal(x.mutable_values(), 3, 2);
  return x;
}

double at(const nn::Buffer<double>& buffer, Index c = 0) { return buffer.value().data()[c]; }

}  // namespace

TEST_CASE("BatchNorm: in training each channel has mean 0 and variance 1") {
  Random random{1};
  const nn::BatchNorm2d<double> norm{3};
  const Tensor<double> y = norm(random_images({4, 3, 5, 6}), nn::training(random));
  const Tensor<double> means = mean(y, {0, 2, 3}), squares = mean(square(y), {0, 2, 3});
  for (Index c = 0; c < 3; ++c) {
    CHECK(means.data()[c] == Approx(0).scale(1).epsilon(1e-14));
    CHECK(squares.data()[c] == Approx(1).epsilon(1e-5));  // ε = 1e-5
  }
}

TEST_CASE("BatchNorm: running statistics follow with momentum, the variance unbiased") {
  Random random{1};
  const nn::BatchNorm1d<double> norm{1, {.momentum = 0.25}};
  norm(Tensor<double>{{1}, {2}, {6}}, nn::training(random));  // mean 3, variance 14/3, times 3/2
  CHECK(at(norm.running_mean) == Approx(0.25 * 3));
  CHECK(at(norm.running_var) == Approx(0.75 + 0.25 * 7));
  norm(Tensor<double>{{0}, {4}}, nn::training(random));  // mean 2, variance 4, times 2
  CHECK(at(norm.running_mean) == Approx(0.75 * 0.75 + 0.25 * 2));
  CHECK(at(norm.running_var) == Approx(0.75 * 2.5 + 0.25 * 8));
  CHECK(norm.num_batches_tracked.value().item() == 2);
}

TEST_CASE("BatchNorm: without momentum the average of all batches is kept") {
  Random random{1};
  const nn::BatchNorm1d<double> norm{2, {.momentum = std::nullopt}};
  double means = 0, variances = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Tensor<double> x = random_images({6, 2, 3}, seed);
    norm(x, nn::training(random));
    const auto batch = batch_norm(x);
    means += batch.mean.data()[1] / 5, variances += batch.variance.data()[1] * 18 / 17 / 5;
  }
  CHECK(at(norm.running_mean, 1) == Approx(means));
  CHECK(at(norm.running_var, 1) == Approx(variances));
}

TEST_CASE("BatchNorm: a channel that is not finite leaves its running statistics as they are") {
  Random random{1};
  const nn::BatchNorm1d<double> norm{3}, spared{3};
  norm(Tensor<double>{{1, 2, 3}, {3, 4, 7}}, nn::training(random));
  spared(Tensor<double>{{1, 2, 3}, {3, 4, 7}}, nn::training(random));
  norm(Tensor<double>{{NAN, 1, 3}, {3, INFINITY, 5}}, nn::training(random));
  spared(Tensor<double>{{0, 0, 3}, {0, 0, 5}}, nn::training(random));
  CHECK(testing::close(norm.running_mean.value(), {0.2, 0.3, at(spared.running_mean, 2)}));
  CHECK(testing::close(norm.running_var.value(), {1.1, 1.1, at(spared.running_var, 2)}));
}

TEST_CASE("BatchNorm: evaluation takes the running statistics and leaves them alone") {
  const nn::BatchNorm1d<double> norm{Tensor<double>{2.0},
                                     Tensor<double>{1.0},
                                     Tensor<double>{3.0},
                                     Tensor<double>{4.0},
                                     {.epsilon = 5}};
  const Tensor<double> y = norm(Tensor<double>{{3}, {9}}, nn::evaluation);
  CHECK(y.data()[0] == Approx(1));
  CHECK(y.data()[1] == Approx(6 / 3.0 * 2 + 1));
  CHECK(at(norm.running_mean) == 3);
  Random random{1};
  norm(Tensor<double>{{3}, {9}}, nn::training(random).without_statistics());
  CHECK(at(norm.running_mean) == 3);
  CHECK(norm.num_batches_tracked.value().item() == 0);
}

TEST_CASE("BatchNorm: gradients, in training and in evaluation") {
  Random random{1};
  nn::BatchNorm2d<double> norm{2};
  norm.weight.assign(Tensor<double>{0.5, -2});
  const Tensor<double> x = random_images({3, 2, 2, 3});
  for (const nn::Mode mode : {nn::training(random).without_statistics(), nn::evaluation}) {
    const auto report = nn::check_gradient(norm, [&] { return norm(x, mode); });
    CHECK_MESSAGE(report.passed, to_string(report));
  }
}

TEST_CASE("BatchNorm: float agrees with double") {
  Random random{1};
  const nn::BatchNorm2d<double> wide{3};
  const nn::BatchNorm2d<float> narrow{3};
  const Tensor<double> x = random_images({4, 3, 8, 8});
  const Tensor<float> single(x.shape(), std::vector<float>(x.data(), x.data() + x.size()));
  const Tensor<double> y = wide(x, nn::training(random));
  const Tensor<float> z = narrow(single, nn::training(random));
  for (Index i = 0; i < y.size(); ++i)
    CHECK(double(z.data()[i]) == Approx(y.data()[i]).epsilon(2e-6).scale(1));
}

TEST_CASE("BatchNorm: without weight and bias nothing is learned") {
  nn::BatchNorm1d<float> norm{4, {.affine = false}};
  CHECK(nn::parameters(norm).empty());
  CHECK(nn::state(norm).size() == 3);
  CHECK(nn::state(norm)[0].name == "running_mean");
}

TEST_CASE("BatchNorm: options and shapes out of range are refused") {
  Random random{1};
  CHECK_THROWS_WITH_AS(nn::BatchNorm1d<float>{0}, "BatchNorm1d: 0 channels; expected at least one",
                       ValueError);
  CHECK_THROWS_WITH_AS((nn::BatchNorm2d<float>{1, {.momentum = 2}}),
                       "BatchNorm2d: momentum is 2; expected 0 to 1", ValueError);
  CHECK_THROWS_WITH_AS((nn::BatchNorm2d<float>{1, {.epsilon = 0}}),
                       "BatchNorm2d: epsilon is 0; expected more than 0", ValueError);
  CHECK_THROWS_WITH_AS(nn::BatchNorm2d<double>{3}(random_images({2, 3, 4}), nn::evaluation),
                       "BatchNorm2d: x has shape [2, 3, 4]; expected [n, 3, height, width]",
                       ShapeError);
  CHECK_THROWS_WITH_AS(nn::BatchNorm1d<double>{3}(random_images({2, 4}), nn::evaluation),
                       "BatchNorm1d: x has shape [2, 4]; expected [n, 3] or [n, 3, length]",
                       ShapeError);
  CHECK_THROWS_WITH_AS(
      nn::BatchNorm1d<double>{3}(random_images({1, 3}), nn::training(random)),
      "BatchNorm1d: the batch has shape [1, 3]: of one number per channel there is "
      "no variance; in training expected two at least. If it is an epoch's last "
      "one, leave it out with drop_last = true; with threads each of them has a "
      "part of the batch",
      ShapeError);
  CHECK_THROWS_WITH_AS(
      nn::BatchNorm2d<double>{3}(random_images({0, 3, 2, 2}), nn::training(random)),
      "BatchNorm2d: the batch has shape [0, 3, 2, 2]: of no number per channel "
      "there is no variance; in training expected two at least. If it is an "
      "epoch's last one, leave it out with drop_last = true; with threads each of "
      "them has a part of the batch",
      ShapeError);
}
