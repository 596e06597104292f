// Gradients are not differentiated again yet: where one would silently be taken for a constant it
// is refused, and detach() makes a constant of it.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/derive/check_gradient.hpp"
#include "thalweg/autodiff/derive/differentiate.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/cast.hpp"
#include "thalweg/autodiff/ops/compare.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/extrema.hpp"
#include "thalweg/autodiff/ops/join.hpp"
#include "thalweg/autodiff/ops/matmul.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/scan.hpp"
#include "thalweg/autodiff/ops/select.hpp"
#include "thalweg/autodiff/ops/slice.hpp"
#include "thalweg/autodiff/ops/softmax.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"
#include "thalweg/autodiff/tensor/parameter.hpp"
#include "thalweg/autodiff/tensor/print.hpp"

using namespace thalweg;

namespace {

using Doubles = std::vector<double>;

const char* const argument =
    "Tape: an argument of gradient, jacobian, check_gradient or minimise is recorded by an "
    "enclosing tape, and gradients are not differentiated again yet; give x.detach() or x.value(), "
    "then the result is a constant";
const char* const alone =
    "backward: the loss is made of gradients alone, and gradients are not differentiated again "
    "yet; "
    "detach() makes constants of them, for a loss of what is recorded";
const char* const element =
    "backward: the loss depends on an element of a gradient; gradients are not differentiated "
    "again "
    "yet: call detach() on it to use it as a constant";

/// Does `backward` refuse the loss because this op reads a gradient, naming this file?
template <class F>
bool refused(const char* op, F&& backward) {
  try {
    backward();
  } catch (const TapeError& error) {
    const std::string what = error.what();
    INFO(what);
    const std::string begin =
        "backward: the loss depends on a gradient, which " + std::string(op) + " reads (";
    const std::string end =
        "); gradients are not differentiated again yet: call detach() on it to use it as a "
        "constant";
    return what.starts_with(begin) && what.ends_with(end) &&
           what.find("gradient_in_loss_test.cpp:") != std::string::npos;
  }
  return false;
}

const auto cube = [](auto x) { return x * x * x; };
const auto sum_of_cubes = [](auto x) { return sum(x * x * x); };

}  // namespace

TEST_CASE("a derivative of a derivative is refused") {
  const auto slope = [](auto x) { return gradient(cube, x); };
  const auto value = [](auto x) { return value_and_gradient(cube, x).value; };
  CHECK_THROWS_WITH_AS(gradient(slope, 2.0), argument, TapeError);
  CHECK_THROWS_WITH_AS(gradient(value, 2.0), argument, TapeError);
  CHECK_THROWS_WITH_AS(jacobian(slope, 2.0), argument, TapeError);
  CHECK_THROWS_WITH_AS(check_gradient(slope, 2.0), argument, TapeError);
  CHECK_THROWS_WITH_AS(
      gradient([](auto x) { return sum(gradient(sum_of_cubes, x)); }, Tensor<double>{1, 2}),
      argument, TapeError);
  CHECK_THROWS_WITH_AS(
      gradient([](auto x) { return sum(jacobian([](auto u) { return u * u; }, x * 2)); },
               Tensor<double>{1, 2}),
      argument, TapeError);
  CHECK_THROWS_WITH_AS(
      gradient(
          [](const auto& x) { return gradient([](const auto& u) { return u[0] * u[1]; }, x)[0]; },
          {1.0, 2.0}),
      argument, TapeError);
  CHECK_THROWS_WITH_AS(
      gradient(
          [](auto x) {
            return std::get<1>(gradient([](auto u, auto v) { return u * v; }, 2.0, x));
          },
          2.0),
      argument, TapeError);
}

TEST_CASE("an argument on a tape that lives is refused, its value is not") {
  Tape tape;
  const Var x = tape.variable(2.0);
  const Tensor w = tape.variable(Tensor<double>{1, 2});
  CHECK_THROWS_WITH_AS(gradient(cube, x), argument, TapeError);
  CHECK_THROWS_WITH_AS(gradient(cube, x * 2), argument, TapeError);
  CHECK_THROWS_WITH_AS(gradient(sum_of_cubes, w), argument, TapeError);
  CHECK_THROWS_WITH_AS(gradient(sum_of_cubes, w + 1), argument, TapeError);
  CHECK_THROWS_WITH_AS(gradient(cube, std::tuple(x)), argument, TapeError);
  CHECK_THROWS_WITH_AS(check_gradient(sum_of_cubes, w), argument, TapeError);
  CHECK(gradient(cube, x.detach()) == 12);
  CHECK(gradient(cube, x.value()) == 12);
  CHECK(gradient(sum_of_cubes, w.detach()).to_vector() == Doubles{3, 12});
  const NoTape pause;
  CHECK(gradient(cube, x) == 12);
  CHECK(gradient(sum_of_cubes, w).to_vector() == Doubles{3, 12});
}

