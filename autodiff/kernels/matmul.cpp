#include "thalweg/autodiff/kernels/matmul.hpp"

#include <algorithm>
#include <type_traits>
#include <vector>

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/kernels/long_sums.hpp"
#include "thalweg/autodiff/kernels/product.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

namespace thalweg::kernels {

// C = op(A) op(B): C is cut by rows or, if it is wide, by columns; a part is one serial product,
//
//     C[i, ·] = Σₖ op(A)[i, k] op(B)[k, ·],
//
// whose sum over k no cut for threads goes through: a number of C does not depend on how many parts
// there are, but for which library computes a part of its size. A sum of more than `most_terms` is
// one of several products, added up as a long sum.
//
//     k = 1                                      own loop
//     one row or column of C                     BLAS gemv
//     small or narrow, and double always         BLAS gemm
//     other float products                       oneDNN

namespace {

/// Multiply-adds up to which the call overhead decides: 30 ns for a BLAS, half a microsecond for
/// oneDNN.
constexpr Index small = 64 * 64 * 64;
constexpr Index small_for_old_blas = 16 * 16 * 16;
/// Columns of C below which oneDNN's register tiles, 16 columns wide and more, run half empty.
constexpr Index narrow = 16;
/// Multiply-adds that a part must have for a second thread to pay: some fifteen microseconds, since
/// to wake a thread costs as much, and what two cores have written has to travel to one.
constexpr Index work_per_part(Index columns) {
  return columns > narrow ? Index{3} << 18 : Index{1} << 18;  // narrow products take longer
}
/// Parts begin at multiples of this, the height of the libraries' register tiles.
constexpr Index tile = 16;

}  // namespace

template <class Real>
void serial_product(const Product<Real>& p) {
  const LibraryThreads one(1);
  if constexpr (std::is_same_v<Real, float>) {
    const Index least = blas_knows_processor() ? small : small_for_old_blas;
    if (p.m * p.n * p.k > least && p.n > narrow && p.m > 1) return onednn_product(p);
  }
  blas_product(p);
}
#define THALWEG_INSTANTIATE(Real) template void serial_product(const Product<Real>&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
#undef THALWEG_INSTANTIATE

namespace {

template <class Real>
void product(const Product<Real>& p) {
  const Index work = p.m * p.n * p.k;
  const Index work_per_part = kernels::work_per_part(p.n);
  if (work <= work_per_part) return serial_product(p);
  const bool by_rows = p.m >= p.n || p.m >= 4 * tile * threads();
  const Index items = by_rows ? p.m : p.n;
  const Index grain = std::max<Index>(1, work_per_part / (work / items));
  const auto part = [&](Index begin, Index end, Index) {
    serial_product(by_rows ? p.rows(begin, end) : p.columns(begin, end));
  };
  parallel_for(items, grain, part, tile);
}

/// The inner size up to which the libraries add up alone: they do it one after the other.
constexpr Index most_terms = 8192;

/// C (+)= Σ products, of which part(i, to) makes number i, as long sums.
template <class Real, class Part>
void sum_of_products(Index count, Index size, bool accumulate, Real* c, const Part& part) {
  std::vector<Real> term(size), error(size);
  for (Index i = 0; i < count; ++i) {
    const bool first = i == 0 && !accumulate;
    part(i, first ? c : term.data());
    for (Index k = 0; !first && k < size; ++k) add_term(c[k], error[k], term[k]);
  }
  for (Index k = 0; k < size; ++k) c[k] = sum_of(c[k], error[k]);
}

/// Outer product, C (+)= a bᵀ: the inner loop runs along rows of C.
template <class Real>
void outer(Index m, Index n, const Real* a, const Real* b, bool accumulate, Real* c) {
  parallel_for(m, grain_of(n), [=](Index begin, Index end, Index) {
    for (Index i = begin; i < end; ++i) {
      const Real scale = a[i];
      Real* row = c + i * n;
      if (accumulate)
        for (Index j = 0; j < n; ++j) row[j] += scale * b[j];
      else
        for (Index j = 0; j < n; ++j) row[j] = scale * b[j];
    }
  });
}

}  // namespace

template <class Real>
void gemm(Use use_a, Use use_b, Index m, Index n, Index k, const Real* a, const Real* b,
          bool accumulate, Real* c) {
  if (m == 0 || n == 0) return;
  if (k == 0) {
    if (!accumulate) std::fill_n(c, m * n, Real{0});
    return;
  }
  if (k == 1) return outer(m, n, a, b, accumulate, c);
  const Index row_a = use_a == Use::plain ? k : m, row_b = use_b == Use::plain ? n : k;
  if (k <= most_terms)
    return product(Product<Real>{use_a, use_b, m, n, k, a, row_a, b, row_b, accumulate, c, n});
  const Index count = (k + most_terms - 1) / most_terms;
  sum_of_products(count, m * n, accumulate, c, [=](Index i, Real* to) {
    const Index first = i * most_terms, terms = std::min(most_terms, k - first);
    product(Product<Real>{use_a, use_b, m, n, terms, a + first * (use_a == Use::plain ? 1 : m),
                          row_a, b + first * (use_b == Use::plain ? n : 1), row_b, false, to, n});
  });
}

template <class Real>
void gemm_batched(Use use_a, Use use_b, Batch batch, Index m, Index n, Index k, const Real* a,
                  const Real* b, bool accumulate, Real* c) {
  if (m == 0 || n == 0) return;
  if (batch.stride_c == 0) {
    if (batch.count == 0 && !accumulate) std::fill_n(c, m * n, Real{0});
    // Σᵢ Aᵢᵀ Bᵢ is one product of the stacked matrices.
    if (use_a == Use::transposed && use_b == Use::plain && batch.stride_a == m * k &&
        batch.stride_b == k * n && batch.count > 0)
      return gemm(use_a, use_b, m, n, batch.count * k, a, b, accumulate, c);
    const auto add = [=](Index i, bool more, Real* to) {
      gemm(use_a, use_b, m, n, k, a + i * batch.stride_a, b + i * batch.stride_b, more, to);
    };
    if (batch.count * k > most_terms && k > 0)
      return sum_of_products(batch.count, m * n, accumulate, c,
                             [=](Index i, Real* to) { add(i, false, to); });
    for (Index i = 0; i < batch.count; ++i) add(i, accumulate || i > 0, c);
    return;
  }
  // One B for all, and rows of A that follow each other: one product with batch · m rows.
  if (use_a == Use::plain && batch.stride_b == 0 && batch.stride_a == m * k &&
      batch.stride_c == m * n)
    return gemm(use_a, use_b, batch.count * m, n, k, a, b, accumulate, c);
  const auto one = [&](Index i) {
    gemm(use_a, use_b, m, n, k, a + i * batch.stride_a, b + i * batch.stride_b, accumulate,
         c + i * batch.stride_c);
  };
  if (batch.count < threads()) {
    for (Index i = 0; i < batch.count; ++i) one(i);
    return;
  }
  const Index grain = std::max<Index>(1, work_per_part(n) / std::max<Index>(1, m * n * k));
  parallel_for(batch.count, grain, [&](Index begin, Index end, Index) {
    for (Index i = begin; i < end; ++i) one(i);
  });
}

template <class Real>
Real dot(Index n, const Real* x, const Real* y) {
  Real sum = 0;
  gemm(Use::plain, Use::plain, 1, 1, n, x, y, false, &sum);
  return sum;
}

#define THALWEG_INSTANTIATE(Real)                                                                  \
  template void gemm(Use, Use, Index, Index, Index, const Real*, const Real*, bool, Real*);        \
  template void gemm_batched(Use, Use, Batch, Index, Index, Index, const Real*, const Real*, bool, \
                             Real*);                                                               \
  template Real dot(Index, const Real*, const Real*);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
#undef THALWEG_INSTANTIATE

}  // namespace thalweg::kernels
