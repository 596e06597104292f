#include "thalweg/autodiff/kernels/softmax.hpp"

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/kernels/lines.hpp"
#include "thalweg/autodiff/kernels/soft_exp.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

namespace thalweg::kernels {
namespace {

/// The largest of n > 0 numbers, in four chains. A NaN is passed over, unless it is the first of
/// its lane: it comes back when exp(x − m) is added up.
template <class Real>
Real row_peak(Index n, const Real* x) {
  constexpr Index width = Lanes<Real>::width;
  const auto raise = [](Lanes<Real>& m, Lanes<Real> b) { m = select(b > m, b, m); };
  if (n < width) return row_max(n, x);
  Lanes<Real> m[4];
  for (Lanes<Real>& chain : m) chain = Lanes<Real>::load(x);
  Index j = 0;
  for (; j + 4 * width <= n; j += 4 * width)
    for (int k = 0; k < 4; ++k) raise(m[k], Lanes<Real>::load(x + j + k * width));
  for (; j + width <= n; j += width) raise(m[0], Lanes<Real>::load(x + j));
  raise(m[1], Lanes<Real>::load(x + n - width));
  for (int k = 1; k < 4; ++k) raise(m[0], m[k]);
  Real peak = m[0][0];
  for (int lane = 1; lane < width; ++lane) peak = m[0][lane] > peak ? m[0][lane] : peak;
  return peak;
}

/// x in the first `count` lanes, 0 in the others.
template <class Real>
Lanes<Real> first_lanes(Lanes<Real> x, int count) {
  Register<Real> number;
  for (int lane = 0; lane < Lanes<Real>::width; ++lane) number[lane] = static_cast<Real>(lane);
  return select(Lanes<Real>(number) < Lanes<Real>(static_cast<Real>(count)), x,
                Lanes<Real>(Real{0}));
}

/// Σ f(j, count) over j = begin … end − 1, in two chains.
template <class Real, class F>
Real sum_block(Index begin, Index end, F&& f) {
  constexpr Index width = Lanes<Real>::width;
  Lanes<Real> even(Real{0}), odd(Real{0});
  Index j = begin;
  for (; j + 2 * width <= end; j += 2 * width) {
    even += f(j, static_cast<int>(width));
    odd += f(j + width, static_cast<int>(width));
  }
  for (; j < end; j += width) {
    const int count = static_cast<int>(std::min(width, end - j));
    even += first_lanes(f(j, count), count);
  }
  return sum(even + odd);
}

/// Σ f(j, count) over a row, by halves down to blocks.
template <class Real, class F>
Real sum_row(Index n, const F& f, Index begin = 0) {
  constexpr Index block = 2 * summed_block;
  if (n <= block) return sum_block<Real>(begin, begin + n, f);
  const Index half = (n + block - 1) / block / 2 * block;
  const Real first = sum_row<Real>(half, f, begin);
  return first + sum_row<Real>(n - half, f, begin + half);
}

/// Σ exp(x_j − m) of one row.
template <class Real>
Real sum_exp(Index n, const Real* x, Real m) {
  return sum_row<Real>(
      n, [=](Index j, int count) { return soft_exp(load_some(x + j, count) - Lanes<Real>(m)); });
}

/// y_j = e_j / Σ e, e_j = exp(x_j − m) standing in y in between.
template <class Real>
void softmax_row(Index n, const Real* x, Real* y) {
  const Real m = row_peak(n, x);
  const Real total = sum_row<Real>(n, [=](Index j, int count) {
    const Lanes<Real> e = soft_exp(load_some(x + j, count) - Lanes<Real>(m));
    store_some(e, y + j, count);
    return e;
  });
  const Lanes<Real> scale(1 / total);
  each_register<Real>(
      n, [=](Index j, int count) { store_some(load_some(y + j, count) * scale, y + j, count); });
}

/// y_j = (x_j − m) − log Σ exp(x − m).
template <class Real>
void log_softmax_row(Index n, const Real* x, Real* y) {
  const Real m = row_peak(n, x);
  const Real log_total = std::log(sum_exp(n, x, m));
  each_register<Real>(n, [=](Index j, int count) {
    const Lanes<Real> shifted = load_some(x + j, count) - Lanes<Real>(m);
    store_some(shifted - Lanes<Real>(log_total), y + j, count);
  });
}

/// Neighbouring lines side by side in a register: element j of them lies at x + j · after.
template <class Real>
struct Stripe {
  Index n;
  Index after;
  int count;

