#include "thalweg/autodiff/tensor/creation.hpp"

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/base/random.hpp"

namespace thalweg {

namespace {

template <class Real>
std::span<Real> elements(Tensor<Real>& x) {
  return {x.unshared_data(), static_cast<std::size_t>(x.size())};
}

}  // namespace

template <class Real>
Tensor<Real> full(const Shape& shape, std::type_identity_t<Real> value) {
  Tensor<Real> x = Tensor<Real>::uninitialised(shape);
  std::fill_n(x.unshared_data(), x.size(), value);
  return x;
}

template <class Real>
Tensor<Real> eye(Index rows, Index columns) {
  Tensor<Real> x = zeros<Real>({rows, columns});
  for (Index k = 0; k < std::min(rows, columns); ++k) x.unshared_data()[k * (columns + 1)] = 1;
  return x;
}

template <class Real>
Tensor<Real> arange(std::type_identity_t<Real> begin, std::type_identity_t<Real> end,
                    std::type_identity_t<Real> step) {
  if (step == 0) throw ValueError("arange: the step is 0");
  const double count = std::ceil((static_cast<double>(end) - static_cast<double>(begin)) /
                                 static_cast<double>(step));
  if (!std::isfinite(count))
    throw ValueError(
        fmt::format("arange: from {} to {} in steps of {}: not finite", begin, end, step));
  Tensor<Real> x = Tensor<Real>::uninitialised({std::max<Index>(0, static_cast<Index>(count))});
  for (Index k = 0; k < x.size(); ++k) x.unshared_data()[k] = begin + static_cast<Real>(k) * step;
  return x;
}

template <class Real>
Tensor<Real> linspace(std::type_identity_t<Real> begin, std::type_identity_t<Real> end,
                      Index count) {
  if (count < 0) throw ValueError(fmt::format("linspace: {} numbers; expected at least 0", count));
  Tensor<Real> x = Tensor<Real>::uninitialised({count});
  const double gap = (static_cast<double>(end) - static_cast<double>(begin)) /
                     static_cast<double>(std::max<Index>(1, count - 1));
  for (Index k = 0; k < count; ++k)  // from the nearer end, so that both ends are met exactly
    x.unshared_data()[k] = static_cast<Real>(
        2 * k < count ? static_cast<double>(begin) + gap * static_cast<double>(k)
                      : static_cast<double>(end) - gap * static_cast<double>(count - 1 - k));
  return x;
}

template <class Real>
Tensor<Real> uniform(const Shape& shape, Random& random, std::type_identity_t<Real> lo,
                     std::type_identity_t<Real> hi) {
  Tensor<Real> x = Tensor<Real>::uninitialised(shape);
  random.fill_uniform(elements(x), lo, hi);
  return x;
}

template <class Real>
Tensor<Real> normal(const Shape& shape, Random& random, std::type_identity_t<Real> mean,
                    std::type_identity_t<Real> stddev) {
  Tensor<Real> x = Tensor<Real>::uninitialised(shape);
  random.fill_normal(elements(x), mean, stddev);
  return x;
}

#define THALWEG_INSTANTIATE(Real)                                         \
  template Tensor<Real> full<Real>(const Shape&, Real);                   \
  template Tensor<Real> eye<Real>(Index, Index);                          \
  template Tensor<Real> arange<Real>(Real, Real, Real);                   \
  template Tensor<Real> linspace<Real>(Real, Real, Index);                \
  template Tensor<Real> uniform<Real>(const Shape&, Random&, Real, Real); \
  template Tensor<Real> normal<Real>(const Shape&, Random&, Real, Real);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template Tensor<Index> full<Index>(const Shape&, Index);
template Tensor<Index> eye<Index>(Index, Index);
template Tensor<Index> arange<Index>(Index, Index, Index);

}  // namespace thalweg
