#include "thalweg/autodiff/kernels/reduce.hpp"

#include <algorithm>

#include "tests/autodiff/kernels/common.hpp"
#include "thalweg/autodiff/kernels/moments.hpp"

using namespace thalweg;
using kernels::AxisView;
using kernels::Direction;

namespace {

constexpr AxisView views[] = {{1, 1, 1}, {3, 5, 1}, {2, 37, 1},    {4, 3, 2},    {2, 70, 33},
                              {0, 3, 1}, {2, 3, 0}, {1, 40000, 1}, {1, 3000, 20}};

/// The lines of x, one after the other, in double.
template <class Real>
std::vector<std::vector<double>> lines(const AxisView& v, const std::vector<Real>& x) {
  std::vector<std::vector<double>> all;
  for (Index b = 0; b < v.before; ++b)
    for (Index a = 0; a < v.after; ++a) {
      auto& line = all.emplace_back();
      for (Index j = 0; j < v.count; ++j)
        line.push_back(static_cast<double>(x[test::length((b * v.count + j) * v.after + a)]));
    }
  return all;
}

/// The opposite of `lines`.
std::vector<double> joined(const AxisView& v, const std::vector<std::vector<double>>& all) {
  std::vector<double> x(test::length(v.size()));
  for (Index line = 0; line < v.lines(); ++line)
    for (Index j = 0; j < v.count; ++j)
      x[test::length((line / v.after * v.count + j) * v.after + line % v.after)] =
          all[test::length(line)][test::length(j)];
  return x;
}

double total(const std::vector<double>& x) {
  double sum = 0;
  for (double value : x) sum += value;
  return sum;
}

}  // namespace

TEST_CASE_TEMPLATE("max and min give the value and its first place", Real, float, double) {
  for (const AxisView& v : views) {
    auto x = test::numbers<Real>(v.size());
    for (Real& value : x) value = std::round(4 * value);  // ties
    std::vector<Real> high(test::length(v.lines())), low = high;
    std::vector<Index> high_at(high.size()), low_at(high.size());
    kernels::max(v, x.data(), high.data(), high_at.data());
    kernels::min(v, x.data(), low.data(), low_at.data());
    std::size_t i = 0;
    for (const auto& line : lines(v, x)) {
      const auto most = std::max_element(line.begin(), line.end());
      const auto least = std::min_element(line.begin(), line.end());
      CHECK(static_cast<double>(high[i]) == *most);
      CHECK(high_at[i] == most - line.begin());
      CHECK(static_cast<double>(low[i]) == *least);
      CHECK(low_at[i] == least - line.begin());
      ++i;
    }
  }
}

TEST_CASE_TEMPLATE("max and min: the first NaN wins; infinities are numbers", Real, float, double) {
  constexpr Real nan = test::nan<Real>, inf = test::infinity<Real>;
  const auto first_max = [](std::vector<Real> x, const AxisView& v) {
    Real value = 0;
    Index place = -1;
    kernels::max(v, x.data(), &value, &place);
    Real low = 0;
    Index low_place = -1;
    kernels::min(v, x.data(), &low, &low_place);
    if (std::isnan(value)) CHECK((std::isnan(low) && place == low_place));
    return place;
  };
  std::vector<Real> x(40, Real{1});
  x[20] = inf;
  CHECK(first_max(x, {1, 40, 1}) == 20);
  x[33] = nan;
  x[7] = nan;
  CHECK(first_max(x, {1, 40, 1}) == 7);
  CHECK(first_max({-inf, -inf}, {1, 2, 1}) == 0);
  std::vector<Real> values(2);
  std::vector<Index> places(2);
  kernels::max({1, 3, 2}, std::vector<Real>{1, 2, nan, 5, 9, nan}.data(), values.data(),
               places.data());
  CHECK((std::isnan(values[0]) && places == std::vector<Index>{1, 2}));
}

TEST_CASE_TEMPLATE("sum, moments, prod and logsumexp along any axis", Real, float, double) {
  for (const AxisView& v : views) {
    const auto x = test::numbers<Real>(v.size());
    const auto start = test::numbers<Real>(v.lines(), 2);
    std::vector<double> sums, means, squares, products, logs;
    for (const auto& line : lines(v, x)) {
      const double mean = total(line) / static_cast<double>(line.size());
      double square = 0, product = 1, exponentials = 0;
      for (double value : line) {
        square += (value - mean) * (value - mean);
        product *= value;
        exponentials += std::exp(value);
      }
      sums.push_back(total(line) + static_cast<double>(start[sums.size()]));
      means.push_back(mean), squares.push_back(square);
      products.push_back(product), logs.push_back(std::log(exponentials));
    }
    auto y = start, other = start;
    kernels::sum(v, x.data(), true, y.data());
    CHECK(testing::close(y, sums, test::rounding<Real>(10)));
    std::vector<kernels::Moments> moments(test::length(v.lines()));
    kernels::moments_of_lines(v, x.data(), moments.data());
    for (std::size_t k = 0; k < moments.size(); ++k) {
      y[k] = static_cast<Real>(moments[k].mean);
      other[k] = static_cast<Real>(moments[k].squares);
    }
    CHECK(testing::close(y, means, test::rounding<Real>(10)));
    CHECK(testing::close(other, squares, test::rounding<Real>(10)));
    kernels::norm(v, x.data(), y.data());
    std::vector<double> norms;
    for (const auto& line : lines(v, x)) {
      double square = 0;
      for (double value : line) square += value * value;
      norms.push_back(std::sqrt(square));
    }
    CHECK(testing::close(y, norms, test::rounding<Real>(10)));
    kernels::prod(v, x.data(), y.data());
    CHECK(testing::close(y, products, test::rounding<Real>()));
    kernels::logsumexp(v, x.data(), y.data());
    CHECK(testing::close(y, logs, test::rounding<Real>()));
  }
}

