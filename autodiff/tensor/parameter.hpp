#pragma once
/// `Parameter<Real>`: a tensor that is learned.
///
/// It outlives tapes: an op that uses it while a tape records puts it on that tape, once, and
/// `gradients[parameter]` is its gradient. Its value changes only between recordings: a tape that
/// holds it refuses the new value (TapeError). On a thread where nothing records a parameter that a
/// living tape holds is refused, too, except inside NoTape; its `value()` can always be read.
/// A copy is a parameter of its own; a moved parameter stays the same one.
///
/// A frozen parameter is a number like any other: it goes on no tape, costs no backward pass, has
/// gradient zero, and optimizers leave it alone.

#include <utility>
#include <vector>

#include "thalweg/autodiff/tensor/tensor.hpp"

namespace thalweg {

namespace detail {
/// A number that no other parameter has.
std::uint64_t fresh_identity();
}  // namespace detail

template <class RealType>
class Parameter {
 public:
  using Real = RealType;

  Parameter() : identity_(detail::fresh_identity()) {}
  explicit Parameter(Tensor<Real> value)
      : value_(value.detach()), identity_(detail::fresh_identity()) {}
  Parameter(const Parameter& other) : Parameter(other.value_) { frozen_ = other.frozen_; }
  Parameter(Parameter&& other) noexcept
      : value_(std::move(other.value_)),
        identity_(std::exchange(other.identity_, detail::fresh_identity())),
        frozen_(other.frozen_) {}
  /// Takes over the value; the identity stays, so that gradients and optimizer state still fit, and
  /// so does being frozen.
  Parameter& operator=(const Parameter& other) {
    value_ = other.value_;
    return *this;
  }
  Parameter& operator=(Parameter&& other) noexcept {
    value_ = std::move(other.value_);
    identity_ = std::exchange(other.identity_, detail::fresh_identity());
    frozen_ = other.frozen_;
    return *this;
  }

  const Tensor<Real>& value() const { return value_; }
  const Shape& shape() const { return value_.shape(); }
  Index size() const { return value_.size(); }
  /// Replaces the value. Throws ShapeError if its shape differs.
  void assign(Tensor<Real> value);
  /// The elements, for an update in place; copied first if a tape or a handle shares them.
  std::span<Real> mutable_values() { return value_.mutable_values(); }
  /// True while a tape or another handle holds the value, so that an update in place would copy it.
  bool shared() const;
  std::uint64_t identity() const { return identity_; }
  bool frozen() const { return frozen_; }
  /// From its next use on.
  void freeze(bool frozen = true) { frozen_ = frozen; }

 private:
  Tensor<Real> value_;
  std::uint64_t identity_;
  bool frozen_ = false;
};

template <class Real>
Parameter(Tensor<Real>) -> Parameter<Real>;

/// A parameter of a model and its name, such as "hidden.weight".
template <class Real>
struct NamedParameter {
  std::string name;
  Parameter<Real>* parameter;
};

/// What an optimizer updates, in a fixed order.
template <class Real>
using ParameterList = std::vector<NamedParameter<Real>>;

#define THALWEG_DECLARE(Real) extern template class Parameter<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg
