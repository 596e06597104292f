#pragma once
/// Small problems for optimizers.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/parameter.hpp"

namespace thalweg::optim::problems {

/// w₀ and one more of two elements, in a loss whose gradient is known: c · (½ w₀² , w₁).
template <class Real>
struct Two {
  Parameter<Real> first{Tensor<Real>(Real(3))};
  Parameter<Real> second{Tensor<Real>({1, 2}, {Real(-1), Real(4)})};

  ParameterList<Real> parameters() { return {{"first", &first}, {"second", &second}}; }
  std::vector<Real> values() const {
    return {first.value().data()[0], second.value().data()[0], second.value().data()[1]};
  }
  /// The gradient of Σ ½ scale w² + slope w; that is scale w + slope.
  Gradients gradients(Real scale, Real slope = 0) const {
    Tape tape;
    Tensor<Real> a = first * (scale / 2 * first + slope);
    Tensor<Real> b = second * (scale / 2 * second + slope);
    Gradients total = tape.backward(a);
    return total += tape.backward(b, Tensor<Real>({1, 2}, {Real(1), Real(1)}));
  }
};

/// These numbers as the gradient of one parameter.
template <class Real>
Gradients given(const Parameter<Real>& w, const std::vector<Real>& gradient) {
  Gradients gradients;
  gradients.assign(w, Tensor<Real>(w.shape(), gradient));
  return gradients;
}

template <class F>
std::string error_of(F&& f) {
  try {
    f();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace thalweg::optim::problems
