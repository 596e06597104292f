#pragma once
/// An op as the laws see it: its type forgotten, so that they are compiled once.

#include <concepts>

#include "tests/autodiff/laws/laws_numeric.hpp"
#include "thalweg/autodiff/number/rule.hpp"
#include "thalweg/autodiff/scalar/var.hpp"

namespace laws {

/// What a rule says at one point.
template <class Real>
struct Answer {
  Real value;
  std::array<Real, 3> slopes;
};

/// A rule over T: x → y, and (x, y) → slopes.
template <class T>
struct Functions {
  T (*value)(const void* op, const std::array<T, 3>& x);
  std::array<T, 3> (*slopes)(const void* op, const std::array<T, 3>& x, const T& y);
};

/// A rule of `arity` arguments, on numbers and on lanes of them.
template <class Real>
struct Rule {
  const char* name;
  std::size_t arity;
  const void* op;
  Functions<Real> numbers;
  Functions<Lanes<Real>> lanes;

  Answer<Real> at(const std::array<Real, 3>& x) const {
    const Real y = numbers.value(op, x);
    return {y, numbers.slopes(op, x, y)};
  }
};

/// The forms in which an op stands in a program.
template <class Real>
struct Forms {
  using Scalars = const std::vector<Var<Real>>&;
  using Tensors = const std::array<Tensor<Real>, 3>&;
  Rule<Real> rule;
  Var<Real> (*scalar)(const void* op, Scalars);                  ///< y
  Var<Real> (*scalar_in_statement)(const Rule<Real>&, Scalars);  ///< 3 y
  Var<Real> (*beside_number)(const void* op, Var<Real>, Real);   ///< null unless of two arguments
  Var<Real> (*after_number)(const void* op, Real, Var<Real>);
  Tensor<Real> (*tensor)(const void* op, Tensors);  ///< y
  Tensor<Real> (*named)(const void* op, Tensors, const Tensor<Real>& seed, Tensor<Real>& y);
  Tensor<Real> (*unnamed)(const Rule<Real>&, Tensors, const Tensor<Real>& seed);
};

/// Calls f(x₁, …, xₙ) with xₖ = argument(k).
template <int arity, class Argument, class F>
auto with_arguments(Argument&& argument, F&& f) {
  return [&]<int... k>(std::integer_sequence<int, k...>) {
    return f(argument(std::integral_constant<int, k>{})...);
  }
  (std::make_integer_sequence<int, arity>{});
}

/// Longer statements: 3 y by a name that is used twice, and y · seed unnamed (double only). They
/// take long to compile, so one stand-in serves in them for all ops of so many arguments whose
/// slopes read the same.
template <class Real, int arity, bool reads_inputs, bool reads_output>
struct Longer {
  static Var<Real> scalar(const Rule<Real>& rule, const std::vector<Var<Real>>& v);
  static Tensor<Real> unnamed(const Rule<Real>& rule, const std::array<Tensor<Real>, 3>& x,
                              const Tensor<Real>& seed);
};

/// The laws that laws.hpp lists, at these points.
void check_laws(const Forms<double>& wide, const Forms<float>& narrow,
                const std::vector<std::array<double, 3>>& points);
void check_border(const Rule<double>& wide, const Rule<float>& narrow, double at, double value,
                  double slope);
void check_border(const Rule<double>& wide, std::array<double, 2> at, double value,
                  std::array<double, 2> slopes);
void check_accuracy(const Rule<double>& wide, const Rule<float>& narrow,
                    long double (*exact)(long double), std::initializer_list<double> at,
                    double tolerance);

}  // namespace laws
