#pragma once
/// Tensors that belong to a model and are saved with it, but are not learned.

#include "thalweg/autodiff/tensor/tensor.hpp"

namespace thalweg::nn {

/// Running statistics, counts, masks: what a layer notes while it is called. Layers are const when
/// they are called, so `set` is too. Not for several threads at a time: see
/// `Mode::without_statistics`.
///
///     nn::Buffer<float> running_mean{zeros<float>({channels})};
///     running_mean.set(0.9f * running_mean.value() + 0.1f * mean);
///
/// A copy is a buffer of its own.
template <class ElementType>
class Buffer {
 public:
  using Element = ElementType;  // float, double or Index

  Buffer() = default;
  explicit Buffer(Tensor<Element> value) : value_(value.detach()) {}

  const Tensor<Element>& value() const { return value_; }
  const Shape& shape() const { return value_.shape(); }
  Index size() const { return value_.size(); }
  /// Replaces the value, which is taken off its tape. Throws ShapeError if its shape differs.
  void set(Tensor<Element> value) const;

 private:
  mutable Tensor<Element> value_;
};

namespace detail {
template <class T>
inline constexpr bool is_buffer = false;
template <class Element>
inline constexpr bool is_buffer<Buffer<Element>> = true;
}  // namespace detail

#define THALWEG_DECLARE(Real) extern template class Buffer<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE
extern template class Buffer<Index>;

}  // namespace thalweg::nn
