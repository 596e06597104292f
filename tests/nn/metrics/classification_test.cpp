#include <vector>

#include "laws.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/extrema.hpp"
#include "thalweg/nn/losses/losses.hpp"
#include "thalweg/optim/state/archive.hpp"

using namespace thalweg;
using nn::Average;

namespace {

// Predicted: 0, 1, 1, 2, 0.
const Tensor<double> scores = {{5, 1, 2}, {0, 3, 1}, {0, 2, 1}, {0, 1, 9}, {4, 1, 3}};
const IndexTensor labels{0, 1, 2, 2, 1};

Tensor<double> many_scores() {
  Random random{1};
  return normal<double>({40, 4}, random);
}
IndexTensor many_labels(Index classes) {
  std::vector<Index> all;
  for (Index k = 0; k < 40; ++k) all.push_back(k * k * 7 % 11 % classes);
  return IndexTensor(all);
}

}  // namespace

TEST_CASE("metrics of classifiers: parts add up to the whole") {
  const auto s = many_scores();
  const auto y = many_labels(4);
  laws::metric(nn::Accuracy{}, s, y);
  laws::metric(nn::TopK{2}, s, y);
  laws::metric(nn::Perplexity{}, s, y);
  for (const Average average :
       {Average::macro, Average::micro, Average::weighted, Average::binary}) {
    laws::metric(nn::Precision{{.average = average}}, s, y);
    laws::metric(nn::Recall{{.average = average}}, s, y);
    laws::metric(nn::F1{{.average = average}}, s, y);
  }
}

TEST_CASE("metrics of two classes: parts add up to the whole, labels may be whole numbers or not") {
  Random random{2};
  const auto s = normal<double>({40}, random);
  const auto y = many_labels(2);
  const Tensor<double> real(y.shape(), std::vector<double>(y.values().begin(), y.values().end()));
  laws::metric(nn::Auc{}, s, y);
  laws::metric(nn::Auc{}, s, real);
  laws::metric(nn::BinaryAccuracy{}, s, y);
  laws::metric(nn::BinaryAccuracy{0.5}, s, real);
}

TEST_CASE("Accuracy and TopK: the share of labels among the largest scores") {
  nn::Accuracy accuracy;
  accuracy.add(scores, labels);
  CHECK(accuracy.value() == 0.6);
  CHECK(accuracy.value() == nn::accuracy(scores, labels));
  nn::TopK two{2};
  two.add(scores, labels);
  CHECK(two.value() == 0.8);
  nn::TopK all{9};
  all.add(scores, labels);
  CHECK(all.value() == 1);
}

TEST_CASE("Accuracy: takes float, expressions and sequences") {
  nn::Accuracy accuracy;
  accuracy.add(2 * Tensor<float>{{1, 2}, {3, 1}}, {1, 1});
  accuracy.add(Tensor<double>{{{1, 2}, {3, 1}}}, IndexTensor{{1, 0}});
  CHECK(accuracy.value() == 0.75);
  CHECK(accuracy.count() == 4);
}

TEST_CASE("Accuracy agrees with argmax where scores tie or are infinite; TopK goes on from there") {
  const Tensor<double> tied = {{2, 2, 1}, {-INFINITY, -INFINITY, -INFINITY}, {1, 3, INFINITY}};
  const IndexTensor first = argmax(tied, -1);
  nn::Accuracy accuracy;
  accuracy.add(tied, first);
  CHECK(accuracy.value() == 1);
  nn::TopK two{2};
  two.add(tied, {1, 1, 1});
  CHECK(two.value() == 1);
  two.add(tied, {2, 2, 0});
  CHECK(two.value() == 0.5);
}

namespace {

/// A NaN among the scores makes the value NaN, alone, among others, saved, and as a part; a reset
/// forgets it.
template <class M, class X, class Y>
void nan_is_seen(const M& fresh, const X& sound, const X& spoiled, const Y& y) {
  M metric = fresh, clean = fresh, restored = fresh;
  clean.add(sound, y);
  CHECK_FALSE(std::isnan(clean.value()));
  metric.add(spoiled, y);
  CHECK(std::isnan(metric.value()));
  metric.add(sound, y);
  CHECK(std::isnan(metric.value()));
  optim::Archive archive;
  archive(metric);
  optim::Archive stored = archive.reversed();
  stored(restored);
  CHECK(std::isnan(restored.value()));
  M sum = clean;
  sum += restored;
  CHECK(std::isnan(sum.value()));
  metric.reset();
  metric.add(sound, y);
  CHECK(metric.value() == clean.value());
}

}  // namespace

