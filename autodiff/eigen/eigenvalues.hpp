#pragma once
/// Eigenvalues and eigenvectors of a symmetric matrix of variables.
///
///     A V = V Λ,   P = Vᵀ A V:      dλₖ = dpₖₖ,     dvₖ = Σₘ vₘ dpₘₖ / (λₖ − λₘ),   m ≠ k.
///
/// The numbers are those of Eigen's solver. Its rotations are not recorded: where an element that
/// they annihilate is zero already there is none, and the slope by it would be lost. Eigenvectors
/// of equal eigenvalues are not determined: their slopes are infinite or NaN.
///
/// To be used, <Eigen/Eigenvalues> has to be included, as without variables.

#include "thalweg/autodiff/eigen/product.hpp"

namespace thalweg::detail {

struct OfEigenSolver {
  static constexpr const char* name = "SelfAdjointEigenSolver";
};

/// y = value, ∂y/∂xₖ = partials[k].
template <class Op, class Real>
Var<Real> with_slopes(const Real& value, std::span<const Var<Real>> x, const Real* partials) {
  constexpr std::size_t most = ScalarStatements<Real>::most_arguments;
  if (x.size() <= most) return record_many<Op>(x, partials, value, Location{});
  const Var<Real> first = record_many<Op>(x.first(most), partials, value, Location{});
  return first + with_slopes<Op>(Real(0), x.subspan(most), partials + most);
}

}  // namespace thalweg::detail

namespace Eigen {

template <class Matrix>
class SelfAdjointEigenSolver;

template <class Real, int rows, int columns, int options, int most_rows, int most_columns>
class SelfAdjointEigenSolver<
    Matrix<thalweg::Var<Real>, rows, columns, options, most_rows, most_columns>> {
  using Numbers =
      SelfAdjointEigenSolver<Matrix<Real, rows, columns, options, most_rows, most_columns>>;

 public:
  using Scalar = thalweg::Var<Real>;
  using RealScalar = Scalar;
  using Index = Eigen::Index;
  using MatrixType = Matrix<Scalar, rows, columns, options, most_rows, most_columns>;
  using EigenvectorsType = MatrixType;
  using RealVectorType = Matrix<Scalar, columns, 1, 0, most_columns, 1>;

  SelfAdjointEigenSolver() = default;
  explicit SelfAdjointEigenSolver(Index size) : m_eivec(size, size), m_eivalues(size) {}
  template <class A>
  explicit SelfAdjointEigenSolver(const EigenBase<A>& matrix, int what = ComputeEigenvectors) {
    compute(matrix, what);
  }

  /// Reads the lower triangle.
  template <class A>
  SelfAdjointEigenSolver& compute(const EigenBase<A>& matrix, int what = ComputeEigenvectors) {
    const MatrixType a = matrix.derived();
    return take(a, Numbers(a.template cast<Real>()), what);
  }
  /// By closed forms, of 2 × 2 and 3 × 3 matrices.
  SelfAdjointEigenSolver& computeDirect(const MatrixType& a, int what = ComputeEigenvectors) {
    Numbers numbers;
    numbers.computeDirect(a.template cast<Real>());
    return take(a, numbers, what);
  }

  const RealVectorType& eigenvalues() const { return m_eivalues; }
  const EigenvectorsType& eigenvectors() const {
    eigen_assert(m_eigenvectorsOk && "The eigenvectors have not been computed.");
    return m_eivec;
  }
  MatrixType operatorSqrt() const {
    return eigenvectors() * m_eivalues.cwiseSqrt().asDiagonal() * eigenvectors().transpose();
  }
  MatrixType operatorInverseSqrt() const {
    return eigenvectors() * m_eivalues.cwiseSqrt().cwiseInverse().asDiagonal() *
           eigenvectors().transpose();
  }
  ComputationInfo info() const { return m_info; }

 protected:
  // Named as Eigen's, for GeneralizedSelfAdjointEigenSolver.
  EigenvectorsType m_eivec;
  RealVectorType m_eivalues;
  ComputationInfo m_info = InvalidInput;
  bool m_eigenvectorsOk = false;

 private:
  SelfAdjointEigenSolver& take(const MatrixType& a, const Numbers& numbers, int what) {
    using thalweg::detail::with_slopes, thalweg::detail::OfEigenSolver;
    const auto& values = numbers.eigenvalues();
    const auto& v = numbers.eigenvectors();
    const Index n = a.rows();
    const MatrixType whole = a.template selfadjointView<Lower>();
    const MatrixType av = whole * v;
    const Matrix<Scalar, Dynamic, Dynamic> p = v.transpose() * av;
    m_info = numbers.info();
    m_eigenvectorsOk = (what & ComputeEigenvectors) != 0;
    m_eivalues.resize(n);
    const Real one(1);
    for (Index k = 0; k < n; ++k)
      m_eivalues[k] = with_slopes<OfEigenSolver>(values[k], std::span(&p.coeffRef(k, k), 1), &one);
    if (!m_eigenvectorsOk) return *this;
    m_eivec.resize(n, n);
    Array<Real, Dynamic, 1> partials(n);
    for (Index k = 0; k < n; ++k) {
      for (Index i = 0; i < n; ++i) {
        for (Index m = 0; m < n; ++m)
          partials[m] = m == k || v(i, m) == 0 ? Real(0) : v(i, m) / (values[k] - values[m]);
        m_eivec(i, k) = with_slopes<OfEigenSolver>(
            v(i, k), std::span(&p.coeffRef(0, k), static_cast<std::size_t>(n)), partials.data());
      }
    }
    return *this;
  }
};

}  // namespace Eigen
