#pragma once
/// A random mask that is computed rather than stored.

#include <cstdint>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::kernels {

/// y_i (+)= x_i · scale, or nothing where the stream of `seed` has a number below `threshold` as
/// its i-th one of 32 bits. The same seed and threshold make the same mask, whatever the threads.
///
/// Source of the stream: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014 (splitmix64): its numbers can be computed at any position.
template <class Real>
void drop(Index n, std::uint64_t seed, std::uint32_t threshold, Real scale, const Real* x,
          bool accumulate, Real* y);

}  // namespace thalweg::kernels
