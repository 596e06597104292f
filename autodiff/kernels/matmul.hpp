#pragma once
/// Matrix products of row-major arrays.
///
/// Float products go to oneDNN; narrow, small and double ones to a BLAS. The work is cut into parts
/// by rows or columns of C, one per thread, never along k.

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::kernels {

/// Whether an operand is used as stored or transposed.
enum class Use : bool { plain, transposed };

/// C = op(A) op(B), or C += op(A) op(B) if `accumulate`.
///
///     op(A) [m, k]    A stored as [m, k] if plain, [k, m] if transposed
///     op(B) [k, n]    B stored as [k, n] if plain, [n, k] if transposed
///     C     [m, n]    must not overlap A or B; not read unless `accumulate`
///
/// k = 0 gives zeros (leaves C, if `accumulate`). Cost: 2 m n k flops.
template <class Real>
void gemm(Use use_a, Use use_b, Index m, Index n, Index k, const Real* a, const Real* b,
          bool accumulate, Real* c);

/// Sizes of `batch` products whose operands lie `stride_*` elements apart. A stride of 0 repeats
/// that operand; with stride_c = 0 the products are summed into one C.
struct Batch {
  Index count;
  Index stride_a;
  Index stride_b;
  Index stride_c;
};

/// C_i = op(A_i) op(B_i) (or +=) for i = 0 … batch.count − 1; shapes as in `gemm`. One large
/// product is made where the strides allow it.
template <class Real>
void gemm_batched(Use use_a, Use use_b, Batch batch, Index m, Index n, Index k, const Real* a,
                  const Real* b, bool accumulate, Real* c);

/// Σ xᵢ yᵢ.
template <class Real>
Real dot(Index n, const Real* x, const Real* y);

}  // namespace thalweg::kernels
