#pragma once
/// How an op on tensors goes onto the tape, and what its backward pass sees.
///
///     // C = A B.     Ā = C̄ Bᵀ,   B̄ = Aᵀ C̄.
///     return record("matmul", c, {a, b}, [a = Saved(a), b = Saved(b)](Backward<Real>& back) {
///       if (auto to = back.into(0)) gemm(..., back.adjoint(), b.data(), to.accumulate, to.data);
///       if (auto to = back.into(1)) gemm(...);
///     });
///
/// Contributions to an adjoint are stored by the first op that makes one and added by later ones:
/// `accumulate` says which. Only what the lambda captures as `Saved` is kept for the backward pass.

#include <cstring>
#include <new>

#include "thalweg/autodiff/tape/gradients.hpp"
#include "thalweg/autodiff/tensor/tensor.hpp"

namespace thalweg {

namespace detail {
class Sweep;
struct TapeState;

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
  const void* type = nullptr;           // &type_key<Real>
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
};

/// Throws NonfiniteError that names the shapes of the statement's operands.
[[noreturn]] void throw_nonfinite(const char* op, const char* pass, double value, Location where,
                                  std::span<const Shape* const> operands);

/// True if a tape records and one of the operands is on it. Throws TapeError if one is on another.
bool any_active(std::span<const Operand> operands);
/// Memory of the recorder for a record; and the record itself, with its output as a new node.
void* record_memory(std::size_t bytes);
void append(Record* record, Body* output);
/// Throws NonfiniteError if the trap is on and an element is not finite.
bool traps();
template <class Real>
void check_finite(const Tensor<Real>& y, const char* op, std::span<const Operand> operands,
                  Location where);

}  // namespace detail

/// A tensor that a record keeps for its backward pass.
template <class Real>
class Saved {
 public:
  Saved() = default;
  explicit Saved(Tensor<Real> tensor) : tensor_(std::move(tensor)) { claim(); }
  Saved(const Saved& other) : tensor_(other.tensor_) { claim(); }
  Saved(Saved&& other) noexcept : tensor_(std::move(other.tensor_)) {}
  Saved& operator=(const Saved&) = delete;
  ~Saved() {
    if (tensor_.body()) tensor_.body()->saved.decrement();
  }
  const Tensor<Real>& operator*() const { return tensor_; }
  const Tensor<Real>* operator->() const { return &tensor_; }
  const Real* data() const { return tensor_.data(); }

 private:
  void claim() {
    if (tensor_.body()) tensor_.body()->saved.increment();
  }
  Tensor<Real> tensor_;
};

/// Where a contribution to an adjoint goes; false if the operand needs none.
template <class Real>
struct Target {
  Real* data = nullptr;
  bool accumulate = false;
  explicit operator bool() const { return data != nullptr; }
};

namespace detail {

/// Calls f(where `size` numbers of an adjoint go), and adds them where some are there already.
template <class Real, class F>
void contribute(const Target<Real>& to, Index size, F&& f) {
  if (!to) return;
  if (!to.accumulate) return f(to.data);
  Buffer buffer(static_cast<std::size_t>(size) * sizeof(Real));
  Real* const fresh = static_cast<Real*>(buffer.data());
  f(fresh);
  for (Index k = 0; k < size; ++k) to.data[k] += fresh[k];
}

/// A backward pass under way: the adjoints that exist so far.
class Sweep {
 public:
  explicit Sweep(TapeState& state);
  Sweep(const Sweep&) = delete;

  /// The adjoint of node `id`, allocated on its first contribution.
  template <class Real>
  Target<Real> into(const Operand& operand) {
    if (operand.place.generation != generation_) return {};
    bool fresh = false;
    void* const data = slot(operand.place.id, operand.size, int(sizeof(Real)), {}, fresh);
    return {static_cast<Real*>(data), !fresh};
  }
  /// The same in another order; what is there is put into it first.
  template <class Real>
  Target<Real> into(const Operand& operand, const ChannelsLast& order) {
    if (operand.place.generation != generation_) return {};
    bool fresh = false;
    void* const data = slot(operand.place.id, operand.size, int(sizeof(Real)), order, fresh);
    return {static_cast<Real*>(data), !fresh};
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
  template <class Real>
  const Real* adjoint(std::uint32_t id, const ChannelsLast& order = {}) {
    if (adjoints_[id].order != order) [[unlikely]]
      reorder(adjoints_[id], order);
    return static_cast<const Real*>(adjoints_[id].buffer.data());
  }
  /// Does the adjoint lie channels-last?
  bool lies_channels_last(std::uint32_t id) const { return adjoints_[id].order.channels != 0; }
  /// Makes the adjoint of `id` the operand's first contribution to be, in place, where nobody will
  /// read it again: for loops that read each element before they store to it. False if it cannot.
  bool reuse(std::uint32_t id, const Operand& operand);
  /// Hands the adjoint of `id` over to the operand, which has as many elements; copies it only if
  /// somebody can still ask for it.
  template <class Real>
  void forward(std::uint32_t id, const Operand& operand) {
    hand_over(id, operand, int(sizeof(Real)));
  }

  /// Adjoints of the scalars by their position; zeros at first.
  template <class Real>
  Real* scalars();
  /// The same once all statements after `last` have been swept; null if no scalar has an adjoint.
  template <class Real>
  const Real* scalars_swept_to(std::uint32_t last);

  /// Runs over the records from the back.
  void run();
  Gradients take();

 private:
  struct ScalarSweep {
    ScalarAdjoints adjoints;
    const void* statements;
    SweepPosition position;  // statements after it have been swept
    SweepPosition (*sweep)(const void* statements, void* adjoints, SweepPosition from,
                           std::uint32_t down_to);
    void advance(std::uint32_t to) {
      if (to < position.statement)
        position = sweep(statements, adjoints.buffer.data(), position, to);
    }
  };

  void* slot(std::uint32_t id, Index size, int real_bytes, const ChannelsLast& order, bool& fresh);
  static void reorder(Adjoint& adjoint, const ChannelsLast& order);
  void hand_over(std::uint32_t id, const Operand& operand, int real_bytes);
  bool still_held(std::uint32_t id) const;
  void trap_adjoints(const Record& record) const;
  ScalarSweep* find(const void* type);

  TapeState& state_;
  std::uint32_t generation_;
  std::vector<Adjoint> adjoints_;
  std::vector<ScalarSweep> scalars_;
};

}  // namespace detail

/// What the backward pass of an op sees.
template <class Real>
class Backward {
 public:
  Backward(detail::Sweep& sweep, std::uint32_t output, std::span<const detail::Operand> operands)
      : sweep_(sweep), output_(output), operands_(operands) {}

  /// The adjoint ȳ of the result, row-major.
  const Real* adjoint() const { return sweep_.template adjoint<Real>(output_); }
  /// The same channels-last.
  const Real* adjoint(const detail::ChannelsLast& order) const {
    return sweep_.template adjoint<Real>(output_, order);
  }
  /// Where the contribution to operand k goes.
  template <class OperandReal = Real>
  Target<OperandReal> into(std::size_t k) {
    return sweep_.template into<OperandReal>(operands_[k]);
  }
  /// The same channels-last.
  Target<Real> into(std::size_t k, const detail::ChannelsLast& order) {
    return sweep_.template into<Real>(operands_[k], order);
  }
  template <class OperandReal = Real>
  Target<OperandReal> zeroed(std::size_t k) {
    return sweep_.template zeroed<OperandReal>(operands_[k]);
  }
  /// x̄ₖ += ȳ, element by element.
  void forward(std::size_t k) { sweep_.template forward<Real>(output_, operands_[k]); }
  Index size(std::size_t k) const { return operands_[k].size; }

 private:
  detail::Sweep& sweep_;
  std::uint32_t output_;
  std::span<const detail::Operand> operands_;
};

namespace detail {
template <class Real, class Pull, std::size_t count>
class PullRecord final : public Record {
 public:
  PullRecord(const char* op, Location line, const Operand* operands, Pull pull)
      : Record(op, line), pull_(std::move(pull)) {
    for (std::size_t k = 0; k < count; ++k) operands_[k] = operands[k];
  }
  void pull(Sweep& sweep) const override {
    Backward<Real> back(sweep, output, operands_);
    pull_(back);
  }
  std::span<const Operand> operands() const override { return operands_; }

 private:
  Operand operands_[count];
  Pull pull_;
};

/// The same for any number of operands.
template <class Real, class Pull>
class ListRecord final : public Record {
 public:
  ListRecord(const char* op, Location line, std::vector<Operand> operands, Pull pull)
      : Record(op, line), operands_(std::move(operands)), pull_(std::move(pull)) {}
  void pull(Sweep& sweep) const override {
    Backward<Real> back(sweep, output, operands_);
    pull_(back);
  }
  std::span<const Operand> operands() const override { return operands_; }

 private:
  std::vector<Operand> operands_;
  Pull pull_;
};
}  // namespace detail

/// Puts y = op(operands...) on the tape if one records and an operand is active; returns y.
/// `pull(Backward<Real>&)` carries ȳ on to the operands.
template <class Real, std::size_t count, class Pull>
Tensor<Real> record(const char* op, Tensor<Real> y, const detail::Operand (&operands)[count],
                    Pull pull, Location where = Location::current()) {
  using Type = detail::PullRecord<Real, Pull, count>;
  if (detail::traps()) detail::check_finite(y, op, operands, where);
  if (!detail::any_active(operands)) return y;
  void* const memory = detail::record_memory(sizeof(Type));
  detail::append(new (memory) Type(op, where, operands, std::move(pull)), y.body());
  return y;
}

/// The same for a list of operands whose length is known at run time.
template <class Real, class Pull>
Tensor<Real> record_list(const char* op, Tensor<Real> y, std::vector<detail::Operand> operands,
                         Pull pull, Location where = Location::current()) {
  using Type = detail::ListRecord<Real, Pull>;
  if (detail::traps()) detail::check_finite(y, op, operands, where);
  if (!detail::any_active(operands)) return y;
  void* const memory = detail::record_memory(sizeof(Type));
  detail::append(new (memory) Type(op, where, std::move(operands), std::move(pull)), y.body());
  return y;
}

}  // namespace thalweg
