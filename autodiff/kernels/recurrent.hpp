#pragma once
/// Recurrences over whole sequences: one direction of one layer.
///
///     rnn    h = f(p),  p = W x + U h′ + b                               f = tanh or relu
///     lstm   i, f, o = σ(p),  g = tanh(p),  c = f c′ + i g,  h = o tanh(c)
///     gru    r, z = σ(p),  n = tanh(W x + b + r (U h′ + d)),  h = (1 − z) n + z h′
///
/// The caller has computed W x for all steps at once; what depends on the step before, U h′ and the
/// gates, is done here in one pass. Sequences do not depend on each other: each thread takes some
/// of them through all steps, without waiting for the others.

#include <vector>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::kernels {

enum class Cell : unsigned char { rnn_tanh, rnn_relu, lstm, gru };

/// How many blocks of `hidden` rows W and U have; in this order: i f g o, r z n.
constexpr Index gates_of(Cell cell) { return cell == Cell::lstm ? 4 : cell == Cell::gru ? 3 : 1; }
/// Numbers per unit in a step's sum of biases: gru's b and d of n stay apart.
constexpr Index biases_of(Cell cell) { return cell == Cell::gru ? 4 : gates_of(cell); }
/// Does a step keep one more number per unit: lstm its c, gru its U h′ + d?
constexpr bool keeps_more(Cell cell) { return cell == Cell::lstm || cell == Cell::gru; }

/// Sizes, and the order of steps: sequence b has steps 0 … length(b) − 1, and step s is at the time
/// s, or length(b) − 1 − s if reversed. What lies beyond a sequence's length is padding.
struct Sequences {
  Index batch;
  Index time;
  Index hidden;
  Cell cell;
  const Index* lengths;  // [batch], each in 1 … time; null: all `time`
  bool reverse;
  Index row;  // numbers from one row of h to the next: 2 · hidden where two directions share it

  Index gates() const { return gates_of(cell); }
  Index length(Index b) const { return lengths ? lengths[b] : time; }
  /// Where step s of sequence b lies among the batch · time rows.
  Index at(Index b, Index s) const { return b * time + (reverse ? length(b) - 1 - s : s); }
};

/// What a recurrence reads and writes; states are [batch, hidden], zero at first if null.
template <class Real>
struct Recurrence {
  const Real* u;     // [gates · hidden, hidden]
  const Real* bias;  // [biases · hidden], or null
  const Real* h0;
  const Real* c0;
  Real* gates;  // [batch, time, gates, hidden]: W x, replaced by the gates' values
  Real* more;   // [batch, time, hidden], see keeps_more
  Real* h;      // [batch, time, …], rows `Sequences::row` apart; zeros in the padding
  Real* last_h;
  Real* last_c;
};

template <class Real>
void recurrence(const Sequences& s, const Recurrence<Real>& r);

/// The way back: from h̄ to the adjoints of the gates' arguments, p̄, and of the states before.
template <class Real>
struct RecurrenceAdjoint {
  const Real* h;  // h̄ [batch, time, …], rows `Sequences::row` apart
  Real* state_h;  // in: of last_h, out: of h0
  Real* state_c;  // in: of last_c, out: of c0
  Real* p;        // p̄ [batch, time, gates, hidden]; gru: that of U h′ + d in place of n's
  Real* n;        // [batch, time, hidden], gru only: p̄ of n
  Real* bias;     // [biases · hidden], Σ p̄ over all steps
};

template <class Real>
void recurrence_backward(const Sequences& s, const Recurrence<Real>& r,
                         const RecurrenceAdjoint<Real>& adjoint);

/// The states before each step: previous [batch, time, hidden], zero in the padding.
template <class Real>
void previous_states(const Sequences& s, const Real* h, const Real* h0, Real* previous);

}  // namespace thalweg::kernels
