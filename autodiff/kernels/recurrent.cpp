#include "thalweg/autodiff/kernels/recurrent.hpp"

#include "thalweg/autodiff/kernels/product.hpp"
#include "thalweg/autodiff/kernels/recurrent_steps.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

namespace thalweg::kernels {
namespace {

/// Panel j holds U for `width` units: for each number of h′ a register of each gate's weights.
template <class Real>
Panels<Real> pack_gates(const Sequences& s, const Real* u) {
  constexpr Index width = Lanes<Real>::width;
  const Index h = s.hidden, count = (h + width - 1) / width;
  const int gates = static_cast<int>(s.gates());
  Panels<Real> panels(count, h, gates);
  parallel_for(count, grain_of(h * gates * width), [&](Index begin, Index end, Index) {
    for (Index j = begin; j < end; ++j)
      for (Index g = 0; g < gates; ++g)
        for (Index lane = 0; lane < std::min(width, h - j * width); ++lane) {
          const Real* row = u + (g * h + j * width + lane) * h;
          Real* to = panels[j] + g * width + lane;
          for (Index p = 0; p < h; ++p) to[p * gates * width] = row[p];
        }
  });
  return panels;
}

/// The steps forward of some of the sequences: p = (W x) + U h′ + bias, but for gru's n, of which
/// U h′ and W x stay apart; from it the gates and h.
template <class C, class Real>
class Forward : Steps<C, Real> {
 public:
  using Steps<C, Real>::Steps;

  void run() const {
    for (Index step = 0; step < order_.steps(); ++step) {
      const Index active = order_.active(step);
      if (is_short(s_)) multiply(step, active);
      for (Index j = 0; j < s_.hidden; j += width)
        each_tile(active, [&]<int rows>(std::integral_constant<int, rows>, Index first) {
          tile<rows>(step, first, j);
        });
    }
  }

 private:
  using Base = Steps<C, Real>;
  using Base::s_, Base::r_, Base::u_, Base::order_, Base::width;
  using Base::unit, Base::old_h, Base::old_c;
  static constexpr int gates = C::gates;
  static constexpr bool is_gru = C::is_gru;

  Real* gates_at(Index row) const { return r_.gates + row * gates * s_.hidden; }

  /// Adds U h′ to W x, or puts what gru keeps apart into `more`: sequence by sequence.
  void multiply(Index step, Index active) const {
    const Index h = s_.hidden, together = is_gru ? 2 * h : gates * h;
    for (Index k = 0; k < active; ++k) {
      const Index b = order_[k], row = s_.at(b, step);
      const Real* const a = old_h(b, step);
      const auto product = [&](Index n, const Real* u, bool accumulate, Real* to) {
        blas_product(
            Product<Real>{Use::plain, Use::transposed, 1, n, h, a, h, u, h, accumulate, to, n});
      };
      product(together, r_.u, true, gates_at(row));
      if (is_gru) product(h, r_.u + together * h, false, r_.more + unit(row));
    }
  }

  /// What the sum for block g of units j … starts from.
  Lanes<Real> start(Index row, Index g, Index j, int count) const {
    const Lanes<Real> bias = load_some(r_.bias + g * s_.hidden + j, count);
    if (!is_gru || g < 2) return bias + load_some(gates_at(row) + g * s_.hidden + j, count);
    return is_short(s_) ? bias + load_some(r_.more + unit(row) + j, count) : bias;
  }

  /// Units j … of some sequences: the product, and the gates while its sums are in registers.
  template <int rows>
  void tile(Index step, Index first, Index j) const {
    const int count = static_cast<int>(std::min(width, s_.hidden - j));
    const Real* h[rows];
    Index row[rows];
    Lanes<Real> sum[rows][gates];
    for (int r = 0; r < rows; ++r) {
      h[r] = old_h(order_[first + r], step);
      row[r] = s_.at(order_[first + r], step);
      for (int g = 0; g < gates; ++g) sum[r][g] = start(row[r], g, j, count);
    }
    if (!is_short(s_)) multiply_add_panel<rows, gates>(s_.hidden, h, u_[j / width], sum);
    for (int r = 0; r < rows; ++r)
      finish(sum[r], row[r], h[r] + j, old_c(order_[first + r], step) + j, j, count);
  }

  void finish(Lanes<Real>* p, Index row, const Real* h, const Real* c, Index j, int count) const {
    Real* const to = gates_at(row) + j;
    Lanes<Real> x(Real{0});
    if (is_gru)
      x = load_some(to + 2 * s_.hidden, count) + load_some(r_.bias + 3 * s_.hidden + j, count);
    const Step<Real> step = C::forward(p, x, load_some(h, count), load_some(c, count));
    store_some(step.h, r_.h + row * s_.row + j, count);
    if (gates == 1) return;  // h is all there is
    for (int g = 0; g < gates; ++g) store_some(p[g], to + g * s_.hidden, count);
    store_some(step.more, r_.more + unit(row) + j, count);
  }
};

/// The state after the last step of sequence b, and zeros in its padding.
template <class Real>
void end_sequence(const Sequences& s, const Recurrence<Real>& r, Index b) {
  const Index last = s.at(b, s.length(b) - 1), h = s.hidden;
  std::copy_n(r.h + last * s.row, h, r.last_h + b * h);
  if (s.cell == Cell::lstm) std::copy_n(r.more + last * h, h, r.last_c + b * h);
  for (Index t = s.length(b); t < s.time; ++t)
    std::fill_n(r.h + (b * s.time + t) * s.row, h, Real{0});
}

}  // namespace

template <class Real>
void recurrence(const Sequences& s, const Recurrence<Real>& r) {
  const Panels<Real> u = is_short(s) ? Panels<Real>(0, 0, 0) : pack_gates(s, r.u);
  each_part(s, [&]<class C>(C, Index begin, Index end, Index) {
    Forward<C, Real>(s, r, u, begin, end).run();
    for (Index b = begin; b < end; ++b) end_sequence(s, r, b);
  });
}

template <class Real>
void previous_states(const Sequences& s, const Real* h, const Real* h0, Real* previous) {
  const Index n = s.hidden;
  parallel_for(s.batch, grain_of(s.time * n), [&](Index begin, Index end, Index) {
    for (Index b = begin; b < end; ++b) {
      for (Index step = 0; step < s.length(b); ++step) {
        Real* const row = previous + s.at(b, step) * n;
        if (step > 0)
          std::copy_n(h + s.at(b, step - 1) * s.row, n, row);
        else if (h0)
          std::copy_n(h0 + b * n, n, row);
        else
          std::fill_n(row, n, Real{0});
      }
      std::fill_n(previous + (b * s.time + s.length(b)) * n, (s.time - s.length(b)) * n, Real{0});
    }
  });
}

#define THALWEG_INSTANTIATE(Real)                                      \
  template void recurrence(const Sequences&, const Recurrence<Real>&); \
  template void previous_states(const Sequences&, const Real*, const Real*, Real*);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::kernels
