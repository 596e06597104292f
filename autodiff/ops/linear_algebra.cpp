#include "thalweg/autodiff/ops/linear_algebra.hpp"

#include <cmath>
#include <limits>

#include "thalweg/autodiff/kernels/factorise.hpp"
#include "thalweg/autodiff/kernels/layout.hpp"

namespace thalweg::detail {
namespace {

using kernels::gemm;
using kernels::Lu;
using kernels::Use;

// The matrices of a batch.
struct Matrices {
  Index count, n;
  Shape batch;  // without the matrices' axes
};

Matrices matrices(const char* op, const Shape& a) {
  const int rank = a.rank();
  if (rank < 2 || a[rank - 1] != a[rank - 2])
    throw ShapeError(fmt::format("{}: the matrix has shape {}; expected […, n, n]", op, a));
  Shape batch;
  for (int axis = 0; axis < rank - 2; ++axis) batch.push_back(a[axis]);
  return {batch.size(), a[rank - 1], batch};
}

[[noreturn]] void refuse_singular(const char* op, Index i, const Matrices& all) {
  const std::string which = all.batch.rank() == 0 ? "" : fmt::format(" {} of the batch", i);
  throw ValueError(fmt::format("{}: matrix{} [{}, {}] is singular", op, which, all.n, all.n));
}

template <class Real>
std::vector<Real> identity(Index n) {
  std::vector<Real> result(n * n);
  for (Index i = 0; i < n; ++i) result[i * (n + 1)] = 1;
  return result;
}

template <class Real>
void add_to(Target<Real> to, Index offset, const std::vector<Real>& values) {
  for (std::size_t k = 0; k < values.size(); ++k) to.data[offset + Index(k)] += values[k];
}

// A⁻¹, or A⁻ᵀ if transposed.
template <class Real>
std::vector<Real> inverse_of(const Lu<Real>& lu, Index n, Use use) {
  std::vector<Real> result = identity<Real>(n);
  lu.solve(use, n, result.data());
  return result;
}

// k of B [n, k], or 1 of B [n].
template <class Real>
Index columns(const Tensor<Real>& a, const Tensor<Real>& b) {
  if (a.rank() == 2 && b.shape() == Shape{a.size(0)}) return 1;
  bool fits = b.rank() == a.rank();
  for (int axis = 0; fits && axis < a.rank() - 1; ++axis) fits = a.shape()[axis] == b.shape()[axis];
  if (!fits)
    throw ShapeError(fmt::format("solve: A {} and B {}; expected A […, n, n] and B […, n, k]",
                                 a.shape(), b.shape()));
  return b.size(-1);
}

// ∂ det A / ∂ a_ij: the minor without row i and column j, with its sign.
template <class Real>
std::vector<Real> cofactors(Index n, const Real* a) {
  std::vector<Real> result, minor((n - 1) * (n - 1));
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < n; ++j) {
      auto to = minor.begin();
      for (Index row = 0; row < n; ++row)
        for (Index column = 0; column < n; ++column)
          if (row != i && column != j) *to++ = a[row * n + column];
      const Lu<Real> lu(n - 1, minor.data());
      const double size = lu.singular() ? 0 : lu.sign() * std::exp(lu.log_determinant());
      result.push_back(static_cast<Real>((i + j) % 2 == 0 ? size : -size));
    }
  return result;
}

}  // namespace

