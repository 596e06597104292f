// clang-format off
/// Number types of tensors do not mix, elements are not assigned through, and generic code that
/// cannot be right is refused.
#include "thalweg/autodiff/tensor/tensor.hpp"

#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
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
  // expect: write cast<double>\(x\) for numbers of another type
#endif

#if CASE == 3
  a(0) = 5.0;
  // expect: thalweg: what t\(i\) gives is a copy, no place to write to; write t.set
#endif

#if CASE == 4
  a(0) += 5.0;
  // expect: thalweg: what t\(i\) gives is a copy, no place to write to; write t.set
#endif

#if CASE == 5
  const Tensor c = doubled(a * a);
  // expect: could not convert .* from .TensorExpression<thalweg::op::Add|no viable conversion from
#endif

#if CASE == 6
  const double first = a(0);
  // expect: write x.value\(\) for the plain number
#endif

#if CASE == 7
  Tape tape;
  const Tensor<float> slope = tape.backward(a)[a];
  // expect: write cast<double>\(x\) for numbers of another type
#endif

#if CASE == 8
  Tensor z(Shape{3});
  // expect: thalweg: a Shape alone makes no tensor; write zeros\(Shape
#endif

#if CASE == 9
  IndexTensor z(Shape{100, 100});
  // expect: thalweg: a Shape alone makes no tensor; write zeros\(Shape
#endif

#if CASE == 10
  const double total = sum(a);
  // expect: write x.item\(\) for the only element as a plain number
#endif

#if CASE == 11
  sum(a).backward();
  // expect: thalweg: the tape goes backward: write `Gradients g = tape.backward
#endif

  Tensor nothing;
  nothing = a;
  const Tensor mixed = {1, 2.5};
  return doubled(a).size() == doubled(b).size() ? 0 : 1;
}
