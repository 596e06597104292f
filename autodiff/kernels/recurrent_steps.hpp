#pragma once
/// What the passes forward and backward over a recurrence share: the order in which sequences are
/// taken, where a step finds the state before it, and the threads. For the .cpp files of this
/// folder.

#include <algorithm>
#include <numeric>
#include <vector>

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/kernels/panels.hpp"
#include "thalweg/autodiff/kernels/recurrent.hpp"
#include "thalweg/autodiff/kernels/recurrent_cells.hpp"

namespace thalweg::kernels {

/// Some of the sequences, the longest first, so that those with a step s are the first few.
class Longest {
 public:
  Longest(const Sequences& s, Index begin, Index end) : s_(s) {
    order_.resize(end - begin);
    std::iota(order_.begin(), order_.end(), begin);
    if (s.lengths)
      std::stable_sort(order_.begin(), order_.end(),
                       [&](Index a, Index b) { return s.lengths[a] > s.lengths[b]; });
  }
  Index operator[](Index k) const { return order_[k]; }
  Index steps() const { return order_.empty() ? 0 : s_.length(order_[0]); }
  /// How many sequences have a step `step`.
  Index active(Index step) const {
    auto count = static_cast<Index>(order_.size());
    while (count > 0 && s_.length((*this)[count - 1]) <= step) --count;
    return count;
  }

 private:
  const Sequences& s_;
  std::vector<Index> order_;
};

/// So few steps that packing U costs more than it saves: reading U once for each step is as good.
inline bool is_short(const Sequences& s) { return s.batch * s.time < 4; }

/// The steps of the sequences begin … end − 1 on one thread, for either pass; U is packed in panels
/// unless they are short.
template <class C, class Real>
class Steps {
 public:
  Steps(const Sequences& s, const Recurrence<Real>& r, const Panels<Real>& u, Index begin,
        Index end)
      : s_(s), r_(r), u_(u), order_(s, begin, end), zeros_(s.hidden) {}

 protected:
  static constexpr Index width = Lanes<Real>::width;

  Index unit(Index row) const { return row * s_.hidden; }
  /// h′ and c′ of step `step` of sequence b; cells without c read zeros.
  const Real* old_h(Index b, Index step) const {
    if (step > 0) return r_.h + s_.at(b, step - 1) * s_.row;
    return r_.h0 ? r_.h0 + unit(b) : zeros_.data();
  }
  const Real* old_c(Index b, Index step) const {
    if (!C::is_lstm) return zeros_.data();
    if (step > 0) return r_.more + unit(s_.at(b, step - 1));
    return r_.c0 ? r_.c0 + unit(b) : zeros_.data();
  }

  const Sequences& s_;
  const Recurrence<Real>& r_;
  const Panels<Real>& u_;
  const Longest order_;
  const std::vector<Real> zeros_;
};

/// f(cell, begin, end, part) with an object of the type that computes the cell, for parts of the
/// sequences that give a thread work for some fifty microseconds.
template <class F>
void each_part(const Sequences& s, F&& f) {
  const Index work = s.time * s.gates() * s.hidden * s.hidden;
  const Index grain = std::max<Index>(1, (Index{1} << 20) / std::max<Index>(1, work));
  const auto run = [&]<class C>(C cell) {
    parallel_for(s.batch, grain,
                 [&](Index begin, Index end, Index part) { f(cell, begin, end, part); });
  };
  switch (s.cell) {
    case Cell::rnn_tanh:
      return run(RnnCell<Cell::rnn_tanh>{});
    case Cell::rnn_relu:
      return run(RnnCell<Cell::rnn_relu>{});
    case Cell::lstm:
      return run(LstmCell{});
    case Cell::gru:
      return run(GruCell{});
  }
}

}  // namespace thalweg::kernels
