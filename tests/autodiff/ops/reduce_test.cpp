#include "thalweg/autodiff/ops/reduce.hpp"

#include <algorithm>

#include "tests/autodiff/laws/tensor_laws.hpp"
#include "thalweg/autodiff/ops/extrema.hpp"
#include "thalweg/autodiff/ops/predicates.hpp"
#include "thalweg/autodiff/ops/scan.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"

using namespace thalweg;
using test::check_adjoint;
using test::check_equal;
using test::message_of;
using test::random_tensor;

namespace {

const Axes every_choice[] = {{}, 0, 1, 2, -1, {0, 1}, {1, 2}, {0, 2}, {2, 0}, {0, 1, 2}};

/// fold(line) for every line of elements that become one, from the definition; axes stay.
template <class Real, class F>
Tensor<Real> naive(const Tensor<Real>& x, const Axes& axes, F fold) {
  const auto reduced = thalweg::detail::reduced_shape("naive", x.shape(), axes, keep_axes);
  std::vector<std::vector<double>> lines(test::length(reduced.form.size()));
  for (Index at = 0; at < x.size(); ++at) {
    Index rest = at, to = 0, step = 1;
    for (int axis = x.rank() - 1; axis >= 0; --axis) {
      if (reduced.form[axis] != 1) to += rest % x.shape()[axis] * step;
      step *= reduced.form[axis];
      rest /= x.shape()[axis];
    }
    lines[test::length(to)].push_back(static_cast<double>(x.data()[at]));
  }
  std::vector<Real> values;
  for (const auto& line : lines) values.push_back(static_cast<Real>(fold(line)));
  return Tensor<Real>(reduced.form, values);
}

double add(const std::vector<double>& line) {
  double total = 0;
  for (double value : line) total += value;
  return total;
}
double scatter(const std::vector<double>& line) {
  const double mean = add(line) / double(line.size());
  double total = 0;
  for (double value : line) total += (value - mean) * (value - mean);
  return total;
}

/// The op agrees with the fold over any axes, kept or not, and its gradient is right.
template <class F, class Fold>
void check_reduction(F op, Fold fold) {
  const auto x = random_tensor({2, 3, 4}, 5);
  for (const Axes& axes : every_choice) {
    const auto wanted = naive(x, axes, fold);
    check_equal(as_tensor(op(x, axes, keep_axes)), wanted, 1e-14);
    const auto dropped = as_tensor(op(x, axes, KeepAxes::no));
    check_equal(reshape(dropped, wanted.shape()), wanted, 1e-14);
    CHECK(dropped.rank() == (axes.all() ? 0 : 3 - int(axes.list().size())));
    check_adjoint([&](const auto& v) { return op(v, axes, KeepAxes::no); }, x);
  }
  check_adjoint([&](const auto& v) { return op(v, Axes{0}, keep_axes); }, x);
  check_adjoint([&](const auto& v) { return op(v * v + v, Axes{1}, keep_axes); }, x);
  const auto f = random_tensor<float>({2, 3, 4}, 5);
  check_equal(op(f, Axes{1}, keep_axes), naive(f, 1, fold));
  check_equal(as_tensor(op(transpose(x), Axes{1}, keep_axes)), naive(transpose(x), 1, fold));
}

constexpr auto sum_of = [](auto&& x, Axes axes, KeepAxes keep) {
  return sum(std::forward<decltype(x)>(x), axes, keep);
};

}  // namespace

TEST_CASE("sum") { check_reduction(sum_of, add); }

TEST_CASE("mean") {
  check_reduction([](const auto& x, Axes axes, KeepAxes keep) { return mean(x, axes, keep); },
                  [](const auto& line) { return add(line) / double(line.size()); });
}

TEST_CASE("prod") {
  check_reduction([](const auto& x, Axes axes, KeepAxes keep) { return prod(x, axes, keep); },
                  [](const auto& line) {
                    double total = 1;
                    for (double value : line) total *= value;
                    return total;
                  });
}

TEST_CASE("the gradient of prod is right where factors are zero") {
  Tape tape;
  const auto x = tape.variable(Tensor<double>{{2, 0, 3}, {0, 0, 5}});
  check_equal(tape.backward(sum(prod(x, 1)))[x], Tensor<double>{{0, 6, 0}, {0, 0, 0}});
}

