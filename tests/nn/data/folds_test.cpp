#include "thalweg/nn/data/folds.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/message_of.hpp"
#include "tests/temporary_folder.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/nn/data/combine.hpp"
#include "thalweg/optim/state/checkpoint.hpp"

using namespace thalweg;
using test::message_of;
using Rows = std::vector<Index>;

namespace {

/// Each row is kept aside once and learned from otherwise.
void check_partition(const std::vector<nn::Fold>& folds, Index n) {
  Rows kept;
  for (const auto& [train, test] : folds) {
    kept.insert(kept.end(), test.begin(), test.end());
    Rows all = train;
    all.insert(all.end(), test.begin(), test.end());
    std::sort(all.begin(), all.end());
    CHECK(static_cast<Index>(all.size()) == n);
    CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
  }
  std::sort(kept.begin(), kept.end());
  CHECK(static_cast<Index>(kept.size()) == n);
  CHECK(std::adjacent_find(kept.begin(), kept.end()) == kept.end());
}

}  // namespace

TEST_CASE("kfold: every row is kept aside once, in folds that differ by one at most") {
  Random random{1}, again{1};
  for (const Index k : {2, 3, 10}) {
    const auto folds = nn::kfold(10, k, random);
    CHECK(static_cast<Index>(folds.size()) == k);
    check_partition(folds, 10);
    for (const nn::Fold& fold : folds) {
      CHECK(static_cast<Index>(fold.test.size()) >= 10 / k);
      CHECK(static_cast<Index>(fold.test.size()) <= (10 + k - 1) / k);
    }
  }
  Random one{1}, two{1};
  CHECK(nn::kfold(10, 3, one)[0].test == nn::kfold(10, 3, two)[0].test);
  CHECK(message_of<Error>([&] { nn::kfold(3, 4, random); }) ==
        "kfold: 4 folds of 3 rows; expected 2 to 3");
  CHECK(message_of<Error>([&] { nn::kfold(3, 1, random); }) ==
        "kfold: 1 folds of 3 rows; expected 2 to 3");
}

TEST_CASE("stratified_kfold: each class is spread evenly too") {
  Random random{1};
  const IndexTensor labels = {0, 1, 0, 0, 1, 0, 2, 0, 1, 0, 0, 1, 2};
  const auto folds = nn::stratified_kfold(labels, 3, random);
  check_partition(folds, labels.size());
  for (const nn::Fold& fold : folds)
    for (const auto& [label, least] : {std::pair<Index, int>{0, 2}, {1, 1}, {2, 0}}) {
      const auto count = std::count_if(fold.test.begin(), fold.test.end(),
                                       [&, l = label](Index row) { return labels(row) == l; });
      CHECK(count >= least);
      CHECK(count <= least + 1);
    }
}

TEST_CASE("concatenate: one dataset after the other, if their examples are alike") {
  const nn::Dataset<float> a{{{1, 2}}, {7}}, b{{{3, 4}, {5, 6}}, {8, 9}};
  const auto both = nn::concatenate(a, b);
  CHECK(both.x.shape() == Shape{3, 2});
  CHECK(both.x.to_vector() == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(both.y.to_vector() == Rows{7, 8, 9});
  const nn::Dataset<float> wide{{{1, 2, 3}}, {7}};
  CHECK(message_of<Error>([&] { nn::concatenate(a, wide); }) ==
        "concatenate: [1, 2] and [1, 3] differ in more than the number of examples");
}

TEST_CASE("map: x is changed, y stays, and so does their number") {
  const nn::Dataset<float> data{{{1, 2}, {3, 4}}, {7, 8}};
  const auto doubled = nn::map(data, [](const auto& x) { return 2 * x; });
  CHECK(doubled.x.to_vector() == std::vector<float>{2, 4, 6, 8});
  CHECK(doubled.y.to_vector() == Rows{7, 8});
  CHECK(message_of<Error>([&] {
          nn::map(data, [](const auto&) { return Tensor<float>{1, 2, 3}; });
        }) == "Dataset: x [3] and y [2] differ in their first size, the number of examples");
}

TEST_CASE("min_max: 0 and 1 are the ends of each column, 0 where nothing varies; it is saved") {
  const Tensor<float> x = {{1, 5, -2}, {3, 5, 2}, {2, 5, 0}};
  auto scaling = nn::min_max(x);
  CHECK(scaling(x).to_vector() == std::vector<float>{0, 0, 0, 1, 0, 1, 0.5, 0, 0.5});
  const TemporaryFolder folder;
  optim::save(folder / "s.safetensors", scaling);
  nn::Scaling<float> restored;
  optim::restore(folder / "s.safetensors", restored);
  CHECK(restored(x).to_vector() == scaling(x).to_vector());
  CHECK(message_of<Error>([] { nn::min_max(Tensor{1.0}); }) ==
        "min_max: x has shape [1]; expected [rows, columns], both above 0");
}
