#include "thalweg/autodiff/tensor/tensor.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <sstream>
#include <utility>
#include <vector>

#include "tests/close.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/operand.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/print.hpp"

using namespace thalweg;

namespace {
using Numbers = std::vector<double>;

/// Is thalweg::detail::alias (ops/operand.hpp) found for an unqualified call?
template <class X>
concept FindsAlias = requires(const X& x) {
  alias(x, x.shape());
};
}  // namespace

TEST_CASE("nested lists give the shape") {
  const Tensor<double> vector = {1, 2, 3};
  CHECK(vector.shape() == Shape{3});
  const Tensor<float> matrix = {{1, 2, 3}, {4, 5, 6}};
  CHECK(matrix.shape() == Shape{2, 3});
  CHECK(matrix.to_vector() == std::vector<float>{1, 2, 3, 4, 5, 6});
  const Tensor<double> deep = {{{1}, {2}}, {{3}, {4}}, {{5}, {6}}};
  CHECK(deep.shape() == Shape{3, 2, 1});
  CHECK(deep.to_vector() == Numbers{1, 2, 3, 4, 5, 6});
  const IndexTensor labels = {3, 1, 2};
  CHECK(labels(1) == 1);
  const Tensor<double> one{{7}};
  CHECK(one.shape() == Shape{1, 1});
  CHECK(Tensor<double>{7}.shape() == Shape{1});
  CHECK(Tensor<double>(7).shape() == Shape{});
}

TEST_CASE("ragged lists are refused") {
  const auto make = [](std::initializer_list<detail::Nested<double>> rows) {
    return Tensor<double>(rows);
  };
  CHECK_THROWS_WITH_AS(make({{1, 2, 3}, {4, 5}}),
                       "Tensor: the nested list is ragged: expected shape [2, 3], but at depth 1 "
                       "there are 2 entries",
                       ShapeError);
  CHECK_THROWS_WITH_AS(make({{1, 2}, 3}),
                       "Tensor: the nested list is ragged: expected shape [2, 2], but at depth 1 "
                       "there is a single number",
                       ShapeError);
  CHECK_THROWS_WITH_AS(make({1, {2, 3}}),
                       "Tensor: the nested list is ragged: expected shape [2], but at depth 1 "
                       "there are 2 entries",
                       ShapeError);
  CHECK_THROWS_AS(make({{1, 2}, {}}), ShapeError);
  CHECK_THROWS_AS(make({{}, {1}}), ShapeError);
  CHECK_THROWS_AS(make({{{1}, {2}}, {{3}, {4, 5}}}), ShapeError);
}

TEST_CASE("empty tensors") {
  const Tensor<double> none;
  CHECK(none.shape() == Shape{0});
  CHECK(none.size() == 0);
  CHECK(none.values().empty());
  CHECK(none.to_vector().empty());
  CHECK(none.detach().size() == 0);
  const Tensor<double> rows = {{}, {}};
  CHECK(rows.shape() == Shape{2, 0});
  CHECK(Tensor<double>(Numbers{}).shape() == Shape{0});
  CHECK(Tensor<double>(Shape{3, 0, 2}, Numbers{}).size() == 0);
  CHECK(Tensor<double>(none * 2).size() == 0);
  CHECK(Tensor<double>(rows + rows).shape() == Shape{2, 0});
  CHECK(Tensor<double>(none * Tensor<double>{1}).shape() == Shape{0});
  CHECK_THROWS_AS(none.item(), ShapeError);
  CHECK_THROWS_AS(Tensor<double>(none + Tensor<double>{1, 2}), ShapeError);
  Tensor<double> writable;
  CHECK(writable.mutable_values().empty());

  Tape tape;
  auto w = tape.variable(none);
  auto v = tape.variable(rows);
  CHECK(tape.backward(exp(w) * w, none)[w].size() == 0);
  CHECK(tape.backward(v * v, rows)[v].shape() == Shape{2, 0});
  CHECK(w.scalars().empty());
  CHECK(Tensor<double>(std::vector<Var<double>>{}).size() == 0);
}