TEST_CASE("max and min") {
  check_reduction([](const auto& x, Axes axes, KeepAxes keep) { return max(x, axes, keep); },
                  [](const auto& line) { return *std::max_element(line.begin(), line.end()); });
  check_reduction([](const auto& x, Axes axes, KeepAxes keep) { return min(x, axes, keep); },
                  [](const auto& line) { return *std::min_element(line.begin(), line.end()); });
}

TEST_CASE("of equal elements the first gets the gradient along an axis; over all they share it") {
  Tape tape;
  const auto x = tape.variable(Tensor<double>{{1, 3, 3}, {3, 0, 0}});
  check_equal(tape.backward(sum(max(x, 1)))[x], Tensor<double>{{0, 1, 0}, {1, 0, 0}});
  check_equal(tape.backward(sum(min(x, 1)))[x], Tensor<double>{{1, 0, 0}, {0, 1, 0}});
  check_equal(tape.backward(3.0 * max(x))[x], Tensor<double>{{0, 1, 1}, {1, 0, 0}});
  check_equal(tape.backward(min(x, {0, 1}))[x], Tensor<double>{{0, 0, 0}, {0, .5, .5}});
}

TEST_CASE("a NaN is the largest and the smallest") {
  const double nan = test::nan<double>;
  const Tensor<double> x = {1, nan, 3};
  CHECK(std::isnan(max(x).item()));
  CHECK(std::isnan(min(x, 0).item()));
  CHECK(argmax(x).item() == 1);
}

TEST_CASE("argmax and argmin give the first position") {
  const Tensor<double> x = {{1, 3, 3}, {-4, 0, -4}};
  CHECK(argmax(x, 1).to_vector() == std::vector<Index>{1, 1});
  CHECK(argmin(x, 1).to_vector() == std::vector<Index>{0, 0});
  CHECK(argmax(x, 0, keep_axes).shape() == Shape{1, 3});
  CHECK(argmax(x * 1.0).item() == 1);
  CHECK(argmin(x).item() == 3);
  const auto y = random_tensor({2, 3, 4});
  const IndexTensor where = argmax(y, {0, 2});
  for (Index j = 0; j < 3; ++j) {
    const Index at = where.data()[j];
    CHECK(y(at / 4, j, at % 4).value() == max(y, {0, 2}).data()[j]);
  }
}

TEST_CASE("logsumexp") {
  check_reduction([](const auto& x, Axes axes, KeepAxes keep) { return logsumexp(x, axes, keep); },
                  [](const auto& line) {
                    double total = 0;
                    for (double value : line) total += std::exp(value);
                    return std::log(total);
                  });
}

TEST_CASE("logsumexp neither overflows nor loses lines of -inf") {
  const double inf = test::infinity<double>;
  Tape tape;
  const auto x = tape.variable(Tensor<double>{{1000, 1000}, {-inf, -inf}, {-inf, 7}});
  const auto y = logsumexp(x, 1);
  check_equal(y, Tensor<double>{1000 + std::log(2.0), -inf, 7});
  check_equal(tape.backward(y, Tensor<double>{1, 1, 1})[x],
              Tensor<double>{{.5, .5}, {0, 0}, {0, 1}}, 1e-12);
}

TEST_CASE("var divides by n - 1, or by n if asked") {
  check_reduction([](const auto& x, Axes axes, KeepAxes keep) { return var(x, axes, keep); },
                  [](const auto& line) { return scatter(line) / double(line.size() - 1); });
  check_reduction([](const auto& x, Axes axes,
                     KeepAxes keep) { return var(x, axes, {.correction = 0, .keep = keep}); },
                  [](const auto& line) { return scatter(line) / double(line.size()); });
  CHECK(std::isnan(var(Tensor<double>{3}).item()));
}

TEST_CASE("stddev") {
  check_reduction(
      [](const auto& x, Axes axes, KeepAxes keep) { return stddev(x, axes, keep); },
      [](const auto& line) { return std::sqrt(scatter(line) / double(line.size() - 1)); });
  CHECK(stddev(Tensor<double>{1, 3}, {}, {.correction = 0}).item() == 1);
}

TEST_CASE("norm") {
  check_reduction([](const auto& x, Axes axes, KeepAxes keep) { return norm(x, axes, keep); },
                  [](const auto& line) {
                    double total = 0;
                    for (double value : line) total += value * value;
                    return std::sqrt(total);
                  });
}