TEST_CASE("an argument of a tape that has ended is a number") {
  Var<double> x;
  {
    Tape tape;
    x = tape.variable(2.0);
  }
  CHECK(gradient(cube, x) == 12);
  Tape tape;
  CHECK(gradient(cube, x) == 12);
}

TEST_CASE("a gradient penalty in a loss is refused") {
  Tape tape;
  const Tensor x = tape.variable(Tensor<double>{{1, 2}, {3, 4}});
  const Parameter<double> w(Tensor<double>{{1}, {2}});
  const Tensor out = matmul(x * x, w);
  const Tensor g = tape.backward(sum(out))[x];
  const Tensor loss = mean(square(out));
  CHECK(refused("add", [&] { tape.backward(loss + mean(square(norm(g, 1) - 1))); }));
  CHECK_THROWS_WITH_AS(tape.backward(mean(square(norm(g, 1) - 1))), alone, TapeError);
  CHECK_THROWS_WITH_AS(tape.backward(sum(g)), alone, TapeError);
  CHECK_THROWS_WITH_AS(tape.backward(g, ones(g.shape())), alone, TapeError);
  CHECK(tape.backward(loss + sum(g.detach()))[w].to_vector() == tape.backward(loss)[w].to_vector());
}

TEST_CASE("a gradient is refused through whatever op hands it on") {
  Tape tape;
  const Tensor x = tape.variable(Tensor<double>{{1, 2}, {3, 4}});
  const Tensor g = tape.backward(sum(x * x))[x];
  const auto total = [&](const Tensor<double>& of) { return sum(x) * sum(of); };
  const std::vector<Tensor<double>> all = {g,
                                           g * 2,
                                           matmul(g, g),
                                           softmax(g, 1),
                                           reshape(g, {4}),
                                           transpose(g),
                                           max(g, 1),
                                           concat({g, Tensor<double>{{1, 2}}}, 0),
                                           cumsum(g, 0),
                                           norm(g, 1),
                                           Tensor<double>(g.scalars()),
                                           cast<double>(cast<float>(g)),
                                           exp(log(g)),
                                           slice(g, 0, 0, 1),
                                           stddev(g, 1)};
  for (const Tensor<double>& made : all) {
    CHECK_THROWS_AS(tape.backward(total(made)), TapeError);
    CHECK_THROWS_WITH_AS(tape.backward(sum(made)), alone, TapeError);
    CHECK_NOTHROW(tape.backward(total(made.detach())));
  }
}

TEST_CASE("a copy that was changed by hand is still a gradient") {
  Tape tape;
  const Tensor x = tape.variable(Tensor<double>{1, 2});
  Tensor g = tape.backward(sum(x * x))[x];
  const Tensor same = g;
  g.mutable_values()[0] = 0;
  CHECK_THROWS_WITH_AS(tape.backward(sum(g)), alone, TapeError);
  CHECK_THROWS_WITH_AS(tape.backward(sum(same)), alone, TapeError);
}

TEST_CASE("zero gradients are gradients") {
  Tape tape;
  const Tensor x = tape.variable(Tensor<double>{1, 2}), z = tape.variable(Tensor<double>{1, 2});
  const Parameter<double> p(Tensor<double>{1, 2});
  const Gradients gradients = tape.backward(sum(x * x));
  CHECK_THROWS_WITH_AS(tape.backward(sum(gradients[z])), alone, TapeError);
  CHECK_THROWS_WITH_AS(tape.backward(sum(gradients[p])), alone, TapeError);
}

