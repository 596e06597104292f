// clang-format off
/// A variable becomes a number only where it says so, and number types do not mix.
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

using namespace thalweg;

double plain(double x) { return x; }

int main() {
  Tape tape;
  Var x = tape.variable(2.0);
  Var z = tape.variable(2.0f);
  const Gradients gradients = tape.backward(x * x);

#if CASE == 1
  const double number = x;
  // expect: write x.value\(\) for the plain number
#endif

#if CASE == 2
  const double number = x * x;
  // expect: cannot convert .* to .const double.|no viable conversion from .* to .const double
#endif

#if CASE == 3
  plain(x);
  // expect: write x.value\(\) for the plain number
#endif

#if CASE == 4
  Var y = x + z;
  // expect: thalweg: operands of different number types; convert one of them
#endif

#if CASE == 5
  Var<float> y = x;
  // expect: conversion from .Var<double>. to non-scalar type .*Var<float>|no viable conversion from
#endif

#if CASE == 6
  if (x) return 1;
  // expect: could not convert .x. from .*Var<double>. to .bool|is not contextually convertible to|no viable conversion from
#endif

#if CASE == 7
  const double slope = gradients["x"];
  // expect: no match for .operator\[\]. .*Gradients|no viable overloaded operator\[\]
#endif

#if CASE == 8
  const double slope = gradients[2.0];
  // expect: no match for .operator\[\]. .*Gradients|no viable overloaded operator\[\]
#endif

#if CASE == 9
  const Tensor<double> w = {1, 2};
  Var loss = w * w;
  // expect: thalweg: a tensor is no Var, even if it holds one number; write `Tensor loss = ...`
#endif

#if CASE == 10
  const Tensor<double> w = {1, 2};
  Var<double> loss = w;
  // expect: thalweg: a tensor is no Var, even if it holds one number; write `Tensor loss = ...`
#endif

#if CASE == 11
  Var y = x * x;
  y.backward();
  // expect: thalweg: the tape goes backward: write `Gradients g = tape.backward
#endif

#if CASE == 12
  x.grad();
  // expect: thalweg: gradients are a value of their own: write `Gradients g = tape.backward
#endif

  Var nothing;
  nothing = x;
  return plain(x.value() + static_cast<double>(z.value()) + gradients[x]) > 0 ? 0 : 1;
}
