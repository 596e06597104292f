#include "thalweg/autodiff/kernels/dropout.hpp"

#include <algorithm>

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

namespace thalweg::kernels {
namespace {

constexpr Index block = 64;  // numbers, of two of which the stream's element decides

/// The numbers of 32 bits for elements from `first`, a multiple of the block, on: the halves of
/// splitmix64's numbers from first / 2 on.
void draw(std::uint64_t seed, Index first, std::uint32_t (&bits)[block]) {
  const std::uint64_t start = seed + static_cast<std::uint64_t>(first / 2);
  for (std::uint64_t k = 0; k < block / 2; ++k) {
    std::uint64_t z = (start + k + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    bits[k] = static_cast<std::uint32_t>(z);
    bits[k + block / 2] = static_cast<std::uint32_t>(z >> 32);
  }
}

}  // namespace

template <class Real>
void drop(Index n, std::uint64_t seed, std::uint32_t threshold, Real scale, const Real* x,
          bool accumulate, Real* y) {
  const auto part = [=](Index begin, Index end, Index) {
    std::uint32_t bits[block];
    for (Index at = begin; at < end; at += block) {
      draw(seed, at, bits);
      const Index count = std::min(block, end - at);
      if (accumulate)
        for (Index k = 0; k < count; ++k)
          y[at + k] += bits[k] < threshold ? Real{0} : x[at + k] * scale;
      else
        for (Index k = 0; k < count; ++k)
          y[at + k] = bits[k] < threshold ? Real{0} : x[at + k] * scale;
    }
  };
  parallel_for(n, grain_of(1), part, block);
}

#define THALWEG_INSTANTIATE(Real) \
  template void drop(Index, std::uint64_t, std::uint32_t, Real, const Real*, bool, Real*);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::kernels
