#include "thalweg/autodiff/kernels/rotary.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

namespace thalweg::kernels {

template <class Real>
void rotate(Index batch, Index rows, Index heads, Index turned, Index width, Index first,
            double base, double direction, const Real* x, bool accumulate, Real* y) {
  const Index half = width / 2, line = heads * width;
  parallel_for(batch * rows, grain_of(line), [&](Index begin, Index end, Index) {
    std::vector<Real> cosines(half), sines(cosines.size());
    std::vector<Real> turn(line);
    for (Index at = begin; at < end; ++at) {
      const double position = static_cast<double>(first + at % rows);
      for (Index c = 0; c < half; ++c) {
        const double frequency = std::pow(base, -2.0 * double(c) / double(width));
        cosines[std::size_t(c)] = static_cast<Real>(std::cos(position * frequency));
        sines[std::size_t(c)] = static_cast<Real>(direction * std::sin(position * frequency));
      }
      std::copy_n(x + at * line, line, turn.data());
      for (Index h = 0; h < turned; ++h) {
        Real *const low = turn.data() + h * width, *const high = low + half;
        for (Index c = 0; c < half; ++c) {
          // (u, v) → (u cos θ − v sin θ, v cos θ + u sin θ)
          const Real u = low[c], v = high[c], co = cosines[std::size_t(c)];
          low[c] = u * co - v * sines[std::size_t(c)];
          high[c] = v * co + u * sines[std::size_t(c)];
        }
      }
      Real* const to = y + at * line;
      for (Index c = 0; c < line; ++c)
        to[c] = accumulate ? to[c] + turn[std::size_t(c)] : turn[std::size_t(c)];
    }
  });
}

#define THALWEG_INSTANTIATE(Real)                                                             \
  template void rotate(Index, Index, Index, Index, Index, Index, double, double, const Real*, \
                       bool, Real*);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::kernels
