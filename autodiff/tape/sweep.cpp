#include "thalweg/autodiff/tape/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/tape/tape_state.hpp"

namespace thalweg {
namespace detail {

Sweep::Sweep(TapeState& state) : state_(state), generation_(state.generation.load()) {
  if (state.nodes.size() > 1) adjoints_.resize(state.nodes.size());
}

void Sweep::forward(std::uint32_t id, const Operand& operand) {
  if (operand.place.generation != generation_) return;
  Adjoint& from = adjoints_[id];
  Adjoint& to = adjoints_[operand.place.id];
  reorder(from, {});
  if (to.buffer) {
    reorder(to, {});
    add(to, from);
    return;
  }
  to = {from.buffer, operand.size, from.type, {}};
  if (still_held(id))
    unshare(to);
  else
    from.buffer = Storage();
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

static void trap_adjoint(const Adjoint& adjoint, const Record& record,
                         std::span<const Shape* const> shapes) {
  if (!adjoint.buffer) return;
  visit(*adjoint.type, [&]<class Real>(std::type_identity<Real>) {
    const Real* const values = static_cast<const Real*>(adjoint.buffer.data());
    for (Index k = 0; k < adjoint.size; ++k)
      if (!(values[k] - values[k] == 0))
        throw_nonfinite(record.name, "adjoint", static_cast<double>(values[k]), record.where,
                        shapes);
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

void throw_reads_gradient(const Record& record) {
  throw TapeError(fmt::format(
      "backward: the loss depends on a gradient, which {} reads ({}); gradients are not "
      "differentiated again yet: call detach() on it to use it as a constant",
      record.name, line_of(record.where)));
}

// What statements have read of gradients is at position 0.
static void expect_no_gradient(const Adjoint& scalars) {
  const auto* const first = static_cast<const unsigned char*>(scalars.buffer.data());
  if (std::all_of(first, first + scalars.type->bytes, [](unsigned char byte) { return byte == 0; }))
    return;
  throw TapeError(
      "backward: the loss depends on an element of a gradient; gradients are not differentiated "
      "again yet: call detach() on it to use it as a constant");
}

void Sweep::run() {
  for (std::size_t k = state_.records.size(); k-- > 0;) {
    const Record& record = *state_.records[k];
    if (record.output != 0 && !adjoints_[record.output].buffer) continue;
    if (record.reads_gradient) [[unlikely]]
      throw_reads_gradient(record);
    record.pull(*this);
    if (state_.trapping) trap_adjoints(record);
    if (record.output != 0 && !still_held(record.output)) adjoints_[record.output] = {};
  }
  for (ScalarSweep& scalars : scalars_) {
    scalars.advance(0);
    expect_no_gradient(scalars.of_scalars.adjoints);
  }
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
  for (ScalarSweep& scalars : scalars_) gradients.scalars_.push_back(std::move(scalars.of_scalars));
  return gradients;
}

void throw_adjoint_type() {
  throw TapeError(
      "backward: seeds of another type than the scalars (several at once, duals) go through scalar "
      "statements only, and here scalars and tensors meet");
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

#define THALWEG_INSTANTIATE(Real)                                \
  template Gradients Tape::backward_tensor(const Tensor<Real>&); \
  template Gradients Tape::backward_tensor(const Tensor<Real>&, const Tensor<Real>&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg
