#include "thalweg/autodiff/ops/indexing.hpp"

#include "tests/autodiff/laws/tensor_laws.hpp"

using namespace thalweg;
using test::check_adjoint;
using test::check_equal;
using test::message_of;
using test::random_tensor;

TEST_CASE("gather reads along an axis") {
  const Tensor<double> x = {{1, 2, 3}, {4, 5, 6}};
  check_equal(gather(x, 1, IndexTensor{{2, 0}, {1, 1}}), Tensor<double>{{3, 1}, {5, 5}});
  check_equal(gather(x, 0, IndexTensor{{1, 0, 1}}), Tensor<double>{{4, 2, 6}});
  check_equal(gather(x * 2.0, -1, IndexTensor{{2}}), Tensor<double>{{6}});
  CHECK(gather(IndexTensor{7, 8, 9}, 0, {2, 2}).to_vector() == std::vector<Index>{9, 9});
  CHECK(gather(x, 1, IndexTensor::uninitialised({2, 0})).shape() == Shape{2, 0});
}

TEST_CASE("the adjoint of gather adds up where elements are read twice") {
  const auto x = random_tensor({3, 4});
  check_adjoint([](const auto& v) { return gather(v, 1, IndexTensor{{3, 3, 0}, {1, 2, 1}}); }, x);
  check_adjoint([](const auto& v) { return gather(v, 0, IndexTensor{{2, 0}, {2, 1}}); }, x);
}

TEST_CASE("embedding and take read rows, of any shape of indices") {
  const Tensor<double> table = {{1, 2}, {3, 4}, {5, 6}};
  check_equal(embedding(table, {2, 0, 2}), Tensor<double>{{5, 6}, {1, 2}, {5, 6}});
  CHECK(embedding(table, IndexTensor{{0, 1}, {2, 2}}).shape() == Shape{2, 2, 2});
  check_equal(take(table, std::vector<int>{1}), Tensor<double>{{3, 4}});
  CHECK(take(IndexTensor{7, 8, 9}, {2, 0}).to_vector() == std::vector<Index>{9, 7});
  CHECK(take(table, std::vector<std::uint8_t>{}).shape() == Shape{0, 2});
  CHECK(take(table, std::vector<std::int64_t>{0, 1}).shape() == Shape{2, 2});
  const auto y = random_tensor<float>({4, 2, 3});
  CHECK(take(y, {3}).to_vector() == std::vector<float>(y.data() + 18, y.data() + 24));
}

TEST_CASE("the adjoint of embedding adds up repeated rows") {
  check_adjoint(
      [](const auto& t) {
        return embedding(t, IndexTensor{{3, 0}, {3, 3}});
      },
      random_tensor({4, 3}));
  check_adjoint([](const auto& t) { return take(t, {1, 1, 2}); }, random_tensor({4}));
  Parameter<double> table(random_tensor({5, 2}));
  Tape tape;
  const auto gradient = tape.backward(sum(embedding(table, {4, 1, 4})))[table];
  check_equal(gradient, Tensor<double>{{0, 0}, {1, 1}, {0, 0}, {0, 0}, {2, 2}});
}

TEST_CASE("one_hot") {
  check_equal(one_hot({1, 0}, 3), Tensor<double>{{0, 1, 0}, {1, 0, 0}});
  CHECK(one_hot<float>(IndexTensor{{1}, {0}}, 2).shape() == Shape{2, 1, 2});
  CHECK(one_hot<Index>({2}, 3).to_vector() == std::vector<Index>{0, 0, 1});
}

TEST_CASE("indices out of range are named with their position") {
  const auto x = random_tensor({2, 5});
  CHECK(message_of<IndexError>([&] {
          gather(x, 1, IndexTensor{{0, 4}, {7, -1}});
        }) == "gather: index 7 at position [1, 0] is out of range; expected 0 to 4");
  CHECK(message_of<IndexError>([&] {
          embedding(x, {0, 1, -1});
        }) == "embedding: index -1 at position 2 is out of range; expected 0 to 1");
  CHECK(message_of<IndexError>([&] {
          take(random_tensor({0, 2}), {0});
        }) == "take: index 0 at position 0 is out of range; there is nothing to choose from");
  CHECK(message_of<IndexError>([&] { one_hot({3}, 3); }) ==
        "one_hot: index 3 at position 0 is out of range; expected 0 to 2");
  CHECK(message_of<ValueError>([&] { one_hot({3}, -3); }) ==
        "one_hot: -3 classes; expected a number of at least 0");
  CHECK(message_of([&] { gather(x, 0, {1}); }) ==
        "gather: the index has shape [1], the tensor [2, 5]; they must have the same number of "
        "axes, and the index may be longer along axis 0 only");
  CHECK(message_of([&] {
          gather(x, 1, IndexTensor{{0}, {1}, {2}});
        }) ==
        "gather: the index has shape [3, 1], the tensor [2, 5]; they must have the same number of "
        "axes, and the index may be longer along axis 1 only");
  CHECK(gather(x, 0, IndexTensor{{0}, {1}, {0}}).shape() == Shape{3, 1});
  CHECK(message_of([&] {
          gather(x, 0, IndexTensor::uninitialised({1, 6}));
        }) ==
        "gather: the index has shape [1, 6], the tensor [2, 5]; they must have the same number of "
        "axes, and the index may be longer along axis 0 only");
  CHECK(message_of([&] { take(Tensor<double>(1.0), {0}); }) ==
        "take: a single number has no rows; expected a tensor with axes");
}
