#pragma once
/// `custom`: an op of your own from two functions, for scalars and for tensors.
///
///     // y = x σ(x).     dy/dx = y + σ(x) (1 − y)
///     const auto swish = custom(
///         "swish",
///         [](const auto& x) { return x * sigmoid(x); },
///         [](const auto& adjoint, const auto& x, const auto& y) {
///           return adjoint * (y + sigmoid(x) * (1 - y));
///         });
///     Var a = swish(b) + 1;          // b: a Var
///     Tensor c = swish(w) * 2;       // w: a Tensor
///     assert(check_gradient(swish, w));
///
/// `forward(x...)` computes y. `backward(adjoint, x..., y)`, or `backward(adjoint, x...)` where y
/// is not needed, gives ȳ ∂y/∂xₖ for every input: by itself if there is one, as a tuple if there
/// are several. Of tensors each has the shape of its input and is summed over what was broadcast.
///
/// With scalars both see plain numbers, and the adjoint is 1: backward gives the partials. With
/// tensors they see tensors that are on no tape (numbers and scalars among the arguments become
/// tensors of rank 0); what they compute is not recorded, but they may use a tape of their own.
/// The op is one statement: it does not fuse with what is around it, and keeps its inputs, and its
/// output if backward takes it, for the backward pass.
///
/// An elementwise op that fuses and runs on SIMD registers is a rule: see autodiff/number/rule.hpp.

#include <tuple>
#include <utility>

#include "thalweg/autodiff/statement/expression.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

namespace thalweg {

namespace detail {

/// Throws ShapeError: what a custom op's backward gave for input k has another shape than it.
[[noreturn]] void throw_gradient_shape(const char* op, std::size_t k, const Shape& gradient,
                                       const Shape& input);

/// A statement whose partials are known.
template <class RealType, std::size_t count>
struct CustomNode {
  using Real = RealType;
  static constexpr bool chooses = false;
  static constexpr int leaves = int(count);
  static constexpr const char* name = "custom";

  const char* op;
  Real number;
  std::array<Real, count> partials;
  std::array<Place, count> places;

  const Real& value() const { return number; }
  bool active_on(std::uint32_t generation) const {
    for (const Place& place : places)
      if (place.generation != generation) return false;
    return true;
  }
  template <class Sink>
  void push(Sink& sink, const Real& adjoint) const {
    for (std::size_t k = 0; k < count; ++k) {
      if constexpr (requires { sink.slope(op, partials[k]); }) sink.slope(op, partials[k]);
      sink.argument(places[k], adjoint * partials[k]);
    }
  }
  template <class F>
  void each_place(F&& f) const {
    for (const Place& place : places) f(place);
  }
  void check_finite(Location where) const {
    if (!(number - number == Real(0))) throw_nonfinite(op, "value", double(number), where);
  }
};

template <class X>
inline constexpr bool is_tuple = false;
template <class... X>
inline constexpr bool is_tuple<std::tuple<X...>> = true;
template <class A, class B>
inline constexpr bool is_tuple<std::pair<A, B>> = true;
template <class X, std::size_t count>
inline constexpr bool is_tuple<std::array<X, count>> = true;

/// What a backward function gave, as a tuple with one part per input.
template <std::size_t count, class Parts>
decltype(auto) parts_of(Parts&& parts) {
  if constexpr (is_tuple<std::remove_cvref_t<Parts>>) {
    static_assert(std::tuple_size_v<std::remove_cvref_t<Parts>> == count,
                  "thalweg: the backward function of a custom op gives one gradient per input");
    return std::forward<Parts>(parts);
  } else {
    static_assert(count == 1,
                  "thalweg: the backward function of a custom op gives a tuple of one gradient per "
                  "input");
    return std::tuple<Parts>(std::forward<Parts>(parts));
  }
}

/// An argument, or what a function of the user's gave, as a tensor of this number type.
template <class Real, class X>
Tensor<Real> tensor_input(const X& x) {
  if constexpr (Arithmetic<X>)
    return Tensor<Real>(static_cast<Real>(x));
  else
    return as_tensor(x);
}

/// Calls a custom op's backward function, with y if it takes it.
template <class Pullback, class T, class... X>
decltype(auto) call_backward(const Pullback& backward, const T& adjoint, const T& y,
                             const X&... x) {
  if constexpr (std::is_invocable_v<const Pullback&, const T&, const X&..., const T&>)
    return backward(adjoint, x..., y);
  else
    return backward(adjoint, x...);
}

/// The backward pass of a custom op on tensors.
template <class Real, class Pullback, std::size_t count>
struct CustomPull {
  const char* op;
  Pullback backward;
  std::array<Saved<Real>, count> inputs;
  Saved<Real> y;  // empty if backward does not take it
  Shape shape;