  Lanes<Real> load(const Real* x, Index j) const { return load_some(x + j * after, count); }
  void store(Lanes<Real> value, Real* y, Index j) const { store_some(value, y + j * after, count); }
  void put(Lanes<Real> value, bool accumulate, Real* y, Index j) const {
    put_some(value, accumulate, y + j * after, count);
  }
  Lanes<Real> max(const Real* x) const {
    Lanes<Real> m = load(x, 0);
    for (Index j = 1; j < n; ++j) m = larger(m, load(x, j));
    return m;
  }
};

// The same for lines side by side.
template <class Real>
void softmax_stripe(const Stripe<Real>& line, const Real* x, Real* y) {
  const Lanes<Real> m = line.max(x);
  const auto total = pairwise_stripe<Real>(0, line.n, [&](Index j) {
    const Lanes<Real> e = soft_exp(line.load(x, j) - m);
    line.store(e, y, j);
    return e;
  });
  const Lanes<Real> scale = Lanes<Real>(Real{1}) / total;
  for (Index j = 0; j < line.n; ++j) line.store(line.load(y, j) * scale, y, j);
}

template <class Real>
void log_softmax_stripe(const Stripe<Real>& line, const Real* x, Real* y) {
  const Lanes<Real> m = line.max(x);
  const auto total =
      pairwise_stripe<Real>(0, line.n, [&](Index j) { return soft_exp(line.load(x, j) - m); });
  const Lanes<Real> log_total = log(total);
  for (Index j = 0; j < line.n; ++j) line.store((line.load(x, j) - m) - log_total, y, j);
}

/// row(offset) for lines of contiguous numbers, stripe(Stripe, offset) for others.
template <class Real, class Row, class Columns>
void each_line(const AxisView& v, Row&& row, Columns&& stripe) {
  if (v.size() == 0) return;
  if (v.after == 1) return each_row(v, [&](Index b) { row(b * v.count); });
  each_stripe<Real>(v, [&](Index b, Index a, int count) {
    stripe(Stripe<Real>{v.count, v.after, count}, b * v.count * v.after + a);
  });
}

}  // namespace

template <class Real>
void softmax(const AxisView& v, const Real* x, Real* y) {
  each_line<Real>(
      v, [=, n = v.count](Index at) { softmax_row(n, x + at, y + at); },
      [=](const Stripe<Real>& line, Index at) { softmax_stripe(line, x + at, y + at); });
}

template <class Real>
void log_softmax(const AxisView& v, const Real* x, Real* y) {
  each_line<Real>(
      v, [=, n = v.count](Index at) { log_softmax_row(n, x + at, y + at); },
      [=](const Stripe<Real>& line, Index at) { log_softmax_stripe(line, x + at, y + at); });
}

namespace {

/// y dy, and 0 where y = 0: a place with the probability 0 has no influence.
template <class Real>
Lanes<Real> weighted(Lanes<Real> y, Lanes<Real> dy) {
  const Lanes<Real> zero(Real{0});
  return select(y == zero, zero, y * dy);
}

/// A row about which nothing is asked, its adjoints all being 0, adds nothing, whatever it holds.
/// `total`: a sum of products with them.
template <class Real>
bool nothing_asked(Real total, Index n, const Real* dy, bool accumulate, Real* dx) {
  if (total != 0 && total == total) return false;
  if (!std::all_of(dy, dy + n, [](Real adjoint) { return adjoint == 0; })) return false;
  if (!accumulate) std::fill_n(dx, n, Real{0});
  return true;
}

}  // namespace

template <class Real>
void softmax_backward(const AxisView& v, const Real* y, const Real* dy, bool accumulate, Real* dx) {
  const Lanes<Real> zero(Real{0});
  const auto row = [=, n = v.count](Index at) {
    const Real sum = sum_row<Real>(n, [=](Index j, int count) {
      return weighted(load_some(y + at + j, count), load_some(dy + at + j, count));
    });
    if (nothing_asked(sum, n, dy + at, accumulate, dx + at)) return;
    const Lanes<Real> total(sum);
    each_register<Real>(n, [=](Index j, int count) {
      const Lanes<Real> change = load_some(dy + at + j, count) - total;
      put_some(weighted(load_some(y + at + j, count), change), accumulate, dx + at + j, count);
    });
  };
  const auto stripe = [=](const Stripe<Real>& line, Index at) {
    Lanes<Real> asked = zero;
    const auto total = pairwise_stripe<Real>(0, line.n, [&](Index j) {
      const Lanes<Real> g = line.load(dy + at, j);
      asked += abs(g);
      return weighted(line.load(y + at, j), g);
    });
    for (Index j = 0; j < line.n; ++j) {
      const Lanes<Real> change = line.load(dy + at, j) - total;
      line.put(select(asked == zero, zero, weighted(line.load(y + at, j), change)), accumulate,
               dx + at, j);
    }
  };
  each_line<Real>(v, row, stripe);
}

template <class Real>
void log_softmax_backward(const AxisView& v, const Real* y, const Real* dy, bool accumulate,
                          Real* dx) {
  const Lanes<Real> zero(Real{0});
  const auto row = [=, n = v.count](Index at) {
    const Real sum =
        sum_row<Real>(n, [=](Index j, int count) { return load_some(dy + at + j, count); });
    if (nothing_asked(sum, n, dy + at, accumulate, dx + at)) return;
    const Lanes<Real> total(sum);
    each_register<Real>(n, [=](Index j, int count) {
      const Lanes<Real> p = soft_exp(load_some(y + at + j, count));
      put_some(load_some(dy + at + j, count) - p * total, accumulate, dx + at + j, count);
    });
  };
  const auto stripe = [=](const Stripe<Real>& line, Index at) {
    Lanes<Real> asked = zero;
    const auto total = pairwise_stripe<Real>(0, line.n, [&](Index j) {
      const Lanes<Real> g = line.load(dy + at, j);
      asked += abs(g);
      return g;
    });
    for (Index j = 0; j < line.n; ++j) {
      const Lanes<Real> change = line.load(dy + at, j) - soft_exp(line.load(y + at, j)) * total;
      line.put(select(asked == zero, zero, change), accumulate, dx + at, j);
    }
  };
  each_line<Real>(v, row, stripe);
}

template <class Real>
void cross_entropy(Index rows, Index classes, const Real* x, const Index* labels, Real* loss,
                   Real* logsumexp) {
  each_row({rows, classes, 1}, [=](Index i) {
    const Real* row = x + i * classes;
    const Real m = row_peak(classes, row);
    const Real log_total = std::log(sum_exp(classes, row, m));
    logsumexp[i] = m + log_total;
    // Not logsumexp − x: a sure row (log_total ≪ m) would lose its loss to rounding.
    loss[i] = log_total + (m - row[labels[i]]);
  });
}

template <class Real>
void cross_entropy_backward(Index rows, Index classes, const Real* x, const Index* labels,
                            const Real* logsumexp, const Real* dloss, Index step, bool accumulate,
                            Real* dx) {
  each_row({rows, classes, 1}, [=](Index i) {
    const Lanes<Real> shift(logsumexp[i]);
    const Real scale = dloss[i * step];
    const Real* row = x + i * classes;
    Real* drow = dx + i * classes;
    if (scale == 0) {  // the example does not count, whatever its logits are
      if (!accumulate) std::fill_n(drow, classes, Real{0});
      return;
    }
    each_register<Real>(classes, [=](Index j, int count) {
      const Lanes<Real> p = soft_exp(load_some(row + j, count) - shift);
      put_some(p * Lanes<Real>(scale), accumulate, drow + j, count);
    });
    drow[labels[i]] -= scale;
  });
}

#define THALWEG_INSTANTIATE(Real)                                                             \
  template void softmax(const AxisView&, const Real*, Real*);                                 \
  template void log_softmax(const AxisView&, const Real*, Real*);                             \
  template void softmax_backward(const AxisView&, const Real*, const Real*, bool, Real*);     \
  template void log_softmax_backward(const AxisView&, const Real*, const Real*, bool, Real*); \
  template void cross_entropy(Index, Index, const Real*, const Index*, Real*, Real*);         \
  template void cross_entropy_backward(Index, Index, const Real*, const Index*, const Real*,  \
                                       const Real*, Index, bool, Real*);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::kernels
