#include "thalweg/autodiff/kernels/long_sums.hpp"
#include "thalweg/autodiff/kernels/product.hpp"
#include "thalweg/autodiff/kernels/recurrent_steps.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

namespace thalweg::kernels {
namespace {

/// Registers side by side in a panel, and rows of it that are used together: 32 KiB.
constexpr int registers = 4;
constexpr Index depth = 128;

/// Panel q holds columns 4 q · width … of U, for each of its rows.
template <class Real>
Panels<Real> pack_columns(const Sequences& s, const Real* u) {
  constexpr Index columns = registers * Lanes<Real>::width;
  const Index h = s.hidden, k = s.gates() * h, count = (h + columns - 1) / columns;
  Panels<Real> panels(count, k, registers);
  parallel_for(k, grain_of(h), [&](Index begin, Index end, Index) {
    for (Index p = begin; p < end; ++p)
      for (Index q = 0; q < count; ++q)
        std::copy_n(u + p * h + q * columns, std::min(columns, h - q * columns),
                    panels[q] + p * columns);
  });
  return panels;
}

/// The steps back of some of the sequences, from the last to the first. At a step
///
///     h̄ = (that of y) + state_h,     p̄ = what the cell makes of h̄ and c̄ = state_c,
///     state_h ← h̄ ∂h/∂h′ past U + p̄ U,     state_c ← c̄′,     bias += p̄ by block.
template <class C, class Real>
class BackwardSteps : Steps<C, Real> {
 public:
  BackwardSteps(const Sequences& s, const Recurrence<Real>& r, const RecurrenceAdjoint<Real>& to,
                const Panels<Real>& u, Index begin, Index end, LongSums<Real>& bias)
      : Steps<C, Real>(s, r, u, begin, end), to_(to), bias_(bias) {}

  void run() const {
    for (Index step = order_.steps() - 1; step >= 0; --step) {
      const Index active = order_.active(step);
      for (Index k = 0; k < active; ++k) gates_back(order_[k], step);
      bias_.took(active);
      if (is_short(s_))
        multiply(step, active);
      else
        multiply_packed(step, active);
    }
  }

 private:
  using Base = Steps<C, Real>;
  using Base::s_, Base::r_, Base::u_, Base::order_, Base::zeros_, Base::width;
  using Base::unit, Base::old_h, Base::old_c;
  static constexpr int gates = C::gates;
  static constexpr bool is_gru = C::is_gru, is_lstm = C::is_lstm;

  Real* p_at(Index row) const { return to_.p + row * gates * s_.hidden; }

  /// p̄ of one step of one sequence; state_h is left at what does not pass through U.
  void gates_back(Index b, Index step) const {
    const Index row = s_.at(b, step), h = s_.hidden;
    const Real *const h_before = old_h(b, step), *const c_before = old_c(b, step);
    const Real* const gate_row = gates == 1 ? r_.h + row * s_.row : r_.gates + row * gates * h;
    const Real* const more = gates == 1 ? zeros_.data() : r_.more + unit(row);
    Real *const dh = to_.state_h + unit(b), *const dc = is_lstm ? to_.state_c + unit(b) : nullptr;
    each_register<Real>(h, [&](Index j, int count) {
      Lanes<Real> gate[gates];
      const Lanes<Real> zero(Real{0});
      for (int g = 0; g < gates; ++g) gate[g] = load_some(gate_row + g * h + j, count);
      const Lanes<Real> of_h =
          load_some(to_.h + row * s_.row + j, count) + load_some(dh + j, count);
      const Lanes<Real> of_c = is_lstm ? load_some(dc + j, count) : zero;
      auto back = C::template backward<Real>(gate, load_some(more + j, count),
                                             load_some(h_before + j, count),
                                             load_some(c_before + j, count), of_h, of_c);
      // Where nothing is asked about a unit it adds nothing, whatever it holds.
      const auto idle = (of_h == zero) & (of_c == zero);
      for (Lanes<Real>& p : back.p) p = select(idle, zero, p);
      back.direct = select(idle, zero, back.direct);
      back.c = select(idle, zero, back.c);
      for (int g = 0; g < gates; ++g) store_some(back.p[g], p_at(row) + g * h + j, count);
      if (is_gru) store_some(back.p[C::blocks - 1], to_.n + unit(row) + j, count);
      for (int g = 0; g < C::blocks; ++g)
        put_some(back.p[g], true, bias_.terms() + g * h + j, count);
      store_some(back.direct, dh + j, count);
      if (is_lstm) store_some(back.c, dc + j, count);
    });
  }

