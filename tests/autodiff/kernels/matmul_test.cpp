#include "thalweg/autodiff/kernels/matmul.hpp"

#include <algorithm>
#include <thread>

#include "tests/autodiff/kernels/common.hpp"

using namespace thalweg;
using kernels::Use;
using thalweg::test::Threads;

namespace {

constexpr Use uses[] = {Use::plain, Use::transposed};

/// C = C₀ + op(A) op(B), in double.
template <class Real>
std::vector<double> naive(Use use_a, Use use_b, Index m, Index n, Index k, const Real* a,
                          const Real* b, const Real* start) {
  std::vector<double> c(test::length(m * n));
  for (Index i = 0; i < m; ++i)
    for (Index j = 0; j < n; ++j) {
      double sum = start ? static_cast<double>(start[i * n + j]) : 0;
      for (Index l = 0; l < k; ++l)
        sum += static_cast<double>(use_a == Use::plain ? a[i * k + l] : a[l * m + i]) *
               static_cast<double>(use_b == Use::plain ? b[l * n + j] : b[j * k + l]);
      c[test::length(i * n + j)] = sum;
    }
  return c;
}

struct Size {
  Index m, n, k;
};

/// Every route: outer product, row, column, dot, narrow, small, large; more rows or more columns.
constexpr Size sizes[] = {
    {1, 1, 1},     {3, 4, 1},       {1, 5, 7},     {6, 1, 9},      {1, 1, 33},    {2, 3, 4},
    {17, 10, 20},  {10, 300, 31},   {64, 10, 784}, {700, 10, 200}, {65, 67, 71},  {20, 400, 90},
    {400, 20, 90}, {130, 129, 128}, {1, 700, 300}, {20, 900, 90},  {3000, 10, 20}};

}  // namespace

TEST_CASE_TEMPLATE("gemm is the sum of products, stored or added, in all forms", Real, float,
                   double) {
  for (int count : {1, 2, 3}) {
    const Threads scope(count);
    for (const Size& size : sizes)
      for (Use use_a : uses)
        for (Use use_b : uses) {
          const Index m = size.m, n = size.n, k = size.k;
          INFO("m ", m, " n ", n, " k ", k, " threads ", count);
          const auto a = test::numbers<Real>(m * k, 1), b = test::numbers<Real>(k * n, 2);
          std::vector<Real> c(test::length(m * n), test::nan<Real>);  // not read when it stores
          kernels::gemm(use_a, use_b, m, n, k, a.data(), b.data(), false, c.data());
          const auto tolerance = test::rounding<Real>(20);
          const Real* nothing = nullptr;
          CHECK(testing::close(c, naive(use_a, use_b, m, n, k, a.data(), b.data(), nothing),
                               tolerance));
          c = test::numbers<Real>(m * n, 3);
          const auto wanted = naive(use_a, use_b, m, n, k, a.data(), b.data(), c.data());
          kernels::gemm(use_a, use_b, m, n, k, a.data(), b.data(), true, c.data());
          CHECK(testing::close(c, wanted, tolerance));
        }
  }
}

TEST_CASE_TEMPLATE("gemm with an inner size of 0 gives zeros, or adds nothing", Real, float,
                   double) {
  std::vector<Real> c(6, Real{2});
  const Real* nothing = nullptr;
  kernels::gemm(Use::plain, Use::plain, 2, 3, 0, nothing, nothing, true, c.data());
  CHECK(c == std::vector<Real>(6, Real{2}));
  kernels::gemm(Use::plain, Use::plain, 2, 3, 0, nothing, nothing, false, c.data());
  CHECK(c == std::vector<Real>(6, Real{0}));
  kernels::gemm(Use::plain, Use::plain, 0, 3, 4, nothing, nothing, false, c.data());
}