TEST_CASE("metrics of classifiers: scores that are NaN are no class's, the value is NaN") {
  Tensor<double> spoiled = scores;
  spoiled.set({1, 2}, NAN);  // not the label's, and not where the largest is
  nan_is_seen(nn::Accuracy{}, scores, spoiled, labels);
  nan_is_seen(nn::TopK{2}, scores, spoiled, labels);
  nan_is_seen(nn::TopK{3}, scores, spoiled, labels);
  nan_is_seen(nn::Perplexity{}, scores, spoiled, labels);
  for (const Average average :
       {Average::macro, Average::micro, Average::weighted, Average::binary}) {
    nan_is_seen(nn::Precision{{.average = average}}, scores, spoiled, labels);
    nan_is_seen(nn::Recall{{.average = average}}, scores, spoiled, labels);
    nan_is_seen(nn::F1{{.average = average}}, scores, spoiled, labels);
  }
  const Tensor<double> line = {1, -1, 2}, broken = {1, NAN, 2};
  const IndexTensor bits{1, 0, 0};
  nan_is_seen(nn::BinaryAccuracy{}, line, broken, bits);
  nan_is_seen(nn::Auc{}, line, broken, bits);
  CHECK(std::isnan(nn::accuracy(spoiled, labels)));
  const Tensor<float> all = full<float>({5, 3}, NAN);
  CHECK(std::isnan(nn::accuracy(all, IndexTensor{0, 0, 0, 0, 0})));
  nn::F1 f1;
  f1.add(spoiled, labels);
  CHECK(f1.confusion().total() == 4);
  for (const double each : f1.per_class()) CHECK(std::isnan(each));
}

TEST_CASE("Precision, Recall, F1 by class, against counts by hand") {
  nn::Precision precision;
  nn::Recall recall;
  nn::F1 f1;
  precision.add(scores, labels);
  recall.add(scores, labels);
  f1.add(scores, labels);
  CHECK(precision.per_class() == std::vector<double>{0.5, 0.5, 1});
  CHECK(recall.per_class() == std::vector<double>{1, 0.5, 0.5});
  CHECK(f1.per_class() == std::vector<double>{2.0 / 3, 0.5, 2.0 / 3});
  CHECK(precision.value() == doctest::Approx(2.0 / 3));
  CHECK(recall.value() == doctest::Approx(2.0 / 3));
  CHECK(f1.value() == doctest::Approx(11.0 / 18));
  CHECK(f1.confusion().count(2, 1) == 1);
}

TEST_CASE("averages: micro is the accuracy, weighted counts examples, binary is one class") {
  const auto of = [](nn::ClassScoreOptions options) {
    nn::Precision precision{options};
    precision.add(scores, labels);
    return precision.value();
  };
  CHECK(of({.average = Average::micro}) == 0.6);
  CHECK(of({.average = Average::weighted}) == doctest::Approx((0.5 + 2 * 0.5 + 2 * 1) / 5));
  CHECK(of({.average = Average::binary}) == 0.5);
  CHECK(of({.average = Average::binary, .positive = 2}) == 1);
}

TEST_CASE("a class that neither occurs nor is predicted is NaN and no part of the average") {
  nn::Recall recall;
  recall.add(Tensor<double>{{1, 0, 0}, {1, 0, 0}}, {0, 1});
  const auto each = recall.per_class();
  CHECK(each[0] == 1);
  CHECK(each[1] == 0);
  CHECK(std::isnan(each[2]));
  CHECK(recall.value() == 0.5);
}

