#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/data/image.hpp"

namespace thalweg::nn {
namespace {

/// What one pixel of the result takes: `weights` from `first` on.
struct Window {
  Index first = 0;
  std::vector<double> weights;
};

/// Pixel i of the result lies at (i + ½) · from / to − ½ of the source.
std::vector<Window> windows(Index from, Index to) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double reach = std::max(scale, 1.0);
  std::vector<Window> result(to);
  for (Index i = 0; i < to; ++i) {
    Window& window = result[i];
    const double centre = (static_cast<double>(i) + 0.5) * scale - 0.5;
    window.first = std::max(static_cast<Index>(std::floor(centre - reach)), Index{0});
    const Index last = std::min(static_cast<Index>(std::ceil(centre + reach)), from - 1);
    double sum = 0;
    for (Index k = window.first; k <= last; ++k) {
      const double distance = std::abs(static_cast<double>(k) - centre) / reach;
      window.weights.push_back(std::max(1 - distance, 0.0));
      sum += window.weights.back();
    }
    for (double& weight : window.weights) weight /= sum;
  }
  return result;
}

/// x [before, from, after] ↦ y [before, to, after].
template <class Real>
void resample(const Real* x, Real* y, Index before, Index from, Index to, Index after) {
  const std::vector<Window> all = windows(from, to);
  std::vector<double> sums(after);
  for (Index b = 0; b < before; ++b, x += from * after)
    for (const Window& window : all) {
      std::fill(sums.begin(), sums.end(), 0.0);
      const Real* row = x + window.first * after;
      for (const double weight : window.weights)
        for (double& sum : sums) sum += weight * static_cast<double>(*row++);
      for (const double sum : sums) *y++ = static_cast<Real>(sum);
    }
}

/// Throws ShapeError if it has too many elements.
Shape checked(const Shape& shape) { return Shape(shape.sizes()); }

}  // namespace

template <class Real>
Tensor<Real> resize(const Tensor<Real>& images, Index height, Index width) {
  Shape shape = images.shape();
  const int rank = shape.rank();
  if (rank < 2 || shape[rank - 2] < 1 || shape[rank - 1] < 1 || height < 1 || width < 1)
    throw ShapeError(
        fmt::format("resize: {} to {} × {}; expected […, height, width] and sizes of at least 1",
                    shape, height, width));
  const Index h = shape[rank - 2], w = shape[rank - 1], n = shape.size_before(rank - 2);
  shape[rank - 2] = height;
  const Shape tall_shape = shape;
  shape[rank - 1] = width;
  Tensor<Real> result = Tensor<Real>::uninitialised(checked(shape));
  Tensor<Real> tall = Tensor<Real>::uninitialised(checked(tall_shape));
  resample(images.data(), tall.unshared_data(), n, h, height, w);
  resample(tall.data(), result.unshared_data(), n * height, w, width, 1);
  return result;
}

#define THALWEG_INSTANTIATE(Real) template Tensor<Real> resize(const Tensor<Real>&, Index, Index);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
