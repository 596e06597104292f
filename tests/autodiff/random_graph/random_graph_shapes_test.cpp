/// Random programs on tensors of many shapes: broadcasting, reductions, products, views, joins.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "random_graph_moves.hpp"
#include "random_graph_slope.hpp"
#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/join.hpp"
#include "thalweg/autodiff/ops/matmul.hpp"

namespace random_graph {
namespace {

using Values = std::vector<Tensor<double>>;

/// One more tensor, made of earlier ones.
struct Step {
  std::string text;
  std::function<Tensor<double>(const Values&)> run;
};

bool broadcasts(const Shape& a, const Shape& b) {
  for (int k = 1; k <= std::min(a.rank(), b.rank()); ++k)
    if (a.at(-k) != b.at(-k) && a.at(-k) != 1 && b.at(-k) != 1) return false;
  return true;
}

std::optional<Step> random_pair(Random& random, const Values& values) {
  const auto i = std::size_t(random.below(values.size()));
  const auto j = std::size_t(random.below(values.size()));
  const Shape &a = values[i].shape(), &b = values[j].shape();
  const auto step = [&](const char* name, auto f) {
    return Step{fmt::format("{} v{} v{}", name, i, j),
                [=](const Values& v) { return Tensor<double>(f(v[i], v[j])); }};
  };
  if (a == b && random.below(3) == 0) {
    if (random.below(2)) return step("stack", [](auto& x, auto& y) { return stack(x, y, -1); });
    if (a.rank()) return step("concat", [](auto& x, auto& y) { return concat(x, y, -1); });
  }
  if (a.rank() && b.rank() > 1 && a.at(-1) == b.at(-2) && a.rank() <= 2 && b.rank() <= 2)
    return step("matmul", [](auto& x, auto& y) { return matmul(x, y); });
  if (!broadcasts(a, b)) return std::nullopt;
  switch (random.below(4)) {
    case 0:
      return step("add", [](auto& x, auto& y) { return x + y; });
    case 1:
      return step("mul", [](auto& x, auto& y) { return x * y; });
    case 2:
      return step("sin times", [](auto& x, auto& y) { return sin(x) * y - y * 0.5; });
    default:
      return step("over", [](auto& x, auto& y) { return x / (2 + cos(y)); });
  }
}

std::optional<Step> random_move(Random& random, const Values& values) {
  const auto i = std::size_t(random.below(values.size()));
  const Shape& shape = values[i].shape();
  if (values[i].size() == 0) return std::nullopt;
  const int kind = random.below(4);
  Move move = kind == 0   ? random_reduction(random, shape)
              : kind == 1 ? random_view(random, shape)
              : kind == 2 ? random_scan(random, shape)
                          : random_product(random, shape);
  return Step{fmt::format("{} of v{}", move.text, i),
              [i, run = std::move(move.run)](const Values& v) { return run(v[i]); }};
}

/// Tensors in, a number out. Made by running it.
struct TensorProgram {
  Values inputs;
  std::vector<Step> steps;
  std::vector<double> weights;
  std::string text;

