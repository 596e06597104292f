#pragma once
/// The memory of the scalar statements, and the reverse sweep over them.

#include <cstdlib>
#include <cstring>
#include <new>

#include "thalweg/autodiff/number/rule.hpp"
#include "thalweg/autodiff/scalar/scalar_statements.hpp"

namespace thalweg::detail {

/// Makes room for `size` elements, of which the first `used` are kept.
template <class T>
void regrow(T*& array, std::size_t used, std::size_t size) {
  static_assert(std::is_trivially_copyable_v<T>);
  void* larger;
  if constexpr (alignof(T) <= alignof(std::max_align_t)) {
    larger = std::realloc(static_cast<void*>(array), size * sizeof(T));
  } else {  // registers of lanes: realloc would align to 16 bytes
    larger = std::aligned_alloc(alignof(T), size * sizeof(T));
    if (larger && array) std::memcpy(larger, static_cast<const void*>(array), used * sizeof(T));
    if (larger) std::free(array);
  }
  if (!larger) throw std::bad_alloc();
  array = static_cast<T*>(larger);
}

template <class Real>
ScalarStatements<Real>::~ScalarStatements() {
  std::free(partials_);
  std::free(ids_);
  std::free(counts_);
  std::free(notes_);
}

template <class Real>
void ScalarStatements<Real>::restart(std::uint32_t generation) {
  arguments_ = 0;
  last_ = 0;
  generation_ = generation;
  if (trapping_) trap(false);
}

// Every statement but an input has an argument. So it suffices to look at the arguments when there
// is room for as many statements as arguments, on top of what is there.
template <class Real>
void ScalarStatements<Real>::grow(std::size_t arguments, std::size_t statements) {
  if (last_ + statements + 1 > UINT32_MAX) throw_full();
  if (arguments_ + arguments > argument_capacity_) {
    argument_capacity_ = 2 * argument_capacity_ + arguments + 1024;
    regrow(partials_, arguments_, argument_capacity_);
    regrow(ids_, arguments_, argument_capacity_);
  }
  const std::size_t needed = last_ + statements + (argument_capacity_ - arguments_) + 1;
  if (needed > statement_capacity_) {
    statement_capacity_ = needed + needed / 2;
    regrow(counts_, last_ + std::size_t{1}, statement_capacity_);
    if (trapping_) regrow(notes_, last_ + std::size_t{1}, statement_capacity_);
  }
  limit_ = trapping_ ? 0 : argument_capacity_;
}

template <class Real>
Place ScalarStatements<Real>::inputs(std::size_t count) {
  grow(0, count);
  std::memset(static_cast<void*>(counts_ + last_ + 1), 0, count);
  if (trapping_)
    for (std::size_t k = 1; k <= count; ++k) notes_[last_ + k] = {"variable", {}};
  const Place first{last_ + 1, generation_};
  last_ += static_cast<std::uint32_t>(count);
  return first;
}

template <class Real>
void ScalarStatements<Real>::trap(bool on) {
  trapping_ = on;
  if (on) {
    regrow(notes_, 0, statement_capacity_ + 1);
    for (std::uint32_t id = 1; id <= last_; ++id) notes_[id] = {"variable", {}};
  }
  limit_ = on ? 0 : argument_capacity_;
}

template <class Real>
void ScalarStatements<Real>::record_here(bool here) {
  recording<Real> = here ? this : &nowhere<Real>;
}

template <class Real>
template <bool trapping, class Adjoint>
SweepPosition ScalarStatements<Real>::sweep_checked(Adjoint* adjoints, SweepPosition from,
                                                    std::uint32_t down_to) const {
  const ArgumentCount* const counts = counts_;
  const Real* partial = partials_ + from.arguments;
  const std::uint32_t* argument = ids_ + from.arguments;
  for (std::uint32_t id = from.statement; id > down_to; --id) {
    const auto count = static_cast<std::uint32_t>(counts[id]);
    partial -= count;
    argument -= count;
    const Adjoint adjoint = adjoints[id];
    if constexpr (std::is_floating_point_v<Adjoint>)
      if (adjoint == Adjoint(0)) continue;
    // Most statements have few arguments: a foreseen branch beats a loop's exit that is not.
    const auto add = [&](std::uint32_t k) {
      if constexpr (std::is_floating_point_v<Adjoint>)
        adjoints[argument[k]] += partial[k] * adjoint;
      else  // of several seeds some adjoints are 0
        adjoints[argument[k]] += unless_zero<Adjoint>(adjoint, partial[k] * adjoint);
    };
    switch (count) {
      case 0:
        break;
      case 1:
        add(0);
        break;
      case 2:
        add(0), add(1);
        break;
      case 3:
        add(0), add(1), add(2);
        break;
      default:
        for (std::uint32_t k = 0; k < count; ++k) add(k);
    }
    if constexpr (trapping && std::is_floating_point_v<Adjoint>)
      for (std::uint32_t k = 0; k < count; ++k)
        if (const Adjoint sum = adjoints[argument[k]];
            argument[k] != 0 && !(sum - sum == Adjoint(0)))
          throw_nonfinite(notes_[id].op, "adjoint", double(sum), notes_[id].where);
  }
  return {down_to, static_cast<std::size_t>(partial - partials_)};
}

template <class Real>
template <class Adjoint>
SweepPosition ScalarStatements<Real>::sweep(Adjoint* adjoints, SweepPosition from,
                                            std::uint32_t down_to) const {
  return trapping_ ? sweep_checked<true>(adjoints, from, down_to)
                   : sweep_checked<false>(adjoints, from, down_to);
}

#define THALWEG_DECLARE(Real)                                                                      \
  extern template SweepPosition ScalarStatements<Real>::sweep(Real*, SweepPosition, std::uint32_t) \
      const;                                                                                       \
  extern template class ScalarStatements<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg::detail
