#pragma once
/// Arrays that are kept of a list of parameters, one each.

#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim::detail {

/// Of float or double parameters, known by their names and shapes.
class KeptArrays {
 public:
  /// None.
  KeptArrays() = default;
  /// The parameters' values. Nothing is copied: they share their memory until a step writes them.
  template <class Real>
  explicit KeptArrays(const ParameterList<Real>& parameters);

  bool empty() const { return floats_.empty() && doubles_.empty(); }
  /// In the list's order; empty for the number type that they are not made of.
  template <class Real>
  std::vector<Moment<Real>>& of() {
    if constexpr (sizeof(Real) == sizeof(float))
      return floats_;
    else
      return doubles_;
  }
  template <class Real>
  const std::vector<Moment<Real>>& of() const {
    return const_cast<KeptArrays*>(this)->of<Real>();
  }

  /// Throws ValueError "WeightAverage: …" unless there is one for each parameter.
  template <class Real>
  void expect_of(const char* owner, const ParameterList<Real>& parameters) const;

 private:
  std::vector<Moment<float>> floats_;
  std::vector<Moment<double>> doubles_;

 public:
  static constexpr auto fields =
      named("float", &KeptArrays::floats_, "double", &KeptArrays::doubles_);
};

/// kept ← kept + share · (w − kept), exactly w if the share is 1.
template <class Real>
void move_towards(Tensor<Real>& kept, const Tensor<Real>& w, double share);

}  // namespace thalweg::optim::detail
