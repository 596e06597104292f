#include "thalweg/autodiff/kernels/normalise.hpp"

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/kernels/fold.hpp"
#include "thalweg/autodiff/kernels/moments.hpp"

namespace thalweg::kernels {
namespace {

template <class Real>
Lanes<Real> load_or(const Real* from, Real otherwise, Index j, int count) {
  return from ? load_some(from + j, count) : Lanes<Real>(otherwise);
}

template <class Real>
Real mean_of(const Real* mean, Index row) {
  return mean ? mean[row] : Real{0};
}

}  // namespace

template <class Real>
void normalise_rows(const RowNorm& norm, const Real* x, const Real* w, const Real* b, Real* mean,
                    Real* scale, Real* y) {
  each_row({norm.rows, norm.n, 1}, [=, n = norm.n](Index i) {
    const Real* const row = x + i * n;
    Real* const to = y + i * n;
    const Moments moments = norm.centred ? moments_of(n, row) : Moments{};
    const double variance = norm.centred ? moments.variance() : mean_square(n, row);
    if (mean) mean[i] = static_cast<Real>(moments.mean);
    scale[i] = static_cast<Real>(1 / std::sqrt(variance + norm.epsilon));
    const Lanes<Real> m(mean_of(mean, i)), r(scale[i]);
    each_register<Real>(n, [=](Index j, int count) {
      const Lanes<Real> hat = (load_some(row + j, count) - m) * r;
      const Lanes<Real> shift = load_or(b, Real{0}, j, count);
      store_some(fma(hat, load_or(w, Real{1}, j, count), shift), to + j, count);
    });
  });
}

template <class Real>
void normalise_rows_backward(const RowNorm& norm, const Real* x, const Real* w, const Real* mean,
                             const Real* scale, const Real* dy, bool accumulate, Real* dx) {
  each_row({norm.rows, norm.n, 1}, [=, n = norm.n](Index i) {
    const Real *const row = x + i * n, *const g_row = dy + i * n;
    const Lanes<Real> m(mean_of(mean, i)), r(scale[i]);
    Lanes<Real> total(Real{0}), product(Real{0});  // Σ g, Σ g x̂
    each_register<Real>(n, [&](Index j, int count) {
      const Lanes<Real> g = load_some(g_row + j, count) * load_or(w, Real{1}, j, count);
      const Lanes<Real> kept = zeros_beyond(g, count);
      total += kept;
      product = fma(kept, (load_some(row + j, count) - m) * r, product);
    });
    const Real each = 1 / static_cast<Real>(n);
    const Lanes<Real> of_g(norm.centred ? folded_sum(total) * each : Real{0});
    const Lanes<Real> of_x(folded_sum(product) * each);
    each_register<Real>(n, [=](Index j, int count) {
      const Lanes<Real> g = load_some(g_row + j, count) * load_or(w, Real{1}, j, count);
      const Lanes<Real> hat = (load_some(row + j, count) - m) * r;
      put_some((g - of_g - hat * of_x) * r, accumulate, dx + i * n + j, count);
    });
  });
}

template <class Real>
void normalise_rows_sums(const RowNorm& norm, const Real* x, const Real* mean, const Real* scale,
                         const Real* dy, Real* sums) {
  const Index n = norm.n;
  // One register of columns, over some rows.
  const auto add_rows = [=](Index first, Index last, Index j, int count) {
    Lanes<Real> weight(Real{0}), bias(Real{0});
    for (Index i = first; i < last; ++i) {
      const Lanes<Real> g = load_some(dy + i * n + j, count);
      const Lanes<Real> d = load_some(x + i * n + j, count) - Lanes<Real>(mean_of(mean, i));
      weight = fma(g * Lanes<Real>(scale[i]), d, weight);
      bias += g;
    }
    put_some(weight, true, sums + j, count);
    put_some(bias, true, sums + n + j, count);
  };
  std::fill_n(sums, 2 * n, Real{0});
  // Threads share the columns; a few rows at a time, so that memory is read in order.
  const auto columns = [=](Index begin, Index end, Index) {
    constexpr Index rows = 32;
    for (Index first = 0; first < norm.rows; first += rows)
      each_register<Real>(end - begin, [=](Index k, int count) {
        add_rows(first, std::min(first + rows, norm.rows), begin + k, count);
      });
  };
  parallel_for(n, grain_of(norm.rows), columns, Lanes<Real>::width);
}

template void normalise_rows(const RowNorm&, const float*, const float*, const float*, float*,
                             float*, float*);
template void normalise_rows(const RowNorm&, const double*, const double*, const double*, double*,
                             double*, double*);
template void normalise_rows_backward(const RowNorm&, const float*, const float*, const float*,
                                      const float*, const float*, bool, float*);
template void normalise_rows_backward(const RowNorm&, const double*, const double*, const double*,
                                      const double*, const double*, bool, double*);
template void normalise_rows_sums(const RowNorm&, const float*, const float*, const float*,
                                  const float*, float*);
template void normalise_rows_sums(const RowNorm&, const double*, const double*, const double*,
                                  const double*, double*);

}  // namespace thalweg::kernels