  Tensor<double> run(Values values) const {
    for (const Step& step : steps) values.push_back(step.run(values));
    Tensor<double> result = sum(sin(values[0])) * weights[0];
    for (std::size_t i = 1; i < values.size(); ++i)
      result = result + weights[i] * mean(cos(values[i] + 0.1 * values[i]));
    return result;
  }
};

void extend(TensorProgram& program, Random& random, Values& values, Index largest) {
  auto step = random.below(3) ? random_move(random, values) : random_pair(random, values);
  if (!step) return;
  Tensor<double> value = step->run(values);
  if (value.rank() > 5 || value.size() > largest || value.size() == 0) return;
  double bound = 0;
  for (const double number : value.values()) bound = std::max(bound, std::fabs(number));
  if (bound > 4) {  // keep the program well conditioned
    step->text = "sin of " + step->text;
    step->run = [run = std::move(step->run)](const Values& v) { return Tensor(sin(run(v))); };
    value = step->run(values);
  }
  program.text +=
      fmt::format("\n  v{} {} = {}", values.size(), to_string(value.shape()), step->text);
  values.push_back(value);
  program.steps.push_back(std::move(*step));
}

TensorProgram random_tensor_program(Random& random, int length, Index side) {
  TensorProgram program;
  for (int k = 1 + random.below(3); k > 0; --k) {
    Shape shape;
    for (int rank = random.below(4); rank > 0; --rank)
      shape.push_back(random.below(4) ? 1 + random.below(std::size_t(side)) : 1);
    program.inputs.emplace_back(shape, random.numbers(shape.size(), -1.5, 1.5));
    program.text += fmt::format("\n  v{} {}", program.inputs.size() - 1, to_string(shape));
  }
  Values values = program.inputs;
  for (int k = 0; k < 3 * length && int(program.steps.size()) < length; ++k)
    extend(program, random, values, 40 * side * side);
  program.weights = random.numbers(Index(values.size()), -1, 1);
  return program;
}

struct Outcome {
  double value = 0;
  Values gradients;
};

Outcome differentiate(const TensorProgram& program) {
  Tape tape;
  Values x;
  for (const auto& input : program.inputs) x.push_back(tape.variable(input));
  const Tensor<double> y = program.run(x);
  const Gradients gradients = tape.backward(y);
  Outcome outcome{y.item(), {}};
  for (const auto& input : x) outcome.gradients.push_back(gradients[input]);
  return outcome;
}

void check_same(const Outcome& a, const Outcome& b, double tolerance = 0) {
  CHECK(testing::close(b.value, a.value, {0, tolerance}));
  for (std::size_t k = 0; k < a.gradients.size(); ++k)
    CHECK(testing::close(b.gradients[k], a.gradients[k], {tolerance, tolerance}));
}

bool check_slope(const TensorProgram& program, const Outcome& outcome, Random& random) {
  Values directions;
  double expected = 0;
  for (std::size_t k = 0; k < program.inputs.size(); ++k) {
    const auto& input = program.inputs[k];
    directions.emplace_back(input.shape(), random.numbers(input.size(), -1, 1));
    expected += sum(directions[k] * outcome.gradients[k]).item();
  }
  return agrees_with_differences(expected, [&](double t) {
    Values moved;
    for (std::size_t k = 0; k < directions.size(); ++k)
      moved.push_back(program.inputs[k] + t * directions[k]);
    return program.run(moved).item();
  });
}

}  // namespace
}  // namespace random_graph

using namespace random_graph;

TEST_CASE("random graph: gradients of programs on tensors of many shapes are their differences") {
  int smooth = 0;
  const auto seeds = chosen_seeds(2000);
  for (const std::uint64_t seed : seeds) {
    Random random(seed);
    const TensorProgram program = random_tensor_program(random, 1 + random.below(10), 5);
    CAPTURE(seed);
    CAPTURE(program.text);
    try {
      const Outcome outcome = differentiate(program);
      check_same(outcome, differentiate(program));
      smooth += check_slope(program, outcome, random);
    } catch (const std::exception& error) {
      FAIL_CHECK(std::string(error.what()));
    }
  }
  if (seeds.size() > 1) CHECK(smooth > 1900);
}

TEST_CASE("random graph: large tensors give the same on one thread and on two, reproducibly") {
  const int before = threads();
  for (const std::uint64_t seed : chosen_seeds(30)) {
    Random random(seed);
    const TensorProgram program = random_tensor_program(random, 8, 60);
    CAPTURE(seed);
    CAPTURE(program.text);
    set_threads(1);
    const Outcome one = differentiate(program);
    check_same(one, differentiate(program));
    set_threads(2);
    const Outcome two = differentiate(program);
    check_same(two, differentiate(program));
    check_same(one, two, 1e-10);
  }
  set_threads(before);
}