// A X = B differentiated is Ȧ X + A Ẋ = Ḃ, that is Ẋ = A⁻¹ (Ḃ − Ȧ X); so
//
//     B̄ = A⁻ᵀ X̄,     Ā = −B̄ Xᵀ.
//
// Kept are A and X; A is factorised again on the way back.
template <class Real>
Tensor<Real> solve(const Tensor<Real>& a, const Tensor<Real>& b, Location where) {
  const Matrices all = matrices("solve", a.shape());
  const Index n = all.n, k = columns(a, b);
  Tensor<Real> x = Tensor<Real>::uninitialised(b.shape());
  std::copy(b.data(), b.data() + b.size(), x.unshared_data());
  for (Index i = 0; i < all.count; ++i) {
    const Lu<Real> lu(n, a.data() + i * n * n);
    if (lu.singular()) refuse_singular("solve", i, all);
    lu.solve(Use::plain, k, x.unshared_data() + i * n * k);
  }
  const bool needed = active(a) || active(b);
  return record(
      "solve", x, {a, b},
      [a = saved_if(needed, a), x = saved_if(active(a), x), all, n, k](Backward<Real>& back) {
        const auto to_a = back.into(0);
        const auto to_b = back.zeroed(1);
        std::vector<Real> db(n * k);
        for (Index i = 0; i < all.count; ++i) {
          const Real* const dx = back.adjoint() + i * n * k;
          std::copy(dx, dx + n * k, db.begin());
          Lu<Real>(n, a.data() + i * n * n).solve(Use::transposed, k, db.data());
          if (to_b) add_to(to_b, i * n * k, db);
          if (!to_a) continue;
          for (Real& value : db) value = -value;
          gemm(Use::plain, Use::transposed, n, n, k, db.data(), x.data() + i * n * k,
               to_a.accumulate, to_a.data + i * n * n);
        }
      },
      where);
}

// A Y = I differentiated is Ȧ Y + A Ẏ = 0, that is Ẏ = −Y Ȧ Y; so Ā = −Yᵀ Ȳ Yᵀ.
template <class Real>
Tensor<Real> inverse(const Tensor<Real>& a, Location where) {
  const Matrices all = matrices("inverse", a.shape());
  const Index n = all.n;
  Tensor<Real> y = Tensor<Real>::uninitialised(a.shape());
  for (Index i = 0; i < all.count; ++i) {
    const Lu<Real> lu(n, a.data() + i * n * n);
    if (lu.singular()) refuse_singular("inverse", i, all);
    const auto result = inverse_of(lu, n, Use::plain);
    std::copy(result.begin(), result.end(), y.unshared_data() + i * n * n);
  }
  return record(
      "inverse", y, {a},
      [y = saved_if(active(a), y), all, n](Backward<Real>& back) {
        const auto to = back.zeroed(0);
        std::vector<Real> half(n * n), whole(half.size());
        for (Index i = 0; i < all.count; ++i) {
          const Real* const inverse = y.data() + i * n * n;
          gemm(Use::transposed, Use::plain, n, n, n, inverse, back.adjoint() + i * n * n, false,
               half.data());
          gemm(Use::plain, Use::transposed, n, n, n, half.data(), inverse, false, whole.data());
          for (Real& value : whole) value = -value;
          add_to(to, i * n * n, whole);
        }
      },
      where);
}

// ḋ = tr(Cᵀ Ȧ), C the cofactors (Jacobi's formula), which are d A⁻ᵀ where A has an inverse; so
// Ā = d̄ d A⁻ᵀ, or d̄ C. Products of pivots are formed as e^(Σ log): no part of them overflows.
template <class Real>
Tensor<Real> det(const Tensor<Real>& a, Location where) {
  const Matrices all = matrices("det", a.shape());
  const Index n = all.n;
  Tensor<Real> d = Tensor<Real>::uninitialised(all.batch);
  for (Index i = 0; i < all.count; ++i) {
    const Lu<Real> lu(n, a.data() + i * n * n);
    d.unshared_data()[i] =
        lu.singular() ? Real(0) : static_cast<Real>(lu.sign() * std::exp(lu.log_determinant()));
  }
  return record(
      "det", d, {a},
      [a = saved_if(active(a), a), d = saved_if(active(a), d), all, n](Backward<Real>& back) {
        const auto to = back.zeroed(0);
        for (Index i = 0; i < all.count; ++i) {
          if (back.adjoint()[i] == 0) continue;
          const Real* const matrix = a.data() + i * n * n;
          const Lu<Real> lu(n, matrix);
          auto slope = lu.singular() ? cofactors(n, matrix) : inverse_of(lu, n, Use::transposed);
          for (Real& value : slope)
            value *= back.adjoint()[i] * (lu.singular() ? Real(1) : d.data()[i]);
          add_to(to, i * n * n, slope);
        }
      },
      where);
}

