/// Deep expressions without names, one statement each, against the same with every intermediate
/// named. Each is a tree of ops chosen at compile time.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "random_graph.hpp"
#include "thalweg/autodiff/ops/activation.hpp"
#include "thalweg/autodiff/ops/compare.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/select.hpp"

namespace random_graph {
namespace {

enum class Names { none, all };

/// The expression as it is, or evaluated as a node of its own.
template <Names names, class Leaf, class E>
auto part(E&& expression) {
  if constexpr (names == Names::all)
    return Leaf(std::forward<E>(expression));
  else
    return std::forward<E>(expression);
}

constexpr unsigned next(unsigned seed) { return seed * 1664525u + 1013904223u; }

/// One of the leaves.
template <unsigned seed, class Leaf>
const Leaf& leaf(const Leaf& a, const Leaf& b, const Leaf& c) {
  constexpr unsigned choice = (seed >> 16) % 3;
  return choice == 0 ? a : choice == 1 ? b : c;
}

/// A tree of `depth` levels over the leaves a, b and c; all values are moderate.
template <unsigned seed, int depth, Names names, class Leaf>
auto tree(const Leaf& a, const Leaf& b, const Leaf& c) {
  if constexpr (depth == 0) {
    return leaf<seed>(a, b, c);
  } else {
    constexpr unsigned choice = (seed >> 16) % 12;
    const auto left = [&] { return tree<next(seed), depth - 1, names>(a, b, c); };
    const auto right = [&] { return tree<next(seed + 7), depth - 1, names>(a, b, c); };
    const auto whole = [&] {
      if constexpr (choice == 0) return left() + right();
      if constexpr (choice == 1) return left() - right();
      if constexpr (choice == 2) return sin(left()) * right();
      if constexpr (choice == 3) return left() / (1.5 + square(right()));
      if constexpr (choice == 4) return tanh(left());
      if constexpr (choice == 5) return exp(sin(left()));
      if constexpr (choice == 6) return sigmoid(left()) - 2 * right();
      if constexpr (choice == 7) return maximum(left(), right());
      if constexpr (choice == 8) return log(1 + square(left())) + right();
      if constexpr (choice == 9) return where(left() < right(), sin(left()), right());
      if constexpr (choice == 10) return atan2(left(), 1 + square(right()));
      if constexpr (choice == 11) return fma(left(), cos(right()), 0.5 * left());
    };
    return part<names, Leaf>(whole());
  }
}

struct Outcome {
  Tensor<double> value;
  std::vector<Tensor<double>> gradients;
};

using Leaves = std::vector<Tensor<double>>;

template <unsigned seed, int depth, Names names>
Outcome differentiate(const Leaves& leaves) {
  Tape tape;
  Leaves x;
  for (const auto& leaf : leaves) x.push_back(tape.variable(leaf));
  const Tensor<double> y = tree<seed, depth, names>(x[0], x[1], x[2]);
  // A weight per element, and the same expression reduced while it is evaluated.
  const Tensor<double> total = sum(y * cos(y)) + mean(tree<seed, depth, names>(x[0], x[1], x[2]));
  const Gradients gradients = tape.backward(total);
  Outcome outcome{total.detach(), {}};
  for (const auto& leaf : x) outcome.gradients.push_back(gradients[leaf]);
  return outcome;
}

void check_same(const Tensor<double>& a, const Tensor<double>& b, double tolerance) {
  double scale = 1;
  for (const double number : a.values()) scale = std::max(scale, std::fabs(number));
  CHECK(testing::close(a, b, {0, tolerance * scale}));
}

void check_same(const Outcome& a, const Outcome& b, double tolerance) {
  check_same(a.value, b.value, tolerance);
  for (std::size_t k = 0; k < a.gradients.size(); ++k) {
    CAPTURE(k);
    check_same(a.gradients[k], b.gradients[k], tolerance);
  }
}

/// The value of one element and its gradients, from plain scalars.
template <unsigned seed, int depth>
void check_on_scalars(const Leaves& leaves) {
  Tape tape;
  Var a = tape.variable(leaves[0].item()), b = tape.variable(leaves[1].item()),
      c = tape.variable(leaves[2].item());
  Var<double> y = tree<seed, depth, Names::none>(a, b, c);
  Var<double> total = y * cos(y) + tree<seed, depth, Names::none>(a, b, c);
  const Gradients gradients = tape.backward(total);
  const Outcome tensors = differentiate<seed, depth, Names::none>(leaves);
  const std::vector<Tensor<double>> of_scalars{{gradients[a]}, {gradients[b]}, {gradients[c]}};
  check_same({Tensor<double>(total.value()), of_scalars}, tensors, 1e-11);
}

/// Equal shapes, broadcasting shapes, numbers; below one register, and not a multiple of it.
const std::vector<std::vector<Shape>> shapes{
    {{1}, {1}, {1}},       {{7}, {7}, {7}},         {{64}, {64}, {64}},
    {{1003}, {1003}, {1}}, {{5, 3}, {3}, {5, 1}},   {{4, 1, 9}, {6, 1}, {4, 6, 9}},
    {{}, {17}, {17}},      {{2, 3, 1}, {1, 5}, {}}, {{33, 1}, {1, 35}, {33, 35}}};

template <unsigned seed, int depth>
void check_tree() {
  CAPTURE(seed);
  Random random(seed);
  for (const auto& shape : shapes) {
    Leaves leaves;
    for (const Shape& one : shape) leaves.emplace_back(one, random.numbers(one.size(), -1.5, 1.5));
    CAPTURE(to_string(shape[0]));
    const Outcome fused = differentiate<seed, depth, Names::none>(leaves);
    check_same(fused, differentiate<seed, depth, Names::all>(leaves), 1e-11);
    check_same(fused, differentiate<seed, depth, Names::none>(leaves), 0);
    if (shape[0] == Shape{1}) check_on_scalars<seed, depth>(leaves);
  }
}

template <int depth, unsigned... seeds>
void check_trees(std::integer_sequence<unsigned, seeds...>) {
  (check_tree<next(seeds * 2654435761u), depth>(), ...);
}

}  // namespace
}  // namespace random_graph

using namespace random_graph;

TEST_CASE("random graph: an expression without names is the same with every part named") {
  check_trees<2>(std::make_integer_sequence<unsigned, 5>{});
  check_trees<3>(std::make_integer_sequence<unsigned, 3>{});
}
