#pragma once
/// Arrays that are kept of a list of parameters, one each.

#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim::detail {

/// Of parameters of one number type, known by their names and shapes.
class KeptArrays {
 public:
  /// None.
  KeptArrays() = default;
  /// The parameters' values. Nothing is copied: they share their memory until a step writes them.
  template <class Real>
  explicit KeptArrays(const ParameterList<Real>& parameters);

  bool empty() const { return size() == 0; }
  std::size_t size() const;
  /// In the list's order; empty for the number type that they are not made of.
  template <class Real>
  std::vector<Moment<Real>>& of() {
    return std::get<Moments<Real>>(kept_);
  }
  template <class Real>
  const std::vector<Moment<Real>>& of() const {
    return std::get<Moments<Real>>(kept_);
  }

  /// Throws ValueError "WeightAverage: …" unless there is one for each parameter.
  template <class Real>
  void expect_of(const char* owner, const ParameterList<Real>& parameters) const;
  void archive(Archive& archive);

 private:
  template <class Real>
  using Moments = std::vector<Moment<Real>>;
  EachOf<Moments> kept_;
};

/// kept ← kept + share · (w − kept), exactly w if the share is 1.
template <class Real>
void move_towards(Tensor<Real>& kept, const Tensor<Real>& w, double share);

}  // namespace thalweg::optim::detail