TEST_CASE("a std::vector is a tensor of rank 1") {
  const std::vector<double> numbers = {1, 2, 3};
  const Tensor x = numbers;
  CHECK(x.shape() == Shape{3});
  CHECK(x.to_vector() == numbers);
  Tape tape;
  const Var<double> a = tape.variable(2.0), b = tape.variable(3.0);
  const Tensor y = std::vector{a, b};
  const Gradients gradients = tape.backward(sum(y * y));
  CHECK(gradients[a] == 4);
  CHECK(gradients[b] == 6);
}

TEST_CASE("the values of a temporary outlive it") {
  const Tensor<double> x = {1, 2, 3};
  double total = 0;
  for (const double value : Tensor<double>(x * 2).values()) total += value;
  for (const double value : (x * 3).values()) total += value;
  CHECK(total == 30);
}

TEST_CASE("a call with a tensor finds no inner function of the library") {
  const bool found = FindsAlias<Tensor<double>>;
  CHECK_FALSE(found);
}

TEST_CASE("values and shape must fit") {
  CHECK_THROWS_WITH_AS(Tensor<double>({2, 3}, {1, 2}), "Tensor: shape [2, 3] needs 6 values, got 2",
                       ShapeError);
  CHECK_THROWS_WITH_AS(Tensor<double>(Shape{2}, std::vector<Var<double>>(3)),
                       "Tensor: shape [2] needs 2 values, got 3", ShapeError);
}

TEST_CASE("elements are found by one index per axis, from the back if negative") {
  const Tensor<double> x = {{1, 2, 3}, {4, 5, 6}};
  CHECK(x(1, 2).value() == 6);
  CHECK(x(-1, 0).value() == 4);
  CHECK(x(0, -3).value() == 1);
  CHECK(Tensor<double>(5.0)().value() == 5);
  CHECK_THROWS_WITH_AS(x(2, 0), "Tensor: index 2 is out of range for axis 0 of shape [2, 3]",
                       IndexError);
  CHECK_THROWS_WITH_AS(x(0, -4), "Tensor: index -4 is out of range for axis 1 of shape [2, 3]",
                       IndexError);
  CHECK_THROWS_WITH_AS(x(0), "Tensor: 1 indices for shape [2, 3]; expected one per axis",
                       IndexError);
  CHECK_THROWS_AS(x(0, 0, 0), IndexError);
  CHECK_THROWS_AS(Tensor<double>()(0), IndexError);
  CHECK(x.size(0) == 2);
  CHECK(x.size(-1) == 3);
  CHECK_THROWS_AS(x.size(2), ShapeError);
  CHECK_THROWS_WITH_AS(
      x.item(), "item: the tensor has shape [2, 3]; only a tensor of one element is one number",
      ShapeError);
}

TEST_CASE("writing copies what is shared") {
  Tensor<double> x = {1, 2, 3};
  const Tensor<double> copy = x, detached = x.detach();
  x.set({1}, 20);
  CHECK(x.to_vector() == Numbers{1, 20, 3});
  CHECK(copy.to_vector() == Numbers{1, 2, 3});
  CHECK(detached.to_vector() == Numbers{1, 2, 3});
  const double* const data = x.data();
  x.mutable_values()[2] = 30;
  CHECK(x.data() == data);  // nobody else holds it
  CHECK_THROWS_AS(x.set({3}, 0), IndexError);
}

TEST_CASE("values on a tape do not change") {
  Tensor<double> data = {1, 2};
  Tape tape;
  auto w = tape.variable(data);
  Tensor y = w * data;
  data.mutable_values()[0] = 100;
  CHECK(tape.backward(y, Tensor<double>{1, 1})[w].to_vector() == Numbers{1, 2});
  CHECK_THROWS_WITH_AS(y.mutable_values(),
                       "mutable_values: this tensor was recorded and values on a tape do not "
                       "change; call detach() first",
                       TapeError);
  Tensor<double> mine = y.detach();
  mine.mutable_values()[0] = 7;
  CHECK(y.to_vector() == Numbers{1, 4});
}

