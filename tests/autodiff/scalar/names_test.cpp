// A name is a node: an expression that is named and used is computed and recorded once.

#include <doctest/doctest.h>

#include <functional>
#include <utility>
#include <vector>

#include "tests/close.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

using namespace thalweg;

namespace {

using Numbers = std::vector<double>;

int calls = 0;

/// y = x². Counts how often it is evaluated.
struct Counted {
  static constexpr auto name = "counted";
  template <class T>
  static T value(const T& x) {
    ++calls;
    return x * x;
  }
  template <class T>
  static T slope(Input<T> x) {
    return 2 * x;
  }
};

template <class X>
auto counted(X&& x) {
  return apply(Counted{}, std::forward<X>(x));
}

/// The evaluations that f makes.
template <class F>
int calls_of(F&& f) {
  calls = 0;
  f();
  return calls;
}

template <class T>
T square_of(const T& x) {
  return x * x;
}
template <class T>
auto polynomial(const T& x) {
  auto square = x * x;
  return square * square + 3 * square + x;
}
template <class T>
auto twice_nested(const T& x) {
  auto inner = polynomial(x);
  return inner * inner;
}

}  // namespace

TEST_CASE("a named scalar is recorded once, on its first use") {
  Tape tape;
  Var x = tape.variable(3.0);
  const std::size_t before = tape.statements();
  auto u = x * x;
  CHECK(tape.statements() == before);
  Var y = u * u + u;
  CHECK(tape.statements() == before + 2);
  Var z = u * 5;
  CHECK(tape.statements() == before + 3);
  const Gradients g = tape.backward(y * z);
  CHECK(g[u] == 5 * (3 * 81 + 2 * 9));
  CHECK(g[x] == 6 * g[u]);
}

TEST_CASE("an unnamed scalar is part of its statement") {
  Tape tape;
  Var x = tape.variable(3.0);
  Var y = exp(x * x * 0.1) + (x - 1) * (x + 1);
  CHECK(tape.statements() == 2);
  CHECK(testing::close(tape.backward(y)[x], 0.6 * std::exp(0.9) + 6));
}

TEST_CASE("a named scalar is computed once, however often it is used") {
  Tape tape;
  Var x = tape.variable(3.0);
  CHECK(calls_of([&] {
          auto u = counted(x);
          Var y = u * u + exp(u) - u / 2;
          Var z = u + y;
          auto copy = u;
          Var w = copy * u;
          CHECK(tape.backward(z * w)[u] != 0);
        }) == 1);
}

TEST_CASE("a named tensor is computed once, however often it is used") {
  const int once = calls_of([] { Tensor<double>(counted(Tensor<double>{1, 2, 3})); });
  Tape tape;
  auto w = tape.variable(Tensor<double>{1, 2, 3});
  CHECK(calls_of([&] {
          auto u = counted(w);
          Tensor y = u * u + exp(u) - u / 2;
          Tensor z = u + y;
          auto copy = u;
          Tensor v = copy * u;
          CHECK(u.to_vector() == Numbers{1, 4, 9});
          CHECK(u.shape() == Shape{3});
          CHECK(v.to_vector() == Numbers{1, 16, 81});
          CHECK(z.size() == 3);
        }) == once);
}

TEST_CASE("without a tape a name is computed once, too") {
  const int once = calls_of([] { Tensor<double>(counted(Tensor<double>{1, 2, 3})); });
  const Tensor<double> w = {1, 2, 3};
  CHECK(calls_of([&] {
          auto u = counted(w);
          Tensor y = u * u + u;
          CHECK(y.to_vector() == Numbers{2, 20, 90});
        }) == once);
}

TEST_CASE("copies of a name are the same node") {
  Tape tape;
  Var x = tape.variable(3.0);
  auto w = tape.variable(Tensor<double>{2, 3});
  auto u = x * x;
  auto copy = u;
  CHECK(copy.place().id == u.place().id);
  Var y = copy * u;
  CHECK(tape.backward(y)[u] == 18);

  auto v = w * w;
  auto tensor_copy = v;
  CHECK(tensor_copy.place().id == v.place().id);
  CHECK(tape.backward(tensor_copy * v, Tensor<double>{1, 1})[v].to_vector() == Numbers{8, 18});
}

TEST_CASE("an assigned name is the node of the other one") {
  Tape tape;
  Var x = tape.variable(3.0);
  auto w = tape.variable(Tensor<double>{2, 3});
  auto u = x * x, v = x * x;
  v = u;
  CHECK(v.place().id == u.place().id);
  auto a = w * w, b = w * w;
  b = a;
  CHECK(b.place().id == a.place().id);
  a = std::as_const(a);
  CHECK(tape.backward(a * b, Tensor<double>{1, 1})[a].to_vector() == Numbers{8, 18});
}

TEST_CASE("a Var or Tensor made of a name is the same node") {
  Tape tape;
  Var x = tape.variable(3.0);
  auto u = x * x;
  Var first = u, second = u;
  CHECK(first.place().id == second.place().id);
  auto w = tape.variable(Tensor<double>{2, 3});
  auto v = w * w;
  Tensor a = v, b = v;
  CHECK(a.place().id == b.place().id);
}

TEST_CASE("expressions are returned from functions and lambdas") {
  Tape tape;
  Var x = tape.variable(3.0);
  auto w = tape.variable(Tensor<double>{2, 3});
  const auto affine = [](const auto& a) { return a * 2 + 1; };
  const auto product = [](const auto& a, auto b) { return a * b; };
  CHECK(tape.backward(affine(x) * x)[x] == 13);
  CHECK(tape.backward(product(affine(x), affine(x)))[x] == 28);
  CHECK(tape.backward(affine(w) * w, Tensor<double>{1, 1})[w].to_vector() == Numbers{9, 13});
  CHECK(tape.backward(product(affine(w), affine(w)), Tensor<double>{1, 1})[w].to_vector() ==
        Numbers{20, 28});
}

