#pragma once
/// `Tensor<Real>`: an array of up to eight axes that remembers how it was computed.
///
///     Tensor<float> x = {{1, 2, 3}, {4, 5, 6}};         // shape [2, 3]
///     Tensor y = sigmoid(matmul(x, w) + b);              // one fused loop after the product
///     fmt::print("{}\n", y);
///
/// Elements lie contiguously in row-major order: the last axis has stride 1, axis k has stride
/// `shape().size_after(k)`. A `Tensor` is a handle of 8 bytes; copies share the elements, which
/// never change while they are shared or on a tape. Handles may be read from several threads.

#include <atomic>
#include <concepts>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "thalweg/autodiff/base/memory.hpp"
#include "thalweg/autodiff/base/shape.hpp"
#include "thalweg/autodiff/scalar/var.hpp"

namespace thalweg {

namespace detail {

/// What the handles of one tensor share. Its elements live as long as there are handles; the body
/// itself also as long as the tape whose node it is.
struct Body {
  Count handles{1};
  Count owners{1};  // all handles together, and the tape
  Count saved{0};   // handles that belong to records of tapes
  Place place;
  std::atomic<void*> data{nullptr};  // row-major; null until asked for, if there is only the other
  Storage buffer;
  Storage channels_last;  // autodiff/tensor/channels_last.hpp; mostly none
  Shape shape;
};

Body* make_body(const Shape& shape, Storage buffer, void* data);
/// Another body with the same elements.
Body* share_body(const Body& body);
/// The elements in row-major order, made of those that lie channels-last; null if there are none.
void* make_row_major(Body* body, const NumberType& type);
void end_body(Body* body) noexcept;     // the last owner is gone
void end_handles(Body* body) noexcept;  // the last handle is gone
const Shape& empty_shape();             // [0]

/// Numbers in nested braces.
template <class Real>
struct Nested {
  Nested(Real number) : value(number) {}
  Nested(std::initializer_list<Nested> parts) : children(parts), leaf(false) {}
  Real value{};
  std::initializer_list<Nested> children;
  bool leaf = true;
};

}  // namespace detail

template <class RealType>
class Tensor : public detail::refused::OtherNames {
 public:
  using Real = RealType;
  static constexpr int leaves = 1;

  /// The empty tensor, of shape [0].
  Tensor() = default;
  /// Numbers in nested braces. Throws ShapeError if they are ragged.
  Tensor(std::initializer_list<detail::Nested<Real>> rows);
  /// A vector.
  explicit Tensor(std::span<const Real> values);
  Tensor(const std::vector<Real>& values) : Tensor(std::span<const Real>(values)) {}
  /// Row-major values. Throws ShapeError unless there are `shape.size()` of them.
  Tensor(const Shape& shape, std::span<const Real> values);
  Tensor(const Shape& shape, const std::vector<Real>& values)
      : Tensor(shape, std::span<const Real>(values)) {}
  Tensor(const Shape& shape, std::initializer_list<Real> values)
      : Tensor(shape, std::span<const Real>(values.begin(), values.size())) {}
  /// A tensor of rank 0.
  explicit Tensor(Real value) : Tensor(Shape{}, std::span<const Real>(&value, 1)) {}
  /// Variables side by side, as a vector or in a shape; gradients flow back to them. One record.
  explicit Tensor(std::span<const Var<Real>> variables) requires std::is_floating_point_v<Real>;
  Tensor(const std::vector<Var<Real>>& variables) requires std::is_floating_point_v<Real>
      : Tensor(std::span<const Var<Real>>(variables)) {}
  Tensor(const Shape& shape,
         std::span<const Var<Real>> variables) requires std::is_floating_point_v<Real>;
  Tensor(const Shape& shape,
         const std::vector<Var<Real>>& variables) requires std::is_floating_point_v<Real>
      : Tensor(shape, std::span<const Var<Real>>(variables)) {}
  explicit Tensor(const Var<Real>& variable) requires std::is_floating_point_v<Real>
      : Tensor(Shape{}, std::span<const Var<Real>>(&variable, 1)) {}
  /// Evaluates the expression in one pass and records it as one statement.
  template <detail::TensorExpressionOf<Real> E>
  Tensor(E&& expression, Location where = Location::current())
      : Tensor(std::is_lvalue_reference_v<E> ? expression.node(where) : expression.record(where)) {}
  /// The parameter's value, as a node of the tape that records.
  Tensor(const Parameter<Real>& parameter) requires std::is_floating_point_v<Real>;

  /// Refused: sizes alone make no tensor.
  template <std::same_as<Shape> S>
  explicit Tensor(const S&) {
    static_assert(detail::never<S>,
                  "thalweg: a Shape alone makes no tensor; write zeros(Shape{...}), or "
                  "zeros<float>(...), ones, full, normal, or Tensor(Shape{...}, values)");
  }

  template <class Other>
  Tensor(const Tensor<Other>&) = delete;  // write cast<double>(x) for numbers of another type

