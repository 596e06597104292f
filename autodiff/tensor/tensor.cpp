#include "thalweg/autodiff/tensor/tensor.hpp"

#include <algorithm>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg {
namespace detail {

Body* make_body(const Shape& shape, Storage buffer, void* data) {
  Block* const block = allocate(sizeof(Body));
  Body* const body = new (block->data()) Body;
  body->shape = shape;
  body->buffer = std::move(buffer);
  body->data.store(data, std::memory_order_relaxed);
  return body;
}

Body* share_body(const Body& body) {
  void* const data = body.data.load(std::memory_order_acquire);
  Body* const shared = make_body(body.shape, data ? body.buffer : Storage(), data);
  shared->channels_last = body.channels_last;
  return shared;
}

void end_body(Body* body) noexcept {
  body->~Body();
  recycle(reinterpret_cast<Block*>(reinterpret_cast<char*>(body) - sizeof(Block)));
}

void end_handles(Body* body) noexcept {
  body->buffer = Storage();
  body->channels_last = Storage();
  if (body->owners.decrement()) end_body(body);
}

const Shape& empty_shape() {
  static const Shape shape = {0};
  return shape;
}

namespace {

// Follows the first branch of the braces down; the other branches must have the same shape.
template <class Real>
Shape shape_of(const Nested<Real>& nested) {
  Shape shape;
  const Nested<Real>* level = &nested;
  while (!level->leaf) {
    shape.push_back(static_cast<Index>(level->children.size()));
    if (level->children.size() == 0) break;
    level = level->children.begin();
  }
  return shape;
}

template <class Real>
void copy_nested(const Nested<Real>& nested, const Shape& shape, int axis, Real*& to) {
  const bool leaf_expected = axis == shape.rank();
  if (leaf_expected && nested.leaf) {
    *to++ = nested.value;
    return;
  }
  const Index found = static_cast<Index>(nested.children.size());
  if (leaf_expected || nested.leaf || found != shape[axis])
    throw ShapeError(fmt::format(
        "Tensor: the nested list is ragged: expected shape {}, but at depth {} there {} {}", shape,
        axis, nested.leaf ? "is" : "are",
        nested.leaf ? std::string("a single number") : fmt::format("{} entries", found)));
  for (const Nested<Real>& child : nested.children) copy_nested(child, shape, axis + 1, to);
}

}  // namespace
}  // namespace detail

template <class Real>
Tensor<Real> Tensor<Real>::uninitialised(const Shape& shape) {
  detail::Storage buffer(static_cast<std::size_t>(shape.size()) * sizeof(Real));
  void* const data = buffer.data();
  return adopt(detail::make_body(shape, std::move(buffer), data));
}

template <class Real>
Tensor<Real>::Tensor(std::initializer_list<detail::Nested<Real>> rows) {
  const detail::Nested<Real> root(rows);
  const Shape shape = detail::shape_of(root);
  Tensor made = uninitialised(shape);
  Real* to = made.unshared_data();
  detail::copy_nested(root, shape, 0, to);
  *this = std::move(made);
}

template <class Real>
Tensor<Real>::Tensor(std::span<const Real> values)
    : Tensor(Shape{static_cast<Index>(values.size())}, values) {}

template <class Real>
Tensor<Real>::Tensor(const Shape& shape, std::span<const Real> values) {
  if (static_cast<Index>(values.size()) != shape.size())
    throw ShapeError(fmt::format("Tensor: shape {} needs {} values, got {}", shape, shape.size(),
                                 values.size()));
  *this = uninitialised(shape);
  std::copy(values.begin(), values.end(), unshared_data());
}

template <class Real>
Real Tensor<Real>::item() const {
  if (size() != 1)
    throw ShapeError(fmt::format(
        "item: the tensor has shape {}; only a tensor of one element is one number", shape()));
  return *data();
}

template <class Real>
std::span<Real> Tensor<Real>::mutable_values() {
  if (place().generation != 0)
    throw TapeError(
        "mutable_values: this tensor was recorded and values on a tape do not change; call "
        "detach() first");
  if (!body_) return {};
  if (body_->buffer.shared() || body_->handles.acquire() > 1 || body_->channels_last) {
    Tensor copy = uninitialised(shape());
    std::copy_n(data(), size(), copy.unshared_data());
    copy.body_->place = place();
    std::swap(body_, copy.body_);
  }
  return {unshared_data(), static_cast<std::size_t>(size())};
}

template <class Real>
Tensor<Real> Tensor<Real>::detach() const {
  return body_ ? adopt(detail::share_body(*body_)) : Tensor();
}

template <class Real>
Index Tensor<Real>::offset(std::span<const Index> position) const {
  const Shape& sizes = shape();
  if (static_cast<int>(position.size()) != sizes.rank())
    throw IndexError(fmt::format("Tensor: {} indices for shape {}; expected one per axis",
                                 position.size(), sizes));
  Index at = 0;
  for (int axis = 0; axis < sizes.rank(); ++axis) {
    const Index index = position[axis];
    const Index wrapped = index < 0 ? index + sizes[axis] : index;
    if (wrapped < 0 || wrapped >= sizes[axis])
      throw IndexError(fmt::format("Tensor: index {} is out of range for axis {} of shape {}",
                                   index, axis, sizes));
    at = at * sizes[axis] + wrapped;
  }
  return at;
}

#define THALWEG_INSTANTIATE(Real) template class Tensor<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
#undef THALWEG_INSTANTIATE
// Member by member: clang 14 would instantiate those that need a floating-point type, too.
template Tensor<Index>::Tensor(std::initializer_list<detail::Nested<Index>>);
template Tensor<Index>::Tensor(std::span<const Index>);
template Tensor<Index>::Tensor(const Shape&, std::span<const Index>);
template Tensor<Index> Tensor<Index>::uninitialised(const Shape&);
template Index Tensor<Index>::item() const;
template std::span<Index> Tensor<Index>::mutable_values();
template Tensor<Index> Tensor<Index>::detach() const;
template Index Tensor<Index>::offset(std::span<const Index>) const;

}  // namespace thalweg
