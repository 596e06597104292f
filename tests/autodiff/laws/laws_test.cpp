#include "tests/autodiff/laws/laws.hpp"

namespace laws {
namespace {

using Points = std::vector<std::array<double, 3>>;

template <class Real>
std::array<Real, 3> rounded(const std::array<double, 3>& x) {
  return {static_cast<Real>(x[0]), static_cast<Real>(x[1]), static_cast<Real>(x[2])};
}

// The slopes are the derivatives of the value.
void central_differences(const Rule<double>& rule, const std::array<double, 3>& x) {
  const Answer<double> answer = rule.at(x);
  for (std::size_t k = 0; k < rule.arity; ++k) {
    const auto f = [&](double xk) {
      std::array<double, 3> moved = x;
      moved[k] = xk;
      return rule.at(moved).value;
    };
    expect_derivative(rule.name, f, x[k], answer.slopes[k]);
  }
}

// Float says what double says.
void float_is_double(const Rule<float>& narrow, const Rule<double>& wide,
                     const std::array<float, 3>& x) {
  const Answer<float> of_narrow = narrow.at(x);
  const Answer<double> of_wide = wide.at({x[0], x[1], x[2]});
  expect_close(narrow.name, "float value", of_narrow.value, of_wide.value, {1e-5, 0});
  for (std::size_t k = 0; k < narrow.arity; ++k)
    expect_close(narrow.name, "float slope", of_narrow.slopes[k], of_wide.slopes[k], {3e-5, 2e-6});
}

template <class Real>
void on_scalars(const Rule<Real>& rule, const std::array<Real, 3>& x) {
  const Answer<Real> answer = rule.at(x);
  Tape tape;
  const std::vector<Var<Real>> v = tape.variable(std::vector<Real>(x.begin(), x.end()));
  const Var<Real> y = rule.scalar(rule.op, v), z = rule.scalar_in_statement(rule.op, v);
  expect_close(rule.name, "scalar value", y.value(), answer.value, same<Real>());
  const Gradients plain = tape.backward(y), fused = tape.backward(z);
  for (std::size_t k = 0; k < rule.arity; ++k) {
    expect_close(rule.name, "scalar slope", plain[v[k]], answer.slopes[k], same<Real>());
    expect_close(rule.name, "scalar slope, named", fused[v[k]], 3 * answer.slopes[k], same<Real>());
  }
}

// Operands of these shapes, filled with the points in turn, and what the rule says about them.
template <class Real>
struct Case {
  std::array<Tensor<Real>, 3> x;
  Tensor<Real> seed;
  Sums value;
  std::array<Sums, 3> gradient;

  Case(const Rule<Real>& rule, const Points& points, const std::vector<Shape>& shapes) {
    Shape full;
    for (const Shape& shape : shapes) full = broadcast("laws", full, shape);
    for (std::size_t k = 0; k < rule.arity; ++k) fill(k, shapes[k], points);
    seed = seeds<Real>(full);
    for (Index i = 0; i < full.size(); ++i) expect(rule, full, i);
  }