  /// Elements not yet set.
  static Tensor uninitialised(const Shape& shape);

  Tensor(const Tensor& other) : body_(other.body_) {
    if (body_) body_->handles.increment();
  }
  Tensor(Tensor&& other) noexcept : body_(other.body_) { other.body_ = nullptr; }
  Tensor& operator=(Tensor other) noexcept {
    std::swap(body_, other.body_);
    return *this;
  }
  ~Tensor() {
    if (body_ && body_->handles.decrement()) detail::end_handles(body_);
  }

  const Shape& shape() const { return body_ ? body_->shape : detail::empty_shape(); }
  int rank() const { return shape().rank(); }
  /// The number of elements; along one axis, counted from the back if negative.
  Index size() const { return shape().size(); }
  Index size(int axis) const { return shape().at(axis); }

  const Real* data() const {
    if (!body_) return nullptr;
    void* const there = body_->data.load(std::memory_order_acquire);
    if (!there) [[unlikely]]
      return static_cast<const Real*>(detail::make_row_major(body_, number_type<Real>));
    return static_cast<const Real*>(there);
  }
  std::span<const Real> values() const& { return {data(), static_cast<std::size_t>(size())}; }
  /// Of a temporary, a copy: `for (double v : mean(x).values())` outlives it.
  std::vector<Real> values() && { return to_vector(); }
  std::vector<Real> to_vector() const { return {data(), data() + size()}; }
  /// The only element, as a plain number. Throws ShapeError if there are more or none.
  Real item() const;
  template <std::floating_point Number>
  operator Number() const = delete;  // write x.item() for the only element as a plain number

  /// One element. Of floating-point tensors a `Var`: gradients flow through it. The first access to
  /// a recorded tensor makes one scalar of each of its elements, in bulk; later ones are free.
  template <std::convertible_to<Index>... I>
  auto operator()(I... index) const {
    const Index position[] = {static_cast<Index>(index)..., 0};
    const Index at = offset(std::span<const Index>(position, sizeof...(I)));
    if constexpr (std::is_floating_point_v<Real>)
      return place().generation == 0 ? Var<Real>(data()[at], place()) : element(at);
    else
      return data()[at];
  }
  /// All elements, as scalars that gradients flow through. One record.
  std::vector<Var<Real>> scalars() const requires std::is_floating_point_v<Real>;

  /// Writable elements; copies them first if they are shared.
  /// Throws TapeError if the tensor was recorded: values on a tape do not change.
  std::span<Real> mutable_values();
  void set(std::initializer_list<Index> index, Real value) {
    const Index at = offset(std::span<const Index>(index.begin(), index.size()));
    mutable_values()[at] = value;
  }

  /// The same values, unknown to any tape. Nothing is copied.
  Tensor detach() const;

  Place place() const { return body_ ? body_->place : Place{}; }
  detail::Body* body() const { return body_; }
  /// Takes over one handle of `body`.
  static Tensor adopt(detail::Body* body) {
    Tensor tensor;
    tensor.body_ = body;
    return tensor;
  }
  Real* unshared_data() const {
    return static_cast<Real*>(body_->data.load(std::memory_order_relaxed));
  }

 private:
  Index offset(std::span<const Index> position) const;
  Var<Real> element(Index offset) const requires std::is_floating_point_v<Real>;

  detail::Body* body_ = nullptr;
};

Tensor()->Tensor<double>;
template <std::same_as<Shape> S>
Tensor(const S&) -> Tensor<double>;
// Numbers in braces: whole ones become double, as `Var x = 3` does; so does a mixture.
template <detail::Arithmetic N>
Tensor(std::initializer_list<N>) -> Tensor<std::conditional_t<std::is_integral_v<N>, double, N>>;
template <detail::Arithmetic N>
Tensor(std::initializer_list<std::initializer_list<N>>)
    -> Tensor<std::conditional_t<std::is_integral_v<N>, double, N>>;
template <detail::Arithmetic N>
Tensor(std::initializer_list<std::initializer_list<std::initializer_list<N>>>)
    -> Tensor<std::conditional_t<std::is_integral_v<N>, double, N>>;
Tensor(std::initializer_list<detail::Nested<double>>)->Tensor<double>;
template <detail::Arithmetic A, detail::Arithmetic B, detail::Arithmetic... More>
Tensor(A, B, More...) -> Tensor<double>;  // the same, which clang 14 does not see in `= {1, 2.5}`
template <TensorExpressionType E>
Tensor(E&&) -> Tensor<typename std::remove_cvref_t<E>::Real>;
template <class Real>
Tensor(const Parameter<Real>&) -> Tensor<Real>;
template <class Number>
Tensor(const std::vector<Number>&) -> Tensor<Number>;
template <class Real>
Tensor(const std::vector<Var<Real>>&) -> Tensor<Real>;

/// Whole numbers: labels, positions, results of argmax.
using IndexTensor = Tensor<Index>;

#define THALWEG_DECLARE(Real) extern template class Tensor<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg
