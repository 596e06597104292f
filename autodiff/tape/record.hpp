#pragma once
/// How an op on tensors goes onto the tape, and what its backward pass sees.
///
///     // C = A B.     Ā = C̄ Bᵀ,   B̄ = Aᵀ C̄.
///     return record("product", c, {a, b}, [a = Saved(a), b = Saved(b)](Backward<double>& back) {
///       if (auto to = back.into(0)) right(back.adjoint(), b.data(), to.accumulate, to.data);
///       if (auto to = back.into(1)) left(a.data(), back.adjoint(), to.accumulate, to.data);
///     });
///
/// Contributions to an adjoint are stored by the first op that makes one and added by later ones:
/// `accumulate` says which. Only what the lambda captures as `Saved` is kept for the backward pass.

#include <array>
#include <concepts>
#include <new>

#include "thalweg/autodiff/tape/sweep.hpp"

namespace thalweg {

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

/// What the backward pass of an op sees.
template <class Real>
class Backward {
 public:
  Backward(detail::Sweep& sweep, std::uint32_t output, std::span<const detail::Operand> operands)
      : sweep_(sweep), output_(output), operands_(operands) {}

  /// The adjoint ȳ of the result, row-major or in the order asked for.
  const Real* adjoint(const detail::ChannelsLast& order = {}) const {
    return sweep_.template adjoint<Real>(output_, order);
  }
  /// Where the contribution to operand k goes.
  template <class OperandReal = Real>
  Target<OperandReal> into(std::size_t k, const detail::ChannelsLast& order = {}) {
    return sweep_.template into<OperandReal>(operands_[k], order);
  }
  /// The same for ops that only add: zeros on the first contribution.
  template <class OperandReal = Real>
  Target<OperandReal> zeroed(std::size_t k) {
    return sweep_.template zeroed<OperandReal>(operands_[k]);
  }
  /// x̄ₖ += ȳ, element by element.
  void forward(std::size_t k) { sweep_.forward(output_, operands_[k]); }
  Index size(std::size_t k) const { return operands_[k].size; }

 private:
  detail::Sweep& sweep_;
  std::uint32_t output_;
  std::span<const detail::Operand> operands_;
};

namespace detail {

/// Calls f(where `size` numbers of an adjoint go), and adds them where some are there already.
template <class Real, class F>
void contribute(const Target<Real>& to, Index size, F&& f) {
  if (!to) return;
  if (!to.accumulate) return f(to.data);
  Storage buffer(static_cast<std::size_t>(size) * sizeof(Real));
  Real* const fresh = static_cast<Real*>(buffer.data());
  f(fresh);
  for (Index k = 0; k < size; ++k) to.data[k] += fresh[k];
}

/// y = op(operands...) on the tape. `Operands`: an array, or a vector where their number is known
/// at run time.
template <class Real, class Operands, class Pull>
class OpRecord final : public Record {
 public:
  OpRecord(const char* op, Location line, Operands operands, Pull pull)
      : Record(op, line), operands_(std::move(operands)), pull_(std::move(pull)) {}
  void pull(Sweep& sweep) const override {
    Backward<Real> back(sweep, output, operands_);
    pull_(back);
  }
  std::span<const Operand> operands() const override { return operands_; }

 private:
  Operands operands_;
  Pull pull_;
};

template <class Real, class Operands, class Pull>
Tensor<Real> record_op(const char* op, Tensor<Real> y, Operands operands, Pull pull,
                       Location where) {
  using Type = OpRecord<Real, Operands, Pull>;
  if (traps()) check_finite(y, op, operands, where);
  if (!any_active(operands, y.body())) return y;
  void* const memory = record_memory(sizeof(Type));
  append(new (memory) Type(op, where, std::move(operands), std::move(pull)), y.body());
  return y;
}

}  // namespace detail

/// Puts y = op(operands...) on the tape if one records and an operand is active; returns y.
/// `pull(Backward<Real>&)` carries ȳ on to the operands.
template <class Real, std::size_t count, class Pull>
Tensor<Real> record(const char* op, Tensor<Real> y, const detail::Operand (&operands)[count],
                    Pull pull, Location where = Location::current()) {
  return detail::record_op(op, std::move(y), std::to_array(operands), std::move(pull), where);
}

/// The same for a vector of operands, whose number is known at run time.
template <class Real, std::same_as<std::vector<detail::Operand>> Operands, class Pull>
Tensor<Real> record(const char* op, Tensor<Real> y, Operands operands, Pull pull,
                    Location where = Location::current()) {
  return detail::record_op(op, std::move(y), std::move(operands), std::move(pull), where);
}

}  // namespace thalweg
