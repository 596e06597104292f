#pragma once
/// `Tape`: while it lives, the thread that made it records onto it.
///
///     Tape tape;
///     auto w = tape.variable(Tensor{{1.0, 2.0}});       // or a Parameter, which needs no call
///     auto u = sum(w * w);                               // a name is a node
///     Gradients gradients = tape.backward(log(u));
///     gradients[w], gradients[u];
///
/// Without a tape nothing is recorded and evaluation costs nothing extra. A tape made while another
/// one lives takes over until it ends; variables of the two do not mix. Memory grows linearly with
/// the recording and is kept warm for the thread's next tape.
///
/// A tape lasts one step: a parameter whose value has changed since it came onto the tape is
/// refused when it is used again (TapeError), until `clear`.
///
/// Threads: a tape records what the thread that made it computes, and takes variables from it only.
/// On a thread where nothing records, what is on a tape that lives elsewhere, variable, tensor or
/// parameter, can be read, but to compute with it is refused (TapeError), since that tape would
/// miss it: make a tape on that thread too and add the gradients, take the value with detach(), or
/// say NoTape. A tape that ends on another thread records no longer.

#include <string>

#include "thalweg/autodiff/tape/gradients.hpp"
#include "thalweg/autodiff/tape/record.hpp"
#include "thalweg/autodiff/tensor/parameter.hpp"

namespace thalweg {

struct RecordedOp;

class Tape {
 public:
  Tape();
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  /// An independent variable with this value. Integers become double.
  template <detail::Arithmetic Number>
  auto variable(Number value) {
    using Real = std::conditional_t<std::is_integral_v<Number>, double, Number>;
    return Var<Real>(static_cast<Real>(value), input<Real>(1));
  }
  template <class Real>
  Var<Real> variable(const Var<Real>& x) {
    return Var<Real>(x.value(), input<Real>(1));
  }
  template <class Real>
  Tensor<Real> variable(const Tensor<Real>& value);
  template <class Real>
  std::vector<Var<Real>> variable(const std::vector<Real>& values) {
    std::vector<Var<Real>> result;
    result.reserve(values.size());
    Place place = input<Real>(values.size());
    for (const Real& value : values) {
      result.emplace_back(value, place);
      ++place.id;
    }
    return result;
  }
  /// Makes variables of this tape of what is there, in place.
  template <class... X>
  void watch(X&... x) {
    ((x = variable(x)), ...);
  }
  template <class Real>
  void watch(std::vector<Var<Real>>& xs) {
    for (Var<Real>& x : xs) x = variable(x);
  }

  /// The gradient of `loss`, which has one element, with respect to everything on the tape.
  /// Cost: one sweep, a small multiple of the recording. May be called again.
  /// Throws TapeError if the loss is not on this tape or depends on a gradient, ShapeError if it
  /// has several elements.
  template <Scalar Loss>
  Gradients backward(const Loss& loss) {
    const auto place = loss.place();
    return backward_scalar<typename Loss::Real>(place);
  }
  template <TensorLike Loss>
  Gradients backward(const Loss& loss, Location where = Location::current()) {
    return backward_tensor(settled_at(loss, where));
  }
  /// The gradient of Σ seed · y. Throws ShapeError unless the shapes agree.
  template <TensorLike Y, TensorLike Seed>
  Gradients backward(const Y& y, const Seed& seed, Location where = Location::current()) {
    return backward_tensor(settled_at(y, where), settled_at(seed, where));
  }

  /// The gradient of Σ seedₖ · yₖ of scalars. The seeds may be of any type that a partial can be
  /// multiplied with: with `Lanes<double>` one pass gives a row of the Jacobian per lane.
  ///
  ///     Gradients rows = tape.backward(ys, seeds);           // lane k of seeds[k] is 1
  ///     Lanes<double> column = rows.as<Lanes<double>>(x);    // ∂yₖ/∂x
  ///
  /// Throws ShapeError unless there are as many seeds as results.
  template <class Real, class Seed>
  Gradients backward(const std::vector<Var<Real>>& ys, const std::vector<Seed>& seeds);

  /// Forgets the recording and starts anew; memory stays. Variables made before are of another
  /// tape from then on.
  void clear();

  /// Scalar and tensor statements recorded so far, inputs included.
  std::size_t statements() const;
  /// Active arguments of the scalar statements.
  std::size_t arguments() const;
  /// Memory of the recording: 1 byte per scalar statement and 12 per argument in double precision,
  /// and the tensor records; the tensors that these keep for the backward pass not included.
  std::size_t bytes() const;

  /// From now on the first op that makes a NaN or an infinity, forward or backward, throws
  /// NonfiniteError naming the op, its shapes and the line of the statement. Slow; for debugging.
  void trap_nonfinite(bool on = true);

  /// Gives a node a name for `to_dot`.
  template <class X>
  void label(const X& x, std::string name) {
    using Real = typename X::Real;
    if constexpr (is_parameter<X>)
      label_place(Tensor<Real>(x).place(), nullptr, std::move(name));
    else
      label_place(x.place(), TensorLike<X> ? nullptr : &number_type<Real>, std::move(name));
  }
  /// The recording as a graph for Graphviz: ops, names and shapes. Scalars as one node each.
  std::string to_dot() const;

  /// The statements of tensors in their order (autodiff/tape/recording.hpp).
  std::vector<RecordedOp> recording() const;
  /// The position of a parameter among the tape's tensors; 0 if it has not been used.
  template <class Real>
  std::uint32_t position(const Parameter<Real>& parameter) const;

  /// The tape that records on this thread, or null.
  static Tape* current();

 private:
  friend class NoTape;

  /// The tensor of an expression, located where the user wrote it.
  template <TensorLike X>
  static Tensor<typename X::Real> settled_at(const X& x, Location where) {
    if constexpr (is_tensor_expression<X>)
      return Tensor<typename X::Real>(x, where);
    else
      return Tensor<typename X::Real>(x);
  }
  template <class Real>
  Place input(std::size_t count);
  template <class Real>
  Gradients backward_scalar(Place place);
  template <class Real>
  Gradients backward_tensor(const Tensor<Real>& y);
  template <class Real>
  Gradients backward_tensor(const Tensor<Real>& y, const Tensor<Real>& seed);
  void label_place(Place place, const NumberType* scalar, std::string name);
  /// Throws TapeError, for `what`, on another thread than the one that made the tape.
  void expect_here(const char* what) const;

  detail::TapeState* state_;
};

/// While it lives nothing is recorded on this thread, and nothing is missed:
///
///     { NoTape pause; accuracy = measure(model); }
class NoTape {
 public:
  NoTape();
  ~NoTape();
  NoTape(const NoTape&) = delete;

 private:
  detail::Frame* frame_;
};

/// The gradient of `loss` from the tape that records on this thread.
/// Throws TapeError if there is none.
template <class Loss>
Gradients backward(const Loss& loss);

}  // namespace thalweg

#include "thalweg/autodiff/tape/tape_inline.hpp"