TEST_CASE("handles are copied, moved and assigned to themselves") {
  Tensor<double> x = {1, 2};
  Tensor<double> y = std::move(x);
  CHECK(x.size() == 0);  // NOLINT: moved from, empty
  CHECK(Tensor<double>(x * 2).size() == 0);
  Tensor<double>& alias = y;
  y = alias;
  y = std::move(alias);
  CHECK(y.to_vector() == Numbers{1, 2});
  x = y;
  CHECK(x.to_vector() == Numbers{1, 2});
  Tape tape;
  tape.watch(y);
  y = y * y;
  y = y + y;
  CHECK(y.to_vector() == Numbers{2, 8});
}

TEST_CASE("handles outlive their tape, and tapes their handles") {
  Tensor<double> survivor;
  {
    Tape tape;
    auto w = tape.variable(Tensor<double>{1, 2});
    for (int k = 0; k < 3; ++k) w = exp(w * 0) + w;
    survivor = w;
    Tensor<double> y;
    {
      auto temporary = w * w;
      y = temporary * 2;
    }
    const Gradients g = tape.backward(y, Tensor<double>{1, 1});
    CHECK(g[w].to_vector() == Numbers{16, 20});
  }
  CHECK(survivor.to_vector() == Numbers{4, 5});
}

TEST_CASE("scalars out of a tensor carry gradients back") {
  Tape tape;
  auto w = tape.variable(Tensor<double>{{1, 2}, {3, 4}});
  Var y = w(0, 0) * w(1, 1) + w(-1, -1);
  const std::size_t statements = tape.statements();
  CHECK(w(0, 1).value() == 2);
  CHECK(tape.statements() == statements);  // all elements came with the first
  CHECK(tape.backward(y)[w].to_vector() == Numbers{4, 0, 0, 2});
  Var sum = 0.0;
  for (const Var<double>& x : w.scalars()) sum += x * x;
  CHECK(tape.backward(sum)[w].to_vector() == Numbers{2, 4, 6, 8});
}

TEST_CASE("a tensor of scalars carries gradients back") {
  Tape tape;
  Var x = tape.variable(2.0), z = tape.variable(3.0);
  const std::vector<Var<double>> parts = {x, z, x * z, 5.0, x, z};
  const Tensor t(Shape{2, 3}, parts);
  CHECK(t.to_vector() == Numbers{2, 3, 6, 5, 2, 3});
  const Gradients g = tape.backward(t * t, Tensor<double>({2, 3}, {1, 1, 1, 1, 1, 1}));
  CHECK(g[x] == 4 + 12 * 3 + 4);
  CHECK(g[z] == 6 + 12 * 2 + 6);
  CHECK(g[t].to_vector() == Numbers{4, 6, 12, 10, 4, 6});
}

TEST_CASE("scalars and tensors interleave") {
  Tape tape;
  Var x = tape.variable(0.5);
  auto w = tape.variable(Tensor<double>{1, 2});
  Var y = x;
  Tensor<double> t = w;
  double value = 0.5, slope_x = 1;
  Numbers slope_w = {0, 0};
  for (int k = 0; k < 5; ++k) {
    t = w * y;                  // tensors from a scalar
    y = t(0) + t(1) * 0.5 * y;  // a scalar from tensors: 1·y + 2·0.5·y² (w = {1, 2})
    slope_x = slope_x * (1 + 2 * value);
    const Numbers before = slope_w;
    slope_w[0] = before[0] * (1 + 2 * value) + value;
    slope_w[1] = before[1] * (1 + 2 * value) + 0.5 * value * value;
    value = value + value * value;
  }
  const Gradients g = tape.backward(y);
  CHECK(testing::close(y.value(), value));
  CHECK(testing::close(g[x], slope_x));
  CHECK(testing::close(g[w].to_vector()[0], slope_w[0]));
  CHECK(testing::close(g[w].to_vector()[1], slope_w[1]));
}

