#include "thalweg/autodiff/ops/predicates.hpp"

#include <algorithm>
#include <cmath>

namespace thalweg::detail {

template <class T>
bool any(const Tensor<T>& x) {
  const auto values = x.values();
  return std::any_of(values.begin(), values.end(), [](T value) { return value != 0; });
}

template <class T>
bool all(const Tensor<T>& x) {
  const auto values = x.values();
  return std::all_of(values.begin(), values.end(), [](T value) { return value != 0; });
}

template <class T>
bool allclose(const Tensor<T>& a, const Tensor<T>& b, Closeness limit) {
  const auto close = [limit](T x, T y) {
    const auto p = static_cast<double>(x), q = static_cast<double>(y);
    return x == y ||
           (std::isfinite(q) && std::abs(p - q) <= limit.absolute + limit.relative * std::abs(q));
  };
  const auto values = a.values();
  return a.shape() == b.shape() &&
         std::equal(values.begin(), values.end(), b.values().begin(), close);
}

#define THALWEG_INSTANTIATE(Real)         \
  template bool any(const Tensor<Real>&); \
  template bool all(const Tensor<Real>&); \
  template bool allclose(const Tensor<Real>&, const Tensor<Real>&, Closeness);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template bool any(const Tensor<Index>&);
template bool all(const Tensor<Index>&);
template bool allclose(const Tensor<Index>&, const Tensor<Index>&, Closeness);

}  // namespace thalweg::detail
