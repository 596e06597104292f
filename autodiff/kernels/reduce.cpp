#include "thalweg/autodiff/kernels/reduce.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "thalweg/autodiff/kernels/lines.hpp"

namespace thalweg::kernels {
namespace {

/// Elements summed in one run before their total moves up one level.
constexpr Index block = 1024;

/// Σ f(j, count) over begin … end, by halves down to blocks: the error grows with the logarithm of
/// the count. Source: N. Higham, "The accuracy of floating point summation", 1993.
template <class Real, class F>
Real pairwise_sum(Index begin, Index end, const F& f) {
  if (end - begin <= block)
    return sum_registers<Real>(end - begin,
                               [&](Index j, int count) { return f(begin + j, count); });
  const Index half = begin + (end - begin) / (2 * block) * block;
  const Index middle = half > begin ? half : begin + block;
  return pairwise_sum<Real>(begin, middle, f) + pairwise_sum<Real>(middle, end, f);
}

/// Σ_j f(j) over registers that lie side by side, by halves.
template <class Real, class F>
Lanes<Real> pairwise_stripe(Index begin, Index end, const F& f) {
  if (end - begin <= 64) {
    Lanes<Real> total(Real{0});
    for (Index j = begin; j < end; ++j) total += f(j);
    return total;
  }
  const Index middle = begin + (end - begin) / 2;
  return pairwise_stripe<Real>(begin, middle, f) + pairwise_stripe<Real>(middle, end, f);
}

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
void moments(const AxisView& v, const Real* x, Real* mean, Real* squares) {
  sum(v, x, false, mean);
  for (Index i = 0; i < v.lines(); ++i) mean[i] /= static_cast<Real>(v.count);
  if (v.after == 1)
    return each_row(v, [=, n = v.count](Index b) {
      const Lanes<Real> middle(mean[b]);
      squares[b] = pairwise_sum<Real>(0, n, [=](Index j, int count) {
        const Lanes<Real> d = load_some(x + b * n + j, count) - middle;
        return d * d;
      });
    });
  each_stripe<Real>(v, [&](Index b, Index a, int count) {
    const Real* line = x + b * v.count * v.after + a;
    const Lanes<Real> middle = load_some(mean + b * v.after + a, count);
    const Lanes<Real> total = pairwise_stripe<Real>(0, v.count, [&](Index j) {
      const Lanes<Real> d = load_some(line + j * v.after, count) - middle;
      return d * d;
    });
    store_some(total, squares + b * v.after + a, count);
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

template <class Real>
void cumsum(const AxisView& v, const Real* x, Direction direction, bool accumulate, Real* y) {
  const bool forward = direction == Direction::forward;
  each_line(v, [=, n = v.count](Index at, Index step, Index) {
    Real running = 0;
    for (Index i = 0; i < n; ++i) {
      const Index j = at + (forward ? i : n - 1 - i) * step;
      running += x[j];
      y[j] = accumulate ? y[j] + running : running;
    }
  });
}

template void max(const AxisView&, const float*, float*, Index*);
template void max(const AxisView&, const double*, double*, Index*);
template void min(const AxisView&, const float*, float*, Index*);
template void min(const AxisView&, const double*, double*, Index*);
template void sum(const AxisView&, const float*, bool, float*);
template void sum(const AxisView&, const double*, bool, double*);
template void moments(const AxisView&, const float*, float*, float*);
template void moments(const AxisView&, const double*, double*, double*);
template void prod(const AxisView&, const float*, float*);
template void prod(const AxisView&, const double*, double*);
template void prod_backward(const AxisView&, const float*, const float*, bool, float*);
template void prod_backward(const AxisView&, const double*, const double*, bool, double*);
template void logsumexp(const AxisView&, const float*, float*);
template void logsumexp(const AxisView&, const double*, double*);
template void cumsum(const AxisView&, const float*, Direction, bool, float*);
template void cumsum(const AxisView&, const double*, Direction, bool, double*);

}  // namespace thalweg::kernels
