#pragma once
/// One serial matrix product with leading dimensions, computed by whoever is best at its size.

#include "thalweg/autodiff/kernels/matmul.hpp"

namespace thalweg::kernels {

/// A rectangle of a product: pointers to its first elements and the row lengths of the whole
/// arrays.
template <class Real>
struct Product {
  Use use_a, use_b;
  Index m, n, k;
  const Real* a;
  Index row_a;
  const Real* b;
  Index row_b;
  bool accumulate;
  Real* c;
  Index row_c;

  /// Rows `begin` … `end` of C and what they need.
  Product rows(Index begin, Index end) const {
    Product part = *this;
    part.m = end - begin;
    part.a += use_a == Use::plain ? begin * row_a : begin;
    part.c += begin * row_c;
    return part;
  }

  /// Columns `begin` … `end` of C and what they need.
  Product columns(Index begin, Index end) const {
    Product part = *this;
    part.n = end - begin;
    part.b += use_b == Use::plain ? begin : begin * row_b;
    part.c += begin;
    return part;
  }
};

/// By whoever is best at its size, in the calling thread; m, n, k > 0.
template <class Real>
void serial_product(const Product<Real>& p);
/// BLAS gemm, or gemv where C is one row or one column; m, n, k > 0.
template <class Real>
void blas_product(const Product<Real>& p);
/// Does the BLAS know this processor? OpenBLAS falls back on kernels of the year 2004, a tenth as
/// fast, on processors that are newer than itself; then it is left only what oneDNN is no good at.
bool blas_knows_processor();
/// oneDNN's float product; m, n, k > 0.
void onednn_product(const Product<float>& p);

}  // namespace thalweg::kernels
