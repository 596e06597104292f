#include "thalweg/nn/metrics/confusion_matrix.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "thalweg/autodiff/base/error.hpp"

using namespace thalweg;
using nn::ConfusionMatrix;
using Labels = std::vector<Index>;

TEST_CASE("ConfusionMatrix: accuracy, recall and precision are shares of the counts") {
  ConfusionMatrix confusion(3);
  confusion.add(Labels{0, 0, 0, 1, 1, 2}, Labels{0, 0, 1, 1, 0, 0});
  CHECK(confusion.total() == 6);
  CHECK(confusion.correct() == 3);
  CHECK(confusion.count(0, 1) == 1);
  CHECK(confusion.count(1, 0) == 1);
  CHECK(confusion.accuracy() == doctest::Approx(3.0 / 6));
  CHECK(confusion.recall(0) == doctest::Approx(2.0 / 3));
  CHECK(confusion.precision(0) == doctest::Approx(2.0 / 4));
  CHECK(confusion.recall(2) == 0);
}

TEST_CASE("ConfusionMatrix: of scores each example counts for its largest, none for NaN") {
  ConfusionMatrix confusion(3);
  confusion.add(Tensor<float>{{1, 5, 2}, {3, 3, 1}, {0, 1, INFINITY}}, {1, 1, 2});
  CHECK(confusion.count(1, 1) == 1);
  CHECK(confusion.count(1, 0) == 1);
  CHECK(confusion.count(2, 2) == 1);
  CHECK_THROWS_WITH_AS(confusion.add(Tensor<float>{{1, 5, 2}, {NAN, 3, 1}}, {1, 1}),
                       "ConfusionMatrix: a score of example 1 is NaN, so it is taken for no class",
                       ValueError);
  CHECK_THROWS_WITH_AS(confusion.add(Tensor<float>{{1, 5}}, {1}),
                       "ConfusionMatrix: scores of 2 classes; expected 3", ShapeError);
  CHECK(confusion.total() == 3);
}

TEST_CASE("ConfusionMatrix: shares of nothing are NaN") {
  const ConfusionMatrix confusion(2);
  CHECK(std::isnan(confusion.accuracy()));
  CHECK(std::isnan(confusion.recall(0)));
  CHECK(std::isnan(confusion.precision(1)));
}

TEST_CASE("ConfusionMatrix: matrices of parts add up to the matrix of the whole") {
  ConfusionMatrix first(2), second(2);
  first.add(0, 1);
  second.add(0, 1);
  second.add(1, 1);
  first += second;
  CHECK(first.count(0, 1) == 2);
  CHECK(first.total() == 3);
}

TEST_CASE("ConfusionMatrix prints as an aligned table, names beyond ASCII too") {
  ConfusionMatrix confusion(std::vector<std::string>{"cat", "Bär", "ox"});
  confusion.add(Labels{0, 0, 1, 1}, Labels{0, 1, 1, 1});
  CHECK(fmt::format("{}", confusion) ==
        "       predicted\n"
        "true   cat Bär  ox   recall\n"
        " cat     1   1   ·   50.0 %\n"
        " Bär     ·   2   ·  100.0 %\n"
        "  ox     ·   ·   ·        –\n"
        "accuracy 75.0 % (3 of 4)\n");
}

TEST_CASE("ConfusionMatrix refuses classes it does not have, and counts nothing then") {
  ConfusionMatrix confusion(10);
  CHECK_THROWS_WITH_AS(confusion.add(10, 0), "ConfusionMatrix: true class 10 is out of range 0 … 9",
                       IndexError);
  CHECK_THROWS_WITH_AS(confusion.add(Labels{1, 2}, Labels{1, -1}),
                       "ConfusionMatrix: predicted class -1 is out of range 0 … 9", IndexError);
  CHECK_THROWS_WITH_AS(confusion.add(Labels{1, 2}, Labels{1}),
                       "ConfusionMatrix: 2 true classes but 1 predicted ones", ShapeError);
  CHECK_THROWS_WITH_AS(confusion += ConfusionMatrix(9),
                       "ConfusionMatrix: only matrices of the same classes can be added",
                       ShapeError);
  CHECK_THROWS_WITH_AS(ConfusionMatrix(0),
                       "ConfusionMatrix: at least one class is needed; got none", ValueError);
  CHECK(confusion.total() == 0);
}
