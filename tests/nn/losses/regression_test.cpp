#include <limits>
#include <vector>

#include "laws.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

using namespace thalweg;

namespace {
const Tensor<double> p = {{0.3, -1.2, 2.5}, {-0.4, 0.9, 4}}, y = {{1, 0.5, 0.3}, {0, 3, 4.25}};
const Tensor<double> none(Shape{0, 3}, std::vector<double>{});
}  // namespace

TEST_CASE("l1_loss: |p - y|; 0 and slope 0 where they are equal") {
  CHECK(nn::l1_loss(Tensor<double>{1, -2, 5}, Tensor<double>{3, -2, 4}, Reduction::none)
            .to_vector() == std::vector<double>{2, 0, 1});
  laws::elementwise([](Reduction r, const auto& a, const auto& b) { return nn::l1_loss(a, b, r); },
                    p, y);
  Tape tape;
  const Tensor x = tape.variable(Tensor<double>{2});
  CHECK(tape.backward(nn::l1_loss(x, Tensor<double>{2}))[x].to_vector() == std::vector<double>{0});
}

TEST_CASE("huber_loss: a parabola up to delta, then a line of slope delta") {
  const Tensor<double> d = {0, 1, 2, 3, -5};
  CHECK(nn::huber_loss(d, Tensor<double>{0, 0, 0, 0, 0}, {.delta = 2, .reduction = Reduction::none})
            .to_vector() == std::vector<double>{0, 0.5, 2, 4, 8});
  laws::elementwise(
      [](Reduction r, const auto& a, const auto& b) {
        return nn::huber_loss(a, b, {.delta = 0.6, .reduction = r});
      },
      p, y);
}

TEST_CASE("smooth_l1_loss is huber_loss / beta") {
  CHECK(nn::smooth_l1_loss(p, y, {.beta = 0.6}).item() ==
        doctest::Approx(nn::huber_loss(p, y, {.delta = 0.6}).item() / 0.6).epsilon(1e-15));
  laws::elementwise(
      [](Reduction r, const auto& a, const auto& b) {
        return nn::smooth_l1_loss(a, b, {.beta = 0.6, .reduction = r});
      },
      p, y);
}

TEST_CASE("mse_loss: the laws of a loss") {
  laws::elementwise([](Reduction r, const auto& a, const auto& b) { return nn::mse_loss(a, b, r); },
                    p, y);
}

TEST_CASE(
    "poisson_nll_loss: from the rate or its logarithm, with Stirling's approximation or not") {
  const Tensor<double> rate = {{0.3, 1.2, 2.5}, {0.4, 0.9, 4}}, counts = {{2, 0.5, 0}, {7, 3, 1.5}};
  for (const bool full : {false, true}) {
    CHECK(nn::poisson_nll_loss(log(rate), counts, {.full = full}).item() ==
          doctest::Approx(
              nn::poisson_nll_loss(rate, counts, {.log_input = false, .full = full}).item())
              .epsilon(1e-7));
    for (const bool log_input : {false, true})
      laws::elementwise(
          [=](Reduction r, const auto& a, const auto& b) {
            return nn::poisson_nll_loss(a, b,
                                        {.log_input = log_input, .full = full, .reduction = r});
          },
          rate, counts);
  }
  // log 3! is about 3 log 3 − 3 + ½ log 6π, to 3 %
  const Tensor<double> three = {3};
  CHECK(nn::poisson_nll_loss(log(three), three, {.full = true}).item() ==
        doctest::Approx(3 - 3 * std::log(3) + std::log(6)).epsilon(0.03));
}

TEST_CASE("gaussian_nll_loss is -log of the normal density") {
  const Tensor<double> v = {{0.5, 0.3, 2}, {1.5, 0.7, 3}};
  const double density = std::exp(-0.7 * 0.7 / (2 * 0.5)) / std::sqrt(2 * std::acos(-1) * 0.5);
  CHECK(laws::at(nn::gaussian_nll_loss(p, y, v, {.full = true, .reduction = Reduction::none}), 0) ==
        doctest::Approx(-std::log(density)).epsilon(1e-14));
  laws::elementwise([](Reduction r, const auto& a, const auto& b,
                       const auto& c) { return nn::gaussian_nll_loss(a, b, c, {.reduction = r}); },
                    p, y, v);
}

TEST_CASE("gaussian_nll_loss: a variance of 0 counts as epsilon, a negative one is NaN") {
  const Tensor<double> one = {1}, zero = {0};
  CHECK(nn::gaussian_nll_loss(one, zero, zero, {.epsilon = 0.25}).item() ==
        doctest::Approx(0.5 * (std::log(0.25) + 4)));
  CHECK(std::isnan(nn::gaussian_nll_loss(one, zero, Tensor<double>{-1}).item()));
}

TEST_CASE("a loss of no elements has mean NaN and sum 0; NaN in an operand is NaN in the loss") {
  CHECK(std::isnan(nn::huber_loss(none, none).item()));
  CHECK(nn::huber_loss(none, none, {.reduction = Reduction::sum}).item() == 0);
  const Tensor<double> nan = {NAN}, one = {1};
  CHECK(std::isnan(nn::huber_loss(nan, one).item()));
  CHECK(std::isnan(nn::l1_loss(one, nan).item()));
  CHECK(std::isnan(nn::poisson_nll_loss(nan, one, {.full = true}).item()));
  CHECK(std::isnan(nn::gaussian_nll_loss(one, one, nan).item()));
}

TEST_CASE("a loss absorbs the expressions it is given: one record, no tensor in between") {
  Tape tape;
  const Tensor x = tape.variable(p);
  const Tensor loss = nn::huber_loss(2 * x + 1, y);
  CHECK(loss.place().id == x.place().id + 1);
}

TEST_CASE("losses of regression: errors say what came") {
  const Tensor<double> column = {{1}, {2}}, line = {1, 2};
  CHECK_THROWS_WITH_AS(nn::l1_loss(column, line),
                       "l1_loss: prediction [2, 1] and target [2] differ in shape; nothing is "
                       "broadcast here, reshape one",
                       ShapeError);
  CHECK_THROWS_WITH_AS(
      nn::gaussian_nll_loss(line, line, Tensor<double>{1}),
      "gaussian_nll_loss: prediction [2] and variance [1] differ in shape; nothing "
      "is broadcast here, reshape one",
      ShapeError);
  CHECK_THROWS_WITH_AS(nn::huber_loss(line, line, {.delta = 0}),
                       "huber_loss: delta is 0; expected a number above 0", ValueError);
  CHECK_THROWS_WITH_AS(nn::smooth_l1_loss(line, line, {.beta = -1}),
                       "smooth_l1_loss: beta is -1; expected a number above 0", ValueError);
}
