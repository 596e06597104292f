#include "thalweg/autodiff/kernels/least_squares.hpp"

#include "tests/autodiff/kernels/common.hpp"

using namespace thalweg;
using kernels::Singular;
using std::vector;
using testing::close;

namespace {

/// AᵀB of A [m, n] and B [m, k].
vector<double> transposed_product(const vector<double>& a, std::size_t n, const vector<double>& b,
                                  std::size_t k) {
  vector<double> c(n * k);
  for (std::size_t row = 0; row < a.size() / n; ++row)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < k; ++j) c[i * k + j] += a[row * n + i] * b[row * k + j];
  return c;
}

/// The axes, each times a factor.
vector<double> scaled(const Singular& a, const vector<double>& factors) {
  vector<double> result = a.axes;
  for (std::size_t i = 0; i < result.size(); ++i) result[i] *= factors[i / factors.size()];
  return result;
}

vector<double> identity(std::size_t n) {
  vector<double> result(n * n);
  for (std::size_t i = 0; i < n; ++i) result[i * n + i] = 1;
  return result;
}

}  // namespace

TEST_CASE("singular: V S² Vᵀ = AᵀA, V S c = Aᵀb and VᵀV = 1, whatever the shape") {
  for (const auto& shape : {std::pair<Index, Index>{1, 1}, {7, 3}, {3, 7}, {40, 40}, {100, 12}}) {
    const Index m = shape.first, n = shape.second;
    CAPTURE(m);
    CAPTURE(n);
    const auto width = test::length(n);
    const auto a = test::numbers<double>(m * n), b = test::numbers<double>(m, 2);
    const Singular s = kernels::singular(n, a, b);
    const auto half = scaled(s, s.values);
    const testing::Tolerance digits{1e-13, 1e-13};
    CHECK(close(transposed_product(half, width, half, width),
                transposed_product(a, width, a, width), digits));
    CHECK(close(transposed_product(half, width, s.right, 1), transposed_product(a, width, b, 1),
                digits));
    CHECK(close(transposed_product(s.axes, width, s.axes, width), identity(width), digits));
    for (std::size_t i = 1; i < width; ++i) CHECK(s.values[i] <= s.values[i - 1]);
    CHECK((s.values.back() > 1e-6) == (m >= n));
  }
}

TEST_CASE("singular: columns of unlike size cost no digits") {
  // Orthogonal columns of lengths 5, 5e-20 and 5e+20: the singular values.
  const vector<double> a = {3, 4e-20, 0, 4, -3e-20, 0, 0, 0, 5e20};
  const Singular s = kernels::singular(3, a, {1, 2, 3});
  CHECK(close(s.values, {5e20, 5, 5e-20}, {.relative = 1e-15}));
  CHECK(close(s.right[2] * s.axes[7], (4e-20 - 6e-20) / 5e-20, {.relative = 1e-14}));
}

TEST_CASE("singular: equal columns have one axis, zeros none") {
  const Singular equal = kernels::singular(2, {1, 1, 2, 2}, {1, 3});
  CHECK(close(equal.values[0], std::sqrt(10), {.relative = 1e-15}));
  CHECK(equal.values[1] < 1e-15);
  const Singular zero = kernels::singular(2, vector<double>(6), {1, 2, 3});
  CHECK(zero.values == vector<double>{0, 0});
  CHECK(zero.right == vector<double>{0, 0});
}
