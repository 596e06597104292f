#include "tests/autodiff/laws/laws.hpp"

namespace laws {
namespace {

/// A rule as an op again: the one that stands in longer statements.
template <class Real, int arity, bool reads_inputs, bool reads_output>
struct Stand {
  static constexpr auto name = "stand";
  const Rule<Real>* rule;

  template <class T, class... Read>
  static constexpr bool told =
      sizeof...(Read) ==
      (reads_inputs ? arity : 0) + reads_output&& int((std::is_same_v<Read, Output<T>> + ... +
                                                       0)) ==
      reads_output;

  template <class T, std::same_as<T>... Rest>
  requires(sizeof...(Rest) == arity - 1) T value(const T& x, const Rest&... rest)
  const { return functions<T>().value(rule->op, {x, rest...}); }
  template <class T, class... Read>
  requires(arity == 1 && told<T, Read...>) T slope(Read... read)
  const { return all<T>(read...)[0]; }
  template <class T, class... Read>
  requires(arity > 1 && told<T, Read...>) std::array<T, arity> slopes(Read... read)
  const {
    const auto slopes = all<T>(read...);
    std::array<T, arity> own;
    std::copy_n(slopes.begin(), arity, own.begin());
    return own;
  }

 private:
  template <class T>
  const auto& functions() const {
    if constexpr (std::is_same_v<T, Real>)
      return rule->numbers;
    else
      return rule->lanes;
  }
  template <class T, class... Read>
  std::array<T, 3> all(const Read&... read) const {
    std::array<T, 3> x{};
    T y{};
    std::size_t k = 0;
    [[maybe_unused]] const auto take = [&]<class R>(const R& argument) {
      if constexpr (std::is_same_v<R, Output<T>>)
        y = argument;
      else
        x[k++] = argument;
    };
    (take(read), ...);
    return functions<T>().slopes(rule->op, x, y);
  }
};

using Points = std::vector<std::array<double, 3>>;

template <class Real>
std::array<Real, 3> rounded(const std::array<double, 3>& x) {
  return {static_cast<Real>(x[0]), static_cast<Real>(x[1]), static_cast<Real>(x[2])};
}

}  // namespace

template <class Real, int arity, bool reads_inputs, bool reads_output>
Var<Real> Longer<Real, arity, reads_inputs, reads_output>::scalar(const Rule<Real>& rule,
                                                                  const std::vector<Var<Real>>& v) {
  const Stand<Real, arity, reads_inputs, reads_output> op{&rule};
  return with_arguments<arity>(
      [&](auto k) { return v[k]; },
      [&](const auto&... xs) {
        auto named = apply(op, (xs * Real(1))...);
        return Var<Real>(named * Real(2) + named);  // used twice, recorded once
      });
}

template <class Real, int arity, bool reads_inputs, bool reads_output>
Tensor<Real> Longer<Real, arity, reads_inputs, reads_output>::unnamed(
    const Rule<Real>& rule, const std::array<Tensor<Real>, 3>& x, const Tensor<Real>& seed) {
  const Stand<Real, arity, reads_inputs, reads_output> op{&rule};
  if constexpr (std::is_same_v<Real, double>)
    return with_arguments<arity>(
        [&](auto k) { return x[k]; },
        [&](const auto&... xs) {
          return Tensor<Real>(Real(0.5) * apply(op, (xs * Real(1))...) * seed * Real(2));
        });
  return {};
}

// What there is among the ops.
template struct Longer<double, 1, false, false>;
template struct Longer<double, 1, true, false>;
template struct Longer<double, 1, false, true>;
template struct Longer<double, 2, false, false>;
template struct Longer<double, 2, true, false>;
template struct Longer<double, 2, true, true>;
template struct Longer<double, 3, true, false>;
template struct Longer<float, 1, false, false>;
template struct Longer<float, 1, true, false>;
template struct Longer<float, 1, false, true>;
template struct Longer<float, 2, false, false>;
template struct Longer<float, 2, true, false>;
template struct Longer<float, 2, true, true>;
template struct Longer<float, 3, true, false>;

namespace {

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
void on_scalars(const Forms<Real>& forms, const std::array<Real, 3>& x) {
  const Rule<Real>& rule = forms.rule;
  const Answer<Real> answer = rule.at(x);
  Tape tape;
  const std::vector<Var<Real>> v = tape.variable(std::vector<Real>(x.begin(), x.end()));
  const Var<Real> y = forms.scalar(rule.op, v), z = forms.scalar_in_statement(rule, v);
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
void on_tensors(const Forms<Real>& forms, const Points& points, const std::vector<Shape>& shapes) {
  const Rule<Real>& rule = forms.rule;
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
    const Tensor<Real> y = forms.tensor(rule.op, x);
    expect_all(rule.name, "tensor value", y, given.value);
    check("tensor gradient", tape.backward(y, seed));

    Tensor<Real> part;
    const Tensor<Real> z = forms.named(rule.op, x, seed, part);
    const Gradients gradients = tape.backward(z, ones_like(z));
    check("gradient through a named part", gradients);
    expect_all(rule.name, "gradient of a named part", gradients[part], sums(seed));
    if (sizeof(Real) == sizeof(float) || active < all) continue;
    const Tensor<Real> fused = forms.unnamed(rule, x, seed);
    check("gradient through an unnamed part", tape.backward(fused, ones_like(fused)));
  }
}

// A plain number on one side.
void with_numbers(const Forms<double>& forms, const Points& points) {
  const Rule<double>& rule = forms.rule;
  for (const auto& x : points) {
    const Answer<double> answer = rule.at(x);
    Tape tape;
    const Var<double> a = tape.variable(x[0]), b = tape.variable(x[1]);
    const Var<double> left = forms.beside_number(rule.op, a, x[1]);
    const Var<double> right = forms.after_number(rule.op, x[0], b);
    const Gradients of_left = tape.backward(left), of_right = tape.backward(right);
    expect_close(rule.name, "value beside a number", left.value(), answer.value, same<double>());
    expect_close(rule.name, "slope beside a number", of_left[a], answer.slopes[0], same<double>());
    expect_close(rule.name, "slope after a number", of_right[b], answer.slopes[1], same<double>());
  }
}

template <class Real>
void holds_for(const Forms<Real>& forms, const Points& points) {
  const std::size_t arity = forms.rule.arity;
  for (const auto& point : points) on_scalars(forms, rounded<Real>(point));
  for (const Index size : {0, 1, 7, 64, 1000})
    on_tensors(forms, points, std::vector<Shape>(arity, Shape{size}));
  if (arity > 1)
    for (const std::vector<Shape>& shapes : broadcasts(static_cast<int>(arity)))
      on_tensors(forms, points, shapes);
}

template <class Real>
void takes_exactly(const Rule<Real>& rule, double at, double value, double slope) {
  const Real x = static_cast<Real>(at);
  const Answer<Real> scalar = rule.at({x, 0, 0});
  const std::array<Lanes<Real>, 3> lanes_x{x, 0, 0};
  const Lanes<Real> lanes_y = rule.lanes.value(rule.op, lanes_x);
  const Lanes<Real> lanes_slope = rule.lanes.slopes(rule.op, lanes_x, lanes_y)[0];
  const Real y = static_cast<Real>(value), dy = static_cast<Real>(slope);
  expect_exactly(rule.name, "value at a border", scalar.value, y);
  expect_exactly(rule.name, "slope at a border", scalar.slopes[0], dy);
  expect_exactly(rule.name, "value of lanes at a border", lanes_y[1], y);
  expect_exactly(rule.name, "slope of lanes at a border", lanes_slope[1], dy);
}

}  // namespace

void check_laws(const Forms<double>& wide, const Forms<float>& narrow, const Points& points) {
  Points moderate;  // where the results fit into a float
  for (const auto& point : points) {
    central_differences(wide.rule, point);
    if (!fits_float(narrow.rule.at(rounded<float>(point)))) continue;
    float_is_double(narrow.rule, wide.rule, rounded<float>(point));
    moderate.push_back(point);
  }
  holds_for(wide, points);
  if (wide.rule.arity == 2) with_numbers(wide, points);
  if (!moderate.empty()) holds_for(narrow, moderate);
}

void check_border(const Rule<double>& wide, const Rule<float>& narrow, double at, double value,
                  double slope) {
  takes_exactly(wide, at, value, slope);
  takes_exactly(narrow, at, value, slope);
}

void check_border(const Rule<double>& wide, std::array<double, 2> at, double value,
                  std::array<double, 2> slopes) {
  const Answer<double> answer = wide.at({at[0], at[1], 0});
  const std::array<Lanes<double>, 3> x{at[0], at[1], 0};
  const Lanes<double> y = wide.lanes.value(wide.op, x);
  const auto of_lanes = wide.lanes.slopes(wide.op, x, y);
  expect_exactly(wide.name, "value at a border", answer.value, value);
  expect_exactly(wide.name, "value of lanes at a border", y[1], value);
  for (std::size_t k = 0; k < 2; ++k) {
    expect_exactly(wide.name, "slope at a border", answer.slopes[k], slopes[k]);
    expect_exactly(wide.name, "slope of lanes at a border", of_lanes[k][1], slopes[k]);
  }
}

void check_accuracy(const Rule<double>& wide, const Rule<float>& narrow,
                    long double (*exact)(long double), std::initializer_list<double> at,
                    double tolerance) {
  const auto value = [](const auto& rule, auto x) { return rule.numbers.value(rule.op, {x}); };
  const auto lanes = [](const auto& rule, auto x) { return rule.lanes.value(rule.op, {x})[1]; };
  for (const double x : at) {
    const float small = static_cast<float>(x);
    const double y = static_cast<double>(exact(static_cast<long double>(x)));
    const double of_small = static_cast<double>(exact(static_cast<long double>(small)));
    expect_close(wide.name, "double", value(wide, x), y, {tolerance, 0});
    expect_close(wide.name, "lanes of double", lanes(wide, x), y, {tolerance, 0});
    if (std::abs(of_small) < 1e-36 || std::abs(of_small) > 1e38) continue;
    const double loose = tolerance * 1e8;
    expect_close(narrow.name, "float", value(narrow, small), of_small, {loose, 0});
    expect_close(narrow.name, "lanes of float", lanes(narrow, small), of_small, {loose, 0});
  }
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
