#pragma once
/// Singular values and vectors of a matrix of variables.
///
///     A = U Σ Vᵀ,   P = Uᵀ A V:     dσₖ = dpₖₖ,
///
///     duₖ = Σₘ uₘ (σₖ dpₘₖ + σₘ dpₖₘ) / (σₖ² − σₘ²) + (1 − U Uᵀ) dA vₖ / σₖ,   m ≠ k,
///
/// and V's by Aᵀ = V Σ Uᵀ. The numbers are those of JacobiSVD, whose rotations are not recorded:
/// where an element that they annihilate is zero already there is none, and the slope by it would
/// be lost. Vectors of equal values are not determined: their slopes are infinite or NaN.
///
/// To be used, <Eigen/SVD> has to be included, as without variables.

#include "thalweg/autodiff/eigen/eigenvalues.hpp"

namespace thalweg::detail {
struct OfJacobiSvd {
  static constexpr const char* name = "JacobiSVD";
};
}  // namespace thalweg::detail

namespace Eigen {

template <class Derived>
class SVDBase;

template <class Real, int rows, int columns, int options, int most_rows, int most_columns,
          int preconditioner>
class JacobiSVD<Matrix<thalweg::Var<Real>, rows, columns, options, most_rows, most_columns>,
                preconditioner>
    : public SVDBase<
          JacobiSVD<Matrix<thalweg::Var<Real>, rows, columns, options, most_rows, most_columns>,
                    preconditioner>> {
  using Numbers = Matrix<Real, Dynamic, Dynamic>;
  using Variables = Matrix<thalweg::Var<Real>, Dynamic, Dynamic>;

 public:
  using Scalar = thalweg::Var<Real>;
  using RealScalar = Scalar;
  using MatrixType = Matrix<Scalar, rows, columns, options, most_rows, most_columns>;

  JacobiSVD() = default;
  JacobiSVD(Index row_count, Index column_count, unsigned int what = 0) {
    this->allocate(row_count, column_count, what);
  }
  explicit JacobiSVD(const MatrixType& a, unsigned int what = 0) { compute(a, what); }

  JacobiSVD& compute(const MatrixType& a) { return compute(a, this->m_computationOptions); }
  JacobiSVD& compute(const MatrixType& a, unsigned int what) {
    using thalweg::detail::with_slopes, thalweg::detail::OfJacobiSvd;
    this->allocate(a.rows(), a.cols(), what);
    const JacobiSVD<Numbers> numbers(a.template cast<Real>(),
                                     (this->m_computeFullU ? ComputeFullU : ComputeThinU) |
                                         (this->m_computeFullV ? ComputeFullV : ComputeThinV));
    const Numbers u = numbers.matrixU(), v = numbers.matrixV();
    const Matrix<Real, Dynamic, 1> values = numbers.singularValues();
    const Variables av = a * v, p = u.transpose() * av;
    const Real one(1);
    for (Index k = 0; k < values.size(); ++k)
      this->m_singularValues[k] =
          with_slopes<OfJacobiSvd>(values[k], std::span(&p.coeffRef(k, k), 1), &one);
    if (this->computeU()) this->m_matrixU = vectors(u, values, p, av);
    if (this->computeV()) this->m_matrixV = vectors(v, values, p.transpose(), a.transpose() * u);
    this->m_info = numbers.info();
    this->m_nonzeroSingularValues = numbers.nonzeroSingularValues();
    this->m_isInitialized = true;
    return *this;
  }

 private:
  /// The columns of U = u with their slopes by P and A V; those of V by Pᵀ and Aᵀ U. Columns beyond
  /// the singular values go with σ = 0.
  static Variables vectors(const Numbers& u, const Matrix<Real, Dynamic, 1>& values,
                           const Variables& p, const Variables& av) {
    using thalweg::detail::with_slopes, thalweg::detail::OfJacobiSvd;
    const Index count = values.size();
    const auto sigma = [&](Index k) { return k < count ? values[k] : Real(0); };
    const bool whole = u.cols() == u.rows();  // U Uᵀ = 1
    Variables beside = av;
    if (!whole) beside -= u * p;
    Variables result(u.rows(), u.cols());
    std::vector<Scalar> x;
    std::vector<Real> partials;
    for (Index k = 0; k < u.cols(); ++k) {
      for (Index i = 0; i < u.rows(); ++i) {
        x.clear(), partials.clear();
        const auto add = [&](const Scalar& variable, const Real& partial) {
          x.push_back(variable), partials.push_back(partial);
        };
        for (Index m = 0; m < u.cols(); ++m) {
          if (m == k || (m >= count && k >= count) || u(i, m) == 0) continue;
          const Real a = sigma(k), b = sigma(m), scale = u(i, m) / ((a - b) * (a + b));
          if (k < count) add(p(m, k), scale * a);
          if (m < count) add(p(k, m), scale * b);
        }
        if (!whole) add(beside(i, k), 1 / sigma(k));
        result(i, k) =
            with_slopes<OfJacobiSvd>(u(i, k), std::span<const Scalar>(x), partials.data());
      }
    }
    return result;
  }
};

}  // namespace Eigen