  /// h̄′ += p̄ U, sequence by sequence.
  void multiply(Index step, Index active) const {
    const Index h = s_.hidden;
    for (Index k = 0; k < active; ++k)
      blas_product(Product<Real>{Use::plain, Use::plain, 1, h, gates * h,
                                 p_at(s_.at(order_[k], step)), gates * h, r_.u, h, true,
                                 to_.state_h + unit(order_[k]), h});
  }
  void multiply_packed(Index step, Index active) const {
    const Index k = gates * s_.hidden;
    for (Index column = 0; column < s_.hidden; column += registers * width)
      for (Index p = 0; p < k; p += depth)
        each_tile(active, [&]<int rows>(std::integral_constant<int, rows>, Index first) {
          tile<rows>(step, first, column, p, std::min(depth, k - p));
        });
  }

  template <int rows>
  void tile(Index step, Index first, Index column, Index p, Index k) const {
    constexpr Index columns = registers * width;
    const Real* a[rows];
    Lanes<Real> sum[rows][registers];
    const auto each = [&](auto&& f) {
      for (int r = 0; r < rows; ++r)
        for (int g = 0; g < registers; ++g) {
          const Index j = column + g * width;
          const Index count = std::min(width, s_.hidden - j);
          if (count > 0)
            f(sum[r][g], to_.state_h + unit(order_[first + r]) + j, static_cast<int>(count));
        }
    };
    for (int r = 0; r < rows; ++r) {
      a[r] = p_at(s_.at(order_[first + r], step)) + p;
      for (int g = 0; g < registers; ++g) sum[r][g] = Lanes<Real>(Real{0});
    }
    multiply_add_panel<rows, registers>(k, a, u_[column / columns] + p * columns, sum);
    each([](Lanes<Real>& x, Real* dh, int count) { put_some(x, true, dh, count); });
  }

  const RecurrenceAdjoint<Real>& to_;
  LongSums<Real>& bias_;
};

/// Padding has no part in any gradient.
template <class Real>
void clear_padding(const Sequences& s, const RecurrenceAdjoint<Real>& to, Index b) {
  const Index row = b * s.time + s.length(b), count = s.time - s.length(b), h = s.hidden;
  std::fill_n(to.p + row * s.gates() * h, count * s.gates() * h, Real{0});
  if (s.cell == Cell::gru) std::fill_n(to.n + row * h, count * h, Real{0});
}

}  // namespace

template <class Real>
void recurrence_backward(const Sequences& s, const Recurrence<Real>& r,
                         const RecurrenceAdjoint<Real>& to) {
  const Panels<Real> u = is_short(s) ? Panels<Real>(0, 0, 0) : pack_columns(s, r.u);
  const Index sums = biases_of(s.cell) * s.hidden;
  std::vector<LongSums<Real>> bias(threads(), LongSums<Real>(sums));
  each_part(s, [&]<class C>(C, Index begin, Index end, Index part) {
    BackwardSteps<C, Real>(s, r, to, u, begin, end, bias[part]).run();
    for (Index b = begin; b < end; ++b) clear_padding(s, to, b);
  });
  std::fill_n(to.bias, sums, Real{0});
  for (LongSums<Real>& part : bias) part.move_to(to.bias);
}

#define THALWEG_INSTANTIATE(Real)                                              \
  template void recurrence_backward(const Sequences&, const Recurrence<Real>&, \
                                    const RecurrenceAdjoint<Real>&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::kernels
