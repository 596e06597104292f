#include "thalweg/autodiff/kernels/softmax.hpp"

#include "tests/autodiff/kernels/common.hpp"
#include "thalweg/autodiff/kernels/soft_exp.hpp"

using namespace thalweg;
using kernels::AxisView;

namespace {

constexpr AxisView views[] = {{1, 1, 1},  {4, 10, 1}, {3, 37, 1}, {2, 5, 3},
                              {2, 4, 50}, {0, 3, 1},  {2, 3, 0},  {300, 200, 1}};

/// f(element → position in the array) for every line.
template <class F>
void each_line(const AxisView& v, F&& f) {
  for (Index b = 0; b < v.before; ++b)
    for (Index a = 0; a < v.after; ++a)
      f([=](Index j) { return test::length((b * v.count + j) * v.after + a); });
}

template <class Real>
std::vector<double> naive_log_softmax(const AxisView& v, const std::vector<Real>& x) {
  std::vector<double> y(x.size());
  each_line(v, [&](auto at) {
    double total = 0;
    for (Index j = 0; j < v.count; ++j) total += std::exp(static_cast<double>(x[at(j)]));
    for (Index j = 0; j < v.count; ++j) y[at(j)] = static_cast<double>(x[at(j)]) - std::log(total);
  });
  return y;
}

}  // namespace

TEST_CASE_TEMPLATE("softmax and log_softmax along any axis", Real, float, double) {
  for (const AxisView& v : views) {
    const auto x = test::numbers<Real>(v.size());
    std::vector<Real> y(x.size()), log_y(x.size());
    kernels::softmax(v, x.data(), y.data());
    kernels::log_softmax(v, x.data(), log_y.data());
    auto wanted = naive_log_softmax(v, x);
    CHECK(testing::close(log_y, wanted, test::rounding<Real>()));
    for (double& value : wanted) value = std::exp(value);
    CHECK(testing::close(y, wanted, {.relative = test::rounding<Real>().relative}));
  }
}

TEST_CASE_TEMPLATE("softmax: one number far above the others takes all, wherever it stands", Real,
                   float, double) {
  for (const Index n : {1, 2, 15, 16, 17, 31, 33, 70})
    for (Index at = 0; at < n; ++at) {
      std::vector<Real> x = test::numbers<Real>(n), y(x.size()), log_y(x.size());
      x[at] = 1000;
      std::vector<double> wanted(x.size()), log_wanted(x.begin(), x.end());
      wanted[at] = 1;
      for (double& value : log_wanted) value -= 1000;
      kernels::softmax({1, n, 1}, x.data(), y.data());
      kernels::log_softmax({1, n, 1}, x.data(), log_y.data());
      CHECK(testing::close(y, wanted, {0, 0}));
      CHECK(testing::close(log_y, log_wanted, {.relative = sizeof(Real) == 4 ? 1e-7 : 1e-15}));
      Real loss = 0, logsumexp = 0;
      kernels::cross_entropy(1, n, x.data(), &at, &loss, &logsumexp);
      CHECK(testing::close(logsumexp, 1000, {0, 0}));
      CHECK(testing::close(loss, 0, {0, 0}));
    }
}

TEST_CASE_TEMPLATE("softmax does not overflow and passes NaN on", Real, float, double) {
  std::vector<Real> x = {Real(1e4), Real(1e4), -test::infinity<Real>, 0}, y(4), log_y(4);
  kernels::softmax({1, 4, 1}, x.data(), y.data());
  kernels::log_softmax({1, 4, 1}, x.data(), log_y.data());
  CHECK(y == std::vector<Real>{Real(0.5), Real(0.5), 0, 0});
  CHECK(testing::close(log_y[0], -std::log(2.0), {.relative = sizeof(Real) == 4 ? 1e-7 : 1e-15}));
  CHECK(log_y[2] == -test::infinity<Real>);
  CHECK(log_y[3] == Real(-1e4 - std::log(2.0)));
  x[1] = test::nan<Real>;
  kernels::softmax({1, 4, 1}, x.data(), y.data());
  for (Real value : y) CHECK(std::isnan(value));
}

TEST_CASE_TEMPLATE("softmax backward: y (ȳ − Σ y ȳ), log_softmax backward: ȳ − exp(y) Σ ȳ", Real,
                   float, double) {
  for (const AxisView& v : views)
    for (bool accumulate : {false, true}) {
      const auto y = test::numbers<Real>(v.size(), 1), dy = test::numbers<Real>(v.size(), 2);
      const auto start = test::numbers<Real>(v.size(), 3);
      std::vector<double> wanted(y.size()), log_wanted(y.size());
      each_line(v, [&](auto at) {
        double total = 0, products = 0;
        for (Index j = 0; j < v.count; ++j) {
          total += static_cast<double>(dy[at(j)]);
          products += static_cast<double>(y[at(j)]) * static_cast<double>(dy[at(j)]);
        }
        for (Index j = 0; j < v.count; ++j) {
          const double yj = static_cast<double>(y[at(j)]), dj = static_cast<double>(dy[at(j)]);
          const double first = accumulate ? static_cast<double>(start[at(j)]) : 0;
          wanted[at(j)] = first + yj * (dj - products);
          log_wanted[at(j)] = first + dj - std::exp(yj) * total;
        }
      });
      auto dx = start;
      kernels::softmax_backward(v, y.data(), dy.data(), accumulate, dx.data());
      CHECK(testing::close(dx, wanted, test::rounding<Real>(10)));
      dx = start;
      kernels::log_softmax_backward(v, y.data(), dy.data(), accumulate, dx.data());
      CHECK(testing::close(dx, log_wanted, test::rounding<Real>(10)));
    }
}

