#include "thalweg/autodiff/ops/linear_algebra.hpp"

#include "tests/autodiff/laws/tensor_laws.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/derive/check_gradient.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/join.hpp"
#include "thalweg/autodiff/ops/matmul.hpp"
#include "thalweg/autodiff/ops/slice.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"

using namespace thalweg;
using test::check_equal;
using test::message_of;
using testing::close;

namespace {

// Diagonally heavy: far from singular.
template <class Real = double>
Tensor<Real> matrix(Index n, std::uint64_t seed = 1) {
  Random random{seed};
  return normal<Real>({n, n}, random) + Real(n) * eye<Real>(n);
}
template <class Real = double>
Tensor<Real> symmetric(Index n) {
  const Tensor<Real> a = matrix<Real>(n);
  return matmul(a, transpose(a));
}
template <class F>
void check_slopes(F f, const Tensor<double>& a) {
  const GradientReport report = check_gradient(f, a);
  CHECK_MESSAGE(report, to_string(report));
}

}  // namespace

TEST_CASE_TEMPLATE("solve: A X = B", Real, float, double) {
  Random random{2};
  for (const Index n : {1, 2, 5, 40}) {
    const auto a = matrix<Real>(n), b = normal<Real>({n, 3}, random);
    CHECK(close(matmul(a, solve(a, b)), b, {.absolute = sizeof(Real) == 4 ? 1e-4 : 1e-12}));
  }
}

TEST_CASE("solve: of vectors, of batches, of none") {
  const auto a = matrix(3), b = Tensor<double>{1, 2, 3};
  const Tensor column = solve(a, reshape(b, {3, 1}));
  check_equal(solve(a, b), flatten(column));
  const Tensor pair = solve(concat({reshape(a, {1, 3, 3}), reshape(2 * a, {1, 3, 3})}, 0),
                            concat({reshape(b, {1, 3, 1}), reshape(b, {1, 3, 1})}, 0));
  CHECK(close(slice(pair, 0, 0, 1), 2 * slice(pair, 0, 1, 2), {.absolute = 1e-15}));
  CHECK(solve(zeros({0, 0}), zeros({0, 2})).shape() == Shape{0, 2});
}

TEST_CASE("inverse: A A⁻¹ is the identity") {
  CHECK(close(matmul(matrix(6), inverse(matrix(6))), eye(6), {.absolute = 1e-14}));
}

TEST_CASE("det: of a product it is the product; a swap of rows changes its sign") {
  const auto a = matrix(4, 1), b = matrix(4, 2);
  CHECK(close(det(matmul(a, b)), det(a) * det(b)));
  CHECK(det(flip(eye(2), {0})).item() == -1);
  CHECK(det(zeros({2, 2})).item() == 0);
  CHECK(close(logdet(a), log(det(a))));
}

TEST_CASE("logdet: −∞ where the matrix is singular, as the logarithm of 0") {
  CHECK(logdet(zeros({2, 2})).item() == -INFINITY);
  CHECK(logdet(Tensor<double>{{1, 2}, {2, 4}}).item() == -INFINITY);
  CHECK(logdet(Tensor<float>{{1, 2, 3}, {2, 4, 6}, {0, 1, 5}}).item() == -INFINITY);
  CHECK(close(logdet(Tensor<double>{{{2, 0}, {0, 3}}, {{0, 0}, {0, 3}}}),
              {std::log(6.0), -INFINITY}));
  Tape tape;
  const Tensor a = tape.variable(zeros({1, 1}));
  CHECK(testing::same(tape.backward(logdet(a))[a], Tensor<double>{{NAN}}));
}

TEST_CASE("cholesky: L Lᵀ = A, L lower triangular") {
  const auto a = symmetric(5);
  const Tensor l = cholesky(a);
  CHECK(close(matmul(l, transpose(l)), a, {.absolute = 1e-12}));
  CHECK(l(0, 4).value() == 0);
}

TEST_CASE("square matrices: slopes are derivatives") {
  const auto b = matrix(3, 5);
  check_slopes([&](auto a) { return solve(a, b); }, matrix(3));
  check_slopes([&](auto x) { return solve(b, x); }, matrix(3));
  check_slopes([](auto a) { return inverse(a); }, matrix(3));
  check_slopes([](auto a) { return det(a); }, matrix(4));
  check_slopes([](auto a) { return logdet(a); }, matrix(4));
  check_slopes([](auto a) { return cholesky(a + transpose(a)); }, matrix(4));
}

TEST_CASE("det: the slope at a singular matrix is its cofactors") {
  check_slopes([](auto a) { return det(a); }, Tensor<double>{{1, 2}, {2, 4}});
  check_slopes([](auto a) { return det(a); }, zeros({1, 1}));
}

TEST_CASE("square matrices: what is refused, and how") {
  CHECK(message_of([] {
          (void)det(zeros({2, 3}));
        }) == "det: the matrix has shape [2, 3]; expected […, n, n]");
  CHECK(message_of([] {
          (void)solve(eye(3), zeros({2, 1}));
        }) == "solve: A [3, 3] and B [2, 1]; expected A […, n, n] and B […, n, k]");
  CHECK_THROWS_WITH_AS((void)inverse(zeros({2, 2})), "inverse: matrix [2, 2] is singular",
                       ValueError);
  CHECK_THROWS_WITH_AS((void)solve(zeros({1, 2, 2}), zeros({1, 2, 1})),
                       "solve: matrix 0 of the batch [2, 2] is singular", ValueError);
  CHECK_THROWS_WITH_AS((void)cholesky(-1 * eye(2)),
                       "cholesky: matrix 0 of shape [2, 2] is not positive definite", ValueError);
}
