/// Random programs: tensors, scalars, plain numbers and finite differences must agree.
///
/// A failure prints its seed and the program; THALWEG_GRAPH_SEED=… runs that seed alone.

#include "random_graph.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "random_graph_slope.hpp"
#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"

namespace random_graph {
namespace {

/// The elements of every input of a program.
using Inputs = std::vector<std::vector<double>>;

struct Outcome {
  std::vector<double> values;
  Inputs gradients;
};

Outcome on_tensors(const Program& program, const Inputs& inputs) {
  Tape tape;
  std::vector<Tensor<double>> x;
  for (const auto& numbers : inputs) x.push_back(tape.variable(Tensor<double>(numbers)));
  const Tensor<double> y = program.run(x);
  const Gradients gradients = tape.backward(sum(y));
  Outcome outcome{y.to_vector(), {}};
  for (const auto& input : x) outcome.gradients.push_back(gradients[input].to_vector());
  return outcome;
}

Outcome on_scalars(const Program& program, const Inputs& inputs) {
  Tape tape;
  std::vector<std::vector<Var<double>>> x;
  for (const auto& numbers : inputs) x.push_back(tape.variable(numbers));
  Outcome outcome;
  Var<double> total = 0.0;
  for (std::size_t i = 0; i < inputs[0].size(); ++i) {
    std::vector<Var<double>> element;
    for (const auto& input : x) element.push_back(input[i]);
    const Var<double> y = program.run(element);
    outcome.values.push_back(y.value());
    total += y;
  }
  const Gradients gradients = tape.backward(total);
  for (const auto& input : x) outcome.gradients.push_back(gradients[input]);
  return outcome;
}

/// The program on the plain numbers of one element.
double on_numbers(const Program& program, const Inputs& inputs, std::size_t element) {
  std::vector<double> x;
  for (const auto& numbers : inputs) x.push_back(numbers[element]);
  return program.run(x);
}

void check_equal(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
  double scale = 1;
  for (const double number : a) scale = std::max(scale, std::fabs(number));
  CHECK(testing::close(a, b, {0, tolerance * scale}));
}

void check_equal(const Outcome& a, const Outcome& b, double tolerance) {
  check_equal(a.values, b.values, tolerance);
  for (std::size_t k = 0; k < a.gradients.size(); ++k)
    check_equal(a.gradients[k], b.gradients[k], tolerance);
}

/// The gradient of one element against differences along a random direction. False where a kink
/// is too near to tell.
bool check_slope(const Program& program, const Inputs& inputs, const Outcome& outcome,
                 Random& random) {
  const auto element = static_cast<std::size_t>(random.below(inputs[0].size()));
  std::vector<double> direction = random.numbers(program.inputs, -1, 1);
  const auto along = [&](double t) {
    Inputs moved = inputs;
    for (std::size_t k = 0; k < moved.size(); ++k) moved[k][element] += t * direction[k];
    return on_numbers(program, moved, element);
  };
  double expected = 0;
  for (std::size_t k = 0; k < direction.size(); ++k)
    expected += direction[k] * outcome.gradients[k][element];
  CHECK(along(0) == doctest::Approx(outcome.values[element]).epsilon(1e-9));
  return agrees_with_differences(expected, along);
}

Inputs random_inputs(Random& random, int count, Index size) {
  Inputs inputs;
  for (int k = 0; k < count; ++k) inputs.push_back(random.numbers(size, -1.5, 1.5));
  return inputs;
}

/// True if differences could tell.
bool check_program(std::uint64_t seed) {
  Random random(seed);
  const int inputs = 1 + random.below(4);
  const Program program = random_program(random, inputs, 1 + random.below(20));
  CAPTURE(seed);
  const std::string text = to_string(program);
  CAPTURE(text);
  const Inputs x = random_inputs(random, inputs, 1 + random.below(20));
  const Outcome tensors = on_tensors(program, x);
  check_equal(tensors, on_scalars(program, x), 1e-9);
  check_equal(tensors, on_tensors(program, x), 0);
  return check_slope(program, x, tensors, random);
}

}  // namespace
}  // namespace random_graph

using namespace random_graph;

TEST_CASE("random graph: programs on tensors, on scalars and finite differences agree") {
  int smooth = 0;
  const auto seeds = chosen_seeds(2000);
  for (const std::uint64_t seed : seeds) smooth += check_program(seed);
  if (seeds.size() > 1) CHECK(smooth > 1700);
}

TEST_CASE("random graph: one thread and two agree, and each repeats itself to the last bit") {
  const int before = threads();
  for (const std::uint64_t seed : chosen_seeds(5)) {
    Random random(seed);
    const Program program = random_program(random, 2, 12);
    CAPTURE(seed);
    const std::string text = to_string(program);
    CAPTURE(text);
    const Inputs x = random_inputs(random, 2, 70001);
    set_threads(1);
    const Outcome one = on_tensors(program, x);
    check_equal(one, on_tensors(program, x), 0);
    set_threads(2);
    const Outcome two = on_tensors(program, x);
    check_equal(two, on_tensors(program, x), 0);
    check_equal(one, two, 1e-12);
  }
  set_threads(before);
}

void random_graph::check_elementwise(const Op& op) {
  CAPTURE(op.name);
  Random random(op.name.size());
  for (Index size = 1; size <= 20; ++size) {
    CAPTURE(size);
    const int arity = static_cast<int>(op.domains.size());
    Program program{arity, {{&op, {}}}, random.numbers(arity + 1, 0.5, 1)};
    for (int k = 0; k < arity; ++k) program.instructions[0].operands.push_back(k);
    const Inputs x = random_inputs(random, arity, size);
    check_equal(on_tensors(program, x), on_scalars(program, x), 1e-13);
  }
}

Program random_graph::random_program(Random& random, int inputs, int length) {
  Program program{inputs, {}, random.numbers(inputs + length, -1, 1)};
  const std::vector<const Ops*> tables{&arithmetic_ops(), &exponential_ops(), &trigonometric_ops(),
                                       &activation_ops(), &choosing_ops()};
  for (int i = 0; i < length; ++i) {
    const Ops& table = *tables[std::size_t(random.below(tables.size()))];
    const Op& op = table[std::size_t(random.below(table.size()))];
    Instruction instruction{&op, {}};
    for (std::size_t k = 0; k < op.domains.size(); ++k)
      instruction.operands.push_back(random.below(std::size_t(inputs + i)));
    program.instructions.push_back(instruction);
  }
  return program;
}

std::string random_graph::to_string(const Program& program) {
  std::string text = fmt::format("{} inputs v0...", program.inputs);
  int position = program.inputs;
  for (const auto& [op, operands] : program.instructions) {
    text += fmt::format("\n  v{} = {}(", position++, op->name);
    for (std::size_t k = 0; k < operands.size(); ++k)
      text += fmt::format("{}v{} in [{}, {}]", k ? ", " : "", operands[k], op->domains[k].low,
                          op->domains[k].high);
    text += ")";
  }
  return text;
}
