#pragma once
/// `Gradients`: what a backward pass found, as a value.
///
///     Gradients gradients = tape.backward(loss);
///     gradients[w];                   // ∂loss/∂w, of w's type and shape: a number for a scalar
///     gradients += other;             // accumulation over micro-batches and threads
///     gradients *= 0.5;
///
/// Answers for variables, tensors, parameters and named intermediates of the tape that are still
/// held when the backward pass runs. A variable that the loss does not depend on has gradient
/// zero. TapeError for one that was never recorded or belongs to another tape.
///
/// Gradients are not differentiated again yet. A tensor that is a gradient, or was made of
/// gradients alone while a tape recorded, is no constant to that tape: `backward` of a loss that
/// depends on it is refused (TapeError). As a constant it is g.detach(); what NoTape or plain
/// numbers make of it is one too.

#include <vector>

#include "thalweg/autodiff/tape/adjoint.hpp"
#include "thalweg/autodiff/tensor/parameter.hpp"
#include "thalweg/autodiff/tensor/tensor.hpp"

namespace thalweg {

class Tape;

namespace detail {
class Sweep;
}  // namespace detail

class Gradients {
 public:
  /// Empty: adding to it gives a copy.
  Gradients() = default;

  template <class Real>
  Real operator[](const Var<Real>& x) const {
    return scalar<Real, Real>(x.place());
  }
  /// The adjoint of x after a pass whose seeds were of another type: several at once, duals.
  template <class Adjoint, class Real>
  Adjoint as(const Var<Real>& x) const {
    return scalar<Real, Adjoint>(x.place());
  }
  template <ScalarExpressionType E>
  auto operator[](const E& named) const {
    using Real = typename E::Real;
    return scalar<Real, Real>(named.place());
  }
  template <class Real>
  std::vector<Real> operator[](const std::vector<Var<Real>>& xs) const {
    std::vector<Real> result;
    result.reserve(xs.size());
    for (const Var<Real>& x : xs) result.push_back((*this)[x]);
    return result;
  }
  template <class Real>
  Tensor<Real> operator[](const Tensor<Real>& x) const {
    return tensor<Real>(x.place(), x.shape());
  }
  template <TensorExpressionType E>
  auto operator[](const E& named) const {
    return (*this)[named.node()];
  }
  /// Zeros if the parameter took no part.
  template <class Real>
  Tensor<Real> operator[](const Parameter<Real>& parameter) const {
    return of_parameter<Real>(parameter.identity(), parameter.shape());
  }
  /// False if the parameter took no part, or the loss does not depend on it.
  template <class Real>
  bool contains(const Parameter<Real>& parameter) const {
    return find(parameter.identity()) != nullptr;
  }

  /// Replaces the gradient of a parameter, or adds one that is not there: for gradients that were
  /// clipped, summed or computed elsewhere. Throws ShapeError unless the shapes agree.
  template <class Real>
  void assign(const Parameter<Real>& parameter, const Tensor<Real>& gradient) {
    assign_parameter<Real>(parameter.identity(), parameter.shape(), gradient);
  }

  /// Adds. Of gradients from another tape only those of parameters can be asked for afterwards.
  Gradients& operator+=(const Gradients& other);
  Gradients& operator*=(double factor);
  friend Gradients operator+(Gradients a, const Gradients& b) { return std::move(a += b); }
  friend Gradients operator*(Gradients a, double factor) { return std::move(a *= factor); }
  friend Gradients operator*(double factor, Gradients a) { return std::move(a *= factor); }

 private:
  friend class detail::Sweep;
  friend class Tape;
  struct OfParameter {
    std::uint64_t identity;
    detail::Adjoint adjoint;
  };

  template <class Real, class Adjoint>
  Adjoint scalar(Place place) const;
  template <class Real>
  Tensor<Real> tensor(Place place, const Shape& shape) const;
  template <class Real>
  Tensor<Real> of_parameter(std::uint64_t identity, const Shape& shape) const;
  template <class Real>
  void assign_parameter(std::uint64_t identity, const Shape& shape, const Tensor<Real>& gradient);
  const detail::Adjoint* find(std::uint64_t identity) const;
  /// Throws TapeError unless the place is on this tape.
  void expect_own(Place place) const;
  [[noreturn]] static void throw_adjoint_type();

  std::uint32_t generation_ = 0;
  detail::AdjointList<detail::Adjoint> nodes_;  // by position
  detail::AdjointList<OfParameter> parameters_;
  detail::AdjointList<detail::ScalarAdjoints> scalars_;
};

template <class Real, class Adjoint>
Adjoint Gradients::scalar(Place place) const {
  expect_own(place);
  for (const detail::ScalarAdjoints& scalars : scalars_) {
    if (scalars.of != &number_type<Real> || place.id >= scalars.adjoints.size) continue;
    if (scalars.adjoints.type != &number_type<Adjoint>) throw_adjoint_type();
    return static_cast<const Adjoint*>(scalars.adjoints.buffer.data())[place.id];
  }
  return Adjoint(0);
}

#define THALWEG_DECLARE(Real)                                                \
  extern template Tensor<Real> Gradients::tensor(Place, const Shape&) const; \
  extern template Tensor<Real> Gradients::of_parameter(std::uint64_t, const Shape&) const;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg
