#include "thalweg/autodiff/ops/dropout.hpp"

#include <cmath>

#include "thalweg/autodiff/kernels/dropout.hpp"

namespace thalweg::detail {

// y = m x / (1 − p),  x̄ = m ȳ / (1 − p): the mask m is a function of the seed, which is kept.
template <class Real>
Tensor<Real> dropout(const Tensor<Real>& x, double p, Random& random, Location where) {
  if (!(p >= 0 && p <= 1))
    throw ValueError(fmt::format("dropout: p is {}; expected a probability, 0 to 1", p));
  if (p == 0) return x;
  const std::uint64_t seed = random.next();
  // p = 1 keeps one of 2³² elements, but scaled by 0.
  const auto threshold = static_cast<std::uint32_t>(std::fmin(std::round(p * 0x1p32), 0x1p32 - 1));
  const Real scale = p == 1 ? Real{0} : static_cast<Real>(1 / (1 - p));
  Tensor<Real> y = Tensor<Real>::uninitialised(x.shape());
  kernels::drop(x.size(), seed, threshold, scale, x.data(), false, y.unshared_data());
  return record(
      "dropout", std::move(y), {x},
      [=](Backward<Real>& back) {
        const auto to = back.into(0);
        kernels::drop(back.size(0), seed, threshold, scale, back.adjoint(), to.accumulate, to.data);
      },
      where);
}

#define THALWEG_INSTANTIATE(Real) \
  template Tensor<Real> dropout(const Tensor<Real>&, double, Random&, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::detail
