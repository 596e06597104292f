#pragma once
/// The order in which sequences are taken, for the .cpp files of this folder.

#include <algorithm>
#include <numeric>
#include <vector>

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/kernels/recurrent.hpp"
#include "thalweg/autodiff/kernels/recurrent_cells.hpp"

namespace thalweg::kernels {

/// Some of the sequences, the longest first, so that those with a step s are the first few.
class Longest {
 public:
  Longest(const Sequences& s, Index begin, Index end) : s_(s) {
    order_.resize(static_cast<std::size_t>(end - begin));
    std::iota(order_.begin(), order_.end(), begin);
    if (s.lengths)
      std::stable_sort(order_.begin(), order_.end(),
                       [&](Index a, Index b) { return s.lengths[a] > s.lengths[b]; });
  }
  Index operator[](Index k) const { return order_[static_cast<std::size_t>(k)]; }
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

/// f(cell) with an object of the type that computes it.
template <class F>
void with_cell(Cell cell, F&& f) {
  switch (cell) {
    case Cell::rnn_tanh:
      return f(RnnCell<false>{});
    case Cell::rnn_relu:
      return f(RnnCell<true>{});
    case Cell::lstm:
      return f(LstmCell{});
    case Cell::gru:
      return f(GruCell{});
  }
}

/// So few steps that packing U costs more than it saves: reading U once for each step is as good.
inline bool is_short(const Sequences& s) { return s.batch * s.time < 4; }

/// Sequences that give a thread work for some fifty microseconds.
inline Index grain_of(const Sequences& s) {
  const Index work = s.time * s.gates() * s.hidden * s.hidden;
  return std::max<Index>(1, (Index{1} << 20) / std::max<Index>(1, work));
}

}  // namespace thalweg::kernels
