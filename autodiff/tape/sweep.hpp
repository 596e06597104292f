#pragma once
/// The backward pass over a tape: records, and the sweep that visits them from the back.

#include <cstring>
#include <span>
#include <vector>

#include "thalweg/autodiff/tape/gradients.hpp"
#include "thalweg/autodiff/tensor/tensor.hpp"

namespace thalweg {

/// Where a contribution to an adjoint goes; false if the operand needs none.
template <class Real>
struct Target {
  Real* data = nullptr;
  bool accumulate = false;
  explicit operator bool() const { return data != nullptr; }
};

namespace detail {
class Sweep;
struct TapeState;
struct Frame;

/// The recorder of this thread; null while nothing records.
constinit inline thread_local TapeState* recorder = nullptr;

/// What a record remembers of an operand: where its adjoint is, and how large.
struct Operand {
  Operand() = default;
  template <class Real>
  Operand(const Tensor<Real>& x) : place(x.place()), size(x.size()) {}
  Place place;
  Index size = 0;
};

/// The scalars at the other end of a record between scalars and tensors, by their positions.
struct Bridge {
  const NumberType* type = nullptr;
  std::uint32_t first = 0;              // made out of the operand,
  Index made = 0;                       // so many
  std::span<const std::uint32_t> read;  // put together to the output; 0 for a plain number
};

/// One tensor statement on the tape.
class Record {
 public:
  Record(const char* op, Location line) : name(op), where(line) {}
  Record(const Record&) = delete;
  virtual ~Record() = default;
  /// Carries the adjoint of the output on to the operands.
  virtual void pull(Sweep& sweep) const = 0;
  virtual std::span<const Operand> operands() const = 0;
  virtual Bridge bridge() const { return {}; }

  const char* name;
  Location where;
  std::uint32_t output = 0;
  bool reads_gradient = false;  // a loss must not depend on it
};

/// True if a tape records and one of the operands is on it. Throws TapeError if one is on another,
/// or on one that lives while nothing records here. A `result` of gradients alone is marked.
bool any_active(std::span<const Operand> operands, Body* result = nullptr);
/// Memory of the recorder for a record; and the record itself, with its output as a new node.
void* record_memory(std::size_t bytes);
void append(Record* record, Body* output);

/// Throws TapeError: the loss depends on a gradient, which this record reads.
[[noreturn]] void throw_reads_gradient(const Record& record);

/// Is the trap on?
bool traps();
/// Throws NonfiniteError for the first element that is not finite.
template <class Real>
void check_finite(const Tensor<Real>& y, const char* op, std::span<const Operand> operands,
                  Location where);
/// Throws NonfiniteError that names the shapes of the statement's operands.
[[noreturn]] void throw_nonfinite(const char* op, const char* pass, double value, Location where,
                                  std::span<const Shape* const> operands);
/// Throws TapeError: a record between scalars and tensors takes adjoints of the scalars' own type.
[[noreturn]] void throw_adjoint_type();

/// A backward pass under way: the adjoints that exist so far. The first contribution to one
/// allocates and stores, later ones add; it is released when its producer has been swept, unless
/// somebody can still ask for it.
class Sweep {
 public:
  explicit Sweep(TapeState& state);
  Sweep(const Sweep&) = delete;

  /// Where a contribution to the operand's adjoint goes. What is there already is put into the
  /// order asked for.
  template <class Real>
  Target<Real> into(const Operand& operand, const ChannelsLast& order = {}) {
    if (operand.place.generation != generation_) return {};
    Adjoint& adjoint = adjoints_[operand.place.id];
    const bool fresh = !adjoint.buffer;
    if (fresh)
      adjoint = make_adjoint<Real>(operand.size, order);
    else if (adjoint.order != order) [[unlikely]]
      reorder(adjoint, order);
    return {static_cast<Real*>(adjoint.buffer.data()), !fresh};
  }
  /// The same for ops that only add: zeros on the first contribution.
  template <class Real>
  Target<Real> zeroed(const Operand& operand) {
    Target<Real> to = into<Real>(operand);
    if (to && !to.accumulate)
      std::memset(to.data, 0, static_cast<std::size_t>(operand.size) * sizeof(Real));
    if (to) to.accumulate = true;
    return to;
  }
  /// The adjoint of node `id`, in this order.
  template <class Real>
  const Real* adjoint(std::uint32_t id, const ChannelsLast& order = {}) {
    if (adjoints_[id].order != order) [[unlikely]]
      reorder(adjoints_[id], order);
    return static_cast<const Real*>(adjoints_[id].buffer.data());
  }
  bool is_channels_last(std::uint32_t id) const { return adjoints_[id].order.channels != 0; }
  /// Makes the adjoint of `id` the operand's first contribution to be, in place, where nobody will
  /// read it again: for loops that read each element before they store to it. False if it cannot.
  bool reuse(std::uint32_t id, const Operand& operand);
  /// Hands the adjoint of `id` over to the operand, which has as many elements; copies it only if
  /// somebody can still ask for it.
  void forward(std::uint32_t id, const Operand& operand);

  /// Adjoints of the scalars of type Real by their position; zeros at first.
  template <class Real, class Adjoint = Real>
  Adjoint* scalars();
  /// The same once all statements after `last` have been swept; null if no scalar has an adjoint.
  template <class Real>
  const Real* scalars_swept_to(std::uint32_t last);

  /// Runs over the records from the back.
  void run();
  Gradients take();

 private:
  struct ScalarSweep {
    ScalarAdjoints of_scalars;
    const AnyStatements* statements;
    SweepPosition position;  // statements after it have been swept
    SweepPosition (*sweep)(const AnyStatements& statements, void* adjoints, SweepPosition from,
                           std::uint32_t down_to);
    void advance(std::uint32_t to) {
      if (to < position.statement)
        position = sweep(*statements, of_scalars.adjoints.buffer.data(), position, to);
    }
  };

  bool still_held(std::uint32_t id) const;
  void trap_adjoints(const Record& record) const;
  template <class Real, class Adjoint>
  ScalarSweep* find();

  TapeState& state_;
  std::uint32_t generation_;
  AdjointList<Adjoint> adjoints_;  // by position; none while nodes[0] is alone
  AdjointList<ScalarSweep> scalars_;
};

}  // namespace detail
}  // namespace thalweg