TEST_CASE_TEMPLATE("cross_entropy: −log_softmax at the label, slope softmax − one-hot", Real, float,
                   double) {
  constexpr Index rows = 7, classes = 19;
  const auto x = test::numbers<Real>(rows * classes, 1), dloss = test::numbers<Real>(rows, 2);
  const std::vector<Index> labels = {0, 18, 3, 3, 7, 11, 16};
  std::vector<Real> loss(rows), logsumexp(rows);
  kernels::cross_entropy(rows, classes, x.data(), labels.data(), loss.data(), logsumexp.data());
  const auto log_p = naive_log_softmax({rows, classes, 1}, x);
  for (Index step : {0, 1}) {
    std::vector<Real> dx(x.size(), Real{1});
    std::vector<double> wanted(x.size());
    kernels::cross_entropy_backward(rows, classes, x.data(), labels.data(), logsumexp.data(),
                                    dloss.data(), step, true, dx.data());
    for (Index i = 0; i < rows; ++i) {
      const Index label = labels[test::length(i)];
      CHECK(testing::close(loss[test::length(i)], -log_p[test::length(i * classes + label)],
                           {.relative = sizeof(Real) == 4 ? 1e-6 : 1e-14}));
      for (Index j = 0; j < classes; ++j) {
        const auto at = test::length(i * classes + j);
        wanted[at] = 1 + (std::exp(log_p[at]) - (j == label ? 1 : 0)) *
                             static_cast<double>(dloss[test::length(i * step)]);
      }
    }
    CHECK(testing::close(dx, wanted, test::rounding<Real>()));
  }
}

TEST_CASE("cross_entropy of a sure row keeps its digits") {
  // logsumexp − x alone would have none of 4.5e-5 left beside 1000 in float.
  const std::vector<float> x = {1000, 990};
  const Index label = 0;
  float loss = 0, logsumexp = 0;
  kernels::cross_entropy(1, 2, x.data(), &label, &loss, &logsumexp);
  CHECK(testing::close(loss, std::log1p(std::exp(-10.0)), {.relative = 2e-3}));
}

TEST_CASE_TEMPLATE("cross_entropy of rows of every length passes a NaN on, wherever it is", Real,
                   float, double) {
  for (const Index n : {1, 15, 16, 17, 63, 64, 65, 100}) {
    for (Index at = -1; at < n; ++at) {
      std::vector<Real> x(test::length(n));
      for (Index j = 0; j < n; ++j) x[test::length(j)] = static_cast<Real>(j * 7 % 5);
      if (at >= 0) x[test::length(at)] = test::nan<Real>;
      double total = 0;
      for (const Real number : x) total += std::exp(static_cast<double>(number));
      const Index label = n / 2;
      Real loss = 0, logsumexp = 0;
      kernels::cross_entropy(1, n, x.data(), &label, &loss, &logsumexp);
      if (at >= 0)
        CHECK(std::isnan(logsumexp));
      else
        CHECK(testing::close(logsumexp, std::log(total),
                             {.relative = sizeof(Real) == 4 ? 1e-6 : 1e-14}));
    }
  }
}

TEST_CASE_TEMPLATE("soft_exp: exp to two units in the last place; 0, infinity and NaN", Real, float,
                   double) {
  const double tiny = std::numeric_limits<Real>::min();
  const double allowed = 2 * double(std::numeric_limits<Real>::epsilon());
  std::vector<double> found, wanted;
  for (double x = std::log(tiny); x < 80; x += 0.00917) {
    const Real rounded = static_cast<Real>(x);
    wanted.push_back(std::exp(static_cast<double>(rounded)));
    found.push_back(static_cast<double>(kernels::soft_exp(Lanes<Real>(rounded))[0]));
  }
  CHECK(testing::close(found, wanted, {.relative = allowed}));
  const auto at = [](Real x) { return kernels::soft_exp(Lanes<Real>(x))[0]; };
  CHECK(at(0) == 1);
  CHECK(at(-test::infinity<Real>) == 0);
  CHECK(at(Real(-1e30)) == 0);
  CHECK(at(1000) == test::infinity<Real>);
  CHECK(std::isnan(at(test::nan<Real>)));
  CHECK(std::isnan(at(-test::nan<Real>)));
}
