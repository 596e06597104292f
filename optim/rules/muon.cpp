#include "thalweg/optim/rules/muon.hpp"

#include "thalweg/autodiff/kernels/matmul.hpp"
#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {
namespace {

using kernels::Use;

/// B ← μ B + (1 − μ) G; gives (1 − μ) G + μ B, or B.
template <class Real>
Tensor<Real> gather(const Update<Real>& update, double momentum, bool nesterov) {
  const Real* const g = update.gradient.data();
  Real* const b = update.moments[0].value.mutable_values().data();
  Tensor<Real> result = Tensor<Real>::uninitialised(update.parameter.shape());
  Real* const x = result.unshared_data();
  const auto mu = static_cast<Real>(momentum);
  const Real of_g = nesterov ? 1 - mu : Real(0), of_b = nesterov ? mu : Real(1);
  kernels::parallel_for(result.size(), kernels::grain_of(3), [=](Index begin, Index end, Index) {
    for (Index i = begin; i < end; ++i) {
      b[i] = mu * b[i] + (1 - mu) * g[i];
      x[i] = of_g * g[i] + of_b * b[i];
    }
  });
  return result;
}

template <class Real>
void normalise(Index n, Real* x) {
  const double norm = norm_of(n, x);
  if (norm == 0) return;
  kernels::parallel_for(n, kernels::grain_of(1), [=](Index begin, Index end, Index) {
    for (Index i = begin; i < end; ++i) x[i] = static_cast<Real>(static_cast<double>(x[i]) / norm);
  });
}

/// P ← a I + b A + c A², P and A [n, n].
template <class Real>
void quintic(Index n, const Real* a, Real* p) {
  constexpr double coefficients[] = {3.4445, -4.7750, 2.0315};
  kernels::gemm(Use::plain, Use::plain, n, n, n, a, a, false, p);
  const auto of_a = static_cast<Real>(coefficients[1]);
  const auto of_square = static_cast<Real>(coefficients[2]);
  for (Index i = 0; i < n * n; ++i) p[i] = of_a * a[i] + of_square * p[i];
  for (Index i = 0; i < n; ++i) p[i * (n + 1)] += static_cast<Real>(coefficients[0]);
}

/// An odd polynomial p acts on the singular values alone: X = U S Vᵀ becomes U p(S) Vᵀ, since
///
///     (a I + b X Xᵀ + c (X Xᵀ)²) X = U (a S + b S³ + c S⁵) Vᵀ.
///
/// After X / ‖X‖_F they are in [0, 1]. a = p′(0) = 3.4445 is how fast the small ones grow; p then
/// keeps them around 1 without converging.
///
/// X [m, n] after the iterations. Xᵀ has the same polynomial, so the shorter side is squared.
template <class Real>
Tensor<Real> orthogonalised(Tensor<Real> x, Index m, Index n, Index iterations) {
  normalise(x.size(), x.unshared_data());
  const Index l = std::min(m, n);
  const Tensor<Real> square = Tensor<Real>::uninitialised({l, l});
  const Tensor<Real> polynomial = Tensor<Real>::uninitialised({l, l});
  Tensor<Real> next = Tensor<Real>::uninitialised(x.shape());
  for (Index k = 0; k < iterations; ++k) {
    Real* const a = square.unshared_data();
    Real* const p = polynomial.unshared_data();
    if (m <= n) {
      kernels::gemm(Use::plain, Use::transposed, m, m, n, x.data(), x.data(), false, a);
      quintic(l, a, p);
      kernels::gemm(Use::plain, Use::plain, m, n, m, p, x.data(), false, next.unshared_data());
    } else {
      kernels::gemm(Use::transposed, Use::plain, n, n, m, x.data(), x.data(), false, a);
      quintic(l, a, p);
      kernels::gemm(Use::plain, Use::plain, m, n, n, x.data(), p, false, next.unshared_data());
    }
    std::swap(x, next);
  }
  return x;
}

double scale_of(MuonScaling scaling, Index m, Index n) {
  const auto rows = static_cast<double>(m), columns = static_cast<double>(n);
  return scaling == MuonScaling::original ? std::sqrt(std::max(1.0, rows / columns))
                                          : 0.2 * std::sqrt(std::max(rows, columns));
}

}  // namespace

Muon::Muon(const Options& options) : Rule(options) {
  expect_nonnegative(kind(), "rate", options.rate);
  expect_fraction(kind(), "momentum", options.momentum);
  expect_nonnegative(kind(), "weight_decay", options.weight_decay);
  if (options.iterations < 1)
    throw ValueError(
        fmt::format("Muon: iterations is {}; expected at least 1", options.iterations));
}

std::vector<MomentStart> Muon::moments(const Shape&) const { return {{"velocity"}}; }

void Muon::expect_fitting(const std::string& name, const Shape& shape) const {
  if (shape.rank() >= 2) return;
  throw ValueError(fmt::format(
      "Muon: {} {} is no matrix; split_for_muon(parameters) gives the matrices, and the "
      "others for another optimizer such as AdamW",
      name, shape));
}

template <class Real>
void Muon::apply(const Update<Real>& update) {
  const Shape& shape = update.parameter.shape();
  if (shape.size() == 0) return;
  const Index m = shape[0], n = shape.size() / m;
  const Tensor<Real> x = orthogonalised(gather(update, options_.momentum, options_.nesterov), m, n,
                                        options_.iterations);
  const auto step = static_cast<Real>(update.rate * scale_of(options_.scaling, m, n));
  const auto keep = static_cast<Real>(1 - update.rate * update.weight_decay);
  update_blocks(update.parameter, [=, values = x.data()](Real* w, Index at, Index count) {
    for (Index i = 0; i < count; ++i) w[i] = keep * w[i] - step * values[at + i];
  });
}

template <class Real>
MuonSplit<Real> split_for_muon(const ParameterList<Real>& parameters,
                               const std::vector<std::string>& except) {
  MuonSplit<Real> split;
  std::vector<bool> used(except.size());
  for (const NamedParameter<Real>& each : parameters) {
    bool other = each.parameter->shape().rank() < 2;
    for (std::size_t k = 0; k < except.size(); ++k)
      if (matches(except[k], each.name)) other = used[k] = true;
    (other ? split.others : split.matrices).push_back(each);
  }
  for (std::size_t k = 0; k < except.size(); ++k)
    if (!used[k]) throw ValueError(fmt::format("split_for_muon: no parameter fits {}", except[k]));
  return split;
}

#define THALWEG_INSTANTIATE(Real)                                     \
  template MuonSplit<Real> split_for_muon(const ParameterList<Real>&, \
                                          const std::vector<std::string>&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
template class Rule<Muon, MuonOptions>;

}  // namespace thalweg::optim
