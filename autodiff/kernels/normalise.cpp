#include "thalweg/autodiff/kernels/normalise.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

#include "thalweg/autodiff/kernels/fold.hpp"
#include "thalweg/autodiff/kernels/long_sums.hpp"
#include "thalweg/autodiff/kernels/masked_product.hpp"
#include "thalweg/autodiff/kernels/moments.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

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

/// Two sums over a long row: sums(first, count) gives those of a block.
template <class Sums>
auto sums_of_blocks(Index n, const Sums& sums) {
  auto total = sums(0, 0);
  double first = 0, second = 0;
  for (Index at = 0; at < n; at += summed_block) {
    const auto [a, b] = sums(at, std::min(summed_block, n - at));
    first += double(a);
    second += double(b);
  }
  total.first = static_cast<decltype(total.first)>(first);
  total.second = static_cast<decltype(total.second)>(second);
  return total;
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
    const auto sums = [=](Index first, Index count_all) {  // Σ g, Σ g x̂
      Lanes<Real> total(Real{0}), product(Real{0});
      each_register<Real>(count_all, [&](Index k, int count) {
        const Index j = first + k;
        const Lanes<Real> g = load_some(g_row + j, count) * load_or(w, Real{1}, j, count);
        const Lanes<Real> kept = zeros_beyond(g, count);
        total += kept;
        product = fma(kept, (load_some(row + j, count) - m) * r, product);
      });
      return std::pair(folded_sum(total), folded_sum(product));
    };
    auto [total, product] = sums(0, std::min(n, summed_block));
    if (n > summed_block) std::tie(total, product) = sums_of_blocks(n, sums);
    if (product != product && all_zero(n, g_row)) {  // nothing is asked about this row
      if (!accumulate) std::fill_n(dx + i * n, n, Real{0});
      return;
    }
    const Real each = 1 / static_cast<Real>(n);
    const Lanes<Real> of_g(norm.centred ? total * each : Real{0});
    const Lanes<Real> of_x(product * each);
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
  std::vector<Real> errors(2 * static_cast<std::size_t>(n));
  const auto add = [=, e = errors.data()](Lanes<Real> term, Index at, int count) {
    Lanes<Real> sum = load_some(sums + at, count), error = load_some(e + at, count);
    add_term(sum, error, term);
    store_some(sum, sums + at, count);
    store_some(error, e + at, count);
  };
  // One register of columns, over some rows.
  const auto add_rows = [=](Index first, Index last, Index j, int count) {
    constexpr Real largest = std::numeric_limits<Real>::max();
    const Lanes<Real> zero(Real{0});
    Lanes<Real> weight = zero, bias = zero;
    for (Index i = first; i < last; ++i) {
      const Lanes<Real> g = load_some(dy + i * n + j, count);
      const Lanes<Real> d = load_some(x + i * n + j, count) - Lanes<Real>(mean_of(mean, i));
      const Lanes<Real> term = g * Lanes<Real>(scale[i]) * d;
      // A row of infinities or NaN has no influence where nothing is asked about it.
      weight += scale[i] > 0 && scale[i] <= largest ? term : select(g == zero, zero, term);
      bias += g;
    }
    add(weight, j, count);
    add(bias, n + j, count);
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
  for (Index k = 0; k < 2 * n; ++k) sums[k] = sum_of(sums[k], errors[k]);
}

#define THALWEG_INSTANTIATE(Real)                                                              \
  template void normalise_rows(const RowNorm&, const Real*, const Real*, const Real*, Real*,   \
                               Real*, Real*);                                                  \
  template void normalise_rows_backward(const RowNorm&, const Real*, const Real*, const Real*, \
                                        const Real*, const Real*, bool, Real*);                \
  template void normalise_rows_sums(const RowNorm&, const Real*, const Real*, const Real*,     \
                                    const Real*, Real*);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::kernels
