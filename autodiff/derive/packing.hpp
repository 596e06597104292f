#pragma once
/// How an argument of a function stands among numbers: side by side, as variables of a tape, and
/// back. A new kind of argument is one more `Packing`; the table is in derive/arguments.hpp.

#include <array>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "thalweg/autodiff/statement/expression.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

namespace thalweg::derive {

/// One argument's shape, number type, and, of a parameter, its name.
struct Block {
  Shape shape;
  const NumberType* type;
  std::string name = {};
};

/// Throws TapeError if an argument is on a tape that lives, which would miss its derivative.
void expect_constant(Place place);

/// How an argument X stands among the numbers of a point:
///
///     Value                     what it is as plain numbers: X, whole numbers made double
///     value(x)                  its numbers
///     add_blocks(value, to)     its blocks, to a list
///     put(value, to)            writes its numbers, and moves `to` on
///     get(like, from)           a Value of like's shape from numbers
///     variable(tape, value)     what f is called with: a variable of the tape, or of none
///     gradient(all, variable)   of it, as a Value
template <class X>
struct Packing;

template <class X>
concept Packed = requires {
  typename Packing<std::remove_cvref_t<X>>::Value;
};

template <Packed X>
using ValueOf = typename Packing<std::remove_cvref_t<X>>::Value;
template <Packed X>
using VariableOf =
    decltype(Packing<std::remove_cvref_t<X>>::variable(nullptr, std::declval<const ValueOf<X>&>()));

/// Whole numbers are differentiated as doubles.
template <class N>
using Differentiated = std::conditional_t<std::is_integral_v<N>, double, N>;

// ---- a number ----

template <detail::Arithmetic N>
struct Packing<N> {
  using Value = Differentiated<N>;
  static Value value(N x) { return static_cast<Value>(x); }
  static void add_blocks(Value, std::vector<Block>& to) { to.push_back({{}, &number_type<Value>}); }
  static void put(Value x, double*& to) { *to++ = static_cast<double>(x); }
  static Value get(Value, const double*& from) { return static_cast<Value>(*from++); }
  static Var<Value> variable(Tape* tape, Value x) {
    return tape ? tape->variable(x) : Var<Value>(x);
  }
  static Value gradient(const Gradients& all, const Var<Value>& x) { return all[x]; }
};

template <Scalar X>
struct Packing<X> : Packing<typename X::Real> {
  static typename X::Real value(const X& x) {
    expect_constant(x.place());
    return x.value();
  }
};

// ---- numbers side by side ----

/// What is common to vectors and arrays `Value` of a number type.
template <class ValueType, class Variables>
struct SequencePacking {
  using Value = ValueType;
  using Real = typename Value::value_type;

  static void add_blocks(const Value& x, std::vector<Block>& to) {
    to.push_back({{static_cast<Index>(x.size())}, &number_type<Real>});
  }
  static void put(const Value& x, double*& to) {
    for (const Real& number : x) *to++ = static_cast<double>(number);
  }
  static Value get(const Value& like, const double*& from) {
    Value x = like;
    for (Real& number : x) number = static_cast<Real>(*from++);
    return x;
  }
  static Value gradient(const Gradients& all, const Variables& variables) {
    Value slopes = sized<Value>(variables.size());
    for (std::size_t k = 0; k < variables.size(); ++k) slopes[k] = all[variables[k]];
    return slopes;
  }

