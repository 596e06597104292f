#pragma once
/// Arguments of a function as numbers side by side, and back.

#include <algorithm>
#include <array>
#include <concepts>
#include <tuple>
#include <vector>

#include "thalweg/autodiff/derive/differentiate.hpp"
#include "thalweg/optim/objective/objective.hpp"

namespace thalweg::optim::detail {

/// How an argument of this type stands among the numbers of a point.
///
///     shape(x)          its shape
///     put(x, to)        its numbers
///     get(like, from)   an argument of the same shape, of these numbers
///     variable(...)     the same as a variable of the tape, or of none
template <class X>
struct Packing;

template <std::floating_point Real>
struct Packing<Real> {
  static Shape shape(const Real&) { return {}; }
  static void put(const Real& x, double*& to) { *to++ = static_cast<double>(x); }
  static Real get(const Real&, const double*& from) { return static_cast<Real>(*from++); }
  static Var<Real> variable(Tape* tape, const Real& like, const double*& from) {
    const Real x = get(like, from);
    return tape ? tape->variable(x) : Var<Real>(x);
  }
};

template <std::floating_point Real>
struct Packing<std::vector<Real>> {
  using X = std::vector<Real>;
  static Shape shape(const X& x) { return {static_cast<Index>(x.size())}; }
  static void put(const X& x, double*& to) { to = std::copy(x.begin(), x.end(), to); }
  static X get(const X& like, const double*& from) {
    X x(like.size());
    for (Real& number : x) number = static_cast<Real>(*from++);
    return x;
  }
  static std::vector<Var<Real>> variable(Tape* tape, const X& like, const double*& from) {
    const X x = get(like, from);
    return tape ? tape->variable(x) : std::vector<Var<Real>>(x.begin(), x.end());
  }
};

template <std::floating_point Real, std::size_t n>
struct Packing<std::array<Real, n>> {
  using X = std::array<Real, n>;
  static Shape shape(const X&) { return {static_cast<Index>(n)}; }
  static void put(const X& x, double*& to) { to = std::copy(x.begin(), x.end(), to); }
  static X get(const X&, const double*& from) {
    X x;
    for (Real& number : x) number = static_cast<Real>(*from++);
    return x;
  }
  static std::array<Var<Real>, n> variable(Tape* tape, const X& like, const double*& from) {
    std::array<Var<Real>, n> x;
    for (Var<Real>& number : x) number = Packing<Real>::variable(tape, Real(), from);
    return (void)like, x;
  }
};

template <class Real>
struct Packing<Tensor<Real>> {
  using X = Tensor<Real>;
  static Shape shape(const X& x) { return x.shape(); }
  static void put(const X& x, double*& to) { to = std::copy_n(x.data(), x.size(), to); }
  static X get(const X& like, const double*& from) {
    X x = X::uninitialised(like.shape());
    for (Index i = 0; i < x.size(); ++i) x.unshared_data()[i] = static_cast<Real>(*from++);
    return x;
  }
  static X variable(Tape* tape, const X& like, const double*& from) {
    const X x = get(like, from);
    return tape ? tape->variable(x) : x;
  }
};

template <class X>
concept Packed = requires(const X& x) {
  Packing<X>::shape(x);
};

template <class Real>
void put_gradient(Real number, double*& to) {
  *to++ = static_cast<double>(number);
}
template <class Real>
void put_gradient(const std::vector<Real>& numbers, double*& to) {
  to = std::copy(numbers.begin(), numbers.end(), to);
}
template <class Real>
void put_gradient(const Tensor<Real>& numbers, double*& to) {
  to = std::copy_n(numbers.data(), numbers.size(), to);
}
template <class Variable>
void put_gradient_of(const Gradients& gradients, const Variable& variable, double*& to) {
  put_gradient(gradients[variable], to);
}
template <class Real, std::size_t n>
void put_gradient_of(const Gradients& gradients, const std::array<Var<Real>, n>& variables,
                     double*& to) {
  for (const auto& variable : variables) put_gradient(gradients[variable], to);
}

/// The arguments of a call: one, or those of a tuple.
template <class X>
struct Arguments {
  static_assert(
      Packed<X>,
      "thalweg: minimise starts at a number, a std::vector or std::array of floating-point "
      "numbers, a Tensor, a std::tuple of these, or a list of parameters");
  X like;

  std::vector<ArgumentBlock> blocks() const { return {{"x", Packing<X>::shape(like)}}; }
  void put(double* to) const { Packing<X>::put(like, to); }
  X get(const double* from) const { return Packing<X>::get(like, from); }
  auto variables(Tape* tape, const double* from) const {
    return std::tuple(Packing<X>::variable(tape, like, from));
  }
  template <class V>
  static void put_gradients(const Gradients& gradients, const V& variables, double* to) {
    put_gradient_of(gradients, std::get<0>(variables), to);
  }
};

template <class... X>
struct Arguments<std::tuple<X...>> {
  std::tuple<X...> like;

  std::vector<ArgumentBlock> blocks() const {
    return std::apply(
        [](const X&... x) {
          int k = 0;
          return std::vector<ArgumentBlock>{{"x" + std::to_string(k++), Packing<X>::shape(x)}...};
        },
        like);
  }
  void put(double* to) const {
    std::apply([&](const X&... x) { (Packing<X>::put(x, to), ...); }, like);
  }
  std::tuple<X...> get(const double* from) const {  // braces: from left to right
    return std::apply([&](const X&... x) { return std::tuple<X...>{Packing<X>::get(x, from)...}; },
                      like);
  }
  auto variables(Tape* tape, const double* from) const {
    return std::apply(
        [&](const X&... x) { return std::tuple{Packing<X>::variable(tape, x, from)...}; }, like);
  }
  template <class V>
  static void put_gradients(const Gradients& gradients, const V& variables, double* to) {
    std::apply([&](const auto&... v) { (put_gradient_of(gradients, v, to), ...); }, variables);
  }
};

/// Parameters: the point is written into them and f is called with nothing.
template <class Real>
struct Arguments<ParameterList<Real>> {
  ParameterList<Real> like;

  std::vector<ArgumentBlock> blocks() const {
    std::vector<ArgumentBlock> result;
    for (const auto& [name, parameter] : like) result.push_back({name, parameter->shape()});
    return result;
  }
  void put(double* to) const {
    for (const auto& named : like) Packing<Tensor<Real>>::put(named.parameter->value(), to);
  }
  ParameterList<Real> get(const double* from) const {
    for (const auto& [_, parameter] : like)
      parameter->assign(Packing<Tensor<Real>>::get(parameter->value(), from));
    return like;
  }
  std::tuple<> variables(Tape*, const double* from) const { return get(from), std::tuple(); }
  void put_gradients(const Gradients& gradients, std::tuple<>, double* to) const {
    for (const auto& named : like) put_gradient(gradients[*named.parameter], to);
  }
};

}  // namespace thalweg::optim::detail