 private:
  void fill(std::size_t k, const Shape& shape, const Points& points) {
    std::vector<Real> values;
    for (Index i = 0; i < shape.size(); ++i)
      values.push_back(static_cast<Real>(points[static_cast<std::size_t>(i) % points.size()][k]));
    x[k] = Tensor<Real>(shape, values);
    gradient[k].value.assign(values.size(), 0);
    gradient[k].size.assign(values.size(), 0);
  }
  void expect(const Rule<Real>& rule, const Shape& full, Index i) {
    std::array<Real, 3> arguments{};
    std::array<std::size_t, 3> offset{};
    for (std::size_t k = 0; k < rule.arity; ++k) {
      offset[k] = static_cast<std::size_t>(offset_in(x[k].shape(), full, i));
      arguments[k] = x[k].data()[offset[k]];
    }
    const Answer<Real> answer = rule.at(arguments);
    value.value.push_back(answer.value);
    value.size.push_back(std::abs(answer.value));
    for (std::size_t k = 0; k < rule.arity; ++k)
      gradient[k].add(offset[k], double(answer.slopes[k]) * double(seed.data()[i]));
  }
};

// Alone, named and unnamed within a longer statement, operands active or not.
template <class Real>
void on_tensors(const Rule<Real>& rule, const Points& points, const std::vector<Shape>& shapes) {
  const Case<Real> given(rule, points, shapes);
  const Tensor<Real>& seed = given.seed;
  const unsigned all = (1u << rule.arity) - 1;
  for (unsigned active = 1; active <= all; ++active) {
    Tape tape;
    auto x = given.x;
    for (std::size_t k = 0; k < rule.arity; ++k)
      if (active >> k & 1) tape.watch(x[k]);
    const auto check = [&](const char* form, const Gradients& gradients) {
      for (std::size_t k = 0; k < rule.arity; ++k)
        if (active >> k & 1) expect_all(rule.name, form, gradients[x[k]], given.gradient[k]);
    };
    const Tensor<Real> y = rule.tensor(rule.op, x);
    expect_all(rule.name, "tensor value", y, given.value);
    check("tensor gradient", tape.backward(y, seed));

    Tensor<Real> part;
    const Tensor<Real> z = rule.named(rule.op, x, seed, part);
    const Gradients gradients = tape.backward(z, ones_like(z));
    check("gradient through a named part", gradients);
    expect_all(rule.name, "gradient of a named part", gradients[part], sums(seed));
    if (sizeof(Real) == sizeof(float) || active < all) continue;
    const Tensor<Real> fused = rule.unnamed(rule.op, x, seed);
    check("gradient through an unnamed part", tape.backward(fused, ones_like(fused)));
  }
}

// A plain number on one side.
void with_numbers(const Rule<double>& rule, const Points& points) {
  for (const auto& x : points) {
    const Answer<double> answer = rule.at(x);
    Tape tape;
    const Var<double> a = tape.variable(x[0]), b = tape.variable(x[1]);
    const Var<double> left = rule.beside_number(rule.op, a, x[1]);
    const Var<double> right = rule.after_number(rule.op, x[0], b);
    const Gradients of_left = tape.backward(left), of_right = tape.backward(right);
    expect_close(rule.name, "value beside a number", left.value(), answer.value, same<double>());
    expect_close(rule.name, "slope beside a number", of_left[a], answer.slopes[0], same<double>());
    expect_close(rule.name, "slope after a number", of_right[b], answer.slopes[1], same<double>());
  }
}

template <class Real>
void holds_for(const Rule<Real>& rule, const Points& points) {
  for (const auto& point : points) on_scalars(rule, rounded<Real>(point));
  for (const Index size : {0, 1, 7, 64, 1000})
    on_tensors(rule, points, std::vector<Shape>(rule.arity, Shape{size}));
  if (rule.arity > 1)
    for (const std::vector<Shape>& shapes : broadcasts(static_cast<int>(rule.arity)))
      on_tensors(rule, points, shapes);
}

}  // namespace

void check_laws(const Rule<double>& wide, const Rule<float>& narrow, const Points& points) {
  Points moderate;  // where the results fit into a float
  for (const auto& point : points) {
    central_differences(wide, point);
    if (!fits_float(narrow.at(rounded<float>(point)))) continue;
    float_is_double(narrow, wide, rounded<float>(point));
    moderate.push_back(point);
  }
  holds_for(wide, points);
  if (wide.arity == 2) with_numbers(wide, points);
  if (!moderate.empty()) holds_for(narrow, moderate);
}

}  // namespace laws

namespace {

struct WrongSlope {
  static constexpr auto name = "wrong_slope";
  template <class T>
  static T value(const T& x) {
    return x * x;
  }
  template <class T>
  static T slope(thalweg::Input<T> x) {
    return 3 * x;
  }
};

}  // namespace

TEST_CASE("the laws notice a slope that is no derivative" * doctest::should_fail()) {
  laws::slope_is_derivative<WrongSlope>({0.5, 2.0});
}
