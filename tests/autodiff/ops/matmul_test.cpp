#include "thalweg/autodiff/ops/matmul.hpp"

#include "tests/autodiff/laws/tensor_laws.hpp"
#include "thalweg/autodiff/ops/trigonometric.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"

using namespace thalweg;
using test::check_adjoint;
using test::check_equal;
using test::message_of;
using test::random_tensor;

namespace {

constexpr auto product = [](const auto& a, const auto& b) { return matmul(a, b); };

/// Matrix i of the broadcast batch `full` in x, whose own batch axes may be fewer or of size 1.
template <class Real>
const Real* matrix(const Tensor<Real>& x, const Shape& full, Index i, Index size) {
  Index at = 0, step = 1;
  for (int d = 1; d <= full.rank(); ++d) {
    const Index position = i % full[full.rank() - d];
    i /= full[full.rank() - d];
    if (x.rank() - 2 - d < 0) continue;
    const Index own = x.shape()[x.rank() - 2 - d];
    at += own == 1 ? 0 : position * step;
    step *= own;
  }
  return x.data() + at * size;
}

/// From the definition, for operands of at least two axes.
template <class Real>
Tensor<Real> naive(const Tensor<Real>& a, const Tensor<Real>& b, Shape full) {
  const Index m = a.size(-2), k = a.size(-1), n = b.size(-1), count = full.size();
  Shape shape = full;
  shape.push_back(m);
  shape.push_back(n);
  std::vector<Real> c;
  for (Index i = 0; i < count; ++i) {
    const Real* left = matrix(a, full, i, m * k);
    const Real* right = matrix(b, full, i, k * n);
    for (Index row = 0; row < m; ++row)
      for (Index column = 0; column < n; ++column) {
        double total = 0;
        for (Index l = 0; l < k; ++l)
          total += double(left[row * k + l]) * double(right[l * n + column]);
        c.push_back(static_cast<Real>(total));
      }
  }
  return Tensor<Real>(shape, c);
}

struct Batches {
  Shape a, b, full;
};
const Batches batches[] = {{{3, 4}, {4, 5}, {}},
                           {{2, 3, 4}, {2, 4, 5}, {2}},
                           {{6, 2, 3, 4}, {4, 5}, {6, 2}},
                           {{3, 4}, {2, 4, 2}, {2}},
                           {{2, 1, 3, 4}, {3, 4, 2}, {2, 3}},
                           {{2, 1, 2, 2}, {1, 3, 2, 2}, {2, 3}},
                           {{1, 3, 2}, {4, 2, 3}, {4}},
                           {{2, 3, 1, 2, 3}, {3, 2, 3, 1}, {2, 3, 2}},
                           {{1, 1}, {1, 1}, {}},
                           {{4, 1}, {1, 3}, {}}};

}  // namespace

TEST_CASE_TEMPLATE("matmul multiplies matrices and broadcast batches of them", Real, float,
                   double) {
  for (const Batches& batch : batches) {
    INFO(to_string(batch.a), " times ", to_string(batch.b));
    const auto a = random_tensor<Real>(batch.a, 1), b = random_tensor<Real>(batch.b, 2);
    check_equal(matmul(a, b), naive(a, b, batch.full));
    check_equal(matmul(transpose(a), transpose(transpose(a))), naive(transpose(a), a, [&] {
                  Shape own;
                  for (int d = 0; d + 2 < a.rank(); ++d) own.push_back(a.shape()[d]);
                  return own;
                }()));
  }
}

TEST_CASE("the gradient of matmul, whatever broadcasts") {
  for (const Batches& batch : batches) {
    INFO(to_string(batch.a), " times ", to_string(batch.b));
    check_adjoint(product, random_tensor(batch.a, 1), random_tensor(batch.b, 2));
  }
  check_adjoint(product, random_tensor({4}, 1), random_tensor({4, 3}, 2));
  check_adjoint(product, random_tensor({3, 4}, 1), random_tensor({4}, 2));
  check_adjoint(product, random_tensor({4}, 1), random_tensor({4}, 2));
  check_adjoint(product, random_tensor({4}, 1), random_tensor({2, 4, 3}, 2));
  check_adjoint(product, random_tensor({2, 3, 4}, 1), random_tensor({4}, 2));
  check_adjoint([](const auto& x) { return matmul(x, x); }, random_tensor({3, 3}, 1));
}

TEST_CASE("a vector is a row on the left and a column on the right") {
  const Tensor<double> v = {1, 2}, m = {{1, 2}, {3, 4}};
  check_equal(matmul(v, m), Tensor<double>{7, 10});
  check_equal(matmul(m, v), Tensor<double>{5, 11});
  CHECK(matmul(v, v).item() == 5);
  CHECK(matmul(v, v).rank() == 0);
}

TEST_CASE("only what is active gets an adjoint or is kept") {
  Tape tape;
  const auto w = tape.variable(random_tensor({4, 5}));
  const auto x = random_tensor({3, 4}, 2);
  const auto handles = x.body()->handles.get();
  const auto w_handles = w.body()->handles.get();
  const auto y = matmul(x, w);
  CHECK(x.body()->handles.get() == handles + 1);
  CHECK(w.body()->handles.get() == w_handles);
  check_equal(tape.backward(sum(y))[w], matmul(transpose(x), ones({3, 5})));
}

TEST_CASE("products of nothing are zeros or empty") {
  const auto a = random_tensor({2, 0}), b = random_tensor({0, 3});
  check_equal(matmul(a, b), Tensor<double>{{0, 0, 0}, {0, 0, 0}});
  CHECK(matmul(random_tensor({0, 3}), random_tensor({3, 2})).shape() == Shape{0, 2});
  Tape tape;
  const auto x = tape.variable(random_tensor({0, 2, 3})), w = tape.variable(random_tensor({3, 2}));
  const auto gradients = tape.backward(sum(matmul(x, w)));
  check_equal(gradients[w], Tensor<double>{{0, 0}, {0, 0}, {0, 0}});
  CHECK(gradients[x].shape() == Shape{0, 2, 3});
}

TEST_CASE("dot takes expressions apart and allocates only its result") {
  check_adjoint([](const auto& a, const auto& b) { return dot(a * b, b); }, random_tensor({7}, 1),
                random_tensor({7}, 2));
  CHECK(dot(Tensor<double>{1, 2, 3}, Tensor<double>{4, 5, 6}).item() == 32);
  CHECK(dot(Tensor<float>{1, 2, 3} + 1.f, Tensor<float>{4, 5, 6}).item() == 47);
}

TEST_CASE("outer") {
  check_equal(outer(Tensor<double>{1, 2}, Tensor<double>{3, 4, 5}),
              Tensor<double>{{3, 4, 5}, {6, 8, 10}});
  check_adjoint([](const auto& a, const auto& b) { return outer(a, b); }, random_tensor({3}, 1),
                random_tensor({4}, 2));
}

TEST_CASE("linear is a product with the transposed weight and a bias") {
  for (const Shape& shape : {Shape{3, 4}, Shape{4}, Shape{2, 3, 4}, Shape{1, 4}}) {
    const auto x = random_tensor(shape, 1), w = random_tensor({5, 4}, 2), b = random_tensor({5}, 3);
    check_equal(linear(x, w), matmul(x, transpose(w)));
    check_equal(as_tensor(linear(x, w, b)), as_tensor(matmul(x, transpose(w)) + b));
    check_adjoint([](const auto& p, const auto& q) { return linear(p, q); }, x, w);
    check_adjoint([](const auto& p, const auto& q, const auto& r) { return linear(p, q, r); }, x, w,
                  b);
    check_adjoint([](const auto& p, const auto& q, const auto& r) { return tanh(linear(p, q, r)); },
                  x, w, b);
  }
}

TEST_CASE("the bias of linear belongs to the statement around it") {
  Tape tape;
  const auto x = random_tensor({3, 4}, 1);
  const auto w = tape.variable(random_tensor({5, 4}, 2)), b = tape.variable(random_tensor({5}, 3));
  const std::size_t before = tape.statements();
  const Tensor y = tanh(linear(x, w, b));
  CHECK(tape.statements() == before + 2);
}

TEST_CASE("what products say about sizes that do not fit") {
  const auto a = random_tensor({2, 3});
  CHECK(message_of([&] { matmul(a, a); }) ==
        "matmul: inner sizes differ: [2, 3] times [2, 3]; columns of the first (3) must equal rows "
        "of the second (2)");
  CHECK(message_of([&] { matmul(random_tensor({2}), random_tensor({3})); }) ==
        "matmul: inner sizes differ: [2] times [3]; elements of the first (2) must equal elements "
        "of the second (3)");
  CHECK(message_of([&] {
          matmul(random_tensor({2, 3, 4}), random_tensor({3, 4, 5}));
        }) ==
        "matmul: batch axes do not broadcast: [2, 3, 4] times [3, 4, 5]; all axes but the last "
        "two, [2] and [3], must agree or be 1");
  CHECK(message_of([&] { matmul(Tensor<double>(1.0), a); }) ==
        "matmul: [] times [2, 3]; expected vectors, matrices or batches of matrices");
  CHECK(message_of([&] { dot(a, a); }) == "dot: shapes [2, 3] and [2, 3]; expected two vectors");
  CHECK(message_of([&] { dot(random_tensor({2}), random_tensor({3})); }) ==
        "dot: sizes differ: [2] and [3]");
  CHECK(message_of([&] { outer(a, random_tensor({3})); }) ==
        "outer: shapes [2, 3] and [3]; expected two vectors");
  CHECK(message_of([&] {
          linear(a, random_tensor({4, 2}));
        }) ==
        "linear: the input has shape [2, 3], the weight [4, 2]; the last axis of the input must "
        "have size 2, one for each column of the weight");
  CHECK(message_of([&] {
          linear(a, random_tensor({4, 3}), random_tensor({3}));
        }) ==
        "linear: the bias has shape [3], the weight [4, 3]; the bias must have one element for "
        "each row of the weight (4)");
  CHECK(message_of([&] { linear(a, random_tensor({3})); }) ==
        "linear: the weight has shape [3]; expected [out, in]");
}
