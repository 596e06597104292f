#pragma once
/// Whole numbers as an argument: labels and positions.

#include "thalweg/autodiff/tensor/tensor.hpp"

namespace thalweg {

/// An IndexTensor, a vector or span of any integer type, or a list in braces. The numbers of an
/// IndexTensor are shared, others are copied.
class Indices {
 public:
  Indices(IndexTensor tensor) : tensor_(std::move(tensor)) {}
  Indices(std::initializer_list<Index> list)
      : tensor_(std::span<const Index>(list.begin(), list.size())) {}
  template <class Range>
  requires(!std::is_same_v<Range, IndexTensor> && requires(const Range& range) {
    requires std::is_integral_v<std::remove_cvref_t<decltype(*std::span(range).data())>>;
  }) Indices(const Range& range) {
    const auto numbers = std::span(range);
    tensor_ = IndexTensor::uninitialised({static_cast<Index>(numbers.size())});
    for (std::size_t k = 0; k < numbers.size(); ++k)
      tensor_.unshared_data()[k] = static_cast<Index>(numbers[k]);
  }

  const IndexTensor& tensor() const { return tensor_; }
  const Shape& shape() const { return tensor_.shape(); }
  Index size() const { return tensor_.size(); }
  std::span<const Index> values() const { return tensor_.values(); }

 private:
  IndexTensor tensor_;
};

/// Throws IndexError "{op}: {noun} 10 at position 3 is out of range; expected 0 to 9" unless all
/// indices are in 0 … size − 1.
void expect_in_range(const char* op, const char* noun, const IndexTensor& index, Index size);

}  // namespace thalweg
