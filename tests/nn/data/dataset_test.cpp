#include "thalweg/nn/data/dataset.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "tests/close.hpp"
#include "tests/message_of.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/slice.hpp"

using namespace thalweg;
using test::message_of;
using testing::close, testing::same;
using Labels = std::vector<Index>;

namespace {

/// Row i is (i, 10 i) with label i mod 3.
nn::Dataset<float> numbered(Index n) {
  std::vector<float> x;
  Labels y;
  for (Index i = 0; i < n; ++i) {
    x.insert(x.end(), {static_cast<float>(i), static_cast<float>(10 * i)});
    y.push_back(i % 3);
  }
  return {Tensor<float>({n, 2}, x), IndexTensor(y)};
}

std::vector<float> first_column(const nn::Dataset<float>& data) {
  std::vector<float> column;
  for (Index i = 0; i < data.size(); ++i) column.push_back(data.x.data()[2 * i]);
  return column;
}

nn::Table table() {
  return {.source = "some.csv",
          .columns = {{.name = "a", .numbers = {1, 3}}, {.name = "b", .numbers = {2, 4}}},
          .rows = 2,
          .label = "kind",
          .labels = {1, 0},
          .classes = {"left", "right"}};
}

}  // namespace

TEST_CASE("labelled: the columns are x, the label column is y") {
  const auto data = nn::labelled<float>(table());
  CHECK(data.x.shape() == Shape{2, 2});
  CHECK(data.x.to_vector() == std::vector<float>{1, 2, 3, 4});
  CHECK(data.y.to_vector() == Labels{1, 0});
}

TEST_CASE("labelled: tables that cannot be learned from are refused, with their name") {
  nn::Table bare = table();
  bare.label = "";
  CHECK(message_of<Error>([&] { nn::labelled<float>(bare); }) ==
        "some.csv: no label column was asked for");
  nn::Table narrow = table();
  narrow.columns.clear();
  CHECK(message_of<Error>([&] { nn::labelled<float>(narrow); }) ==
        "some.csv: there is no column beside the label 'kind'");
  nn::Table large = table();
  large.columns[1].numbers[1] = 1e300;
  CHECK(message_of<Error>([&] { nn::labelled<float>(large); }) ==
        "some.csv:2: column 1 ('b'): 1e+300 is too large for single precision");
  CHECK(nn::labelled<double>(large).x(1, 1).value() == 1e300);
}

TEST_CASE("split: every example is in one part, and equal seeds split alike") {
  Random random{4}, again{4}, other{5};
  const auto [train, test] = nn::split(numbered(10), 0.7, random);
  CHECK(train.size() == 7);
  CHECK(test.size() == 3);
  auto all = first_column(train);
  const auto rest = first_column(test);
  all.insert(all.end(), rest.begin(), rest.end());
  std::sort(all.begin(), all.end());
  CHECK(all == first_column(numbered(10)));
  CHECK(first_column(nn::split(numbered(10), 0.7, again).train) == first_column(train));
  CHECK(first_column(nn::split(numbered(10), 0.7, other).train) != first_column(train));
}

TEST_CASE("split: x and y stay together") {
  Random random{4};
  const auto [train, test] = nn::split(numbered(30), 0.5, random);
  for (Index i = 0; i < train.size(); ++i)
    CHECK(train.y.data()[i] == static_cast<Index>(train.x.data()[2 * i]) % 3);
}

TEST_CASE("split_by_class: both parts have the whole's mixture") {
  Random random{4};
  const auto [train, test] = nn::split_by_class(numbered(30), 0.8, random);
  for (const Index label : {0, 1, 2}) {
    CHECK(std::ranges::count(train.y.values(), label) == 8);
    CHECK(std::ranges::count(test.y.values(), label) == 2);
  }
  CHECK_FALSE(std::ranges::is_sorted(train.y.values()));
}

TEST_CASE("split: a part without examples is refused, and a share that is none") {
  Random random{4};
  CHECK(message_of<Error>([&] { nn::split(numbered(2), 0.9, random); }) ==
        "split: a share of 0.9 of 2 examples leaves 2 for training and 0 for testing; both need "
        "one at least");
  CHECK(message_of<Error>([&] { nn::split(numbered(2), 1, random); }) ==
        "split: the share is 1; expected a number in (0, 1)");
}

TEST_CASE("standardising: mean 0 and variance 1 per column, 0 where nothing varies") {
  const Tensor<float> x = {{1, 5, -2}, {3, 5, 2}};
  const auto scaling = nn::standardising(x);
  CHECK(scaling(x).to_vector() == std::vector<float>{-1, 0, -1, 1, 0, 1});
  CHECK(scaling(Tensor<float>{{5, 9, 0}}).to_vector() == std::vector<float>{3, 0, 0});
  CHECK(message_of<Error>([&] {
          scaling(Tensor<float>{{1, 2}});
        }) == "Scaling: x has shape [1, 2]; expected 3 columns");
}

TEST_CASE("scalings: NaN and infinities stay as they are, the rest is scaled without them") {
  const Tensor<float> x = {{1, 10, 5}, {3, NAN, NAN}, {1, 30, 5}, {3, INFINITY, -INFINITY}};
  CHECK(same(nn::standardising(x)(x), {-1, -1, 0, 1, NAN, NAN, -1, 1, 0, 1, INFINITY, -INFINITY}));
  CHECK(same(nn::min_max(x)(x), {0, 0, 0, 1, NAN, NAN, 0, 1, 0, 1, INFINITY, -INFINITY}));
  const Tensor<double> first = {{NAN}, {1}, {3}};
  CHECK(same(nn::standardising(first)(first), {NAN, -1, 1}));
  CHECK(same(nn::min_max(first)(first), {NAN, 0, 1}));
}

TEST_CASE("scalings: what is not finite can be refused, naming row and column") {
  const Tensor<float> x = {{1, 10}, {2, NAN}, {3, INFINITY}};
  CHECK(message_of<Error>([&] { nn::standardising(x, nn::Nonfinite::refuse); }) ==
        "standardising: x holds nan in row 1, column 1; expected finite numbers");
  CHECK(message_of<Error>([&] { nn::min_max(slice(x, 0, 2, 3), nn::Nonfinite::refuse); }) ==
        "min_max: x holds inf in row 0, column 1; expected finite numbers");
  CHECK(message_of<Error>([] {
          nn::standardising(Tensor<double>{{1, NAN}, {2, INFINITY}});
        }) == "standardising: column 1 holds no finite number");
  CHECK(message_of<Error>([] { nn::min_max(Tensor<double>{{NAN}}); }) ==
        "min_max: column 0 holds no finite number");
}

TEST_CASE("scalings: a column that varies varies afterwards, however large or small it is") {
  const auto ends = [](double a, double b) {
    const Tensor<double> x = {{a}, {b}};
    return nn::standardising(x)(x);
  };
  CHECK(close(ends(1e200, 3e200), {-1, 1}));
  CHECK(close(ends(1e-200, 3e-200), {-1, 1}));
  CHECK(close(ends(-1.7e308, 1.7e308), {-1, 1}));
  CHECK(close(ends(1.7e18, 1.7e18 + 1024), {-1, 1}));  // nanoseconds since 1970
  const Tensor<float> wide = {{-3e38f}, {3e38f}};
  CHECK(close(nn::standardising(wide)(wide), {-1, 1}, {.relative = 1e-6}));
  CHECK(message_of<Error>([&] { nn::min_max(wide); }) ==
        "min_max: column 0 goes from -3e+38 to 3e+38, a range that overflows");
  std::vector<double> equal(1000, 0.1);
  const Tensor<double> constant({1000, 1}, equal);
  CHECK(same(nn::standardising(constant)(constant), std::vector<double>(1000, 0)));
}

TEST_CASE("labelled: missing values that a table keeps stay NaN, or are refused by their place") {
  const nn::Table kept = nn::parse_csv("k,a,b\nx,1,10\ny,2,\nx,3,30\n", "t",
                                       {.label = "k", .missing = nn::Missing::keep});
  const auto data = nn::labelled<float>(kept);
  CHECK(same(data.x, {1, 10, 2, NAN, 3, 30}));
  const Tensor<float> y = nn::standardising(data.x)(data.x);
  CHECK(same(slice(y, 1, 1, 2), {-1, NAN, 1}));
  CHECK(message_of<Error>([&] { nn::labelled<float>(kept, nn::Nonfinite::refuse); }) ==
        "t:3: column 2 ('b'): the value is missing");
  const nn::Table infinite =
      nn::parse_csv("k,a\nx,1\ny,inf\n", "t", {.label = "k", .nonfinite = true});
  CHECK(message_of<Error>([&] { nn::labelled<float>(infinite, nn::Nonfinite::refuse); }) ==
        "t:3: column 1 ('a'): expected a finite number, got inf");
}

TEST_CASE("batches: an epoch shows every example once, in an order drawn anew") {
  Random random{6};
  const auto data = numbered(10);
  const auto epoch = [&] {
    std::vector<float> seen;
    std::vector<Index> sizes;
    for (const auto& [x, y] : nn::batches(data, 4, random)) {
      sizes.push_back(y.size());
      for (Index i = 0; i < y.size(); ++i) seen.push_back(x.data()[2 * i]);
    }
    CHECK(sizes == std::vector<Index>{4, 4, 2});
    return seen;
  };
  auto one = epoch(), two = epoch();
  CHECK(one != two);
  std::sort(one.begin(), one.end());
  CHECK(one == first_column(data));
}

TEST_CASE("batches: without a generator they come in order") {
  const auto data = numbered(5);
  const auto batches = nn::batches(data, 2);
  CHECK(batches.size() == 3);
  CHECK(first_column(batches[1]) == std::vector<float>{2, 3});
  CHECK(first_column(batches[2]) == std::vector<float>{4});
}

TEST_CASE("batches: targets may be numbers, examples of any shape") {
  const nn::Dataset<double, double> data{Tensor<double>({3, 2, 1}, {1.0, 2.0, 3.0, 4.0, 5.0, 6.0}),
                                         Tensor<double>({3, 1}, {10.0, 20.0, 30.0})};
  const auto last = nn::batches(data, 2)[1];
  CHECK(last.x.shape() == Shape{1, 2, 1});
  CHECK(last.x.to_vector() == std::vector<double>{5, 6});
  CHECK(last.y.to_vector() == std::vector<double>{30});
}

TEST_CASE("batches: bad sizes and rows are refused") {
  const auto data = numbered(3);
  CHECK(message_of<Error>([&] { nn::batches(data, 0); }) ==
        "batches: the size is 0; expected at least 1");
  CHECK(message_of<Error>([&] {
          data.rows(Labels{0, 3});
        }) == "Dataset: row 3 is out of range for 3 examples");
  const nn::Dataset<float> uneven{data.x, IndexTensor{1, 2}};
  CHECK(message_of<Error>([&] { nn::batches(uneven, 1); }) ==
        "Dataset: x [3, 2] and y [2] differ in their first size, the number of examples");
  CHECK(message_of<Error>([] { nn::batches(numbered(0), 4); }) == "batches: there are no examples");
}