 protected:
  template <class Sequence>
  static Sequence sized([[maybe_unused]] std::size_t size) {
    if constexpr (requires { Sequence(size); })
      return Sequence(size);
    else
      return {};
  }
  template <class X>
  static Value numbers(const X& x) {
    Value numbers = sized<Value>(std::size(x));
    std::size_t k = 0;
    for (const auto& number : x) {
      if constexpr (Scalar<decltype(number)>)
        numbers[k++] = Packing<std::remove_cvref_t<decltype(number)>>::value(number);
      else
        numbers[k++] = static_cast<Real>(number);
    }
    return numbers;
  }
};

template <class N>
struct RealOfElement {};
template <detail::Arithmetic N>
struct RealOfElement<N> {
  using Type = Differentiated<N>;
};
template <class Real>
struct RealOfElement<Var<Real>> {
  using Type = Real;
};
/// The number type of numbers or variables.
template <class N>
using RealOf = typename RealOfElement<std::remove_cv_t<N>>::Type;
template <class N>
concept Element = requires {
  typename RealOf<N>;
};

template <Element N>
struct Packing<std::vector<N>>
    : SequencePacking<std::vector<RealOf<N>>, std::vector<Var<RealOf<N>>>> {
  using Value = std::vector<RealOf<N>>;
  static Value value(const std::vector<N>& x) { return Packing::numbers(x); }
  static std::vector<Var<RealOf<N>>> variable(Tape* tape, const Value& x) {
    return tape ? tape->variable(x) : std::vector<Var<RealOf<N>>>(x.begin(), x.end());
  }
};

template <Element N, std::size_t extent>
struct Packing<std::span<N, extent>> : Packing<std::vector<RealOf<N>>> {
  static std::vector<RealOf<N>> value(std::span<N, extent> x) { return Packing::numbers(x); }
};

template <Element N, std::size_t n>
struct Packing<std::array<N, n>>
    : SequencePacking<std::array<RealOf<N>, n>, std::array<Var<RealOf<N>>, n>> {
  using Value = std::array<RealOf<N>, n>;
  static Value value(const std::array<N, n>& x) { return Packing::numbers(x); }
  static std::array<Var<RealOf<N>>, n> variable(Tape* tape, const Value& x) {
    std::array<Var<RealOf<N>>, n> variables;
    for (std::size_t k = 0; k < n; ++k)
      variables[k] = tape ? tape->variable(x[k]) : Var<RealOf<N>>(x[k]);
    return variables;
  }
};

template <Element N, std::size_t n>
struct Packing<N[n]> : Packing<std::array<RealOf<N>, n>> {
  static std::array<RealOf<N>, n> value(const N (&x)[n]) { return Packing::numbers(x); }
};

// ---- tensors ----

template <class X>
concept RealTensor = TensorLike<X> && std::is_floating_point_v<typename X::Real>;

template <class Real>
struct TensorPacking {
  using Value = Tensor<Real>;
  static void add_blocks(const Value& x, std::vector<Block>& to) {
    to.push_back({x.shape(), &number_type<Real>});
  }
  static void put(const Value& x, double*& to) {
    for (const Real& number : x.values()) *to++ = static_cast<double>(number);
  }
  static Value get(const Value& like, const double*& from) {
    Value x = Value::uninitialised(like.shape());
    for (Index i = 0; i < x.size(); ++i) x.unshared_data()[i] = static_cast<Real>(*from++);
    return x;
  }
  static Value variable(Tape* tape, const Value& x) { return tape ? tape->variable(x) : x; }
  static Value gradient(const Gradients& all, const Value& x) { return all[x]; }
};

template <RealTensor X>
struct Packing<X> : TensorPacking<typename X::Real> {
  static Tensor<typename X::Real> value(const X& x) {
    if constexpr (is_parameter<X>) {
      return x.value();
    } else {
      expect_constant(x.place());
      return x.detach();
    }
  }
};

// ---- several of these as one argument ----

template <Packed... X>
struct Packing<std::tuple<X...>> {
  using Value = std::tuple<ValueOf<X>...>;
  using Variables = std::tuple<VariableOf<X>...>;

  static Value value(const std::tuple<X...>& all) {
    return std::apply([](const X&... x) { return Value{Packing<X>::value(x)...}; }, all);
  }
  static void add_blocks(const Value& all, std::vector<Block>& to) {
    std::apply([&](const auto&... x) { (Packing<X>::add_blocks(x, to), ...); }, all);
  }
  static void put(const Value& all, double*& to) {
    std::apply([&](const auto&... x) { (Packing<X>::put(x, to), ...); }, all);
  }
  static Value get(const Value& like, const double*& from) {  // braces: from left to right
    return std::apply([&](const auto&... x) { return Value{Packing<X>::get(x, from)...}; }, like);
  }
  static Variables variable(Tape* tape, const Value& all) {
    return std::apply([&](const auto&... x) { return Variables{Packing<X>::variable(tape, x)...}; },
                      all);
  }
  static Value gradient(const Gradients& gradients, const Variables& all) {
    return std::apply(
        [&](const auto&... x) { return Value{Packing<X>::gradient(gradients, x)...}; }, all);
  }
};
template <Packed A, Packed B>
struct Packing<std::pair<A, B>> : Packing<std::tuple<A, B>> {
  static std::tuple<ValueOf<A>, ValueOf<B>> value(const std::pair<A, B>& x) {
    return {Packing<A>::value(x.first), Packing<B>::value(x.second)};
  }
};

/// Parameters: a point is written into them.
template <class Real>
struct Packing<ParameterList<Real>> {
  using Value = std::vector<Tensor<Real>>;

  static void add_blocks(const ParameterList<Real>& list, std::vector<Block>& to) {
    for (const auto& [name, parameter] : list)
      to.push_back({parameter->shape(), &number_type<Real>, name});
  }
  static void put(const Value& values, double*& to) {
    for (const Tensor<Real>& x : values) TensorPacking<Real>::put(x, to);
  }
  static Value value(const ParameterList<Real>& list) {
    Value values;
    for (const auto& named : list) values.push_back(named.parameter->value());
    return values;
  }
  static Value get(const Value& like, const double*& from) {
    Value values;
    for (const Tensor<Real>& x : like) values.push_back(TensorPacking<Real>::get(x, from));
    return values;
  }
  static void assign(const ParameterList<Real>& list, const Value& values) {
    for (std::size_t k = 0; k < list.size(); ++k) list[k].parameter->assign(values[k]);
  }
  static Value gradient(const Gradients& all, const ParameterList<Real>& list) {
    Value slopes;
    for (const auto& named : list) slopes.push_back(all[*named.parameter]);
    return slopes;
  }
};

}  // namespace thalweg::derive
