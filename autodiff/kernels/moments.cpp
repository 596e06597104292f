#include "thalweg/autodiff/kernels/moments.hpp"

#include <algorithm>

#include "thalweg/autodiff/kernels/fold.hpp"

namespace thalweg::kernels {
namespace {

// Short enough to stay in the fastest cache for the second pass, and for sums in float.
constexpr Index block = 1024;

template <class Real>
Moments moments_of_block(Index n, const Real* x) {
  // Distances from the first number: equal numbers have none, large ones lose no digits.
  const Lanes<Real> first(x[0]);
  Lanes<Real> distances(Real{0});
  each_register<Real>(n, [&](Index j, int count) {
    distances += zeros_beyond(load_some(x + j, count) - first, count);
  });
  const Real estimate = x[0] + folded_sum(distances) / static_cast<Real>(n);
  const Lanes<Real> m(estimate);
  Lanes<Real> rest(Real{0}), squares(Real{0});
  each_register<Real>(n, [&](Index j, int count) {
    const Lanes<Real> d = zeros_beyond(load_some(x + j, count) - m, count);
    rest += d;
    squares = fma(d, d, squares);
  });
  return corrected(double(n), double(estimate), double(folded_sum(rest)),
                   double(folded_sum(squares)));
}

}  // namespace

template <class Real>
Moments moments_of(Index n, const Real* x) {
  Moments all;
  for (Index at = 0; at < n; at += block)
    all = joined(all, moments_of_block(std::min(block, n - at), x + at));
  return all;
}

template <class Real>
double mean_square(Index n, const Real* x) {
  double total = 0;
  for (Index at = 0; at < n; at += block) {
    Lanes<Real> squares(Real{0});
    each_register<Real>(std::min(block, n - at), [&](Index j, int count) {
      const Lanes<Real> value = zeros_beyond(load_some(x + at + j, count), count);
      squares = fma(value, value, squares);
    });
    total += double(folded_sum(squares));
  }
  return total / double(n);
}

template Moments moments_of(Index, const float*);
template Moments moments_of(Index, const double*);
template double mean_square(Index, const float*);
template double mean_square(Index, const double*);

}  // namespace thalweg::kernels
