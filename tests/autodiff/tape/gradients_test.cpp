#include "thalweg/autodiff/tape/gradients.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "tests/close.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

using namespace thalweg;

namespace {
using Numbers = std::vector<double>;
const Tensor<double> ones = {1, 1};
}  // namespace

TEST_CASE("gradients are looked up by variable, vector, tensor, parameter and name") {
  Parameter<double> p(Tensor<double>{2, 3});
  Tape tape;
  Var x = tape.variable(2.0);
  std::vector<Var<double>> xs = tape.variable(Numbers{3, 4});
  auto w = tape.variable(Tensor<double>{1, 5});
  auto u = x * xs[0];
  auto v = w * p;
  auto t = v + u;
  const Gradients g = tape.backward(t * t, ones);  // t = {8, 21}
  CHECK(g[t].to_vector() == Numbers{16, 42});
  CHECK(g[v].to_vector() == Numbers{16, 42});
  CHECK(g[w].to_vector() == Numbers{32, 126});
  CHECK(g[p].to_vector() == Numbers{16, 210});
  CHECK(g[u] == 58);
  CHECK(g[x] == 174);
  CHECK(g[xs] == Numbers{116, 0});
}

TEST_CASE("what the loss does not depend on has gradient zero") {
  Parameter<double> used(Tensor<double>{1, 2}), unused(Tensor<double>{{1, 2}, {3, 4}});
  Parameter<float> single(Tensor<float>{1});
  Tape tape;
  Var x = tape.variable(2.0), other = tape.variable(1.0);
  auto w = tape.variable(Tensor<double>({2, 2}, {1, 2, 3, 4}));
  Tensor before = w * w;
  const Gradients g = tape.backward(Tensor<double>(used * x), ones);
  CHECK(g[other] == 0);
  CHECK(g[w].shape() == Shape{2, 2});
  CHECK(g[w].to_vector() == Numbers{0, 0, 0, 0});
  CHECK(g[before].to_vector() == Numbers{0, 0, 0, 0});
  CHECK(g[unused].shape() == Shape{2, 2});
  CHECK(g[unused].to_vector() == Numbers{0, 0, 0, 0});
  CHECK(g[single].to_vector() == std::vector<float>{0});
  CHECK(g.contains(used));
  CHECK_FALSE(g.contains(unused));
  Var later = tape.variable(3.0);
  CHECK(g[later] == 0);
  auto later_tensor = tape.variable(ones);
  CHECK(g[later_tensor].to_vector() == Numbers{0, 0});
}

TEST_CASE("what was never recorded has no gradient") {
  const char* const message =
      "Gradients: this was never recorded; declare it with tape.variable(...) or "
      "tape.watch(...), or make it a Parameter";
  Var plain = 2.0;
  const Tensor<double> data = {1, 2};
  Tape tape;
  Var x = tape.variable(2.0);
  const Gradients g = tape.backward(x * plain);
  CHECK_THROWS_WITH_AS(g[plain], message, TapeError);
  CHECK_THROWS_WITH_AS(g[data], message, TapeError);
  CHECK_THROWS_WITH_AS(g[Tensor<double>()], message, TapeError);
  CHECK_THROWS_WITH_AS(g[x.detach()], message, TapeError);
  CHECK_THROWS_WITH_AS(Gradients()[plain], message, TapeError);
}

TEST_CASE("a variable of another tape has no gradient here") {
  const char* const message = "Gradients: this was recorded on another tape than these gradients";
  Gradients g;
  Var<double> x;
  Tensor<double> w;
  {
    Tape tape;
    x = tape.variable(2.0);
    w = tape.variable(ones);
    g = tape.backward(x * x);
  }
  Tape tape;
  Var z = tape.variable(2.0);
  auto v = tape.variable(ones);
  CHECK_THROWS_WITH_AS(g[z], message, TapeError);
  CHECK_THROWS_WITH_AS(g[v], message, TapeError);
  const Gradients second = tape.backward(z * z);
  CHECK_THROWS_WITH_AS(second[x], message, TapeError);
  CHECK_THROWS_WITH_AS(second[w], message, TapeError);
  CHECK_THROWS_WITH_AS(Gradients()[x], message, TapeError);
}

