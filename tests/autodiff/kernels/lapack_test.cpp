#include "thalweg/autodiff/kernels/lapack.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/close.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/kernels/matmul.hpp"

using namespace thalweg;
using kernels::Use;

namespace {

std::vector<double> symmetric(Index n) {
  std::vector<double> half(static_cast<std::size_t>(n * n)), a(half.size());
  Random(7).fill_normal(half, 0, 1);
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < n; ++j)
      a[std::size_t(i * n + j)] = half[std::size_t(i * n + j)] + half[std::size_t(j * n + i)];
  return a;
}

}  // namespace

TEST_CASE("symmetric_eigen: the rows are orthonormal, and A of each is its value times it") {
  for (const Index n : {1, 2, 3, 10, 70}) {
    const std::vector<double> a = symmetric(n);
    std::vector<double> v = a, values(static_cast<std::size_t>(n)), product(a.size()), gram = a;
    REQUIRE(kernels::symmetric_eigen(n, v.data(), values.data()));
    kernels::gemm(Use::plain, Use::plain, n, n, n, v.data(), a.data(), false, product.data());
    kernels::gemm(Use::plain, Use::transposed, n, n, n, v.data(), v.data(), false, gram.data());
    std::vector<double> scaled = v, identity(a.size());
    for (Index i = 0; i < n; ++i) {
      identity[i * n + i] = 1;
      for (Index j = 0; j < n; ++j) scaled[i * n + j] *= values[i];
    }
    CHECK(testing::close(product, scaled, {0, 1e-12 * double(n)}));
    CHECK(testing::close(gram, identity, {0, 1e-12 * double(n)}));
    CHECK(std::is_sorted(values.begin(), values.end()));
  }
}

TEST_CASE("symmetric_eigen: a matrix with a number that is not finite has none") {
  std::vector<double> a = {1, 0, 0, NAN}, values(2);
  CHECK(!kernels::symmetric_eigen(2, a.data(), values.data()));
  a = {1, INFINITY, INFINITY, 1};
  CHECK(!kernels::symmetric_eigen(2, a.data(), values.data()));
  CHECK(kernels::symmetric_eigen(0, nullptr, nullptr));
}