TEST_CASE("a tensor taken apart, put together and taken apart again") {
  Tape tape;
  auto w = tape.variable(Tensor<double>{1, 2, 3});
  Tensor again(w.scalars());
  Var y = again(0) * again(2) + w(1) * w(1);
  Tensor sum = again + w;
  const Gradients g = tape.backward(sum(0) * y);
  // y = w₀ w₂ + w₁² = 7, sum₀ = 2 w₀ = 2
  CHECK(g[w].to_vector() == Numbers{2 * 7 + 2 * 3, 2 * 4, 2 * 1});
}

TEST_CASE("scalars of passive tensors are numbers") {
  const Tensor<double> data = {1, 2};
  Tape tape;
  CHECK(data(1).place().generation == 0);
  CHECK(data.scalars()[0].place().generation == 0);
  CHECK(tape.statements() == 0);
}

TEST_CASE("scalar variables take part in tensor statements") {
  Tape tape;
  Var x = tape.variable(2.0);
  auto w = tape.variable(Tensor<double>{1, 2, 3});
  const Gradients g = tape.backward(w * x + x * x, Tensor<double>{1, 1, 1});
  CHECK(g[x] == 6 + 3 * 4);
  CHECK(g[w].to_vector() == Numbers{2, 2, 2});
}

TEST_CASE("float tensors") {
  Tape tape;
  auto w = tape.variable(Tensor<float>{1, 2, 3});
  const Gradients g = tape.backward(exp(w) * 0.5 + w * w, Tensor<float>{1, 1, 1});
  for (int k = 0; k < 3; ++k) {
    const float x = float(k + 1);
    CHECK(testing::close(g[w](k), 0.5f * std::exp(x) + 2 * x, {.relative = 1e-6}));
  }
  Var y = w(0) * w(2);
  CHECK(tape.backward(y)[w].to_vector() == std::vector<float>{3, 0, 1});
}

TEST_CASE("sizes around the width of a register") {
  for (const Index n : {1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 100, 8191, 8192, 8193}) {
    Tape tape;
    Tensor<double> start = Tensor<double>::uninitialised({n});
    for (Index k = 0; k < n; ++k) start.mutable_values()[std::size_t(k)] = double(k % 10) * 0.1;
    auto w = tape.variable(start);
    auto one = tape.variable(Tensor<double>(2.0));
    const Tensor<double> seed(Shape{n}, Numbers(std::size_t(n), 1.0));
    const Gradients g = tape.backward(w * w * one + one, seed);
    double sum = 0;
    bool right = true;
    const Tensor slope = g[w];
    for (Index k = 0; k < n; ++k) {
      const double x = start.data()[k];
      right &= std::abs(slope.data()[k] - 4 * x) < 1e-12;
      sum += x * x + 1;
    }
    CHECK_MESSAGE(right, "n = ", n);
    CHECK(testing::close(g[one].item(), sum));
  }
}

TEST_CASE("tensors print as nested brackets") {
  CHECK(fmt::format("{}", Tensor<double>{1, 2.5, 3}) == "[1, 2.5, 3]");
  CHECK(fmt::format("{:.1f}", Tensor<double>{{1, 2}, {3, 4}}) == "[[1.0, 2.0],\n [3.0, 4.0]]");
  CHECK(fmt::format("{}", Tensor<float>(0.1f)) == "0.1");
  CHECK(fmt::format("{}", Tensor<double>()) == "[]");
  CHECK(fmt::format("{}", IndexTensor{3, 1}) == "[3, 1]");
  const Numbers many = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  CHECK(fmt::format("{}", Tensor<double>(many)) == "[0, 1, 2, 3, ..., 8, 9, 10, 11]");
  const Tensor<double> deep = {{{1}, {2}}, {{3}, {4}}};
  CHECK(to_string(deep) == "[[[1],\n  [2]],\n [[3],\n  [4]]]");
  std::ostringstream stream;
  stream << Tensor<double>{1, 2} << ' ' << Tensor<double>{1, 2} * 2;
  CHECK(stream.str() == "[1, 2] [2, 4]");
}
