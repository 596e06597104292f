#pragma once
/// The sizes of a recurrent layer, checked; for recurrent.cpp.

#include "thalweg/autodiff/kernels/recurrent.hpp"
#include "thalweg/autodiff/ops/recurrent.hpp"

namespace thalweg::detail {

struct RecurrentSizes {
  kernels::Cell cell;
  Index batch, time, in, hidden, directions;

  Index gates() const { return kernels::gates_of(cell); }
  Index rows() const { return batch * time; }
  Index output() const { return rows() * directions * hidden; }
  Index state() const { return directions * batch * hidden; }
  /// How many tensors a state is.
  Index states() const { return cell == kernels::Cell::lstm ? 2 : 1; }
};

/// Throws ShapeError or ValueError, which begin with `name`.
template <class Real>
RecurrentSizes recurrent_sizes(const char* name, kernels::Cell cell, const Tensor<Real>& x,
                               const op::Directions<Real>& directions, const LstmState<Real>& start,
                               const IndexTensor& lengths);

}  // namespace thalweg::detail
