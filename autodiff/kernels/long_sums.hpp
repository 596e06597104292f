#pragma once
/// Sums of many terms whose rounding error does not grow with their number: beside a sum s stands
/// the sum e of the errors of its additions,
///
///     s' = s + x,     e' = e + (s − (s' − d)) + (x − d),     d = s' − s,
///
/// and s + e is the result.
/// Source: D. Knuth, "The Art of Computer Programming", volume 2, section 4.2.2.

#include <vector>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::kernels {

/// How many terms are added up plainly, one after the other, before their sum is such a term.
inline constexpr Index plain_terms = 64;

/// T: a number, or lanes of them.
template <class T>
inline void add_term(T& s, T& e, const T& x) {
  const T sum = s + x, d = sum - s;
  e += (s - (sum - d)) + (x - d);
  s = sum;
}

/// s + e; infinities and NaN have no error.
template <class Real>
inline Real sum_of(Real s, Real e) {
  return s - s == 0 ? s + e : s;
}

/// Several sums side by side, which are added to at `terms`.
template <class Real>
class LongSums {
 public:
  explicit LongSums(Index size) : terms_(size), sums_(size), errors_(size) {}

  Real* terms() { return terms_.data(); }
  /// Each has taken `count` terms more.
  void took(Index count) {
    if ((taken_ += count) >= plain_terms) fold();
  }
  /// y += the sums, which start anew.
  void move_to(Real* y) {
    fold();
    for (std::size_t k = 0; k < sums_.size(); ++k) {
      y[k] += sum_of(sums_[k], errors_[k]);
      sums_[k] = errors_[k] = 0;
    }
  }

 private:
  void fold() {
    for (std::size_t k = 0; k < sums_.size(); ++k) {
      add_term(sums_[k], errors_[k], terms_[k]);
      terms_[k] = 0;
    }
    taken_ = 0;
  }

  std::vector<Real> terms_, sums_, errors_;
  Index taken_ = 0;
};

}  // namespace thalweg::kernels
