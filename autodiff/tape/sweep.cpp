#include <algorithm>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/tape/tape_state.hpp"
#include "thalweg/autodiff/tensor/channels_last.hpp"

namespace thalweg {
namespace detail {

Sweep::Sweep(TapeState& state)
    : state_(state), generation_(state.generation.load()), adjoints_(state.nodes.size()) {}

void* Sweep::slot(std::uint32_t id, Index size, int real_bytes, const ChannelsLast& order,
                  bool& fresh) {
  Adjoint& adjoint = adjoints_[id];
  fresh = !adjoint.buffer;
  if (fresh)
    adjoint = {Buffer(static_cast<std::size_t>(size) * static_cast<std::size_t>(real_bytes)), size,
               real_bytes, order};
  else if (adjoint.order != order) [[unlikely]]
    reorder(adjoint, order);
  return adjoint.buffer.data();
}

template <class Real>
static void reorder_as(Adjoint& adjoint, const ChannelsLast& order) {
  Buffer buffer(static_cast<std::size_t>(adjoint.size) * sizeof(Real));
  const Real* const from = static_cast<const Real*>(adjoint.buffer.data());
  if (order.channels != 0)
    to_channels_last(order, from, static_cast<Real*>(buffer.data()));
  else
    to_row_major(adjoint.order, from, static_cast<Real*>(buffer.data()));
  adjoint.buffer = std::move(buffer);
  adjoint.order = order;
}

void Sweep::reorder(Adjoint& adjoint, const ChannelsLast& order) {
  if (adjoint.order.channels != 0 && order.channels != 0)
    reorder(adjoint, {});  // the same elements under another shape
  if (adjoint.order == order) return;
  if (adjoint.real_bytes == sizeof(double))
    reorder_as<double>(adjoint, order);
  else
    reorder_as<float>(adjoint, order);
}

namespace {
/// f(values), with the number type that the adjoint has.
template <class F>
void with_values(const Adjoint& adjoint, F&& f) {
  if (adjoint.real_bytes == sizeof(double))
    f(static_cast<double*>(adjoint.buffer.data()));
  else
    f(static_cast<float*>(adjoint.buffer.data()));
}
void add(const Adjoint& to, const Adjoint& from) {
  with_values(to, [&](auto* y) {
    const auto* const x = static_cast<decltype(y)>(from.buffer.data());
    for (Index k = 0; k < to.size; ++k) y[k] += x[k];
  });
}
// A buffer of its own, so that adding to it changes nobody else's numbers.
void unshare(Adjoint& adjoint) {
  if (!adjoint.buffer.shared()) return;
  const std::size_t bytes =
      static_cast<std::size_t>(adjoint.size) * static_cast<std::size_t>(adjoint.real_bytes);
  Buffer copy(bytes);
  std::memcpy(copy.data(), adjoint.buffer.data(), bytes);
  adjoint.buffer = std::move(copy);
}
}  // namespace

void Sweep::hand_over(std::uint32_t id, const Operand& operand, int real_bytes) {
  if (operand.place.generation != generation_) return;
  Adjoint& from = adjoints_[id];
  Adjoint& to = adjoints_[operand.place.id];
  reorder(from, {});
  if (to.buffer) {
    reorder(to, {});
    add(to, from);
    return;
  }
  to = {from.buffer, operand.size, real_bytes};
  if (still_held(id))
    unshare(to);
  else
    from.buffer = Buffer();
}

bool Sweep::reuse(std::uint32_t id, const Operand& operand) {
  if (operand.place.generation != generation_) return false;
  const Adjoint& from = adjoints_[id];
  Adjoint& to = adjoints_[operand.place.id];
  if (to.buffer || from.size != operand.size || from.buffer.shared() || still_held(id))
    return false;
  to = from;
  return true;
}

// Handles beyond those that the tape's records keep belong to users, who can still ask.
bool Sweep::still_held(std::uint32_t id) const {
  const Body& body = *state_.nodes[id];
  return body.handles.get() > body.saved.get();
}

auto Sweep::find(const void* type) -> ScalarSweep* {
  for (ScalarSweep& scalars : scalars_)
    if (scalars.adjoints.type == type) return &scalars;
  return nullptr;
}

static void trap_adjoint(const Adjoint& adjoint, const Record& record,
                         std::span<const Shape* const> shapes) {
  with_values(adjoint, [&](const auto* values) {
    for (Index k = 0; k < adjoint.size; ++k)
      if (!(values[k] - values[k] == 0))
        throw_nonfinite(record.name, "adjoint", double(values[k]), record.where, shapes);
  });
}

void Sweep::trap_adjoints(const Record& record) const {
  std::vector<const Shape*> shapes;
  for (const Operand& operand : record.operands())
    if (operand.place.generation == generation_)
      shapes.push_back(&state_.nodes[operand.place.id]->shape);
  for (const Operand& operand : record.operands())
    if (operand.place.generation == generation_)
      trap_adjoint(adjoints_[operand.place.id], record, shapes);
}

void Sweep::run() {
  for (std::size_t k = state_.records.size(); k-- > 0;) {
    const Record& record = *state_.records[k];
    if (record.output != 0 && !adjoints_[record.output].buffer) continue;
    record.pull(*this);
    if (state_.trapping) trap_adjoints(record);
    if (record.output != 0 && !still_held(record.output)) adjoints_[record.output] = {};
  }
  for (ScalarSweep& scalars : scalars_) scalars.advance(0);
}

Gradients Sweep::take() {
  Gradients gradients;
  gradients.generation_ = generation_;
  for (Adjoint& adjoint : adjoints_)
    if (adjoint.order.channels != 0) reorder(adjoint, {});
  gradients.parameters_.reserve(state_.parameters.entries().size());
  for (const ParameterTable::Entry& entry : state_.parameters.entries())
    if (Adjoint& adjoint = adjoints_[entry.leaf->place.id]; adjoint.buffer)
      gradients.parameters_.push_back({entry.identity, adjoint});
  gradients.nodes_ = std::move(adjoints_);
  for (ScalarSweep& scalars : scalars_) gradients.scalars_.push_back(std::move(scalars.adjoints));
  return gradients;
}

}  // namespace detail

// ---- Tape::backward for tensors ----

template <class Real>
Gradients Tape::backward_tensor(const Tensor<Real>& y) {
  detail::expect_loss(*state_, y.place());
  if (y.size() != 1)
    throw ShapeError(fmt::format(
        "backward: the result has shape {}; reduce it to one number first (sum, mean), or give a "
        "seed of that shape: backward(y, seed)",
        y.shape()));
  detail::Sweep sweep(*state_);
  *sweep.into<Real>(detail::Operand(y)).data = Real(1);
  sweep.run();
  return sweep.take();
}

template <class Real>
Gradients Tape::backward_tensor(const Tensor<Real>& y, const Tensor<Real>& seed) {
  detail::expect_loss(*state_, y.place());
  if (seed.shape() != y.shape())
    throw ShapeError(fmt::format("backward: the seed has shape {}, the result {}; they must agree",
                                 seed.shape(), y.shape()));
  detail::Sweep sweep(*state_);
  const Target<Real> to = sweep.into<Real>(detail::Operand(y));
  if (!seed.values().empty()) std::memcpy(to.data, seed.data(), seed.values().size_bytes());
  sweep.run();
  return sweep.take();
}

template Gradients Tape::backward_tensor(const Tensor<float>&);
template Gradients Tape::backward_tensor(const Tensor<double>&);
template Gradients Tape::backward_tensor(const Tensor<float>&, const Tensor<float>&);
template Gradients Tape::backward_tensor(const Tensor<double>&, const Tensor<double>&);

// ---- Gradients ----

using detail::Adjoint;

void Gradients::expect_own(Place place) const {
  if (place.generation == generation_ && place.generation != 0) return;
  throw TapeError(place.generation == 0
                      ? "Gradients: this was never recorded; declare it with tape.variable(...) or "
                        "tape.watch(...), or make it a Parameter"
                      : "Gradients: this was recorded on another tape than these gradients");
}

template <class Real>
static Tensor<Real> as_tensor(const Adjoint& adjoint, const Shape& shape) {
  return Tensor<Real>::adopt(detail::make_body(shape, adjoint.buffer, adjoint.buffer.data()));
}

template <class Real>
static Tensor<Real> zeros_of(const Shape& shape) {
  Tensor<Real> zeros = Tensor<Real>::uninitialised(shape);
  std::fill_n(zeros.unshared_data(), zeros.size(), Real(0));
  return zeros;
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
static detail::Buffer buffer_of(const Tensor<Real>& tensor) {
  const detail::Body* const body = tensor.body();
  if (body && body->buffer.data() == body->data) return body->buffer;
  detail::Buffer copy(static_cast<std::size_t>(tensor.size()) * sizeof(Real));
  std::copy_n(tensor.data(), tensor.size(), static_cast<Real*>(copy.data()));
  return copy;
}

template <class Real>
void Gradients::assign_parameter(std::uint64_t identity, const Shape& shape,
                                 const Tensor<Real>& gradient) {
  if (gradient.shape() != shape)
    throw ShapeError(fmt::format("Gradients: assigned a gradient of shape {} to a parameter of {}",
                                 gradient.shape(), shape));
  Adjoint adjoint{buffer_of(gradient), gradient.size(), sizeof(Real)};
  for (OfParameter& entry : parameters_)
    if (entry.identity == identity) return void(entry.adjoint = std::move(adjoint));
  parameters_.push_back({identity, std::move(adjoint)});
}

template void Gradients::assign_parameter(std::uint64_t, const Shape&, const Tensor<float>&);
template void Gradients::assign_parameter(std::uint64_t, const Shape&, const Tensor<double>&);
template Tensor<float> Gradients::tensor(Place, const Shape&) const;
template Tensor<double> Gradients::tensor(Place, const Shape&) const;
template Tensor<float> Gradients::of_parameter(std::uint64_t, const Shape&) const;
template Tensor<double> Gradients::of_parameter(std::uint64_t, const Shape&) const;

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
                                   [&](const auto& s) { return s.type == theirs.type; });
    if (mine == scalars_.end()) {
      scalars_.push_back(theirs);
      continue;
    }
    // The longer array takes the shorter one up.
    detail::ScalarAdjoints sum = mine->count >= theirs.count ? *mine : theirs;
    const detail::ScalarAdjoints& rest = mine->count >= theirs.count ? theirs : *mine;
    Adjoint bytes{sum.buffer, static_cast<Index>(sum.count * sum.real_bytes), 1};
    sum.buffer = detail::Buffer();
    detail::unshare(bytes);
    sum.buffer = std::move(bytes.buffer);
    sum.add(sum.buffer.data(), rest.buffer.data(), rest.count);
    *mine = std::move(sum);
  }
  return *this;
}

static void scale(Adjoint& adjoint, double factor) {
  if (!adjoint.buffer) return;
  detail::unshare(adjoint);
  detail::with_values(adjoint, [&](auto* values) {
    using Real = std::remove_pointer_t<decltype(values)>;
    for (Index k = 0; k < adjoint.size; ++k) values[k] *= static_cast<Real>(factor);
  });
}

Gradients& Gradients::operator*=(double factor) {
  for (OfParameter& entry : parameters_) scale(entry.adjoint, factor);
  for (Adjoint& adjoint : nodes_) scale(adjoint, factor);
  for (detail::ScalarAdjoints& scalars : scalars_) {
    Adjoint bytes{std::move(scalars.buffer), static_cast<Index>(scalars.count * scalars.real_bytes),
                  1};
    detail::unshare(bytes);
    scalars.buffer = std::move(bytes.buffer);
    scalars.scale(scalars.buffer.data(), factor, scalars.count);
  }
  return *this;
}

}  // namespace thalweg
