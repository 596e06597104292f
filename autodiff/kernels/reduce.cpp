#include "thalweg/autodiff/kernels/reduce.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "thalweg/autodiff/kernels/lines.hpp"
#include "thalweg/autodiff/kernels/long_sums.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

namespace thalweg::kernels {
namespace {

/// Calls line(first element, step between elements, position in the result) for every line.
template <class F>
void each_line(const AxisView& v, F&& line) {
  parallel_for(v.lines(), grain_of(v.count), [&](Index begin, Index end, Index) {
    for (Index at = begin; at < end; ++at)
      line(at / v.after * v.count * v.after + at % v.after, v.after, at);
  });
}

struct Larger {
  template <class T>
  bool operator()(T x, T best) const {
    return x > best;
  }
  template <class Real>
  static Real of_row(Index n, const Real* x) {
    return row_max(n, x);
  }
};

struct Smaller {
  template <class T>
  bool operator()(T x, T best) const {
    return x < best;
  }
  template <class Real>
  static Real of_row(Index n, const Real* x) {
    Lanes<Real> best(x[0]);
    each_register<Real>(n,
                        [&](Index j, int count) { best = smaller(best, load_some(x + j, count)); });
    Real value = best[0];
    for (int lane = 1; lane < Lanes<Real>::width; ++lane)
      if (best[lane] < value || best[lane] != best[lane]) value = best[lane];
    return value;
  }
};

/// The first place of `value` in a row; of the first NaN if it is NaN.
template <class Real>
Index place(const Real* x, Real value) {
  Index j = 0;
  if (value != value)
    while (x[j] == x[j]) ++j;
  else
    while (x[j] != value) ++j;
  return j;
}

/// Lines that are not contiguous are walked through one by one, up to the first NaN.
template <class Better, class Real>
void extreme(const AxisView& v, const Real* x, Real* value, Index* first) {
  if (v.after == 1)
    return each_row(v, [=, n = v.count](Index b) {
      const Real best = Better::of_row(n, x + b * n);
      if (value) value[b] = best;
      if (first) first[b] = place(x + b * n, best);
    });
  each_line(v, [=, n = v.count](Index at, Index step, Index to) {
    const Better better;
    Index best = 0;
    Real found = x[at];
    for (Index j = 1; j < n && found == found; ++j) {
      const Real candidate = x[at + j * step];
      if (!better(candidate, found) && candidate == candidate) continue;
      best = j;
      found = candidate;
    }
    if (value) value[to] = found;
    if (first) first[to] = best;
  });
}

}  // namespace

template <class Real>
void max(const AxisView& v, const Real* x, Real* value, Index* first) {
  if (v.size() > 0) extreme<Larger>(v, x, value, first);
}

template <class Real>
void min(const AxisView& v, const Real* x, Real* value, Index* first) {
  if (v.size() > 0) extreme<Smaller>(v, x, value, first);
}

template <class Real>
void sum(const AxisView& v, const Real* x, bool accumulate, Real* y) {
  if (v.after == 1)
    return each_row(v, [=, n = v.count](Index b) {
      const Real* row = x + b * n;
      const Real total =
          pairwise_sum<Real>(0, n, [=](Index j, int count) { return load_some(row + j, count); });
      y[b] = accumulate ? y[b] + total : total;
    });
  each_stripe<Real>(v, [&](Index b, Index a, int count) {
    const Real* line = x + b * v.count * v.after + a;
    const Lanes<Real> total = pairwise_stripe<Real>(
        0, v.count, [&](Index j) { return load_some(line + j * v.after, count); });
    put_some(total, accumulate, y + b * v.after + a, count);
  });
}

template <class Real>
double total(Index n, const Real* x) {
  double all = 0;
  for (Index at = 0; at < n; at += summed_block) {
    double part = 0;
    for (Index j = at; j < std::min(n, at + summed_block); ++j) part += double(x[j]);
    all += part;
  }
  return all;
}

// Of one line: with m = max |x|, y = m √Σ (x/m)². ±∞ wins over any number, NaN over ±∞.
template <class Real>
void norm(const AxisView& v, const Real* x, Real* y) {
  each_line(v, [=, n = v.count](Index at, Index step, Index to) {
    double largest = 0, sum = 0;
    for (Index j = 0; j < n; ++j) {
      const double size = std::abs(double(x[at + j * step]));
      if (!(size <= largest)) largest = size;
      if (size != size) break;
    }
    if (largest > 0 && largest <= std::numeric_limits<double>::max())
      for (Index j = 0; j < n; ++j) {
        const double part = double(x[at + j * step]) / largest;
        sum += part * part;
      }
    y[to] = static_cast<Real>(sum > 0 ? largest * std::sqrt(sum) : largest);
  });
}

template <class Real>
void prod(const AxisView& v, const Real* x, Real* y) {
  each_line(v, [=, n = v.count](Index at, Index step, Index to) {
    Real product = 1;
    for (Index j = 0; j < n; ++j) product *= x[at + j * step];
    y[to] = product;
  });
}

template <class Real>
void prod_backward(const AxisView& v, const Real* x, const Real* dy, bool accumulate, Real* dx) {
  parallel_for(v.lines(), grain_of(v.count), [&](Index begin, Index end, Index) {
    std::vector<Real> before(v.count);  // before[j] = x_0 ⋯ x_{j−1}
    for (Index line = begin; line < end; ++line) {
      const Index at = line / v.after * v.count * v.after + line % v.after;
      if (dy[line] == 0) {  // nothing is asked about this line, whatever it holds
        for (Index j = 0; j < v.count && !accumulate; ++j) dx[at + j * v.after] = 0;
        continue;
      }
      Real product = 1;
      for (Index j = 0; j < v.count; ++j) {
        before[j] = product;
        product *= x[at + j * v.after];
      }
      Real behind = dy[line];  // ȳ x_{n−1} ⋯ x_{j+1}
      for (Index j = v.count - 1; j >= 0; --j) {
        const Real slope = before[j] * behind;
        Real& target = dx[at + j * v.after];
        target = accumulate ? target + slope : slope;
        behind *= x[at + j * v.after];
      }
    }
  });
}

template <class Real>
void logsumexp(const AxisView& v, const Real* x, Real* y) {
  if (v.count == 0) {
    std::fill_n(y, v.lines(), -std::numeric_limits<Real>::infinity());
    return;
  }
  if (v.after == 1)
    return each_row(v, [=, n = v.count](Index b) {
      const Real m = row_max(n, x + b * n);
      if (!std::isfinite(m)) {  // ∞ − ∞ below; the maximum is the answer
        y[b] = m;
        return;
      }
      y[b] = m + std::log(pairwise_sum<Real>(0, n, [=](Index j, int count) {
               return exp(load_some(x + b * n + j, count) - Lanes<Real>(m));
             }));
    });
  each_stripe<Real>(v, [&](Index b, Index a, int count) {
    const Real* line = x + b * v.count * v.after + a;
    Lanes<Real> m = load_some(line, count);
    for (Index j = 1; j < v.count; ++j) m = larger(m, load_some(line + j * v.after, count));
    const Lanes<Real> total = pairwise_stripe<Real>(
        0, v.count, [&](Index j) { return exp(load_some(line + j * v.after, count) - m); });
    const Lanes<Real> infinity(std::numeric_limits<Real>::infinity());
    store_some(select(abs(m) == infinity, m, m + log(total)), y + b * v.after + a, count);
  });
}

// A few terms are added up from 0, and their sum to a long sum.
template <class Real>
void cumsum(const AxisView& v, const Real* x, Direction direction, bool accumulate, Real* y) {
  const bool forward = direction == Direction::forward;
  each_line(v, [=, n = v.count](Index at, Index step, Index) {
    Real s = 0, e = 0;
    for (Index first = 0; first < n; first += plain_terms) {
      const Real before = sum_of(s, e);
      Real running = 0;
      for (Index i = first; i < std::min(n, first + plain_terms); ++i) {
        const Index j = at + (forward ? i : n - 1 - i) * step;
        running += x[j];
        y[j] = accumulate ? y[j] + (before + running) : before + running;
      }
      add_term(s, e, running);
    }
  });
}

#define THALWEG_INSTANTIATE(Real)                                                      \
  template void max(const AxisView&, const Real*, Real*, Index*);                      \
  template void min(const AxisView&, const Real*, Real*, Index*);                      \
  template void sum(const AxisView&, const Real*, bool, Real*);                        \
  template double total(Index, const Real*);                                           \
  template void norm(const AxisView&, const Real*, Real*);                             \
  template void prod(const AxisView&, const Real*, Real*);                             \
  template void prod_backward(const AxisView&, const Real*, const Real*, bool, Real*); \
  template void logsumexp(const AxisView&, const Real*, Real*);                        \
  template void cumsum(const AxisView&, const Real*, Direction, bool, Real*);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::kernels