TEST_CASE_TEMPLATE("reductions of nothing: 0, 1 and −∞", Real, float, double) {
  std::vector<Real> x(1), y(2, Real{7});
  kernels::sum({2, 0, 1}, x.data(), false, y.data());
  CHECK(y == std::vector<Real>{0, 0});
  kernels::sum({1, 0, 2}, x.data(), false, y.data());
  CHECK(y == std::vector<Real>{0, 0});
  kernels::prod({2, 0, 1}, x.data(), y.data());
  CHECK(y == std::vector<Real>{1, 1});
  kernels::logsumexp({1, 0, 2}, x.data(), y.data());
  CHECK(y == std::vector<Real>(2, -test::infinity<Real>));
}

TEST_CASE_TEMPLATE("logsumexp: large numbers, infinities and NaN", Real, float, double) {
  constexpr Real inf = test::infinity<Real>;
  const std::vector<Real> x = {10000, 10000, inf, 0, -inf, -inf, test::nan<Real>, inf};
  std::vector<Real> rows(4), columns(4);
  kernels::logsumexp({4, 2, 1}, x.data(), rows.data());
  const std::vector<Real> turned = {10000, inf, -inf, test::nan<Real>, 10000, 0, -inf, inf};
  kernels::logsumexp({1, 2, 4}, turned.data(), columns.data());
  for (const auto& y : {rows, columns}) {
    CHECK(y[0] == Real(10000 + std::log(2.0)));
    CHECK(y[1] == inf);
    CHECK(y[2] == -inf);
    CHECK(std::isnan(y[3]));
  }
}

TEST_CASE("a float sum of a million equal terms does not drift") {
  const std::vector<float> x(1'000'000, 0.1F);
  float y = 0;
  kernels::sum({1, 1'000'000, 1}, x.data(), false, &y);
  CHECK(y == doctest::Approx(100000.0).epsilon(1e-5));
  kernels::sum({1, 1'000'000, 1}, x.data(), false, &y);
  std::vector<float> columns(2);
  kernels::sum({1, 500'000, 2}, x.data(), false, columns.data());
  CHECK(columns[1] == doctest::Approx(50000.0).epsilon(1e-5));
}

TEST_CASE_TEMPLATE("prod backward: the product of the others, zeros or not", Real, float, double) {
  const AxisView v{2, 3, 2};
  for (int zeros : {0, 1, 2, 3})
    for (bool accumulate : {false, true}) {
      auto x = test::numbers<Real>(v.size(), 1);
      for (int j = 0; j < zeros; ++j) x[test::length(2 * j)] = 0;  // in the first line
      const auto dy = test::numbers<Real>(v.lines(), 2);
      auto dx = test::numbers<Real>(v.size(), 3);
      auto wanted = lines(v, dx);
      const auto factors = lines(v, x);
      for (std::size_t line = 0; line < wanted.size(); ++line)
        for (std::size_t j = 0; j < 3; ++j) {
          double slope = static_cast<double>(dy[line]);
          for (std::size_t i = 0; i < 3; ++i)
            if (i != j) slope *= factors[line][i];
          wanted[line][j] = slope + (accumulate ? wanted[line][j] : 0);
        }
      kernels::prod_backward(v, x.data(), dy.data(), accumulate, dx.data());
      CHECK(testing::close(dx, joined(v, wanted), test::rounding<Real>()));
    }
}

TEST_CASE_TEMPLATE("cumsum runs forward and backward", Real, float, double) {
  for (const AxisView& v : {AxisView{3, 5, 1}, AxisView{2, 4, 7}, AxisView{2, 0, 1}})
    for (bool accumulate : {false, true}) {
      const auto x = test::numbers<Real>(v.size(), 1), start = test::numbers<Real>(v.size(), 2);
      auto forward = lines(v, x), backward = forward;
      const auto first = lines(v, start);
      for (std::size_t line = 0; line < forward.size(); ++line) {
        const auto n = forward[line].size();
        for (std::size_t j = 1; j < n; ++j) forward[line][j] += forward[line][j - 1];
        for (std::size_t j = n; j-- > 1;) backward[line][j - 1] += backward[line][j];
        for (std::size_t j = 0; accumulate && j < n; ++j) {
          forward[line][j] += first[line][j];
          backward[line][j] += first[line][j];
        }
      }
      auto y = start;
      kernels::cumsum(v, x.data(), Direction::forward, accumulate, y.data());
      CHECK(testing::close(y, joined(v, forward), test::rounding<Real>()));
      y = start;
      kernels::cumsum(v, x.data(), Direction::backward, accumulate, y.data());
      CHECK(testing::close(y, joined(v, backward), test::rounding<Real>()));
    }
}