TEST_CASE("gradients outlive their tape") {
  Gradients g;
  Var<double> x;
  Tensor<double> w, y;
  {
    Tape tape;
    x = tape.variable(2.0);
    w = tape.variable(Tensor<double>{3, 4});
    y = w * x;
    g = tape.backward(y, ones);
  }
  CHECK(g[x] == 7);
  CHECK(g[w].to_vector() == Numbers{2, 2});
  CHECK(g[y].to_vector() == Numbers{1, 1});
}

TEST_CASE("a gradient outlives its gradients, and changing it changes nothing else") {
  Tape tape;
  auto w = tape.variable(Tensor<double>{3, 4});
  Gradients g = tape.backward(w * w, ones);
  Tensor<double> mine = g[w];
  mine.mutable_values()[0] = 100;
  CHECK(g[w].to_vector() == Numbers{6, 8});
  Tensor<double> second = g[w];
  g = {};
  CHECK(second.to_vector() == Numbers{6, 8});
}

TEST_CASE("gradients add and scale") {
  Tape tape;
  Var x = tape.variable(2.0);
  auto w = tape.variable(Tensor<double>{3, 4});
  const Gradients a = tape.backward(w * x, ones);
  Var extra = x * x;
  auto v = w + extra;
  const Gradients b = tape.backward(v, ones);
  const Gradients sum = a + b;
  CHECK(sum[x] == 7 + 8);
  CHECK(sum[w].to_vector() == Numbers{3, 3});
  CHECK(sum[v].to_vector() == Numbers{1, 1});
  CHECK((b + a)[x] == 15);
  CHECK((0.5 * sum)[x] == 7.5);
  CHECK((sum * 2)[w].to_vector() == Numbers{6, 6});
  CHECK((2 * b)[v].to_vector() == Numbers{2, 2});  // of the result itself
  CHECK((a + 2 * b)[v].to_vector() == Numbers{2, 2});
  CHECK(a[x] == 7);  // as they were
  CHECK(b[w].to_vector() == Numbers{1, 1});
}

TEST_CASE("the gradient of the loss itself is 1, and scales and adds like the others") {
  Tape tape;
  const Var x = tape.variable(3.0);
  const Var scalar_loss = x * x;
  const Tensor w = tape.variable(Tensor<double>{3, 4});
  const Tensor tensor_loss = sum(w * w);
  const Gradients a = tape.backward(scalar_loss), b = tape.backward(tensor_loss);
  CHECK(a[scalar_loss] == 1);
  CHECK((2 * a)[scalar_loss] == 2);
  CHECK((2 * a)[x] == 12);
  CHECK(b[tensor_loss].item() == 1);
  CHECK((2 * b)[tensor_loss].item() == 2);
  CHECK((2 * b)[w].to_vector() == Numbers{12, 16});
  CHECK((a + 3 * b + b)[tensor_loss].item() == 4);
  CHECK((a + b)[scalar_loss] == 1);
}

// The view hands its adjoint on to the operand; what others add to that must not show in the
// view's.
TEST_CASE("a held view keeps its own gradient when an earlier record reads its operand too") {
  const auto check = [](auto view) {
    Tape tape;
    const Tensor x = tape.variable(Tensor<double>{{1, 2}, {3, 4}});
    const Tensor y = x * 3.0;
    const Tensor earlier = sum(exp(y));
    const Tensor held = view(y);
    const Tensor through = sum(held * 5.0), later = sum(square(y));
    for (const double last : {0.0, 1.0}) {
      const Gradients g =
          tape.backward(last == 0 ? Tensor(earlier + through) : Tensor(earlier + through + later));
      CHECK(testing::close(g[held], 0.0 * held + 5.0));
      CHECK(testing::close(g[y], exp(y) + 5.0 + last * 2.0 * y));
      CHECK(testing::close(g[x], 3.0 * (exp(y) + 5.0 + last * 2.0 * y)));
    }
  };
  check([](const Tensor<double>& y) { return Tensor(reshape(y, {4})); });
  check([](const Tensor<double>& y) { return Tensor(unsqueeze(y, 0)); });
  check([](const Tensor<double>& y) { return Tensor(transpose(y)); });
  check([](const Tensor<double>& y) { return Tensor(flip(y)); });
}

