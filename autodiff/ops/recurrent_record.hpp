#pragma once
/// What the record of a recurrent layer holds; for recurrent.cpp and recurrent_backward.cpp.

#include "thalweg/autodiff/kernels/recurrent.hpp"
#include "thalweg/autodiff/ops/recurrent_check.hpp"
#include "thalweg/autodiff/tape/record.hpp"

namespace thalweg::detail {

/// Adds or stores n numbers.
template <class Real>
void put(const Target<Real>& to, Index at, const Real* from, Index n) {
  for (Index k = 0; k < n; ++k)
    to.data[at + k] = to.accumulate ? to.data[at + k] + from[k] : from[k];
}

/// What a direction keeps for the way back, beside its weights.
template <class Real>
struct KeptDirection {
  Saved<Real> ih, hh, gates, more;
};

/// All that a layer's record needs. `all` holds y, last h and last c, one after the other.
template <class Real>
struct RecurrentRecord {
  RecurrentSizes sizes;
  Saved<Real> x, h0, c0, all;
  IndexTensor lengths;
  std::vector<KeptDirection<Real>> directions;

  const KeptDirection<Real>& kept(Index direction) const { return directions[direction]; }
  /// Where the numbers of a direction begin in a state, from sequence `first` on.
  Index in_state(Index direction, Index first) const {
    return (direction * sizes.batch + first) * sizes.hidden;
  }
  /// And in y.
  Index in_output(Index direction, Index first) const {
    return (first * sizes.time * sizes.directions + direction) * sizes.hidden;
  }
  /// `count` sequences from `first` on.
  kernels::Sequences sequences(Index direction, Index first, Index count) const {
    return {.batch = count,
            .time = sizes.time,
            .hidden = sizes.hidden,
            .cell = sizes.cell,
            .lengths = lengths.size() > 0 ? lengths.data() + first : nullptr,
            .reverse = direction == 1,
            .row = sizes.directions * sizes.hidden};
  }
  /// Their numbers; without the sum of biases.
  kernels::Recurrence<Real> recurrence(Index direction, Index first) const;
};

#define THALWEG_DECLARE(Real) extern template struct RecurrentRecord<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

/// From the adjoint of `all` to those of the operands: x, h0, c0, then weights and biases of each
/// direction.
template <class Real>
void pull_recurrent(const RecurrentRecord<Real>& record, Backward<Real>& back);

}  // namespace thalweg::detail
