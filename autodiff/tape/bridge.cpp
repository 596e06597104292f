// Where scalars and tensors meet: both ways one record, whatever the number of elements.

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/tape/tape_state.hpp"

namespace thalweg {
namespace detail {
namespace {

/// Scalars out of a tensor. Element k becomes the input statement first + k.     x̄ₖ += s̄ₖ.
template <class Real>
class ScalarsOf final : public Record {
 public:
  ScalarsOf(const Operand& tensor, std::uint32_t first)
      : Record("scalars", {}), tensor_(tensor), first_(first) {}
  void pull(Sweep& sweep) const override {
    const auto last = first_ + static_cast<std::uint32_t>(tensor_.size) - 1;
    const Real* const scalars = sweep.scalars_swept_to<Real>(last);
    if (!scalars) return;
    const Target<Real> to = sweep.into<Real>(tensor_);
    for (Index k = 0; k < tensor_.size; ++k)
      to.data[k] = (to.accumulate ? to.data[k] : Real(0)) + scalars[first_ + k];
  }
  std::span<const Operand> operands() const override { return {&tensor_, 1}; }
  Bridge bridge() const override { return {&number_type<Real>, first_, tensor_.size, {}}; }

 private:
  Operand tensor_;
  std::uint32_t first_;
};

/// A tensor from scalars.     s̄ₖ += x̄ₖ.
template <class Real>
class TensorOf final : public Record {
 public:
  explicit TensorOf(std::span<const Var<Real>> variables) : Record("tensor", {}) {
    ids_.reserve(variables.size());
    for (const Var<Real>& variable : variables)
      ids_.push_back(variable.place().generation != 0 ? variable.place().id : 0);
  }
  void pull(Sweep& sweep) const override {
    Real* const scalars = sweep.scalars<Real>();
    const Real* const adjoint = sweep.adjoint<Real>(output);
    for (std::size_t k = 0; k < ids_.size(); ++k)
      if (ids_[k] != 0) scalars[ids_[k]] += adjoint[k];
  }
  std::span<const Operand> operands() const override { return {}; }
  Bridge bridge() const override { return {&number_type<Real>, 0, 0, ids_}; }

 private:
  std::vector<std::uint32_t> ids_;  // 0 for a plain number
};

/// The position of the first of the scalars that `tensor` was taken apart into.
template <class Real>
std::uint32_t first_scalar(const Tensor<Real>& tensor) {
  const Operand operand[] = {Operand(tensor)};
  if (!any_active(operand)) return 0;
  std::uint32_t& first = recorder->first_scalar[tensor.place().id];
  if (first == 0 && tensor.size() > 0) {
    first = statements_of<Real>(*recorder).inputs(tensor.size()).id;
    append(new (record_memory(sizeof(ScalarsOf<Real>))) ScalarsOf<Real>(operand[0], first),
           nullptr);
  }
  return first;
}

}  // namespace
}  // namespace detail

template <class Real>
Var<Real> Tensor<Real>::element(Index offset) const requires std::is_floating_point_v<Real> {
  const std::uint32_t first = detail::first_scalar(*this);
  if (first == 0) return Var<Real>(data()[offset]);
  return {data()[offset], Place{first + static_cast<std::uint32_t>(offset), place().generation}};
}

template <class Real>
std::vector<Var<Real>> Tensor<Real>::scalars() const requires std::is_floating_point_v<Real> {
  std::vector<Var<Real>> result;
  result.reserve(size());
  const std::uint32_t first = detail::first_scalar(*this);
  Place at = place();
  if (at.generation != 0) at = {first, first ? at.generation : 0};
  for (const Real& value : values()) {
    result.emplace_back(value, at);
    if (first) ++at.id;
  }
  return result;
}

template <class Real>
Tensor<Real>::Tensor(std::span<const Var<Real>> variables) requires std::is_floating_point_v<Real>
    : Tensor(Shape{static_cast<Index>(variables.size())}, variables) {}

template <class Real>
Tensor<Real>::Tensor(const Shape& shape,
                     std::span<const Var<Real>> variables) requires std::is_floating_point_v<Real> {
  if (static_cast<Index>(variables.size()) != shape.size())
    throw ShapeError(fmt::format("Tensor: shape {} needs {} values, got {}", shape, shape.size(),
                                 variables.size()));
  Tensor made = uninitialised(shape);
  Real* const to = made.unshared_data();
  detail::Activity activity;
  for (std::size_t k = 0; k < variables.size(); ++k) {
    to[k] = variables[k].value();
    activity.add("variable", variables[k].place());
  }
  std::swap(body_, made.body_);
  if (!activity.of(body_)) return;
  using Record = detail::TensorOf<Real>;
  detail::append(new (detail::record_memory(sizeof(Record))) Record(variables), body_);
}

// Tensor's other members are instantiated where they are defined.
#define THALWEG_INSTANTIATE(Real)                                \
  template Var<Real> Tensor<Real>::element(Index) const;         \
  template std::vector<Var<Real>> Tensor<Real>::scalars() const; \
  template Tensor<Real>::Tensor(std::span<const Var<Real>>);     \
  template Tensor<Real>::Tensor(const Shape&, std::span<const Var<Real>>);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg
