#include "tests/autodiff/laws/laws_numeric.hpp"
#include "tests/close.hpp"
#include "thalweg/autodiff.hpp"

using namespace thalweg;

namespace {

/// User code that knows nothing of variables.
template <class T>
T model(const T& x) {
  using std::exp, std::max, std::pow, std::sqrt;
  T y = sigmoid(x) * pow(x, T(2)) + max(x, T(0.25)) + maximum(x, T(1)) / sqrt(x);
  return where(x > T(2), y, y * exp(-x)) + clamp(x, T(0), T(3)) + abs(gelu(x));
}

double ratio(double x) { return model(x); }

}  // namespace

TEST_SUITE("names of the elementwise ops") {
  TEST_CASE("a function takes variables, tensors, parameters, expressions and numbers") {
    Tape tape;
    const Var x = tape.variable(0.5);
    const Tensor t = tape.variable(Tensor<double>({0.5, 1.0}));
    const Parameter p(Tensor<double>({0.5, 1.0}));
    const double y = sigmoid(0.5);
    CHECK(Var(sigmoid(x)).value() == y);
    CHECK(Var(sigmoid(x + 0)).value() == y);
    CHECK(testing::close(Tensor(sigmoid(t)).data()[0], y, {.relative = 1e-15}));
    CHECK(testing::close(Tensor(sigmoid(p)).data()[0], y, {.relative = 1e-15}));
    CHECK(testing::close(Tensor(sigmoid(t * 1)).data()[0], y, {.relative = 1e-15}));
    CHECK(testing::close(sigmoid(Lanes<double>(0.5))[3], y, {.relative = 1e-15}));
    CHECK(testing::close(sigmoid(0.5f), y, {.relative = 1e-6}));
    CHECK(testing::close(Tensor(hypot(t, x)).data()[1], std::hypot(1.0, 0.5)));
    CHECK(Tensor(maximum(t, 0.75f)).to_vector() == std::vector<double>{0.75, 1});
  }
  TEST_CASE("generic code runs on numbers, variables and lanes alike") {
    for (const double x : {0.1, 0.7, 2.5, 4.0}) {
      Tape tape;
      const Var v = tape.variable(x);
      const Var y = model(v);
      CHECK(testing::close(y.value(), model(x), {.relative = 1e-15}));
      CHECK(testing::close(model(Lanes<double>(x))[1], model(x), {.relative = 1e-14}));
      CHECK(testing::close(model(static_cast<float>(x)), model(x), {.relative = 1e-5}));
      laws::expect_derivative("model", ratio, x, tape.backward(y)[v]);
    }
  }
  TEST_CASE("max and min by argument-dependent lookup, beside those of std") {
    using std::max, std::min;
    Tape tape;
    const Var a = tape.variable(1.0), b = tape.variable(1.0);
    Var c = tape.variable(3.0);
    const Var y = max(a, b) + 10 * max(c, 2) + 100 * min(0.5, a) + 1000 * min(a * b, b * c);
    CHECK(max(1, 2) == 2);
    const Gradients gradients = tape.backward(y);
    CHECK(gradients[a] == 1000.5);
    CHECK(gradients[b] == 1000.5);
    CHECK(gradients[c] == 10);
    const Tensor<double> t = {1.0, 5.0};
    CHECK(Tensor(max(t, t * 2)).to_vector() == std::vector<double>{2, 10});
  }
  TEST_CASE("pow takes numbers on either side") {
    Tape tape;
    const Var x = tape.variable(3.0);
    const Tensor t = tape.variable(Tensor<float>({2, 3}));
    CHECK(Var(pow(x, 2)).value() == 9);
    CHECK(Var(pow(2, x)).value() == 8);
    CHECK(Var(pow(x, x)).value() == 27);
    CHECK(Tensor(pow(t, -1)).to_vector() == std::vector<float>{0.5f, 1 / 3.0f});
    CHECK(Tensor(pow(2.0, t)).to_vector() == std::vector<float>{4, 8});
    CHECK(Tensor(pow(t + 1, t)).to_vector() == std::vector<float>{9, 64});
    CHECK(pow(Lanes<float>(3), 2)[0] == 9);
    CHECK(pow(2.0, 3.0) == 8);
  }
  TEST_CASE("gelu(x, Gelu::tanh) is gelu_tanh(x)") {
    const Tensor<double> x = {-1.0, 0.3};
    CHECK(Tensor(gelu(x, Gelu::tanh)).to_vector() == Tensor(gelu_tanh(x)).to_vector());
  }
  TEST_CASE("where chooses by a truth value, a tensor or a comparison") {
    Tape tape;
    const Var a = tape.variable(1.0), b = tape.variable(2.0);
    CHECK(tape.backward(Var(where(a < b, 3 * a, b)))[a] == 3);
    CHECK(tape.backward(Var(where(a > b, 3 * a, b)))[a] == 0);
    const Tensor x = tape.variable(Tensor<double>({-1.0, 0.0, 2.0}));
    const Tensor y = where(x > 0, x * x, -x);
    CHECK(y.to_vector() == std::vector<double>{1, 0, 4});
    const Tensor<double> ones = {1.0, 1.0, 1.0};
    CHECK(tape.backward(y, ones)[x].to_vector() == std::vector<double>{-1, -1, 4});
    CHECK(Tensor(where(true, x, ones)).to_vector() == x.to_vector());
    CHECK(where(1.0 < 2.0, 5.0, 7.0) == 5.0);
  }
}