TEST_CASE("elements of gradients as scalars are refused in a loss") {
  Tape tape;
  const Tensor w = tape.variable(Tensor<double>{1, 2});
  const Var x = tape.variable(3.0);
  const Tensor g = tape.backward(sum(w * w))[w];
  const Var penalty = g(0) * g(0);
  CHECK_THROWS_WITH_AS(tape.backward(x * x + penalty), element, TapeError);
  CHECK_THROWS_WITH_AS(tape.backward(x * g(1)), element, TapeError);
  CHECK_THROWS_WITH_AS(tape.backward(penalty), alone, TapeError);
  CHECK_THROWS_WITH_AS(tape.backward(std::vector<Var<double>>{x, penalty}, Doubles{1, 1}), alone,
                       TapeError);
  CHECK_THROWS_AS(tape.backward(sum(Tensor<double>(std::vector<Var<double>>{x, penalty}))),
                  TapeError);
  CHECK_THROWS_AS(tape.backward(sum(w) * penalty), TapeError);
  CHECK(tape.backward(x * x + penalty.detach())[x] == 6);
  CHECK(tape.backward(x * x)[x] == 6);  // it does not depend on one
}

TEST_CASE("the gradient of an inner function is refused in the outer loss") {
  Parameter<double> w(Tensor<double>{1, 2});
  const Tensor<double> x = {3, 4};
  const auto critic = [&](const auto& at) { return sum(w * at * at); };
  Tape tape;
  const Tensor loss = critic(x);
  CHECK(refused("add", [&] { tape.backward(loss + norm(gradient(critic, x))); }));
  CHECK(refused("add", [&] { tape.backward(loss + sum(jacobian(critic, x))); }));
  CHECK_THROWS_WITH_AS(tape.backward(norm(gradient(critic, x))), alone, TapeError);
  Tensor<double> of_an_inner_tape;
  {
    Tape inner;
    const Tensor at = inner.variable(x);
    of_an_inner_tape = norm(inner.backward(critic(at))[at]);
  }
  CHECK(refused("add", [&] { tape.backward(loss + of_an_inner_tape); }));
  const ParameterList<double> list = {{"w", &w}};
  CHECK_THROWS_WITH_AS(
      gradient([&] { return sum(gradient([&] { return sum(w * w * w); }, list)[0]); }, list), alone,
      TapeError);
}

TEST_CASE("a gradient of an earlier tape is refused in the next one's loss, what it made is not") {
  Tensor<double> g, moved = {1, 2};
  const Tensor<double> start = {1, 2};
  {
    Tape tape;
    const Tensor x = tape.variable(start);
    g = tape.backward(sum(x * x))[x];
    moved = moved - 0.25 * g;
  }
  Tape tape;
  const Tensor x = tape.variable(start);
  CHECK(refused("mul", [&] { tape.backward(Tensor<double>(x * g), ones(g.shape())); }));
  CHECK(tape.backward(sum(x * moved))[x].to_vector() == Doubles{0.5, 1});
}

TEST_CASE("gradients are numbers wherever no loss depends on them") {
  Parameter<double> p(Tensor<double>{1, 2});
  Tensor<double> w = {1, 2}, velocity = {0, 0};
  for (int step = 0; step < 3; ++step) {
    Tape tape;
    tape.watch(w);
    const Tensor loss = sum(w * w) + sum(p * p);
    Gradients gradients = tape.backward(loss);
    const Tensor g = gradients[p];
    CHECK(norm(g).item() > 0);
    gradients *= 0.5 / norm(g).item();
    velocity = 0.9 * velocity + g;
    p.assign(p.value() - 0.1 * velocity);
    w = w - 0.1 * gradients[w];  // on the tape, but no loss reads it
    CHECK(fmt::format("{}", g).size() > 0);
    CHECK(Tensor<double>(g > 0).to_vector() == Doubles{1, 1});
  }
  Tape tape;
  const Tensor x = tape.variable(Tensor<double>{1, 2});
  const Tensor g = tape.backward(sum(x * x))[x];
  Tensor<double> scale;
  {
    const NoTape pause;
    scale = 1 / norm(g);
  }
  CHECK(tape.backward(sum(x) * scale)[x](0).value() == doctest::Approx(1 / std::sqrt(20.0)));
  CHECK(tape.backward(sum(where(g > 2, x, 0 * x)))[x].to_vector() == Doubles{0, 1});
  CHECK(tape.backward(x * x, g)[x].to_vector() == Doubles{4, 16});  // as a seed
}
