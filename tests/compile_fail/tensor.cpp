// clang-format off
/// Number types of tensors do not mix, elements are not assigned through, and generic code that
/// cannot be right is refused.
#include "thalweg/autodiff/tensor/tensor.hpp"

#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

using namespace thalweg;

/// Right for a tensor; the type of x + x is not that of an expression x.
template <class T>
T doubled(const T& x) {
  return x + x;
}

int main() {
  Tensor<double> a = {1, 2};
  const Tensor<float> b = {1, 2};

#if CASE == 1
  Tensor c = a + b;
  // expect: thalweg: operands of different number types; convert one of them
#endif

#if CASE == 2
  Tensor<float> c = a;
  // expect: conversion from .Tensor<double>. to non-scalar type .*Tensor<float>|no viable conversion
#endif

#if CASE == 3
  a(0) = 5.0;
  // expect: passing .*Var<double>. as .this. argument discards|no viable overloaded .=.
#endif

#if CASE == 4
  a(0) += 5.0;
  // expect: passing .*Var<double>. as .this. argument discards|no viable overloaded .\+=.
#endif

#if CASE == 5
  const Tensor c = doubled(a * a);
  // expect: could not convert .* from .TensorExpression<thalweg::op::Add|no viable conversion from
#endif

#if CASE == 6
  const double first = a(0);
  // expect: cannot convert .*Var<double>.* to .const double.|no viable conversion from
#endif

#if CASE == 7
  Tape tape;
  const Tensor<float> slope = tape.backward(a)[a];
  // expect: conversion from .Tensor<double>. to non-scalar type .*Tensor<float>|no viable conversion
#endif

#if CASE == 8
  Tensor z(Shape{3});
  // expect: thalweg: a Shape alone makes no tensor; write zeros\(Shape
#endif

#if CASE == 9
  IndexTensor z(Shape{100, 100});
  // expect: thalweg: a Shape alone makes no tensor; write zeros\(Shape
#endif

  Tensor nothing;
  nothing = a;
  const Tensor mixed = {1, 2.5};
  return doubled(a).size() == doubled(b).size() ? 0 : 1;
}