TEST_CASE("Auc is the share of pairs in order, by counting them") {
  Random random{3};
  auto s = normal<double>({40}, random);
  for (double& x : s.mutable_values()) x = std::round(2 * x);  // ties
  const auto y = many_labels(2);
  double in_order = 0, pairs = 0;
  for (Index i = 0; i < 40; ++i)
    for (Index j = 0; j < 40; ++j) {
      if (y.data()[i] != 1 || y.data()[j] != 0) continue;
      const double a = s.data()[i], b = s.data()[j];
      in_order += a > b ? 1 : a == b ? 0.5 : 0;
      pairs += 1;
    }
  nn::Auc auc;
  auc.add(s, y);
  CHECK(auc.value() == doctest::Approx(in_order / pairs).epsilon(1e-15));
  auc += auc;
  CHECK(auc.value() == doctest::Approx(in_order / pairs).epsilon(1e-15));
}

TEST_CASE("Auc: equal scores make 1/2, one class alone NaN") {
  nn::Auc auc;
  auc.add(Tensor<double>{1, 1, 1}, {0, 0, 0});
  CHECK(std::isnan(auc.value()));
  auc.add(Tensor<double>{1}, {1});
  CHECK(auc.value() == 0.5);
  auc.add(Tensor<double>{NAN}, {1});
  CHECK(std::isnan(auc.value()));
}

TEST_CASE("BinaryAccuracy: above the threshold is class 1") {
  nn::BinaryAccuracy logits, probabilities{0.5};
  logits.add(Tensor<float>{-1, 0, 2}, {0, 0, 1});
  CHECK(logits.value() == 1);
  probabilities.add(Tensor<float>{0.4f, 0.6f}, Tensor<float>{1, 1});
  CHECK(probabilities.value() == 0.5);
}

TEST_CASE("Perplexity: the number of classes for equal scores, exp of the cross entropy else") {
  nn::Perplexity perplexity;
  perplexity.add(Tensor<double>{{1, 1, 1, 1}}, {2});
  CHECK(perplexity.value() == doctest::Approx(4));
  perplexity.reset();
  perplexity.add(scores, labels);
  CHECK(perplexity.value() ==
        doctest::Approx(std::exp(nn::cross_entropy(scores, labels).item())).epsilon(1e-14));
  nn::Perplexity some{{.ignored_label = -1}};
  some.add(scores, {0, -1, -1, 2, -1});
  CHECK(some.value() ==
        doctest::Approx(
            std::exp(nn::cross_entropy(scores, {0, -1, -1, 2, -1}, {.ignored_label = -1}).item())));
}

TEST_CASE("metrics of classifiers: errors say what came, and nothing is counted then") {
  nn::Accuracy accuracy;
  CHECK_THROWS_WITH_AS(accuracy.add(scores, {0, 1}),
                       "Accuracy: scores [5, 3] and labels [2]; expected [..., classes] and [...], "
                       "the classes last",
                       ShapeError);
  CHECK_THROWS_WITH_AS(accuracy.add(scores, {0, 1, 2, 3, 0}),
                       "Accuracy: label 3 at position 3 is out of range; expected 0 to 2",
                       IndexError);
  CHECK(accuracy.count() == 0);
  CHECK_THROWS_WITH_AS(nn::TopK{0}, "TopK: k is 0; expected at least 1", ValueError);
  nn::TopK three{3};
  CHECK_THROWS_WITH_AS(three += nn::TopK{2},
                       "TopK: the counts of the first 2 cannot be added to those of the first 3",
                       ValueError);
  nn::F1 f1, other{{.average = Average::micro}};
  CHECK_THROWS_WITH_AS(f1 += other, "f1: only counts for the same average can be added",
                       ValueError);
  CHECK_THROWS_WITH_AS(f1.confusion(), "f1: nothing has been counted yet; add a batch first",
                       ValueError);
  f1.add(scores, labels);
  CHECK_THROWS_WITH_AS(f1.add(Tensor<double>{{1, 2}}, {0}),
                       "f1: scores of 2 classes after some of 3; expected as many", ShapeError);
  nn::Auc auc;
  CHECK_THROWS_WITH_AS(auc.add(Tensor<double>{{1}, {2}}, {0, 1}),
                       "Auc: scores [2, 1] and labels [2]; expected the same shape, one score per "
                       "example",
                       ShapeError);
  CHECK_THROWS_WITH_AS(auc.add(Tensor<double>{1, 2}, {0, 2}), "Auc: label 2; expected 0 or 1",
                       ValueError);
}
