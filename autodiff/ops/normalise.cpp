// layer_norm and rms_norm; those that normalise channels are in normalise_channels.cpp.

#include "thalweg/autodiff/ops/normalise.hpp"

#include "thalweg/autodiff/kernels/normalise.hpp"
#include "thalweg/autodiff/ops/normalise_detail.hpp"

namespace thalweg::detail {

void expect_epsilon(const char* op, double epsilon) {
  if (epsilon >= 0) return;
  throw ValueError(fmt::format("{}: epsilon is {}; expected at least 0", op, epsilon));
}

void expect_affine(const char* op, const char* name, const Shape& given, const Shape& expected,
                   bool present) {
  if (!present || given == expected) return;
  throw ShapeError(fmt::format("{}: {} has shape {}; expected {}", op, name, given, expected));
}

namespace {

kernels::RowNorm rows_of(const char* op, const Shape& x, const Shape& normalised, double epsilon) {
  const int skipped = x.rank() - normalised.rank();
  bool fits = skipped >= 0 && normalised.rank() >= 1;
  for (int axis = 0; fits && axis < normalised.rank(); ++axis)
    fits = normalised[axis] == x[skipped + axis];
  if (!fits)
    throw ShapeError(
        fmt::format("{}: x has shape {}; its last sizes should be {}", op, x, normalised));
  const Index n = normalised.size();
  return {n == 0 ? 0 : x.size() / n, n, epsilon, true};
}

/// Adds sums to an adjoint, or stores them.
template <class Real>
void put(const Target<Real>& to, Index n, const Real* sums) {
  if (to)
    for (Index j = 0; j < n; ++j) to.data[j] = to.accumulate ? to.data[j] + sums[j] : sums[j];
}

}  // namespace

// y = x̂ w + b,  x̂ = (x − m) r,  r = (v + ε)^(−½); m, v the mean and the variance of a row of n.
// With g = ȳ w, ∂m/∂x = 1/n and ∂r/∂x = −r³ (x − m) / n,
//
//     x̄ = r (g − mean g − x̂ mean(g x̂)),     w̄ = Σ ȳ x̂,  b̄ = Σ ȳ  over the rows.
//
// Not centred, m is 0 and the first mean is missing. Kept are x, and m and r of each row.
template <class Real>
Tensor<Real> row_norm(const char* op, bool centred, const Tensor<Real>& x, const Shape& normalised,
                      const Tensor<Real>& weight, const Tensor<Real>& bias, double epsilon,
                      Location where) {
  expect_epsilon(op, epsilon);
  kernels::RowNorm norm = rows_of(op, x.shape(), normalised, epsilon);
  norm.centred = centred;
  expect_affine(op, "weight", weight.shape(), normalised, present(weight));
  expect_affine(op, "bias", bias.shape(), normalised, present(bias));
  Tensor<Real> y = Tensor<Real>::uninitialised(x.shape());
  const auto mean = Tensor<Real>::uninitialised({centred ? norm.rows : 0});
  const auto scale = Tensor<Real>::uninitialised({norm.rows});
  const auto or_null = [](const Tensor<Real>& t) {
    return t.size() == 0 ? nullptr : t.unshared_data();
  };
  kernels::normalise_rows(norm, x.data(), or_null(weight), or_null(bias), or_null(mean),
                          scale.unshared_data(), y.unshared_data());
  const bool needed = active(x) || active(weight) || active(bias);
  return record(
      op, y, {x, weight, bias},
      [=, x = saved_if(needed, x), w = saved_if(needed && present(weight), weight),
       m = saved_if(needed, mean), r = saved_if(needed, scale)](Backward<Real>& back) {
        if (const auto to = back.into(0); to && norm.rows > 0)
          kernels::normalise_rows_backward(norm, x.data(), or_null(*w), or_null(*m), r.data(),
                                           back.adjoint(), to.accumulate, to.data);
        const auto dw = back.into(1), db = back.into(2);
        if (!dw && !db) return;
        std::vector<Real> sums(2 * static_cast<std::size_t>(norm.n));
        kernels::normalise_rows_sums(norm, x.data(), or_null(*m), r.data(), back.adjoint(),
                                     sums.data());
        put(dw, norm.n, sums.data());
        put(db, norm.n, sums.data() + norm.n);
      },
      where);
}

#define THALWEG_INSTANTIATE(Real)                                                      \
  template Tensor<Real> row_norm(const char*, bool, const Tensor<Real>&, const Shape&, \
                                 const Tensor<Real>&, const Tensor<Real>&, double, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::detail
