#include <vector>

#include "laws.hpp"

using namespace thalweg;

namespace {
Tensor<double> numbers(std::uint64_t seed, const Shape& shape) {
  Random random{seed};
  return normal<double>(shape, random);
}
}  // namespace

TEST_CASE("metrics of regressions: parts add up to the whole") {
  for (const Shape& shape : {Shape{20}, Shape{20, 3}}) {
    const auto p = numbers(1, shape), y = numbers(2, shape);
    laws::metric(nn::MeanAbsoluteError{}, p, y);
    laws::metric(nn::MeanSquaredError{}, p, y);
    laws::metric(nn::RootMeanSquareError{}, p, y);
    laws::metric(nn::R2{}, p, y);
  }
}

TEST_CASE("mean absolute, mean squared and root mean square error by hand") {
  const Tensor<float> p = {1, 2, 3, 4}, y = {1, 4, 3, 0};
  nn::MeanAbsoluteError absolute;
  nn::MeanSquaredError squared;
  nn::RootMeanSquareError root;
  absolute.add(p, y);
  squared.add(p, y);
  root.add(p, y);
  CHECK(absolute.value() == 1.5);
  CHECK(squared.value() == 5);
  CHECK(root.value() == std::sqrt(5));
}

TEST_CASE("R2: 1 for exact predictions, 0 for the mean, the mean over several outputs") {
  nn::R2 r2;
  const Tensor<double> y = {{1, 1}, {2, 5}, {3, 0}};
  r2.add(y, y);
  CHECK(r2.value() == 1);
  r2.reset();
  r2.add(Tensor<double>{{1, 2}, {2, 2}, {3, 2}}, y);
  CHECK(r2.per_output()[0] == 1);
  CHECK(r2.per_output()[1] == doctest::Approx(0).scale(1));
  CHECK(r2.value() == doctest::Approx(0.5));
}

TEST_CASE("R2: targets far from 0 cost no digits") {
  nn::R2 near, far;
  const auto p = numbers(3, {50}), y = numbers(4, {50});
  Tensor<double> p9 = p.detach(), y9 = y.detach();
  for (double& x : p9.mutable_values()) x += 1e9;
  for (double& x : y9.mutable_values()) x += 1e9;
  near.add(p, y);
  far.add(p9, y9);
  CHECK(far.value() == doctest::Approx(near.value()).epsilon(1e-6));
}

TEST_CASE("R2: equal targets, one target, none") {
  nn::R2 r2;
  r2.add(Tensor<double>{3}, Tensor<double>{3});
  CHECK(std::isnan(r2.value()));
  r2.add(Tensor<double>{3}, Tensor<double>{3});
  CHECK(r2.value() == 1);
  r2.add(Tensor<double>{4}, Tensor<double>{3});
  CHECK(r2.value() == -INFINITY);
}

TEST_CASE("Mean: weighted, NaN before the first number, named") {
  nn::Mean loss{"loss"}, other;
  CHECK(loss.name() == "loss");
  CHECK(std::isnan(loss.value()));
  loss.add(1, 3);
  loss.add(5);
  CHECK(loss.value() == 2);
  loss.add(NAN, 0);
  CHECK(loss.value() == 2);
  other.add(8, 2);
  loss += other;
  CHECK(loss.value() == 4);
  loss.reset();
  CHECK(std::isnan(loss.value()));
  CHECK_THROWS_WITH_AS(loss.add(1, -1), "Mean: the weight is -1; expected 0 or more", ValueError);
}

TEST_CASE("metrics of regressions: errors say what came") {
  nn::R2 r2;
  const Tensor<double> column = {{1}, {2}}, line = {1, 2};
  CHECK_THROWS_WITH_AS(r2.add(column, line),
                       "R2: prediction [2, 1] and target [2] differ in shape; nothing is broadcast "
                       "here, reshape one",
                       ShapeError);
  r2.add(line, line);
  const Tensor<double> two = {{1, 2}};
  CHECK_THROWS_WITH_AS(r2.add(two, two), "R2: targets with 2 outputs after some with 1",
                       ShapeError);
}

namespace {
struct Largest {
  std::string name() const { return "largest"; }
  void add(const Tensor<double>& scores, const IndexTensor&) { last = scores.data()[0]; }
  double value() const { return last; }
  void reset() { last = NAN; }
  double last = NAN;
};
struct Fit {
  nn::MetricList metrics = {};
};
}  // namespace

TEST_CASE("MetricList: metrics of any type, copied with what they counted") {
  const Fit fit{.metrics = {nn::Accuracy{}, nn::TopK{2}, Largest{}}};
  nn::MetricList list = fit.metrics;
  list.add(Tensor<float>{{7, 1, 2}, {1, 2, 3}}, {0, 1});
  CHECK(list.names() == std::vector<std::string>{"accuracy", "top_2", "largest"});
  CHECK(list.values() == std::vector<double>{0.5, 1, 7});
  nn::MetricList copy = list;
  list.reset();
  CHECK(std::isnan(list[0].value()));
  CHECK(copy.values() == std::vector<double>{0.5, 1, 7});
  CHECK(std::isnan(fit.metrics[0].value()));
}

TEST_CASE("MetricList: of one metric, of none, merged") {
  nn::MetricList one = {nn::R2{}}, none, two = {nn::R2{}, nn::R2{}};
  CHECK(one.size() == 1);
  CHECK(none.empty());
  CHECK_THROWS_WITH_AS(one += two, "MetricList: a list of 2 metrics cannot be added to one of 1",
                       ValueError);
  nn::MetricList other = {nn::Accuracy{}};
  CHECK_THROWS_WITH_AS(
      one += other,
      "Metric: accuracy cannot be added to r2; expected the same metric, with an operator +=",
      ValueError);
  const nn::MetricList uncounted = {nn::R2{}};
  const Tensor<double> y = {1, 2, 3};
  one.add(y, y);
  one += uncounted;
  CHECK(one[0].value() == 1);
}

TEST_CASE("MetricList: a metric that does not take such targets says so") {
  nn::MetricList classes = {nn::Accuracy{}}, numbers = {nn::R2{}}, both = {nn::Auc{}};
  const Tensor<double> y = {1, 0};
  CHECK_THROWS_WITH_AS(classes.add(y, y),
                       "accuracy: the targets are numbers; this metric takes labels", ValueError);
  CHECK_THROWS_WITH_AS(numbers.add(y, IndexTensor{1, 0}),
                       "r2: the targets are labels; this metric takes numbers", ValueError);
  both.add(y, y);
  both.add(y, IndexTensor{1, 0});
  CHECK(both[0].value() == 1);
  CHECK(both[0].takes_labels());
  CHECK_FALSE(numbers[0].takes_labels());
}
