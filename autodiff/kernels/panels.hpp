#pragma once
/// Products of a few rows with a small matrix that is used over and over, packed once into panels
/// that fit the first-level cache; for the .cpp files of this folder.

#include <vector>

#include "thalweg/autodiff/kernels/lines.hpp"

namespace thalweg::kernels {

/// Rows of C that are computed at a time: with four registers of columns their sums fill the
/// registers that the machine has.
inline constexpr int tile_rows = register_bytes == 64 ? 6 : 3;

/// `count` panels of [k, registers, lanes] numbers.
template <class Real>
class Panels {
 public:
  Panels(Index count, Index k, int registers)
      : stride_(k * registers * Lanes<Real>::width), numbers_(count * stride_) {}
  Real* operator[](Index panel) { return numbers_.data() + panel * stride_; }
  const Real* operator[](Index panel) const { return numbers_.data() + panel * stride_; }

 private:
  Index stride_;
  std::vector<Real> numbers_;
};

/// sum[r][g] += Σ a[r][p] panel[p][g] over p = 0 … k − 1.
template <int rows, int registers, class Real>
[[gnu::always_inline]] inline void multiply_add_panel(Index k, const Real* const* a,
                                                      const Real* panel,
                                                      Lanes<Real> (&sum)[rows][registers]) {
  constexpr Index width = Lanes<Real>::width;
  for (Index p = 0; p < k; ++p, panel += registers * width) {
    Lanes<Real> b[registers];
#pragma GCC unroll 4
    for (int g = 0; g < registers; ++g) b[g] = Lanes<Real>::load(panel + g * width);
#pragma GCC unroll 6
    for (int r = 0; r < rows; ++r) {
      const Lanes<Real> x(a[r][p]);
#pragma GCC unroll 4
      for (int g = 0; g < registers; ++g) sum[r][g] = fma(x, b[g], sum[r][g]);
    }
  }
}

/// f(integral_constant<int, rows>, begin) over 0 … n in tiles of nearly equal height.
template <int most = tile_rows, class F>
void each_tile(Index n, F&& f) {
  const auto call = [&]<int rows>(auto&& self, std::integral_constant<int, rows> height,
                                  Index wanted, Index begin) -> void {
    if (wanted == rows)
      f(height, begin);
    else if constexpr (rows > 1)
      self(self, std::integral_constant<int, rows - 1>{}, wanted, begin);
  };
  const Index tiles = (n + most - 1) / most;
  for (Index begin = 0, t = 0; t < tiles; ++t) {
    const Index height = (n - begin + tiles - t - 1) / (tiles - t);
    call(call, std::integral_constant<int, most>{}, height, begin);
    begin += height;
  }
}

}  // namespace thalweg::kernels