  void operator()(Backward<Real>& back) const {
    const NoTape pause;
    const Tensor<Real> adjoint(
        shape, std::span<const Real>(back.adjoint(), static_cast<std::size_t>(shape.size())));
    const auto gradients = std::apply(
        [&](const auto&... x) {
          return parts_of<count>(call_backward(backward, adjoint, *y, *x...));
        },
        inputs);
    std::size_t k = 0;
    std::apply([&](const auto&... gradient) { (deliver(back, k++, gradient), ...); }, gradients);
  }

  /// x̄ₖ += gradient.
  template <class Gradient>
  void deliver(Backward<Real>& back, std::size_t k, const Gradient& given) const {
    const Tensor<Real> gradient = tensor_input<Real>(given);
    if (gradient.shape() != inputs[k]->shape())
      throw_gradient_shape(op, k, gradient.shape(), inputs[k]->shape());
    const Target<Real> to = back.into(k);
    if (!to) return;
    const Real* const from = gradient.data();
    for (Index i = 0; i < gradient.size(); ++i)
      to.data[i] = to.accumulate ? to.data[i] + from[i] : from[i];
  }
};

}  // namespace detail

/// An op made by `custom`, called with scalars, with tensors, or with plain numbers.
template <class Forward, class Pullback>
class CustomOp {
 public:
  CustomOp(const char* name, Forward forward, Pullback backward, Location where)
      : name_(name), forward_(std::move(forward)), backward_(std::move(backward)), where_(where) {}

  template <class... X>
  requires Arguments<X...>
  auto operator()(const X&... x) const {
    if constexpr ((TensorLike<X> || ...)) {
      using Real = typename detail::CommonReal<X...>::Type;
      return on_tensors<Real>(detail::tensor_input<Real>(x)...);
    } else if constexpr ((Scalar<X> || ...)) {
      using Real = typename detail::CommonReal<X...>::Type;
      return on_scalars<Real>(Var<Real>(settled(x))...);
    } else {
      return forward_(x...);
    }
  }

 private:
  template <class Real, class... X>
  Var<Real> on_scalars(const X&... x) const {
    const Real y = forward_(x.value()...);
    auto* const statements = detail::recording<Real>;
    if (!statements || !((x.place().generation | x.place().id) || ...)) return Var<Real>(y);
    const auto slopes =
        detail::parts_of<sizeof...(X)>(detail::call_backward(backward_, Real(1), y, x.value()...));
    const auto partials = std::apply(
        [](const auto&... slope) { return std::array{static_cast<Real>(slope)...}; }, slopes);
    const auto recorded = statements->append(
        detail::CustomNode<Real, sizeof...(X)>{name_, y, partials, {x.place()...}}, where_);
    return {recorded.value, recorded.place};
  }

  template <class Real, class... X>
  Tensor<Real> on_tensors(const X&... x) const {
    constexpr bool takes_y =
        std::is_invocable_v<const Pullback&, const Tensor<Real>&, const X&..., const Tensor<Real>&>;
    const Tensor<Real> y = evaluate<Real>(x.detach()...);
    return record(name_, y, {detail::Operand(x)...},
                  detail::CustomPull<Real, Pullback, sizeof...(X)>{
                      name_,
                      backward_,
                      {Saved<Real>(x.detach())...},
                      takes_y ? Saved<Real>(y.detach()) : Saved<Real>(),
                      y.shape()},
                  where_);
  }
  /// A tensor of its own, even if forward hands an input on.
  template <class Real, class... X>
  Tensor<Real> evaluate(const X&... x) const {
    const NoTape pause;
    const Tensor<Real> y = detail::tensor_input<Real>(forward_(x...)).detach();
    return y.body() ? y : Tensor<Real>::uninitialised({0});
  }

  const char* name_;
  Forward forward_;
  Pullback backward_;
  Location where_;
};

/// An op from its value and its backward pass. `name` is a literal.
template <class Forward, class Pullback>
CustomOp<Forward, Pullback> custom(const char* name, Forward forward, Pullback backward,
                                   Location where = Location::current()) {
  return {name, std::move(forward), std::move(backward), where};
}

}  // namespace thalweg
