#include <algorithm>

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/kernels/masked_product.hpp"
#include "thalweg/autodiff/ops/recurrent_record.hpp"

namespace thalweg::detail {
namespace {

using kernels::Cell;
using kernels::masked_gemm;
using kernels::Use;
using kernels::Zeros;

// Operands in the record.
constexpr std::size_t operand_x = 0, operand_h0 = 1, operand_c0 = 2;
constexpr std::size_t first_operand(Index direction) {
  return 3 + 4 * static_cast<std::size_t>(direction);
}

/// `count` sequences from `first` on, in direction d.
struct Part {
  Index d, first, count;
};

/// x with zeros in the padding: 0 · NaN would be NaN.
template <class Real>
Tensor<Real> without_padding(const RecurrentRecord<Real>& layer, const Part& part) {
  const RecurrentSizes& z = layer.sizes;
  const Index size = z.time * z.in;
  Tensor<Real> x = alias(*layer.x, {part.count * z.time, z.in}, part.first * size);
  if (layer.lengths.size() == 0) return x;
  auto clean = Tensor<Real>::uninitialised(x.shape());
  for (Index b = 0; b < part.count; ++b) {
    const Index n = layer.lengths.data()[part.first + b] * z.in;
    Real* const end = std::copy_n(x.data() + b * size, n, clean.unshared_data() + b * size);
    std::fill_n(end, size - n, Real{0});
  }
  return clean;
}

/// W̄ = p̄ᵀ x,  x̄ = p̄ W.   `to_x` is where x̄ goes, the whole of it.
template <class Real>
void pull_input(const RecurrentRecord<Real>& layer, const Part& part, const Tensor<Real>& p,
                const Target<Real>& to_x, Backward<Real>& back) {
  const RecurrentSizes& z = layer.sizes;
  const Index n = p.size(1), rows = p.size(0);
  if (const auto to = back.into(first_operand(part.d)))
    masked_gemm(Zeros::of_a, Use::transposed, Use::plain, n, z.in, rows, p.data(),
                without_padding(layer, part).data(), to.accumulate, to.data);
  if (to_x)
    masked_gemm(Zeros::of_a, Use::plain, Use::plain, rows, z.in, n, p.data(),
                layer.kept(part.d).ih.data(), to_x.accumulate,
                to_x.data + part.first * z.time * z.in);
}

/// Ū = p̄ᵀ h′.
template <class Real>
void pull_recurrent_weight(const RecurrentRecord<Real>& layer, const Part& part,
                           const Tensor<Real>& p, Backward<Real>& back) {
  const auto to = back.into(first_operand(part.d) + 1);
  if (!to) return;
  const auto before = Tensor<Real>::uninitialised({p.size(0), layer.sizes.hidden});
  const auto states = layer.recurrence(part.d, part.first);
  kernels::previous_states(layer.sequences(part.d, part.first, part.count), states.h, states.h0,
                           before.unshared_data());
  masked_gemm(Zeros::of_a, Use::transposed, Use::plain, p.size(1), layer.sizes.hidden, p.size(0),
              p.data(), before.data(), to.accumulate, to.data);
}

/// b̄ and d̄ from the sums of p̄; those of gru's n are apart.
template <class Real>
void pull_biases(const RecurrentSizes& z, Index d, const Real* sums, Backward<Real>& back) {
  const Index h = z.hidden, n = z.gates() * h;
  const bool apart = z.cell == Cell::gru;
  if (const auto to = back.into(first_operand(d) + 2)) {
    put(to, 0, sums, apart ? 2 * h : n);
    if (apart) put(to, 2 * h, sums + 3 * h, h);
  }
  if (const auto to = back.into(first_operand(d) + 3)) put(to, 0, sums, n);
}

/// p̄ of n in place of that of U h′ + d: what stands before W x.
template <class Real>
void put_n(const Tensor<Real>& n, Tensor<Real>& p) {
  const Index hidden = n.size(1);
  for (Index row = 0; row < n.size(0); ++row)
    std::copy_n(n.data() + row * hidden, hidden, p.unshared_data() + (3 * row + 2) * hidden);
}

template <class Real>
void pull_part(const RecurrentRecord<Real>& layer, const Part& part, Real* state_h, Real* state_c,
               const Target<Real>& to_x, Backward<Real>& back) {
  const RecurrentSizes& z = layer.sizes;
  const Index rows = part.count * z.time, at = layer.in_state(part.d, part.first);
  const bool is_gru = z.cell == Cell::gru;
  auto p = Tensor<Real>::uninitialised({rows, z.gates() * z.hidden});
  const auto n = Tensor<Real>::uninitialised({is_gru ? rows : 0, z.hidden});
  std::vector<Real> sums(kernels::biases_of(z.cell) * z.hidden);
  kernels::recurrence_backward(
      layer.sequences(part.d, part.first, part.count), layer.recurrence(part.d, part.first),
      kernels::RecurrenceAdjoint<Real>{back.adjoint() + layer.in_output(part.d, part.first),
                                       state_h + at, state_c + at, p.unshared_data(),
                                       n.unshared_data(), sums.data()});
  pull_recurrent_weight(layer, part, p, back);
  if (is_gru) put_n(n, p);
  pull_input(layer, part, p, to_x, back);
  pull_biases(z, part.d, sums.data(), back);
}

/// Sequences at a time: p̄ stays small, and near the processor, however large the batch.
Index part_size(const RecurrentSizes& z) {
  constexpr Index rows = 1024, for_each_thread = 16;
  return std::max({Index{1}, rows / z.time, for_each_thread * threads()});
}

}  // namespace

template <class Real>
void pull_recurrent(const RecurrentRecord<Real>& layer, Backward<Real>& back) {
  const RecurrentSizes& z = layer.sizes;
  const Index n = z.state(), most = part_size(z);
  const Real* const last = back.adjoint() + z.output();
  std::vector<Real> state(last, last + z.states() * n);
  state.resize(2 * n);
  for (Index d = 0; d < z.directions; ++d) {
    const auto to_x = back.into(operand_x);
    Index first = 0;
    do {
      const Part part{d, first, std::min(most, z.batch - first)};
      pull_part(layer, part, state.data(), state.data() + n, to_x, back);
      first += most;
    } while (first < z.batch);
  }
  if (const auto to = back.into(operand_h0)) put(to, 0, state.data(), n);
  if (const auto to = back.into(operand_c0)) put(to, 0, state.data() + n, n);
}

#define THALWEG_INSTANTIATE(Real) \
  template void pull_recurrent(const RecurrentRecord<Real>&, Backward<Real>&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::detail