TEST_CASE("gradients added to themselves double") {
  Parameter<double> p(Tensor<double>{2, 3});
  Tape tape;
  Var x = tape.variable(2.0);
  auto w = tape.variable(Tensor<double>{3, 4});
  Gradients g = tape.backward(w * x * p, ones);
  g += g;
  CHECK(g[x] == 36);
  CHECK(g[w].to_vector() == Numbers{8, 12});
  CHECK(g[p].to_vector() == Numbers{12, 16});
  const Gradients& same = g;
  g = same;
  CHECK(g[x] == 36);
}

TEST_CASE("parameters' gradients add up across tapes") {
  Parameter<double> p(Tensor<double>{2, 3}), q(Tensor<double>{5, 7});
  Gradients total;
  for (int k = 1; k <= 3; ++k) {
    Tape tape;
    if (k < 3)
      total += tape.backward(Tensor<double>(p * p * k), ones);
    else
      total += tape.backward(Tensor<double>(p * q), ones);
  }
  total *= 0.5;
  CHECK(total[p].to_vector() == Numbers{(4 + 8 + 5) / 2.0, (6 + 12 + 7) / 2.0});
  CHECK(total[q].to_vector() == Numbers{1, 1.5});
}

TEST_CASE("a copy of gradients is its own") {
  Parameter<double> p(Tensor<double>{2, 3});
  Tape tape;
  const Gradients g = tape.backward(Tensor<double>(p * p), ones);
  Gradients copy = g;
  copy *= 10;
  CHECK(g[p].to_vector() == Numbers{4, 6});
  CHECK(copy[p].to_vector() == Numbers{40, 60});
}

TEST_CASE("an assigned gradient replaces or joins those that were found") {
  Parameter<double> p(Tensor<double>{2, 3}), q(Tensor<double>{5, 7});
  Tape tape;
  auto w = tape.variable(Tensor<double>{3, 4});
  Gradients g = tape.backward(Tensor<double>(p * w), ones);
  const Gradients before = g;
  Tensor<double> mine = {10, 20};
  g.assign(p, mine);
  g.assign(q, mine);
  mine.set({0}, -1);  // ours to change
  CHECK(g.contains(q));
  CHECK(g[p].to_vector() == Numbers{10, 20});
  CHECK(g[q].to_vector() == Numbers{10, 20});
  CHECK(g[w].to_vector() == Numbers{2, 3});
  CHECK(before[p].to_vector() == Numbers{3, 4});
  CHECK_FALSE(before.contains(q));
  CHECK_THROWS_WITH_AS(g.assign(p, Tensor<double>{1, 2, 3}),
                       "Gradients: assigned a gradient of shape [3] to a parameter of [2]",
                       ShapeError);
}

TEST_CASE("assigned gradients add and scale like those of a tape") {
  Parameter<double> p(Tensor<double>{2, 3}), q(Tensor<double>{5, 7});
  Gradients assigned;
  assigned.assign(p, Tensor<double>{10, 20});
  Tape tape;
  auto w = tape.variable(Tensor<double>{3, 4});
  const Gradients found = tape.backward(Tensor<double>(p * w * q), ones);  // ∂/∂p = {15, 28}
  for (const Gradients& sum : {assigned + found, found + assigned}) {
    CHECK(sum[p].to_vector() == Numbers{25, 48});
    CHECK(sum[q].to_vector() == Numbers{6, 12});
    CHECK(sum[w].to_vector() == Numbers{10, 21});
  }
  CHECK((0.5 * assigned)[p].to_vector() == Numbers{5, 10});
  CHECK(assigned[p].to_vector() == Numbers{10, 20});
}

