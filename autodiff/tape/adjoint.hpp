#pragma once
/// Adjoints as a backward pass holds them: arrays whose number type is known by address only.

#include <vector>

#include "thalweg/autodiff/base/memory.hpp"
#include "thalweg/autodiff/number/number_type.hpp"
#include "thalweg/autodiff/tensor/channels_last.hpp"

namespace thalweg::detail {

/// ∂loss/∂x of a node x, or none.
struct Adjoint {
  Storage buffer = {};
  Index size = 0;
  const NumberType* type = nullptr;
  ChannelsLast order = {};

  std::size_t bytes() const { return static_cast<std::size_t>(size) * type->bytes; }
};

template <class T>
Adjoint make_adjoint(Index size, const ChannelsLast& order = {}) {
  return {Storage(static_cast<std::size_t>(size) * sizeof(T)), size, &number_type<T>, order};
}

/// A buffer of its own, so that changing it changes nobody else's numbers.
void unshare(Adjoint& adjoint);
/// to += from, of the same type and order.
void add(Adjoint& to, const Adjoint& from);
void scale(Adjoint& adjoint, double factor);
/// Puts the elements into another order.
void reorder(Adjoint& adjoint, const ChannelsLast& order);

/// Adjoints of the scalars of one number type, by position. They may be of another type than the
/// scalars: several seeds at once, duals.
struct ScalarAdjoints {
  const NumberType* of = nullptr;  // the scalars
  Adjoint adjoints;
};

/// A list of what a backward pass makes.
template <class T>
using AdjointList = std::vector<T, PoolAllocator<T>>;

}  // namespace thalweg::detail
