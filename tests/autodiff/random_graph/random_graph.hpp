#pragma once
/// Random programs over elementwise ops, to be run on numbers, on scalars and on tensors.

#include <fmt/format.h>

#include <cmath>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "tests/close.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/trigonometric.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

namespace random_graph {

using namespace thalweg;

/// Random numbers that are the same on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  /// 0 … n − 1.
  int below(std::size_t n) { return static_cast<int>(engine_() % n); }
  double uniform(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() >> 11) * 0x1p-53;
  }
  std::vector<double> numbers(Index count, double low, double high) {
    std::vector<double> numbers(static_cast<std::size_t>(count));
    for (double& number : numbers) number = uniform(low, high);
    return numbers;
  }

 private:
  std::mt19937_64 engine_;
};

/// Where an op is smooth and well conditioned.
struct Domain {
  double low, high;
};

/// A number of the domain, whatever x is.
template <class X>
X squash(const X& x, Domain domain) {
  using std::sin;
  return X(0.5 * (domain.low + domain.high) + 0.5 * (domain.high - domain.low) * sin(x));
}

template <class F, class X>
X call(const std::vector<X>& x) {
  if constexpr (std::is_invocable_v<F, X>)
    return X(F{}(x[0]));
  else if constexpr (std::is_invocable_v<F, X, X>)
    return X(F{}(x[0], x[1]));
  else
    return X(F{}(x[0], x[1], x[2]));
}

/// An op by its name, the domains of its arguments, and how it is called.
struct Op {
  std::string name;
  std::vector<Domain> domains;
  double (*on_numbers)(const std::vector<double>&);
  Var<double> (*on_scalars)(const std::vector<Var<double>>&);
  Tensor<double> (*on_tensors)(const std::vector<Tensor<double>>&);

  double operator()(const std::vector<double>& x) const { return on_numbers(x); }
  Var<double> operator()(const std::vector<Var<double>>& x) const { return on_scalars(x); }
  Tensor<double> operator()(const std::vector<Tensor<double>>& x) const { return on_tensors(x); }
};

/// F is a generic lambda without captures.
template <class F>
Op make_op(std::string name, std::vector<Domain> domains, F) {
  return {std::move(name), std::move(domains), call<F, double>, call<F, Var<double>>,
          call<F, Tensor<double>>};
}

using Ops = std::vector<Op>;

// One per file random_graph_…_test.cpp.
const Ops& arithmetic_ops();
const Ops& exponential_ops();
const Ops& trigonometric_ops();
const Ops& activation_ops();
const Ops& choosing_ops();

/// What `op` makes of tensors is what it makes of each of their elements, with the same gradients,
/// for every length up to a few registers.
void check_elementwise(const Op& op);

/// The value of one node: op of earlier values, each squashed into the op's domain.
struct Instruction {
  const Op* op;
  std::vector<int> operands;
};

/// Values 0 … inputs − 1 are given, then one for each instruction. The result is Σ wᵢ sin vᵢ over
/// all of them: every node matters.
struct Program {
  int inputs = 1;
  std::vector<Instruction> instructions;
  std::vector<double> weights;

  template <class X>
  X run(std::vector<X> values) const {
    for (const auto& [op, operands] : instructions) {
      std::vector<X> arguments;
      for (std::size_t k = 0; k < operands.size(); ++k)
        arguments.push_back(squash(values[std::size_t(operands[k])], op->domains[k]));
      values.push_back((*op)(arguments));
    }
    X result = X(values[0] * weights[0]);
    for (std::size_t i = 1; i < values.size(); ++i)
      result = result + weights[i] * squash(values[i], {-1, 1});
    return result;
  }
};

Program random_program(Random& random, int inputs, int length);
std::string to_string(const Program& program);

}  // namespace random_graph
