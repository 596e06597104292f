// The recipe of ARCHITECTURE.md, "To add another op on tensors", followed from public headers.

#include <doctest/doctest.h>

#include <thalweg/autodiff.hpp>

using namespace thalweg;

namespace {

/// y = x₀ + 2 x₁ + 3 x₂ + …, weighted by position.     x̄ₖ += (k + 1) ȳ.
Tensor<double> weighted_sum(const Tensor<double>& x) {
  double y = 0;
  for (Index k = 0; k < x.size(); ++k) y += static_cast<double>(k + 1) * x.data()[k];
  return record("weighted_sum", Tensor<double>(y), {x}, [](Backward<double>& back) {
    if (auto to = back.zeroed(0))
      for (Index k = 0; k < back.size(0); ++k)
        to.data[k] += static_cast<double>(k + 1) * *back.adjoint();
  });
}

/// y = A x, A a matrix.     Ā = ȳ xᵀ,   x̄ = Aᵀ ȳ.
Tensor<double> apply_matrix(const Tensor<double>& a, const Tensor<double>& x) {
  const Index m = a.size(0), n = a.size(1);
  std::vector<double> y(static_cast<std::size_t>(m));
  for (Index i = 0; i < m; ++i)
    for (Index j = 0; j < n; ++j)
      y[static_cast<std::size_t>(i)] += a.data()[i * n + j] * x.data()[j];
  return record("apply_matrix", Tensor<double>(y), {a, x},
                [m, n, a = Saved(a), x = Saved(x)](Backward<double>& back) {
                  const double* const dy = back.adjoint();
                  if (auto to = back.zeroed(0))
                    for (Index k = 0; k < m * n; ++k) to.data[k] += dy[k / n] * x.data()[k % n];
                  if (auto to = back.zeroed(1))
                    for (Index k = 0; k < m * n; ++k) to.data[k % n] += a.data()[k] * dy[k / n];
                });
}

}  // namespace

TEST_CASE("an op of one's own is recorded, swept, checked and named") {
  const Tensor<double> x = {0.5, -1, 2};
  CHECK(check_gradient([](auto v) { return square(weighted_sum(v * v)); }, x));
  CHECK(check_gradient([](auto a, auto v) { return apply_matrix(a, v); },
                       Tensor<double>{{1, 2, 3}, {4, 5, 6}}, x));
  CHECK(check_gradient([](auto a) { return apply_matrix(a, sum(a, 0)); },
                       Tensor<double>{{1, 2}, {4, 5}}));
  Tape tape;
  const Tensor<double> v = tape.variable(x);
  const Tensor y = weighted_sum(v);
  CHECK(y.item() == 4.5);
  CHECK(tape.backward(y)[v].to_vector() == std::vector<double>{1, 2, 3});
  CHECK(tape.to_dot().find("weighted_sum") != std::string::npos);
}

TEST_CASE("an op of one's own costs nothing where nothing records") {
  CHECK(weighted_sum({1, 1}).place().generation == 0);
}
