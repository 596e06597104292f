#pragma once
/// Shapes of tensors: up to eight sizes, held inline, row-major.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <iterator>
#include <span>
#include <string>

#include "thalweg/autodiff/base/text_formatter.hpp"

namespace thalweg {

/// Sizes, positions and axes. Signed, so that −1 can mean "the last axis" and differences are safe.
using Index = std::int64_t;

/// The sizes of a tensor, outermost first. `Shape{}` is that of a single number (rank 0, size 1).
class Shape {
 public:
  static constexpr int max_rank = 8;

  constexpr Shape() = default;
  Shape(std::initializer_list<Index> sizes) : Shape(std::span(sizes.begin(), sizes.size())) {}
  /// Throws ShapeError for a negative size, more than eight sizes or more than 2⁶² elements.
  explicit Shape(std::span<const Index> sizes);

  constexpr int rank() const { return rank_; }
  /// The product of all sizes; 1 at rank 0.
  constexpr Index size() const {
    Index product = 1;
    for (int axis = 0; axis < rank_; ++axis) product *= sizes_[axis];
    return product;
  }
  constexpr Index operator[](int axis) const { return sizes_[axis]; }
  constexpr Index& operator[](int axis) { return sizes_[axis]; }
  /// Size along `axis`, counted from the back if negative. Throws ShapeError if out of range.
  Index at(int axis) const;
  /// Over the sizes, outermost first. No pointers, lest a span take a shape for `size()` numbers.
  class Iterator {
   public:
    using iterator_category = std::random_access_iterator_tag;
    using iterator_concept = std::random_access_iterator_tag;
    using value_type = Index;
    using difference_type = std::ptrdiff_t;
    using pointer = const Index*;
    using reference = const Index&;

    constexpr Iterator() = default;
    explicit constexpr Iterator(const Index* at) : at_(at) {}
    constexpr reference operator*() const { return *at_; }
    constexpr reference operator[](difference_type n) const { return at_[n]; }
    constexpr Iterator& operator++() { return *this += 1; }
    constexpr Iterator operator++(int) { return Iterator(at_++); }
    constexpr Iterator& operator--() { return *this += -1; }
    constexpr Iterator operator--(int) { return Iterator(at_--); }
    constexpr Iterator& operator+=(difference_type n) { return at_ += n, *this; }
    constexpr Iterator& operator-=(difference_type n) { return at_ -= n, *this; }
    friend constexpr Iterator operator+(Iterator i, difference_type n) { return i += n; }
    friend constexpr Iterator operator+(difference_type n, Iterator i) { return i += n; }
    friend constexpr Iterator operator-(Iterator i, difference_type n) { return i -= n; }
    friend constexpr difference_type operator-(Iterator a, Iterator b) { return a.at_ - b.at_; }
    friend constexpr auto operator<=>(const Iterator&, const Iterator&) = default;

   private:
    const Index* at_ = nullptr;
  };
  constexpr std::span<const Index> sizes() const {
    return {sizes_, static_cast<std::size_t>(rank_)};
  }
  constexpr Iterator begin() const { return Iterator(sizes_); }
  constexpr Iterator end() const { return Iterator(sizes_ + rank_); }

  /// Appends an innermost axis. Throws ShapeError at rank 8.
  void push_back(Index size);
  /// The sizes before `axis` multiplied, and those after it.
  Index size_before(int axis) const;
  Index size_after(int axis) const;

  friend constexpr bool operator==(const Shape& a, const Shape& b) {
    if (a.rank_ != b.rank_) return false;
    for (int axis = 0; axis < a.rank_; ++axis)
      if (a.sizes_[axis] != b.sizes_[axis]) return false;
    return true;
  }

 private:
  int rank_ = 0;
  Index sizes_[max_rank] = {};
};

/// "[2, 3]"; "[]" at rank 0.
std::string to_string(const Shape& shape);
std::ostream& operator<<(std::ostream& stream, const Shape& shape);

/// NumPy's rule: aligned at the last axis, sizes must agree or be 1.
/// Throws ShapeError "{op}: shapes do not broadcast: [2, 3] and [4]; ..." naming the axis.
Shape broadcast(const char* op, const Shape& a, const Shape& b);

/// `axis` in 0 … rank − 1, counted from the back if negative.
/// Throws ShapeError "{op}: axis 3 is out of range for shape [2, 3]; ..." otherwise.
int normalise_axis(const char* op, int axis, const Shape& shape);

}  // namespace thalweg

template <>
struct fmt::formatter<thalweg::Shape> : thalweg::TextFormatter {
  template <class Context>
  auto format(const thalweg::Shape& shape, Context& context) const {
    return write(thalweg::to_string(shape), context);
  }
};