TEST_CASE_TEMPLATE("gemm carries NaN and infinity on", Real, float, double) {
  for (Index n : {2, 100}) {
    auto a = test::numbers<Real>(n * n, 1), b = test::numbers<Real>(n * n, 2);
    a[0] = test::nan<Real>;
    b.back() = test::infinity<Real>;
    std::vector<Real> c(test::length(n * n));
    kernels::gemm(Use::plain, Use::plain, n, n, n, a.data(), b.data(), false, c.data());
    CHECK(std::isnan(c[0]));
    CHECK(std::isinf(c.back()));
  }
}

TEST_CASE_TEMPLATE("gemm_batched: each product by itself, operands repeated by a stride of 0", Real,
                   float, double) {
  const Threads scope(2);
  constexpr Index count = 5, m = 6, n = 7, k = 8;
  const auto a = test::numbers<Real>(count * m * k, 1), b = test::numbers<Real>(count * k * n, 2);
  for (Use use_a : uses)
    for (Index stride_a : {Index{0}, m * k})
      for (Index stride_b : {Index{0}, k * n})
        for (bool accumulate : {false, true}) {
          auto c = test::numbers<Real>(count * m * n, 3), wanted = c;
          for (Index i = 0; i < count; ++i)
            kernels::gemm(use_a, Use::plain, m, n, k, &a[test::length(i * stride_a)],
                          &b[test::length(i * stride_b)], accumulate,
                          &wanted[test::length(i * m * n)]);
          kernels::gemm_batched(use_a, Use::plain, {count, stride_a, stride_b, m * n}, m, n, k,
                                a.data(), b.data(), accumulate, c.data());
          CHECK(testing::close(c, wanted, test::rounding<Real>()));
        }
}

TEST_CASE_TEMPLATE("gemm_batched with stride_c = 0 sums the products", Real, float, double) {
  constexpr Index count = 4, m = 3, n = 5, k = 2;
  const auto a = test::numbers<Real>(count * m * k, 1), b = test::numbers<Real>(count * k * n, 2);
  for (Use use_a : uses)
    for (bool accumulate : {false, true}) {
      auto c = test::numbers<Real>(m * n, 3), wanted = c;
      if (!accumulate) std::fill(wanted.begin(), wanted.end(), Real{0});
      for (Index i = 0; i < count; ++i)
        kernels::gemm(use_a, Use::plain, m, n, k, &a[test::length(i * m * k)],
                      &b[test::length(i * k * n)], true, wanted.data());
      kernels::gemm_batched(use_a, Use::plain, {count, m * k, k * n, 0}, m, n, k, a.data(),
                            b.data(), accumulate, c.data());
      CHECK(testing::close(c, wanted, test::rounding<Real>()));
    }
}

TEST_CASE_TEMPLATE("dot", Real, float, double) {
  const auto x = test::numbers<Real>(1000, 1), y = test::numbers<Real>(1000, 2);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    sum += static_cast<double>(x[i]) * static_cast<double>(y[i]);
  CHECK(testing::close(kernels::dot(1000, x.data(), y.data()), sum, {.relative = 1e-4}));
  CHECK(kernels::dot(0, x.data(), y.data()) == 0);
}

TEST_CASE("products of several program threads at once do not disturb each other") {
  for (int count : {1, 2}) {
    const Threads scope(count);
    constexpr Index n = 80;
    const auto a = test::numbers<float>(n * n, 1), b = test::numbers<float>(n * n, 2);
    const auto c = test::numbers<double>(n * n, 3), d = test::numbers<double>(n * n, 4);
    const auto multiply = [&] {
      std::vector<float> f(test::length(n * n));
      std::vector<double> g(test::length(n * n));
      kernels::gemm(Use::plain, Use::plain, n, n, n, a.data(), b.data(), false, f.data());
      kernels::gemm(Use::plain, Use::transposed, n, n, n, c.data(), d.data(), false, g.data());
      return std::pair(f, g);
    };
    const auto wanted = multiply();
    std::vector<int> same(8);
    std::vector<std::thread> all;
    for (int& result : same)
      all.emplace_back([&] {
        result = 1;
        for (int repeat = 0; repeat < 20; ++repeat) result = result && multiply() == wanted;
      });
    for (std::thread& thread : all) thread.join();
    CHECK(same == std::vector<int>(8, 1));
  }
}
