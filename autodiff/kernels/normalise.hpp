#pragma once
/// Normalisation of rows: layer_norm and rms_norm.

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::kernels {

/// x [rows, n];  per row m = mean x (0 unless `centred`) and r = 1 / √(mean (x − m)² + ε).
struct RowNorm {
  Index rows;
  Index n;
  double epsilon;
  bool centred;
};

/// y_j = (x_j − m) r w_j + b_j;  w and b [n] or null: ones, zeros. m and r [rows] are kept for the
/// way back; `mean` may be null unless centred.
template <class Real>
void normalise_rows(const RowNorm& norm, const Real* x, const Real* w, const Real* b, Real* mean,
                    Real* scale, Real* y);

/// With g_j = ȳ_j w_j and x̂_j = (x_j − m) r:  x̄_j (+)= r (g_j − mean g − x̂_j mean(g x̂)), without
/// the second term unless centred.
template <class Real>
void normalise_rows_backward(const RowNorm& norm, const Real* x, const Real* w, const Real* mean,
                             const Real* scale, const Real* dy, bool accumulate, Real* dx);

/// w̄_j = Σ ȳ_j x̂_j and b̄_j = Σ ȳ_j over the rows, into the two arrays of `sums` [2, n].
template <class Real>
void normalise_rows_sums(const RowNorm& norm, const Real* x, const Real* mean, const Real* scale,
                         const Real* dy, Real* sums);

}  // namespace thalweg::kernels
