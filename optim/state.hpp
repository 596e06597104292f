#pragma once
/// What an optimizer remembers of each parameter between steps.

#include <string>
#include <vector>

#include "autodiff/gradients.hpp"
#include "autodiff/parameter.hpp"

namespace thalweg::optim {

/// One `State<Real>` per parameter, in the order of the list; made on the first step. Each has the
/// parameter's `name` and tensors of its shape.
template <template <class> class State>
class PerParameter {
 public:
  /// Empty before the first step, and for the number type that the parameters are not made of.
  template <class Real>
  const std::vector<State<Real>>& get() const {
    if constexpr (sizeof(Real) == sizeof(float))
      return floats_;
    else
      return doubles_;
  }
  template <class Real>
  std::vector<State<Real>>& get() {
    if constexpr (sizeof(Real) == sizeof(float))
      return floats_;
    else
      return doubles_;
  }

 private:
  std::vector<State<float>> floats_;
  std::vector<State<double>> doubles_;
};

/// Remembers which parameters the first step was given, and refuses others.
class ParameterCheck {
 public:
  /// True on the first call. Throws ValueError, beginning with the optimizer's name, if the list
  /// is empty or names a parameter twice, if it is not the first call's list, or if the gradients
  /// hold none of its parameters.
  template <class Real>
  bool first_step(const char* optimizer, const ParameterList<Real>& parameters,
                  const Gradients& gradients);

 private:
  struct Seen {
    std::string name;
    std::uint64_t identity;
    Shape shape;
  };
  std::vector<Seen> seen_;
};

/// Zeros, for a state that begins there.
template <class Real>
Tensor<Real> zeros_like(const Parameter<Real>& parameter);

}  // namespace thalweg::optim
