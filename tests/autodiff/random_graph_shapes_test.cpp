/// Random programs on tensors of many shapes: broadcasting, reductions, products, views, joins.

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <optional>

#include "autodiff/kernels/parallel.hpp"
#include "autodiff/ops/exponential.hpp"
#include "autodiff/ops/extrema.hpp"
#include "autodiff/ops/indexing.hpp"
#include "autodiff/ops/join.hpp"
#include "autodiff/ops/matmul.hpp"
#include "autodiff/ops/scan.hpp"
#include "autodiff/ops/slice.hpp"
#include "autodiff/ops/softmax.hpp"
#include "autodiff/ops/views.hpp"
#include "random_graph.hpp"
#include "random_graph_slope.hpp"

namespace random_graph {
namespace {

using Values = std::vector<Tensor<double>>;

/// One more tensor, made of earlier ones.
struct Step {
  std::string text;
  std::function<Tensor<double>(const Values&)> run;
};

/// Steps on one tensor x whose shape is known: a name, and what to do.
using Move = std::function<Tensor<double>(const Tensor<double>&)>;
struct NamedMove {
  std::string text;
  Move run;
};

int random_axis(Random& random, const Shape& shape) {
  return random.below(std::size_t(2 * shape.rank())) - shape.rank();
}

/// All axes, one, or two.
std::vector<int> random_axes(Random& random, const Shape& shape) {
  std::vector<int> axes;
  const int rank = shape.rank();
  if (rank == 0 || random.below(3) == 0) return axes;
  axes.push_back(random_axis(random, shape));
  if (rank > 1 && random.below(2)) axes.push_back((axes[0] + rank + 1) % rank);
  return axes;
}

template <class F>
NamedMove reduction(Random& random, const Shape& shape, const char* name, F reduce) {
  const std::vector<int> list = random_axes(random, shape);
  const KeepAxes keep = random.below(2) ? KeepAxes::yes : KeepAxes::no;
  std::string text = fmt::format("{} along {{", name);
  for (const int axis : list) text += fmt::format(" {}", axis);
  text += keep == KeepAxes::yes ? " } kept" : " }";
  return {text, [list, keep, reduce](const auto& x) {
            return Tensor<double>(reduce(x, Axes(std::span(list)), keep));
          }};
}

NamedMove random_reduction(Random& random, const Shape& shape) {
  const auto make = [&](const char* name, auto f) { return reduction(random, shape, name, f); };
  switch (random.below(9)) {
    case 0: return make("sum", [](auto& x, Axes a, KeepAxes k) { return sum(x, a, k); });
    case 1: return make("mean", [](auto& x, Axes a, KeepAxes k) { return mean(x, a, k); });
    case 2: return make("max", [](auto& x, Axes a, KeepAxes k) { return max(x, a, k); });
    case 3: return make("min", [](auto& x, Axes a, KeepAxes k) { return min(x, a, k); });
    case 4: return make("prod", [](auto& x, Axes a, KeepAxes k) { return prod(x, a, k); });
    case 5: return make("norm", [](auto& x, Axes a, KeepAxes k) { return norm(x + 3, a, k); });
    case 6:
      return make("logsumexp", [](auto& x, Axes a, KeepAxes k) { return logsumexp(x, a, k); });
    case 7:
      return make("var", [](auto& x, Axes a, KeepAxes k) {
        return var(x, a, {.correction = 0, .keep = k});
      });
    default:
      return make("mean of squares",
                  [](auto& x, Axes a, KeepAxes k) { return mean(square(x - 1) * x, a, k); });
  }
}

NamedMove random_slice(Random& random, const Shape& shape) {
  const int axis = random_axis(random, shape);
  const Index size = shape.at(axis);
  const Index begin = random.below(std::size_t(size));
  const Index end = begin + 1 + random.below(std::size_t(size - begin));
  const Index step = 1 + random.below(3);
  return {fmt::format("slice axis {} {}:{}:{}", axis, begin, end, step),
          [=](const auto& x) { return slice(x, axis, {begin, end, step}); }};
}

NamedMove random_reshape(Random& random, const Shape& shape) {
  const Index size = shape.size();
  Index factor = 1 + random.below(std::size_t(size));
  while (size % factor) --factor;
  const Shape result = random.below(3) ? Shape{factor, size / factor} : Shape{size};
  return {fmt::format("reshape {}", to_string(result)),
          [=](const auto& x) { return reshape(x, result); }};
}

NamedMove random_view(Random& random, const Shape& shape) {
  if (shape.rank() == 0)
    return {"broadcast to [2, 3]", [](const auto& x) { return broadcast_to(x, {2, 3}); }};
  const int a = random_axis(random, shape), b = random_axis(random, shape);
  switch (random.below(10)) {
    case 0: return random_slice(random, shape);
    case 1: return random_reshape(random, shape);
    case 2:
      return {fmt::format("transpose {} {}", a, b),
              [=](const auto& x) { return transpose(x, a, b); }};
    case 3: return {fmt::format("flip {}", a), [=](const auto& x) { return flip(x, a); }};
    case 4: return {fmt::format("unsqueeze {}", a), [=](const auto& x) { return unsqueeze(x, a); }};
    case 5: return {"squeeze", [](const auto& x) { return squeeze(x); }};
    case 6: {
      const Index position = random.below(std::size_t(shape.at(a)));
      return {fmt::format("at axis {} position {}", a, position),
              [=](const auto& x) { return at(x, a, position); }};
    }
    case 7: {
      Shape wide{2};
      for (const Index size : shape) wide.push_back(size);
      return {"broadcast to " + to_string(wide),
              [=](const auto& x) { return broadcast_to(x, wide); }};
    }
    case 8:
      return {"flatten", [](const auto& x) { return flatten(x); }};
    default: {
      const Index middle = random.below(std::size_t(shape.at(a) + 1));
      return {fmt::format("split axis {} at {} and joined in reverse", a, middle),
              [=](const auto& x) {
                const auto parts = split(x, {middle, x.size(a) - middle}, a);
                return concat(parts[1], parts[0], a);
              }};
    }
  }
}

IndexTensor random_indices(Random& random, const Shape& shape, Index below) {
  std::vector<Index> numbers;
  for (Index i = 0; i < shape.size(); ++i) numbers.push_back(random.below(std::size_t(below)));
  return IndexTensor(shape, numbers);
}

NamedMove random_scan(Random& random, const Shape& shape) {
  if (shape.rank() == 0) return {"exp", [](const auto& x) { return Tensor(exp(x)); }};
  const int axis = random_axis(random, shape);
  switch (random.below(6)) {
    case 0: return {fmt::format("softmax {}", axis), [=](const auto& x) { return softmax(x, axis); }};
    case 1:
      return {fmt::format("log_softmax {}", axis),
              [=](const auto& x) { return log_softmax(x, axis); }};
    case 2: return {fmt::format("cumsum {}", axis), [=](const auto& x) { return cumsum(x, axis); }};
    case 3: {
      const IndexTensor index = random_indices(random, {2, 3}, shape[0]);
      return {"embedding [2, 3]", [=](const auto& x) { return embedding(x, index); }};
    }
    case 4: {
      Shape part = shape;
      part[axis < 0 ? axis + shape.rank() : axis] = 3;
      const IndexTensor index = random_indices(random, part, shape.at(axis));
      return {fmt::format("gather axis {}", axis),
              [=](const auto& x) { return gather(x, axis, index); }};
    }
    default: {
      const IndexTensor index = random_indices(random, {4}, shape[0]);
      return {"take 4", [=](const auto& x) { return take(x, index); }};
    }
  }
}

/// A product of x with itself in some arrangement that fits, or a pad.
NamedMove random_product(Random& random, const Shape& shape) {
  switch (shape.rank()) {
    case 0: return {"times itself", [](const auto& x) { return Tensor(x * x); }};
    case 1:
      switch (random.below(4)) {
        case 0: return {"outer", [](const auto& x) { return outer(x, exp(-x)); }};
        case 1: return {"dot", [](const auto& x) { return dot(x, sin(x)); }};
        case 2: return {"pad", [](const auto& x) { return pad(x, {{1, 2}}, 0.5); }};
        default:
          return {"vector times matrix", [](const auto& x) { return matmul(x, outer(x, x)); }};
      }
    default:
      switch (random.below(5)) {
        case 0: return {"x xT", [](const auto& x) { return matmul(x, transpose(x)); }};
        case 1: return {"xT x", [](const auto& x) { return matmul(transpose(x), sin(x)); }};
        case 2:
          return {"matrix times vector", [](const auto& x) {
                    return matmul(x, row(flatten(x, 0, -2), 0));
                  }};
        case 3:
          return {"linear", [](const auto& x) {
                    const Tensor w = flatten(x, 0, -2);
                    return Tensor(linear(x, w, mean(w, 1)));
                  }};
        default:
          return {"batch times matrix", [](const auto& x) {
                    return matmul(x, transpose(flatten(cos(x), 0, -2)));
                  }};
      }
  }
}

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
    case 0: return step("add", [](auto& x, auto& y) { return x + y; });
    case 1: return step("mul", [](auto& x, auto& y) { return x * y; });
    case 2: return step("sin times", [](auto& x, auto& y) { return sin(x) * y - y * 0.5; });
    default: return step("over", [](auto& x, auto& y) { return x / (2 + cos(y)); });
  }
}

