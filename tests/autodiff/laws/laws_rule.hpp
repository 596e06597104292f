#pragma once
/// An op as the laws see it: its type forgotten, so that they are compiled once.

#include <thalweg/autodiff.hpp>

#include "tests/autodiff/laws/laws_numeric.hpp"

namespace laws {

/// What a rule says at one point.
template <class Real>
struct Answer {
  Real value;
  std::array<Real, 3> slopes;
};

/// An op of `arity` arguments, and the forms in which it stands in a program.
template <class Real>
struct Rule {
  const char* name;
  std::size_t arity;
  const void* op;

  using Scalars = const std::vector<Var<Real>>&;
  using Tensors = const std::array<Tensor<Real>, 3>&;
  Answer<Real> (*answer)(const void* op, const std::array<Real, 3>& x);
  Var<Real> (*scalar)(const void* op, Scalars);               ///< y
  Var<Real> (*scalar_in_statement)(const void* op, Scalars);  ///< 3 y
  Var<Real> (*beside_number)(const void* op, Var<Real>, Real);
  Var<Real> (*after_number)(const void* op, Real, Var<Real>);
  Tensor<Real> (*tensor)(const void* op, Tensors);  ///< y
  Tensor<Real> (*named)(const void* op, Tensors, const Tensor<Real>& seed, Tensor<Real>& y);
  Tensor<Real> (*unnamed)(const void* op, Tensors, const Tensor<Real>& seed);  ///< double only

  Answer<Real> at(const std::array<Real, 3>& x) const { return answer(op, x); }
};

/// The laws that laws.hpp lists, at these points.
void check_laws(const Rule<double>& wide, const Rule<float>& narrow,
                const std::vector<std::array<double, 3>>& points);

}  // namespace laws
