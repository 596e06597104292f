#pragma once
/// Systems of equations in which the matrix, the right side or both have variables.
///
///     x = llt.solve(b);                   // of a Matrix<Var>, b of numbers; or the other way
///     round x = l.triangularView<Eigen::Lower>().solve(b);
///
/// Substitution takes two statements per element, xᵢ = (bᵢ − Σₖ lᵢₖ xₖ) / lᵢᵢ. A decomposition of
/// numbers is solved with once for each of its columns: solutions are linear in the right side.

#include "thalweg/autodiff/eigen/product.hpp"

namespace thalweg::detail {

/// L X = B or X L = B with a triangular L, in place of B.
template <class L, class B, int side, int mode>
struct VarSubstitution {
  static void run(const L& l, B& b) {
    using namespace Eigen;
    if constexpr (side == OnTheRight) {  // Lᵀ Xᵀ = Bᵀ
      constexpr int flipped = (mode & Upper ? Lower : Upper) | (mode & UnitDiag);
      const Transpose<const L> lt(l);
      Transpose<B> bt(b);
      VarSubstitution<Transpose<const L>, Transpose<B>, OnTheLeft, flipped>::run(lt, bt);
    } else {
      const Array<typename L::Scalar, Dynamic, Dynamic, RowMajor> rows = l;
      for (Eigen::Index j = 0; j < b.cols(); ++j) {
        Array<typename B::Scalar, Dynamic, 1> x = b.col(j);
        for (Eigen::Index k = 0; k < x.size(); ++k) {
          const bool down = (mode & Lower) != 0;
          const Eigen::Index i = down ? k : x.size() - 1 - k;
          const Eigen::Index known = down ? 0 : i + 1;
          const auto count = static_cast<std::size_t>(k);
          if (k > 0)
            x[i] -= dot(std::span(rows.row(i).data() + known, count),
                        std::span(std::as_const(x).data() + known, count));
          if constexpr (!(mode & UnitDiag)) x[i] /= rows(i, i);
        }
        b.col(j) = x;
      }
    }
  }
};

template <class Decomposition, class B>
concept SolvesForVar = is_var<typename Decomposition::Scalar>
!= is_var<typename B::Scalar> && (std::is_floating_point_v<typename Decomposition::Scalar> ||
                                  std::is_floating_point_v<typename B::Scalar>);

template <class Decomposition, class B, class X>
void solve_for_var(const Decomposition& decomposition, const B& b, X& x) {
  using Eigen::Dynamic;
  if constexpr (is_var<typename Decomposition::Scalar>) {
    const Eigen::Matrix<typename Decomposition::Scalar, B::RowsAtCompileTime, B::ColsAtCompileTime>
        variables = b.template cast<typename Decomposition::Scalar>();
    decomposition._solve_impl(variables, x);
  } else {
    using Matrix = Eigen::Matrix<typename Decomposition::Scalar, Dynamic, Dynamic>;
    const Matrix inverse = decomposition.solve(Matrix::Identity(b.rows(), b.rows()));
    x = inverse * b;
  }
}

}  // namespace thalweg::detail

namespace Eigen::internal {

template <class L, class B, int side, int mode>
requires thalweg::detail::ProductOfVar<L, B>
struct triangular_solver_selector<L, B, side, mode, NoUnrolling, Dynamic>
    : thalweg::detail::VarSubstitution<L, B, side, mode> {
};
template <class L, class B, int side, int mode>
requires thalweg::detail::ProductOfVar<L, B>
struct triangular_solver_selector<L, B, side, mode, NoUnrolling, 1>
    : thalweg::detail::VarSubstitution<L, B, side, mode> {
};

// What a solution is made of, where the two types differ.

template <int side, class Triangular, class B>
requires(thalweg::is_var<typename Triangular::Scalar>&& std::is_floating_point_v<
         typename B::Scalar>) struct traits<triangular_solve_retval<side, Triangular, B>> {
  using ReturnType =
      Matrix<typename Triangular::Scalar, B::RowsAtCompileTime, B::ColsAtCompileTime>;
};

template <class Decomposition, class B>
requires(thalweg::is_var<typename Decomposition::Scalar>&& std::is_floating_point_v<
         typename B::Scalar>) struct solve_traits<Decomposition, B, Dense> {
  using PlainObject = Matrix<typename Decomposition::Scalar, Decomposition::ColsAtCompileTime,
                             B::ColsAtCompileTime>;
};

template <class Decomposition, class B>
requires thalweg::detail::SolvesForVar<Decomposition, B>
struct evaluator<Solve<Decomposition, B>>
    : evaluator<typename Solve<Decomposition, B>::PlainObject> {
  using PlainObject = typename Solve<Decomposition, B>::PlainObject;
  enum { Flags = evaluator<PlainObject>::Flags | EvalBeforeNestingBit };

  explicit evaluator(const Solve<Decomposition, B>& solve) : x_(solve.rows(), solve.cols()) {
    ::new (static_cast<evaluator<PlainObject>*>(this)) evaluator<PlainObject>(x_);
    thalweg::detail::solve_for_var(solve.dec(), solve.rhs(), x_);
  }

 private:
  PlainObject x_;
};

template <class X, class Decomposition, class B, class Scalar>
requires thalweg::detail::SolvesForVar<Decomposition, B>
struct Assignment<X, Solve<Decomposition, B>, assign_op<Scalar, Scalar>, Dense2Dense> {
  static void run(X& x, const Solve<Decomposition, B>& solve, const assign_op<Scalar, Scalar>&) {
    x.resize(solve.rows(), solve.cols());
    thalweg::detail::solve_for_var(solve.dec(), solve.rhs(), x);
  }
};

}  // namespace Eigen::internal
