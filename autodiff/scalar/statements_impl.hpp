#pragma once
/// Definitions of `Statements` for number types other than float and double.

#include <cstdlib>
#include <cstring>
#include <new>

#include "thalweg/autodiff/scalar/statements.hpp"

namespace thalweg::detail {

template <class T>
void regrow(T*& array, std::size_t size) {
  static_assert(std::is_trivially_copyable_v<T>);
  void* const larger = std::realloc(static_cast<void*>(array), size * sizeof(T));
  if (!larger) throw std::bad_alloc();
  array = static_cast<T*>(larger);
}

template <class Real>
Statements<Real>::~Statements() {
  std::free(partials_);
  std::free(ids_);
  std::free(counts_);
  std::free(notes_);
}

template <class Real>
void Statements<Real>::restart(std::uint32_t generation) {
  arguments_ = 0;
  last_ = 0;
  generation_ = generation;
  if (trapping_) trap(false);
}

// Every statement but an input has an argument. So it suffices to look at the arguments when there
// is room for as many statements as arguments, on top of what is there.
template <class Real>
void Statements<Real>::grow(std::size_t arguments, std::size_t statements) {
  if (last_ + statements + 1 > UINT32_MAX) throw_full();
  if (arguments_ + arguments > argument_capacity_) {
    argument_capacity_ = 2 * argument_capacity_ + arguments + 1024;
    regrow(partials_, argument_capacity_);
    regrow(ids_, argument_capacity_);
  }
  const std::size_t needed = last_ + statements + (argument_capacity_ - arguments_) + 1;
  if (needed > statement_capacity_) {
    statement_capacity_ = needed + needed / 2;
    regrow(counts_, statement_capacity_);
    if (trapping_) regrow(notes_, statement_capacity_);
  }
  limit_ = trapping_ ? 0 : argument_capacity_;
}

template <class Real>
Place Statements<Real>::inputs(std::size_t count) {
  grow(0, count);
  std::memset(static_cast<void*>(counts_ + last_ + 1), 0, count);
  if (trapping_)
    for (std::size_t k = 1; k <= count; ++k) notes_[last_ + k] = {"variable", {}};
  const Place first{last_ + 1, generation_};
  last_ += static_cast<std::uint32_t>(count);
  return first;
}

template <class Real>
void Statements<Real>::trap(bool on) {
  trapping_ = on;
  if (on) {
    regrow(notes_, statement_capacity_ + 1);
    for (std::uint32_t id = 1; id <= last_; ++id) notes_[id] = {"variable", {}};
  }
  limit_ = on ? 0 : argument_capacity_;
}

template <class Real>
SweepPosition Statements<Real>::sweep(Real* adjoints, SweepPosition from,
                                      std::uint32_t down_to) const {
  return trapping_ ? sweep_checked<true>(adjoints, from, down_to)
                   : sweep_checked<false>(adjoints, from, down_to);
}

template <class Real>
template <bool trapping>
SweepPosition Statements<Real>::sweep_checked(Real* adjoints, SweepPosition from,
                                              std::uint32_t down_to) const {
  const Count* const counts = counts_;
  const Real* partial = partials_ + from.arguments;
  const std::uint32_t* argument = ids_ + from.arguments;
  for (std::uint32_t id = from.statement; id > down_to; --id) {
    const auto count = static_cast<std::uint32_t>(counts[id]);
    partial -= count;
    argument -= count;
    const Real adjoint = adjoints[id];
    if constexpr (std::is_floating_point_v<Real>)
      if (adjoint == Real(0)) continue;
    // Most statements have few arguments: a foreseen branch beats a loop's exit that is not.
    const auto add = [&](std::uint32_t k) { adjoints[argument[k]] += partial[k] * adjoint; };
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
    if constexpr (trapping && std::is_floating_point_v<Real>)
      for (std::uint32_t k = 0; k < count; ++k)
        if (const Real sum = adjoints[argument[k]]; !(sum - sum == Real(0)))
          throw_nonfinite(notes_[id].op, "adjoint", double(sum), notes_[id].where);
  }
  return {down_to, static_cast<std::size_t>(partial - partials_)};
}

}  // namespace thalweg::detail