TEST_CASE("expressions of a function's own variables are returned from it") {
  Tape tape;
  const auto make = [&tape] {
    Var x = tape.variable(3.0);
    Var y = x * 2;
    return exp(y * 0) * y * x;
  };
  auto u = make();
  CHECK(u.value() == 18);
  CHECK(Var(u * 2).value() == 36);
}

TEST_CASE("generic functions of names give the right gradient") {
  Tape tape;
  Var x = tape.variable(2.0);
  // p = s² + 3 s + x, s = x².  p' = 4 x³ + 6 x + 1
  const double p = 16 + 12 + 2, slope = 32 + 12 + 1;
  CHECK(Var(polynomial(x)).value() == p);
  CHECK(tape.backward(polynomial(x))[x] == slope);
  CHECK(tape.backward(twice_nested(x))[x] == 2 * p * slope);
  CHECK(testing::close(tape.backward(polynomial(polynomial(x)))[x],
                       (4 * p * p * p + 6 * p + 1) * slope));
  auto w = tape.variable(Tensor<double>{2});
  CHECK(tape.backward(polynomial(w))[w].item() == slope);
  CHECK(tape.backward(twice_nested(w))[w].item() == 2 * p * slope);
  CHECK(tape.backward(square_of(x * x))[x] == 32);
  CHECK(tape.backward(square_of(w * w))[w].item() == 32);
}

TEST_CASE("lambdas capture names by value and by reference") {
  Tape tape;
  Var x = tape.variable(3.0);
  auto u = x * x;
  const auto by_value = [u](double factor) { return u * factor; };
  const auto by_reference = [&u](double factor) { return u * factor; };
  const std::function<Var<double>(double)> stored = by_value;
  const Gradients g = tape.backward(by_value(2) + by_reference(3) + stored(4));
  CHECK(g[u] == 9);
  CHECK(g[x] == 54);
}

TEST_CASE("ternaries choose between expressions of scalars") {
  for (const bool which : {true, false}) {
    Tape tape;
    Var a = tape.variable(2.0), b = tape.variable(5.0);
    Var y = which ? a * b : a + b;
    CHECK(y.value() == (which ? 10 : 7));
    CHECK(tape.backward(y)[a] == (which ? 5 : 1));
    auto u = which ? a * b : a + b;
    CHECK(tape.backward(u * u)[a] == (which ? 2 * 10 * 5 : 2 * 7));
    auto v = which ? a * b * b : exp(a) + b;
    CHECK(tape.backward(v)[b] == (which ? 20 : 1));
    Var z = which ? a : a * b;
    CHECK(tape.backward(z)[a] == (which ? 1 : 5));
    auto same = which ? a * b : b * a;
    CHECK(tape.backward(same)[b] == 2);
    auto s = a - b;
    auto t = a / b;
    Var from_names = which ? s : t;
    CHECK(tape.backward(from_names)[a] == (which ? 1 : 0.2));
  }
}

TEST_CASE("containers hold names") {
  Tape tape;
  Var x = tape.variable(3.0);
  std::vector<decltype(x * x)> powers;
  for (int k = 0; k < 4; ++k) powers.push_back(x * x);
  Var sum = 0.0;
  for (const auto& power : powers) sum += power;
  CHECK(tape.backward(sum)[x] == 24);
  const auto [u, v] = std::pair(x * 2, x * 3);
  const Gradients g = tape.backward(u * v);
  CHECK(g[u] == 9);
  CHECK(g[v] == 6);
}

TEST_CASE("a name that is never used has gradient zero") {
  Tape tape;
  Var x = tape.variable(3.0);
  auto u = x * x;
  auto w = tape.variable(Tensor<double>{2, 3});
  auto v = w * w;
  const Gradients g = tape.backward(x * 2);
  CHECK(g[u] == 0);
  CHECK(g[v].to_vector() == Numbers{0, 0});
}

TEST_CASE("the gradient of a name is that of all its uses") {
  Tape tape;
  auto w = tape.variable(Tensor<double>{2, 3});
  auto u = w * w;
  auto v = u * 2;
  Tensor y = v * u + u;  // 2 u² + u
  const Gradients g = tape.backward(y, Tensor<double>{1, 1});
  CHECK(g[u].to_vector() == Numbers{17, 37});
  CHECK(g[v].to_vector() == Numbers{4, 9});
  CHECK(g[w].to_vector() == Numbers{68, 222});
}

TEST_CASE("a moved name goes on as the node it was") {
  Tape tape;
  Var x = tape.variable(3.0);
  auto u = x * x;
  Var y = u * 2;
  auto moved = std::move(u);
  Var z = moved * y;
  CHECK(tape.backward(z)[moved] == 36);
  auto w = tape.variable(Tensor<double>{2, 3});
  auto v = w * w;
  Tensor a = v * 2;
  const auto id = v.place().id;
  auto tensor_moved = std::move(v);
  CHECK(tensor_moved.place().id == id);
}

TEST_CASE("a name outlives the tape as a number") {
  const auto make = [] {
    Tape tape;
    Var x = tape.variable(3.0);
    auto u = x * x;
    CHECK(Var(u * 2).value() == 18);
    return u;
  };
  auto u = make();
  CHECK(u.value() == 9);
  Tape tape;
  Var x = tape.variable(2.0);
  CHECK(Var(u.detach() * x).value() == 18);
}