// By Jacobi's formula, ẏ = ḋ / d = tr(A⁻¹ Ȧ): Ā = ȳ A⁻ᵀ.
template <class Real>
Tensor<Real> logdet(const Tensor<Real>& a, Location where) {
  static constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();
  const Matrices all = matrices("logdet", a.shape());
  const Index n = all.n;
  Tensor<Real> y = Tensor<Real>::uninitialised(all.batch);
  for (Index i = 0; i < all.count; ++i) {
    const Lu<Real> lu(n, a.data() + i * n * n);
    y.unshared_data()[i] = lu.sign() < 0 ? nan : static_cast<Real>(lu.log_determinant());
  }
  return record(
      "logdet", y, {a},
      [a = saved_if(active(a), a), all, n](Backward<Real>& back) {
        const auto to = back.zeroed(0);
        for (Index i = 0; i < all.count; ++i) {
          if (back.adjoint()[i] == 0) continue;
          const Lu<Real> lu(n, a.data() + i * n * n);
          auto slope =
              lu.singular() ? std::vector<Real>(n * n, nan) : inverse_of(lu, n, Use::transposed);
          for (Real& value : slope) value *= back.adjoint()[i];
          add_to(to, i * n * n, slope);
        }
      },
      where);
}

// A = L Lᵀ differentiated is Ȧ = L̇ Lᵀ + L L̇ᵀ, that is L⁻¹ Ȧ L⁻ᵀ = L⁻¹ L̇ + (L⁻¹ L̇)ᵀ, where L⁻¹ L̇ is
// lower triangular: L̇ = L Φ(L⁻¹ Ȧ L⁻ᵀ), Φ taking the lower triangle with its diagonal
// halved. So, A being symmetric (Murray 2016),
//
//     S = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹,     Ā = (S + Sᵀ) / 2.
template <class Real>
Tensor<Real> cholesky(const Tensor<Real>& a, Location where) {
  const Matrices all = matrices("cholesky", a.shape());
  const Index n = all.n;
  Tensor<Real> l = Tensor<Real>::uninitialised(a.shape());
  std::copy(a.data(), a.data() + a.size(), l.unshared_data());
  for (Index i = 0; i < all.count; ++i)
    if (!kernels::cholesky(n, l.unshared_data() + i * n * n))
      throw ValueError(
          fmt::format("cholesky: matrix {} of shape {} is not positive definite", i, a.shape()));
  return record(
      "cholesky", l, {a},
      [l = saved_if(active(a), l), all, n](Backward<Real>& back) {
        const auto to = back.zeroed(0);
        std::vector<Real> s(n * n), t(s.size());
        for (Index m = 0; m < all.count; ++m) {
          const Real* const lower = l.data() + m * n * n;
          gemm(Use::transposed, Use::plain, n, n, n, lower, back.adjoint() + m * n * n, false,
               s.data());
          for (Index i = 0; i < n; ++i) {
            s[i * (n + 1)] /= 2;
            for (Index j = i + 1; j < n; ++j) s[i * n + j] = 0;
          }
          kernels::solve_lower(Use::transposed, n, n, lower, s.data());  // L⁻ᵀ Φ
          kernels::transpose(n, n, s.data(), false, t.data());
          kernels::solve_lower(Use::transposed, n, n, lower, t.data());  // L⁻ᵀ (L⁻ᵀ Φ)ᵀ = Sᵀ
          for (Index i = 0; i < n; ++i)
            for (Index j = 0; j < n; ++j)
              to.data[m * n * n + i * n + j] += (t[i * n + j] + t[j * n + i]) / 2;
        }
      },
      where);
}

#define THALWEG_INSTANTIATE(Real)                                                  \
  template Tensor<Real> solve(const Tensor<Real>&, const Tensor<Real>&, Location); \
  template Tensor<Real> inverse(const Tensor<Real>&, Location);                    \
  template Tensor<Real> det(const Tensor<Real>&, Location);                        \
  template Tensor<Real> logdet(const Tensor<Real>&, Location);                     \
  template Tensor<Real> cholesky(const Tensor<Real>&, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::detail
