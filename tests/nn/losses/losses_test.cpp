#include "thalweg/nn/losses/losses.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/nn/metrics/metrics.hpp"

using namespace thalweg;
using nn::Reduction;

TEST_CASE("mse_loss: the mean, the sum or each of the squared differences") {
  const Tensor<double> p = {{1, 2}, {3, 4}}, y = {{1, 0}, {0, 3}};
  CHECK(nn::mse_loss(p, y).item() == 14.0 / 4);
  CHECK(nn::mse_loss(p, y, Reduction::sum).item() == 14);
  const Tensor each = nn::mse_loss(p, y, Reduction::none);
  CHECK(each.shape() == Shape{2, 2});
  CHECK(each.to_vector() == std::vector<double>{0, 4, 9, 1});
}

TEST_CASE("mse_loss: the gradient is 2 (p - y) / n, through expressions too") {
  Tape tape;
  const Tensor p = tape.variable(Tensor<double>{1, 2, 3, 4});
  const Tensor<double> y = {0, 0, 0, 8};
  const Gradients gradients = tape.backward(nn::mse_loss(2 * p, y));
  CHECK(gradients[p].to_vector() == std::vector<double>{2, 4, 6, 0});
}

TEST_CASE("mse_loss: nothing is broadcast") {
  const Tensor<double> p = {{1}, {2}}, y = {1, 2};
  CHECK_THROWS_WITH_AS(
      nn::mse_loss(p, y),
      "mse_loss: prediction [2, 1] and target [2] differ in shape; nothing is broadcast here, "
      "reshape one",
      ShapeError);
}

TEST_CASE("cross_entropy of equal scores is the logarithm of the number of classes") {
  const Tensor<double> scores = {{1, 1, 1, 1}};
  CHECK(nn::cross_entropy(scores, {2}).item() == doctest::Approx(std::log(4)).epsilon(1e-15));
}

TEST_CASE("accuracy: the share of rows whose largest score is the label's") {
  const Tensor<float> scores = {{1, 2}, {3, 0}, {0, 1}, {5, 4}};
  CHECK(nn::accuracy(scores, IndexTensor{1, 0, 0, 0}) == 0.75);
  CHECK(nn::accuracy(2 * scores, IndexTensor{1, 0, 0, 0}) == 0.75);
}

TEST_CASE("accuracy: scores and labels must fit") {
  const Tensor<float> scores = {{1, 2}, {3, 0}};
  CHECK_THROWS_WITH_AS(nn::accuracy(scores, IndexTensor{1}),
                       "accuracy: scores [2, 2] and labels [1]; expected [n, classes] and [n]",
                       ShapeError);
}