std::optional<Step> random_move(Random& random, const Values& values) {
  const auto i = std::size_t(random.below(values.size()));
  const Shape& shape = values[i].shape();
  if (values[i].size() == 0) return std::nullopt;
  const int kind = random.below(4);
  NamedMove move = kind == 0   ? random_reduction(random, shape)
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
  program.text += fmt::format("\n  v{} {} = {}", values.size(), to_string(value.shape()), step->text);
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

double worst_difference(const Outcome& a, const Outcome& b) {
  double worst = std::fabs(a.value - b.value);
  for (std::size_t k = 0; k < a.gradients.size(); ++k)
    for (std::size_t i = 0; i < a.gradients[k].values().size(); ++i) {
      const double p = a.gradients[k].values()[i], q = b.gradients[k].values()[i];
      if (!(p == q)) worst = std::max(worst, std::fabs(p - q) / std::max(1.0, std::fabs(p)));
      if (std::isnan(p) || std::isnan(q)) return HUGE_VAL;
    }
  return worst;
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
      CHECK(worst_difference(outcome, differentiate(program)) == 0);
      smooth += check_slope(program, outcome, random);
    } catch (const std::exception& error) {
      FAIL_CHECK(error.what());
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
    CHECK(worst_difference(one, differentiate(program)) == 0);
    set_threads(2);
    const Outcome two = differentiate(program);
    CHECK(worst_difference(two, differentiate(program)) == 0);
    CHECK(worst_difference(one, two) <= 1e-10);
  }
  set_threads(before);
}