TEST_SUITE("comparisons") {
  TEST_CASE("of scalars give truth values") {
    Tape tape;
    const Var a = tape.variable(1.0), b = tape.variable(2.0);
    static_assert(std::is_same_v<decltype(a < b), bool>);
    CHECK(a < b);
    CHECK(a * 2 == b);
    CHECK(a + 1 >= 2);
    CHECK(3 > b);
    CHECK(a != 2.5);
    CHECK_FALSE(a <= 0.5f);
    CHECK_FALSE(a == std::nan(""));
    CHECK(a != std::nan(""));
    CHECK(tape.statements() == 2);
  }
  TEST_CASE("of tensors give zeros and ones, with broadcasting, and are not recorded") {
    Tape tape;
    const Tensor x = tape.variable(Tensor<double>({{1.0, 2.0}, {3.0, NAN}}));
    const Tensor<double> row = {2.0, 2.0};
    const std::size_t before = tape.statements();
    CHECK(Tensor(x < row).to_vector() == std::vector<double>{1, 0, 0, 0});
    CHECK(Tensor(x >= row).to_vector() == std::vector<double>{0, 1, 1, 0});
    CHECK(Tensor(x <= 2).to_vector() == std::vector<double>{1, 1, 0, 0});
    CHECK(Tensor(1 < x).to_vector() == std::vector<double>{0, 1, 1, 0});
    CHECK(Tensor(x == row).to_vector() == std::vector<double>{0, 1, 0, 0});
    CHECK(Tensor(x * 2 != row).to_vector() == std::vector<double>{0, 1, 1, 1});
    CHECK(tape.statements() == before);
    const Tensor kept = (x > row) * x;
    CHECK(tape.backward(kept, Tensor(x == x))[x].to_vector() == std::vector<double>{0, 0, 1, 0});
  }
  TEST_CASE("an infinite adjoint does not reach the operands of a comparison") {
    Tape tape;
    const Tensor x = tape.variable(Tensor<double>({1.0, 2.0}));
    const Tensor y = (x > 1.5) / 0.0 + x;
    const Tensor<double> seed = {1.0, INFINITY};
    CHECK(tape.backward(y, seed)[x].to_vector() == std::vector<double>{1, INFINITY});
  }
}

TEST_SUITE("assignment") {
  TEST_CASE("x += y gives the handle a new tensor; the tape keeps the old one") {
    Tape tape;
    const Tensor x = tape.variable(Tensor<double>({1.0, 2.0}));
    Tensor y = x;
    y *= x;
    y += 1;
    y -= x * 2;
    y /= Tensor<double>{{1.0, 1.0}, {2.0, 2.0}};
    CHECK(x.to_vector() == std::vector<double>{1, 2});
    CHECK(y.to_vector() == std::vector<double>{0, 1, 0, 0.5});
    const Gradients gradients = tape.backward(y, laws::ones_like(y));
    CHECK(gradients[x].to_vector() == std::vector<double>{0, 3});
  }
}