TEST_CASE("norm and stddev have gradient 0 where they are 0") {
  Tape tape;
  const auto x = tape.variable(Tensor<double>{{0, 0}, {3, 4}});
  check_equal(tape.backward(sum(norm(x, 1)))[x], Tensor<double>{{0, 0}, {.6, .8}});
  const auto c = tape.variable(Tensor<double>{2, 2, 2});
  check_equal(tape.backward(stddev(c))[c], Tensor<double>{0, 0, 0});
}

TEST_CASE_TEMPLATE("norm: large and tiny numbers have their length, and slopes", Real, float,
                   double) {
  const Real large = sizeof(Real) == 4 ? Real(1e20) : Real(1e200);
  const Real tiny = sizeof(Real) == 4 ? Real(1e-30) : Real(1e-200);
  for (const Real scale : {large, tiny, Real(1e-40)}) {
    Tape tape;
    const Tensor<Real> x = tape.variable(Tensor<Real>{{3 * scale, 4 * scale}, {0, 0}, {3, 4}});
    const Tensor<Real> y = norm(x, 1);
    CHECK(double(y(0).value() / scale) == doctest::Approx(5).epsilon(1e-5));
    CHECK(y(1).value() == 0);
    CHECK(y(2).value() == 5);
    const auto g = tape.backward(sum(y))[x].to_vector();
    CHECK(double(g[0]) == doctest::Approx(.6).epsilon(1e-5));
    CHECK(double(g[1]) == doctest::Approx(.8).epsilon(1e-5));
    CHECK((g[2] == 0 && g[3] == 0));
    const Tensor<Real> all = norm(2 * x);
    if (scale == large) CHECK(double(all.item() / scale) == doctest::Approx(10).epsilon(1e-5));
    CHECK(double(stddev(x, 1)(0).value() / scale) == doctest::Approx(std::sqrt(.5)).epsilon(1e-5));
    const auto of_spread = tape.backward(sum(stddev(x, 1)))[x].to_vector();
    CHECK(double(of_spread[0]) == doctest::Approx(-std::sqrt(.5)).epsilon(1e-5));
    CHECK((of_spread[2] == 0 && of_spread[3] == 0));
  }
  CHECK(norm(Tensor<Real>{-test::infinity<Real>, 1}).item() == test::infinity<Real>);
  CHECK(std::isnan(norm(Tensor<Real>{test::nan<Real>, test::infinity<Real>}).item()));
}

TEST_CASE_TEMPLATE("equal numbers have no spread, and no slopes, whatever number it is", Real,
                   float, double) {
  for (const Real number : {Real(.1), Real(1e8) / 3, Real(-7e-20)})
    for (const Index count : {6, 7, 1000, 5000}) {
      Tape tape;
      const Tensor<Real> x = tape.variable(full<Real>({count, 2}, number));
      for (const Tensor<Real>& y : {stddev(x, 0), var(x, 0), stddev(transpose(x, 0, 1), 1)}) {
        CHECK(y.to_vector() == std::vector<Real>{0, 0});
        for (const Real slope : tape.backward(sum(y))[x].values()) CHECK(slope == 0);
      }
      CHECK(stddev(x).item() == 0);
    }
}

TEST_CASE_TEMPLATE("var: a large offset costs no digits that the numbers still have", Real, float,
                   double) {
  const double offset = sizeof(Real) == 4 ? 1e6 : 1e8;
  std::vector<Real> x, apart;
  for (int k = 0; k < 3000; ++k) {
    apart.push_back(Real(k % 3 - 1));
    x.push_back(static_cast<Real>(offset + k % 3 - 1));
  }
  Tape tape;
  const Tensor<Real> v = tape.variable(Tensor<Real>(x));
  const Tensor<Real> y = var(v);
  CHECK(double(y.item()) == doctest::Approx(2000.0 / 2999).epsilon(1e-6));
  const auto g = tape.backward(y)[v].to_vector();
  for (std::size_t k = 0; k < 3; ++k)
    CHECK(double(g[k]) == doctest::Approx(2 * double(apart[k]) / 2999).epsilon(1e-6).scale(1e-3));
  CHECK(double(stddev(reshape(v, {1500, 2}), 0)(1).value()) ==
        doctest::Approx(std::sqrt(1000.0 / 1499)).epsilon(1e-6));
}

