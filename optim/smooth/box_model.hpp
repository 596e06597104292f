#pragma once
/// The quadratic model that L-BFGS-B minimises within its box.

#include "thalweg/optim/base/dense.hpp"
#include "thalweg/optim/base/vectors.hpp"
#include "thalweg/optim/smooth/lbfgs_b.hpp"

namespace thalweg::optim::detail {

/// q(x) = f + gᵀ(x − xₖ) + ½ (x − xₖ)ᵀ B (x − xₖ) at one point; letters as for `LbfgsB`.
class BoxModel {
 public:
  /// Refers to all of them.
  BoxModel(const Bounds& bounds, const std::vector<CurvaturePair>& pairs, double theta,
           const Point& at);

  /// xᶜ, the first local minimum of q along P(xₖ − t g).
  const Vector& cauchy_point();
  /// x̄, once xᶜ is there: q minimised over the coordinates that are free at xᶜ.
  const Vector& minimum();

 private:
  struct Corner {  // where the path meets a bound
    double t;
    std::size_t i;
  };

  Vector row(std::size_t i) const;  // of W
  double upper(std::size_t i) const { return bounds_.upper(static_cast<Index>(i)); }
  double lower(std::size_t i) const { return bounds_.lower(static_cast<Index>(i)); }
  std::vector<Corner> corners(Vector& d) const;
  void minimise_free();
  Vector times_m(Vector v) const {
    if (!v.empty()) middle_.solve(v);
    return v;
  }

  const Bounds& bounds_;
  const std::vector<CurvaturePair>& pairs_;
  double theta_;
  const Vector& x_;
  const Vector& g_;
  Vector cauchy_;            // xᶜ, later x̄
  Vector c_;                 // Wᵀ (xᶜ − x)
  std::vector<bool> fixed_;  // at a bound at xᶜ
  Factored middle_;          // M⁻¹
};

}  // namespace thalweg::optim::detail
