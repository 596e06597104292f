#pragma once
/// What holds for every op on tensors, as checks that take the op and operands to try it on.

#include "tests/autodiff/kernels/common.hpp"
#include "tests/message_of.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

namespace thalweg::test {

/// A tensor of numbers on (−1, 1), the same for the same seed.
template <class Real = double>
Tensor<Real> random_tensor(const Shape& shape, unsigned seed = 1) {
  return Tensor<Real>(shape, numbers<Real>(shape.size(), seed));
}

/// Compares, to a few units in the last place or the given tolerance.
template <class Real>
void check_equal(const Tensor<Real>& got, const Tensor<Real>& wanted,
                 double tolerance = rounding<Real>().relative) {
  CHECK(testing::close(got, wanted, {tolerance, tolerance}));
}

/// A function of tensors whose type is forgotten, so that the laws are compiled once.
struct TensorFunction {
  using Doubles = std::vector<Tensor<double>>;
  const void* f;
  Tensor<double> (*of_doubles)(const void* f, const Doubles&);
  Tensor<float> (*of_floats)(const void* f, const std::vector<Tensor<float>>&);
  Tensor<double> (*of_expressions)(const void* f, const Doubles&);
  Tensor<double> (*of_parameters)(const void* f, const std::vector<Parameter<double>>&);
};

/// The gradient of f is right in double; the same in float; with parameters and with expressions as
/// operands; with operands made by other ops; and added to adjoints that exist already.
void check_adjoint(const TensorFunction& f, const TensorFunction::Doubles& x);

template <class F, std::size_t... k>
TensorFunction tensor_function(const F& f, std::index_sequence<k...>) {
  const auto call = [](const void* any, const auto& x) {
    return as_tensor((*static_cast<const F*>(any))(x[k]...));
  };
  const auto call_on_expressions = [](const void* any, const auto& x) {
    return as_tensor((*static_cast<const F*>(any))((x[k] * 1.0)...));
  };
  return {&f, call, call, call_on_expressions, call};
}

template <class F, class... X>
void check_adjoint(const F& f, const X&... x) {
  check_adjoint(tensor_function(f, std::index_sequence_for<X...>{}), {x...});
}

}  // namespace thalweg::test
