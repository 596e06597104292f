#include "thalweg/autodiff/kernels/moments.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "thalweg/autodiff/kernels/fold.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

namespace thalweg::kernels {
namespace {

// Short enough to stay in the fastest cache for the second pass, and for sums in float.
constexpr Index block = 1024;

// Does a sum of squares lie where none overflows and nothing that matters is lost?
template <class Real>
bool fits(Real squares) {
  using Limits = std::numeric_limits<Real>;
  return squares >= Limits::min() / Limits::epsilon() / Limits::epsilon() &&
         squares <= Limits::max();
}

// Do those of `count` columns? Those of equal numbers do, being 0; where double holds no more they
// are taken as they are.
template <class Real>
bool fits(Lanes<Real> squares, Index n, Index step, int count, const Real* x) {
  if (!double_holds_squares<Real>) return true;
  bool all = true;
  for (int k = 0; k < count; ++k) all &= fits(squares[k]);
  if (all) return true;
  const Lanes<Real> first = load_some(x, count), zero(Real{0}), one(Real{1});
  Lanes<Real> other = zero;
  for (Index i = 1; i < n; ++i) other += select(load_some(x + i * step, count) == first, zero, one);
  for (int k = 0; k < count; ++k)
    if (other[k] != 0) return false;
  return true;
}
template <class Real>
bool fits(Real squares, Index n, const Real* x) {
  if (!double_holds_squares<Real> || fits(squares)) return true;
  const Lanes<Real> first(x[0]), zero(Real{0}), one(Real{1});
  Lanes<Real> other = zero;
  each_register<Real>(
      n, [&](Index j, int count) { other += select(load_some(x + j, count) == first, zero, one); });
  return folded_sum(other) == 0;
}

// In double, number by number: for squares that float does not hold.
template <class Real>
Moments moments_in_double(Index n, Index step, const Real* x) {
  const double first = double(x[0]);
  double sum = 0, rest = 0, squares = 0;
  for (Index j = 0; j < n; ++j) sum += double(x[j * step]) - first;
  const double m = first + sum / double(n);
  for (Index j = 0; j < n; ++j) {
    const double d = double(x[j * step]) - m;
    rest += d;
    squares += d * d;
  }
  return corrected(double(n), m, rest, squares);
}

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
  const Real total = folded_sum(squares);
  if (!fits(total, n, x)) return moments_in_double(n, 1, x);
  return corrected(double(n), double(estimate), double(folded_sum(rest)), double(total));
}

// In how many pieces the lines are taken, of how many rows each: a piece stays in the cache, and
// there are pieces for all threads.
struct Pieces {
  Index rows, count;

  explicit Pieces(const AxisView& v) {
    const Index width = std::min<Index>(v.after, 64);
    rows = v.after == 1 ? 16 * block : std::max<Index>(16, block / width);
    count = (v.count + rows - 1) / rows;
  }
};

// The moments of one piece of the lines (b, ·).
template <class Real>
void moments_of_piece(const AxisView& v, Index n, const Real* x, Moments* out) {
  if (v.after == 1)
    *out = moments_of(n, x);
  else
    each_register<Real>(v.after, [=](Index a, int count) {
      moments_of_columns(n, v.after, count, x + a, out + a);
    });
}

}  // namespace

template <class Real>
Moments moments_of(Index n, const Real* x) {
  Moments all;
  for (Index at = 0; at < n; at += block)
    all = joined(all, moments_of_block(std::min(block, n - at), x + at));
  return all;
}

// The mean from distances to the first row, then squares around it, both corrected by what the
// rounded mean leaves (`corrected`).
template <class Real>
void moments_of_columns(Index n, Index step, int count, const Real* x, Moments* out) {
  const Lanes<Real> first = load_some(x, count);
  Lanes<Real> sum(Real{0}), squares(Real{0});
  for (Index i = 0; i < n; ++i) sum += load_some(x + i * step, count) - first;
  const Lanes<Real> m = first + sum / Lanes<Real>(static_cast<Real>(n));
  sum = Lanes<Real>(Real{0});
  for (Index i = 0; i < n; ++i) {
    const Lanes<Real> d = load_some(x + i * step, count) - m;
    sum += d;
    squares = fma(d, d, squares);
  }
  const bool safe = fits(squares, n, step, count, x);
  for (int k = 0; k < count; ++k)
    out[k] = safe ? corrected(double(n), double(m[k]), double(sum[k]), double(squares[k]))
                  : moments_in_double(n, step, x + k);
}

template <class Real>
void moments_of_lines(const AxisView& v, const Real* x, Moments* out) {
  if (v.size() == 0) return;
  const Pieces pieces(v);
  std::vector<Moments> parts(pieces.count > 1 ? v.before * pieces.count * v.after : 0);
  Moments* const to = pieces.count > 1 ? parts.data() : out;
  parallel_for(v.before * pieces.count, grain_of(std::min(v.count, pieces.rows) * v.after),
               [&](Index begin, Index end, Index) {
                 for (Index k = begin; k < end; ++k) {
                   const Index b = k / pieces.count, first = k % pieces.count * pieces.rows;
                   moments_of_piece(v, std::min(pieces.rows, v.count - first),
                                    x + (b * v.count + first) * v.after, to + k * v.after);
                 }
               });
  for (std::size_t k = 0; k < parts.size(); ++k) {
    const Index piece = Index(k) / v.after;
    Moments& line = out[piece / pieces.count * v.after + Index(k) % v.after];
    line = piece % pieces.count == 0 ? parts[k] : joined(line, parts[k]);
  }
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
    const Real sum = folded_sum(squares);
    if (fits(sum, std::min(block, n - at), x + at))
      total += double(sum);
    else
      for (Index j = at; j < std::min(at + block, n); ++j) total += double(x[j]) * double(x[j]);
  }
  return total / double(n);
}

#define THALWEG_INSTANTIATE(Real)                                             \
  template Moments moments_of(Index, const Real*);                            \
  template void moments_of_columns(Index, Index, int, const Real*, Moments*); \
  template void moments_of_lines(const AxisView&, const Real*, Moments*);     \
  template double mean_square(Index, const Real*);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::kernels
