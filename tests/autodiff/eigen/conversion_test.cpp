#include "thalweg/autodiff/eigen/conversion.hpp"

#include <doctest/doctest.h>

#include "tests/autodiff/eigen/eigen.hpp"
#include "tests/message_of.hpp"
#include "thalweg/autodiff/tape/recording.hpp"

using namespace thalweg;
using namespace thalweg::test;

namespace {

const Eigen::MatrixXd a = numbers(3, 2);
const Eigen::VectorXd v = numbers(3, 1, 2);

}  // namespace

TEST_CASE("a matrix becomes a tensor of two axes, a vector one of one axis, and back") {
  const Tensor<double> x = to_tensor(a), y = to_tensor(v), z = to_tensor(v.transpose());
  CHECK(x.shape() == Shape{3, 2});
  CHECK(y.shape() == Shape{3});
  CHECK(z.shape() == Shape{3});
  CHECK(x(2, 1).value() == a(2, 1));
  CHECK(y.to_vector() == std::vector<double>(v.begin(), v.end()));
  CHECK(to_matrix(x) == a);
  CHECK(to_vector(y) == v);
  CHECK(to_matrix(x * 2) == 2 * a);
}

TEST_CASE("expressions, maps, blocks, arrays and either order of elements become tensors") {
  const Eigen::Matrix<double, 3, 2, Eigen::RowMajor> rows = a;
  CHECK(to_matrix(to_tensor(rows)) == a);
  CHECK(to_matrix(to_tensor(a.transpose() * 2)) == 2 * a.transpose());
  CHECK(to_matrix(to_tensor(a.block(1, 0, 2, 1))) == a.block(1, 0, 2, 1));
  CHECK(to_matrix(to_tensor(a.array().square())) == a.cwiseAbs2());
  CHECK(to_vector(to_tensor(Eigen::Map<const Eigen::VectorXd>(a.data(), 6))) == a.reshaped());
  CHECK(to_matrix(to_tensor(a.cast<float>())) == a.cast<float>());
  CHECK(to_tensor(Eigen::MatrixXd(0, 4)).shape() == Shape{0, 4});
}

TEST_CASE("whole numbers and truth values become an IndexTensor") {
  const IndexTensor x = to_tensor(Eigen::Vector3i(4, 5, 6));
  CHECK(x.to_vector() == std::vector<Index>{4, 5, 6});
  CHECK(to_tensor(v.array() == v(1)).to_vector() == std::vector<Index>{0, 1, 0});
}

TEST_CASE("views show a tensor's own numbers, row-major") {
  Tensor<double> x = to_tensor(a), y = to_tensor(v);
  CHECK(as_matrix(x) == a);
  CHECK(as_matrix(x).data() == x.data());
  CHECK(as_vector(y) == v);
  CHECK(as_vector(y).data() == y.data());
  const Tensor<double> shared = x;
  mutable_matrix(x)(1, 1) = 7;
  mutable_vector(y).setOnes();
  CHECK(x(1, 1).value() == 7);
  CHECK(shared(1, 1).value() == a(1, 1));
  CHECK(y.to_vector() == std::vector<double>{1, 1, 1});
}

TEST_CASE("a view names the axes that it wants, and what to write") {
  const Tensor<double> x = to_tensor(a), y = to_tensor(v);
  CHECK(
      message_of([&] { as_vector(x); }) ==
      "as_vector: a vector has one axis, this tensor is [3, 2]; write flatten(x) for its elements "
      "side by side");
  CHECK(message_of([&] { to_matrix(y); }) ==
        "to_matrix: a matrix has two axes, this tensor is [3]; write reshape(x, {rows, columns})");
  Tape tape;
  Tensor<double> recorded = tape.variable(x);
  CHECK_THROWS_AS(mutable_matrix(recorded), TapeError);
}

TEST_CASE("a matrix of variables becomes a tensor, and a tensor scalars, in one record each") {
  Tape tape;
  const MatrixXv x = variables(tape, a);
  const std::size_t before = tape.recording().size();
  const Tensor<double> y = to_tensor(x);
  CHECK(tape.recording().size() == before + 1);
  const MatrixXv z = matrix_of_scalars(y);
  CHECK(tape.recording().size() == before + 2);
  const VectorXv w = vector_of_scalars(to_tensor(x.col(1)));
  const Eigen::MatrixXd slope = gradients_of(tape.backward(z.squaredNorm() + w.sum()), x);
  Eigen::MatrixXd expected = 2 * a;
  expected.col(1).array() += 1;
  CHECK(slope == expected);
}
