#pragma once
/// Arguments of a function: as numbers side by side, as variables of a tape, and back.
///
/// Whoever calls a function of the user's with variables (gradient, jacobian, check_gradient,
/// optim::minimise) does it by an `ArgumentList`. What an argument may be:
///
///     argument                              f is called with        derivatives are
///     a number; whole ones become double    Var                     a number
///     std::vector, std::span, std::array,   std::vector, std::array std::vector, std::array
///     C array of numbers or of Var          of Var                  of numbers
///     a Tensor, an expression, a Parameter  Tensor                  a Tensor
///     an Eigen vector or matrix (eigen.hpp) that, of Var            an Eigen vector or matrix
///     a std::tuple or std::pair of these    its parts               a std::tuple
///     a struct of these (packing_struct.hpp) the struct              the struct
///     a ParameterList                       nothing: the numbers    a std::vector<Tensor>
///                                           are in the parameters
///
/// A new kind of argument is one more `Packing` (derive/packing.hpp).
///
/// Gradients are not differentiated again yet: an argument that is on a tape which lives is refused
/// (TapeError), except inside NoTape. Give x.detach() or x.value(): the derivative is a constant.

#include "thalweg/autodiff/derive/packing_struct.hpp"

namespace thalweg::derive {

/// The only element of a tuple of one; a longer tuple as it is.
template <class... T>
auto single_or_all(std::tuple<T...> tuple) {
  if constexpr (sizeof...(T) == 1)
    return std::get<0>(std::move(tuple));
  else
    return tuple;
}

template <class T>
std::vector<T> single_or_all(std::vector<T> several) {
  return several;
}

/// How many numbers the blocks hold.
inline Index size_of(const std::vector<Block>& blocks) {
  Index size = 0;
  for (const Block& block : blocks) size += block.shape.size();
  return size;
}

/// The arguments of one call, at a point.
///
///     derive::ArgumentList arguments(x, w);
///     auto variables = arguments.variables(&tape, arguments.values());     // a tuple
///     auto loss = arguments.call(f, variables);
///     arguments.gradients(tape.backward(loss), variables);                 // a tuple as values()
///
/// A single tuple stands for its parts: f is called with these.
template <class... X>
class ArgumentList {
  using All = Packing<std::tuple<X...>>;

 public:
  using Values = typename All::Value;
  using Variables = typename All::Variables;
  using Point = decltype(single_or_all(std::declval<Values>()));

  explicit ArgumentList(const X&... x) : values_{Packing<X>::value(x)...} {}

  const Values& values() const { return values_; }
  std::vector<Block> blocks() const {
    std::vector<Block> blocks;
    All::add_blocks(values_, blocks);
    return blocks;
  }
  Index size() const { return size_of(blocks()); }
  /// All numbers side by side, written to and read from memory.
  static void put(const Values& values, double* to) { All::put(values, to); }
  Values get(const double* from) const { return All::get(values_, from); }
  /// What f is called with, as variables of `tape`, or of none.
  static Variables variables(Tape* tape, const Values& at) { return All::variable(tape, at); }
  template <class F>
  static auto call(F& f, const Variables& variables) {
    return std::apply(f, variables);
  }
  static Values gradients(const Gradients& all, const Variables& variables) {
    return All::gradient(all, variables);
  }
  /// The arguments themselves, at other numbers.
  static Point point(Values values) { return single_or_all(std::move(values)); }

 protected:
  explicit ArgumentList(Values values) : values_(std::move(values)) {}

 private:
  Values values_;
};

template <class... X>
class ArgumentList<std::tuple<X...>> : public ArgumentList<X...> {
 public:
  using Point = std::tuple<ValueOf<X>...>;
  explicit ArgumentList(const std::tuple<X...>& x)
      : ArgumentList<X...>(Packing<std::tuple<X...>>::value(x)) {}
  static Point point(Point values) { return values; }
};
template <class A, class B>
class ArgumentList<std::pair<A, B>> : public ArgumentList<std::tuple<A, B>> {
 public:
  explicit ArgumentList(const std::pair<A, B>& x) : ArgumentList<std::tuple<A, B>>(x) {}
};

/// Parameters are where they are: f is called with nothing.
template <class Real>
class ArgumentList<ParameterList<Real>> {
  using P = Packing<ParameterList<Real>>;

 public:
  using Values = typename P::Value;
  using Variables = std::tuple<>;
  using Point = ParameterList<Real>;

  explicit ArgumentList(const ParameterList<Real>& list) : list_(list), values_(P::value(list)) {}

  const Values& values() const { return values_; }
  std::vector<Block> blocks() const {
    std::vector<Block> blocks;
    P::add_blocks(list_, blocks);
    return blocks;
  }
  Index size() const { return size_of(blocks()); }
  static void put(const Values& values, double* to) { P::put(values, to); }
  Values get(const double* from) const { return P::get(values_, from); }
  Variables variables(Tape*, const Values& at) const { return P::assign(list_, at), Variables(); }
  template <class F>
  static auto call(F& f, Variables) {
    return f();
  }
  Values gradients(const Gradients& all, Variables) const { return P::gradient(all, list_); }
  Point point(const Values& values) const { return P::assign(list_, values), list_; }

 private:
  ParameterList<Real> list_;
  Values values_;
};

template <class... X>
ArgumentList(const X&...) -> ArgumentList<X...>;

/// The number that a loss is; ShapeError for a tensor of several.
template <class Real>
Real number_of(const Var<Real>& y) {
  return y.value();
}
template <class Real>
Real number_of(const Tensor<Real>& y) {
  return y.item();
}

/// Does y depend on nothing, so that its derivatives are zeros? What is made of gradients may
/// depend on something: `backward` refuses it.
template <class Y>
bool is_constant(const Y& y) {
  return y.place().generation == 0 && !thalweg::detail::made_of_gradients(y.place());
}

/// tape.backward(loss), but zeros for a constant.
template <class Loss>
Gradients backward_or_zeros(Tape& tape, const Loss& loss) {
  if (!is_constant(loss)) return tape.backward(loss);
  number_of(loss);  // one number?
  const Var zero = tape.variable(0.0);
  return tape.backward(zero);
}

}  // namespace thalweg::derive

namespace thalweg {

/// What functions are differentiated with respect to (the table above).
template <class X>
concept Argument = derive::Packed<X>;

}  // namespace thalweg