TEST_CASE("many parameters, tape after tape") {
  std::vector<Parameter<double>> parameters;
  for (int k = 0; k < 200; ++k) parameters.emplace_back(Tensor<double>{double(k), 1.0});
  for (int round = 0; round < 5; ++round) {
    Tape tape;
    Tensor<double> sum = {0, 0};
    // Another order and another number of them in each round.
    for (int k = 0; k < 200 - 30 * round; ++k) {
      const auto& p = parameters[static_cast<std::size_t>((k * 37 + round * 11) % 200)];
      sum = sum + p * p;
    }
    const Gradients g = tape.backward(sum, ones);
    for (int k = 0; k < 200 - 30 * round; ++k) {
      const int id = (k * 37 + round * 11) % 200;
      CHECK(g[parameters[static_cast<std::size_t>(id)]].to_vector() == Numbers{2.0 * id, 2});
    }
  }
}

TEST_CASE("a parameter used twice is on the tape once") {
  Parameter<double> p(Tensor<double>{2, 3});
  Tape tape;
  Tensor a = p * 2, b = p * 3;
  CHECK(tape.statements() == 3);
  CHECK(tape.backward(a + b, ones)[p].to_vector() == Numbers{5, 5});
}

TEST_CASE("a parameter's value changes between recordings, not within one") {
  Parameter<double> p(Tensor<double>{2, 3});
  Tape tape;
  Tensor a = p * p;
  p.mutable_values()[0] = 100;
  CHECK(tape.backward(a, ones)[p].to_vector() == Numbers{4, 6});
  tape.clear();
  Tensor b = p * p;
  CHECK(tape.backward(b, ones)[p].to_vector() == Numbers{200, 6});
}

TEST_CASE("a copied parameter is another one, a moved one the same") {
  Parameter<double> p(Tensor<double>{2, 3});
  Parameter<double> copy = p;
  CHECK(copy.identity() != p.identity());
  const auto identity = p.identity();
  Parameter<double> moved = std::move(p);
  CHECK(moved.identity() == identity);
  Parameter<double> assigned(ones);
  const auto its_own = assigned.identity();
  assigned = moved;
  CHECK(assigned.identity() == its_own);
  CHECK(assigned.value().to_vector() == Numbers{2, 3});
  Tape tape;
  CHECK(tape.backward(moved * copy, ones)[moved].to_vector() == Numbers{2, 3});
}

TEST_CASE("an operand that appears twice gathers both contributions") {
  Tape tape;
  auto w = tape.variable(Tensor<double>{2, 3});
  CHECK(tape.backward(w * w * w, ones)[w].to_vector() == Numbers{12, 27});
  CHECK(tape.backward(w + w, ones)[w].to_vector() == Numbers{2, 2});
  CHECK(tape.backward(w - w, ones)[w].to_vector() == Numbers{0, 0});
  CHECK(testing::close(tape.backward(w / w, ones)[w].to_vector()[1], 0, {.absolute = 1e-15}));
}

TEST_CASE("a broadcast operand gathers the sum, also twice in one statement") {
  Tape tape;
  auto a = tape.variable(Tensor<double>{{1, 2, 3}, {4, 5, 6}});
  auto row = tape.variable(Tensor<double>{1, 10, 100});
  auto column = tape.variable(Tensor<double>{{1}, {2}});
  auto one = tape.variable(Tensor<double>(2.0));
  const Tensor<double> seed({2, 3}, {1, 1, 1, 1, 1, 1});
  const Gradients g = tape.backward(a * row * column * one + row * one, seed);
  CHECK(g[a].to_vector() == Numbers{2, 20, 200, 4, 40, 400});
  CHECK(g[row].to_vector() == Numbers{2 * 1 + 4 * 4 + 4, 2 * 2 + 4 * 5 + 4, 2 * 3 + 4 * 6 + 4});
  CHECK(g[column].to_vector() == Numbers{2 * 321, 2 * 654});
  CHECK(g[one].item() == 321 + 2 * 654 + 2 * 111);
}