TEST_CASE("cumsum") {
  check_equal(cumsum(Tensor<double>{{1, 2, 3}, {4, 5, 6}}, 1),
              Tensor<double>{{1, 3, 6}, {4, 9, 15}});
  check_equal(cumsum(Tensor<float>{{1, 2, 3}, {4, 5, 6}}, -2), Tensor<float>{{1, 2, 3}, {5, 7, 9}});
  for (int axis : {0, 1, 2})
    check_adjoint([=](const auto& x) { return cumsum(x, axis); }, random_tensor({2, 3, 4}));
}

TEST_CASE("reductions are fused with the expression they are given") {
  const auto y = random_tensor({50, 20}, 1), p = random_tensor({20}, 2);
  check_adjoint([](const auto& a, const auto& b) { return mean((a - b) * (a - b)); },
                random_tensor({3, 4}, 1), random_tensor({4}, 2));
  Tape tape;
  const auto a = tape.variable(y), b = tape.variable(p);
  const std::size_t before = tape.statements();
  const auto loss = mean((a - b) * (a - b), 0);
  CHECK(tape.statements() == before + 1);
  CHECK(loss.shape() == Shape{20});
}

TEST_CASE("reductions of nothing and of one number") {
  const Tensor<double> none({2, 0}, std::vector<double>{});
  CHECK(sum(none).item() == 0);
  CHECK(prod(none).item() == 1);
  CHECK(norm(none).item() == 0);
  CHECK(std::isnan(mean(none).item()));
  CHECK(logsumexp(none).item() == -test::infinity<double>);
  check_equal(sum(none, 1), Tensor<double>{0, 0});
  CHECK(max(none, 0).size() == 0);
  Tape tape;
  const auto x = tape.variable(none);
  CHECK(tape.backward(sum(x))[x].size() == 0);
  const auto one = tape.variable(Tensor<double>(2.5));
  for (const auto& y : {sum(one), mean(one), prod(one), max(one), logsumexp(one), norm(one)}) {
    CHECK(y.item() == doctest::Approx(2.5));
    CHECK(tape.backward(y)[one].item() == doctest::Approx(1));
  }
}

TEST_CASE("large sums in float") {
  const Tensor<float> x(Shape{1000, 1000}, std::vector<float>(1000000, 0.1f));
  CHECK(sum(x).item() == doctest::Approx(100000).epsilon(1e-5));
  CHECK(sum(sum(x, 0)).item() == doctest::Approx(100000).epsilon(1e-5));
}

TEST_CASE("any, all, allclose") {
  const Tensor<double> x = {1, 0, 2};
  CHECK(any(x));
  CHECK(!all(x));
  CHECK(all(x + 1.0));
  CHECK(!any(x * 0.0));
  CHECK(allclose(x, x + 1e-9));
  CHECK(!allclose(x, x + 1e-3));
  CHECK(allclose(x, x + 1e-3, {.absolute = 1e-2}));
  CHECK(!allclose(x, Tensor<double>{{1, 0, 2}}));
  CHECK(!allclose(Tensor<double>{test::nan<double>}, Tensor<double>{test::nan<double>}));
  CHECK(allclose(Tensor<double>{test::infinity<double>}, Tensor<double>{test::infinity<double>}));
}

TEST_CASE("what reductions say about bad axes") {
  const auto x = random_tensor({2, 3});
  CHECK(message_of([&] { sum(x, 2); }) ==
        "sum: axis 2 is out of range for shape [2, 3]; expected -2 to 1");
  CHECK(message_of([&] { mean(x, {1, -1}); }) == "mean: axis -1 of shape [2, 3] is given twice");
  CHECK(message_of([&] { logsumexp(Tensor<double>(1.0), 0); }) ==
        "logsumexp: axis 0 is out of range for shape []; a single number has no axes");
  CHECK(message_of([&] { cumsum(x, -3); }) ==
        "cumsum: axis -3 is out of range for shape [2, 3]; expected -2 to 1");
  const Tensor<double> none({2, 0}, std::vector<double>{});
  CHECK(message_of([&] { max(none, 1); }) == "max: no elements to choose from in shape [2, 0]");
  CHECK(message_of([&] { argmin(none); }) == "argmin: no elements to choose from in shape [2, 0]");
}
