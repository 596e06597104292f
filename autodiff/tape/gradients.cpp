#include "thalweg/autodiff/tape/gradients.hpp"

#include <algorithm>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg {

using detail::Adjoint;

void Gradients::expect_own(Place place) const {
  if (place.generation == generation_ && place.generation != 0) return;
  throw TapeError(place.generation == 0
                      ? "Gradients: this was never recorded; declare it with tape.variable(...) or "
                        "tape.watch(...), or make it a Parameter"
                      : "Gradients: this was recorded on another tape than these gradients");
}

void Gradients::throw_adjoint_type() {
  throw TapeError(
      "Gradients: the seeds of this backward pass were of another type; ask for the adjoints with "
      "gradients.as<Type>(x)");
}

// A tensor that is no constant.
template <class Real>
static Tensor<Real> marked(Tensor<Real> gradient) {
  gradient.body()->place = detail::gradient_place;
  return gradient;
}

template <class Real>
static Tensor<Real> as_tensor(const Adjoint& adjoint, const Shape& shape) {
  return marked(
      Tensor<Real>::adopt(detail::make_body(shape, adjoint.buffer, adjoint.buffer.data())));
}

template <class Real>
static Tensor<Real> zeros_of(const Shape& shape) {
  Tensor<Real> zeros = Tensor<Real>::uninitialised(shape);
  std::fill_n(zeros.unshared_data(), zeros.size(), Real(0));
  return marked(zeros);
}

template <class Real>
Tensor<Real> Gradients::tensor(Place place, const Shape& shape) const {
  expect_own(place);
  const bool known = place.id < nodes_.size() && nodes_[place.id].buffer;
  return known ? as_tensor<Real>(nodes_[place.id], shape) : zeros_of<Real>(shape);
}

template <class Real>
Tensor<Real> Gradients::of_parameter(std::uint64_t identity, const Shape& shape) const {
  const Adjoint* const found = find(identity);
  if (!found) return zeros_of<Real>(shape);
  if (found->size != shape.size())
    throw ShapeError(
        fmt::format("Gradients: the parameter has shape {} now, but had {} elements on the tape",
                    shape, found->size));
  return as_tensor<Real>(*found, shape);
}

// The tensor's buffer if it is one, else (a part of one) a copy.
template <class Real>
static detail::Storage buffer_of(const Tensor<Real>& tensor) {
  const detail::Body* const body = tensor.body();
  if (body && body->buffer.data() == body->data) return body->buffer;
  detail::Storage copy(static_cast<std::size_t>(tensor.size()) * sizeof(Real));
  std::copy_n(tensor.data(), tensor.size(), static_cast<Real*>(copy.data()));
  return copy;
}

template <class Real>
void Gradients::assign_parameter(std::uint64_t identity, const Shape& shape,
                                 const Tensor<Real>& gradient) {
  if (gradient.shape() != shape)
    throw ShapeError(fmt::format("Gradients: assigned a gradient of shape {} to a parameter of {}",
                                 gradient.shape(), shape));
  Adjoint adjoint{buffer_of(gradient), gradient.size(), &number_type<Real>, {}};
  for (OfParameter& entry : parameters_)
    if (entry.identity == identity) return void(entry.adjoint = std::move(adjoint));
  parameters_.push_back({identity, std::move(adjoint)});
}

#define THALWEG_INSTANTIATE(Real)                                                              \
  template void Gradients::assign_parameter(std::uint64_t, const Shape&, const Tensor<Real>&); \
  template Tensor<Real> Gradients::tensor(Place, const Shape&) const;                          \
  template Tensor<Real> Gradients::of_parameter(std::uint64_t, const Shape&) const;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

// Parameters come in the order of their first use, which hardly changes between tapes.
const Adjoint* Gradients::find(std::uint64_t identity) const {
  for (const OfParameter& entry : parameters_)
    if (entry.identity == identity) return &entry.adjoint;
  return nullptr;
}

static void accumulate(Adjoint& to, const Adjoint& from) {
  if (!from.buffer) return;
  if (!to.buffer) {
    to = from;
    return;
  }
  detail::unshare(to);
  detail::add(to, from);
}

// Arrays by position: the longer one takes the shorter one up.
static void accumulate(detail::ScalarAdjoints& to, const detail::ScalarAdjoints& from) {
  if (to.adjoints.type != from.adjoints.type)
    throw TapeError("Gradients: those of several seeds cannot be added to those of one");
  if (to.adjoints.size >= from.adjoints.size) return accumulate(to.adjoints, from.adjoints);
  Adjoint longer = from.adjoints;
  accumulate(longer, to.adjoints);
  to.adjoints = std::move(longer);
}

Gradients& Gradients::operator+=(const Gradients& other) {
  if (generation_ == 0 && parameters_.empty()) return *this = other;
  for (const OfParameter& theirs : other.parameters_) {
    auto* const mine = const_cast<Adjoint*>(find(theirs.identity));
    if (mine)
      accumulate(*mine, theirs.adjoint);
    else
      parameters_.push_back(theirs);
  }
  if (generation_ == 0) {  // only assigned so far
    generation_ = other.generation_;
    nodes_ = other.nodes_;
    scalars_ = other.scalars_;
    return *this;
  }
  if (other.generation_ != generation_) return *this;
  if (nodes_.size() < other.nodes_.size()) nodes_.resize(other.nodes_.size());
  for (std::size_t id = 0; id < other.nodes_.size(); ++id) accumulate(nodes_[id], other.nodes_[id]);
  for (const detail::ScalarAdjoints& theirs : other.scalars_) {
    const auto mine = std::find_if(scalars_.begin(), scalars_.end(),
                                   [&](const auto& s) { return s.of == theirs.of; });
    if (mine == scalars_.end())
      scalars_.push_back(theirs);
    else
      accumulate(*mine, theirs);
  }
  return *this;
}

Gradients& Gradients::operator*=(double factor) {
  for (OfParameter& entry : parameters_) detail::scale(entry.adjoint, factor);
  for (Adjoint& adjoint : nodes_) detail::scale(adjoint, factor);
  for (detail::ScalarAdjoints& scalars : scalars_) detail::scale(scalars.adjoints, factor);
  return *this;
}

}  // namespace thalweg
