#include "thalweg/optim/rules/adafactor.hpp"

#include <cmath>

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"

using namespace thalweg;
using optim::Adafactor;
using optim::AdafactorOptions;
using optim::problems::error_of;
using optim::problems::given;
using testing::close;

namespace {

using Numbers = std::vector<double>;

/// aᵢ bⱼ.
const Numbers product = {0.5 * 1, 0.5 * -2, 0.5 * 3, -4 * 1, -4 * -2, -4 * 3};

Numbers after(const Shape& shape, const AdafactorOptions& options,
              const std::vector<Numbers>& gradients) {
  Parameter<double> w(Tensor<double>(shape, Numbers{1, 2, 3, 4, 5, 6}));
  Adafactor adafactor(options);
  for (const Numbers& g : gradients) adafactor.step({{"w", &w}}, given(w, g));
  return w.value().to_vector();
}

Numbers scaled(const Numbers& numbers, double factor) {
  Numbers result;
  for (const double number : numbers) result.push_back(factor * number);
  return result;
}

std::string refusal(const AdafactorOptions& options) {
  return error_of([&] { Adafactor adafactor(options); });
}

/// The length of the first step under gradient 1 of a single weight.
double first_length(double start, const AdafactorOptions& options) {
  Parameter<double> w{Tensor<double>(start)};
  Adafactor adafactor(options);
  adafactor.step({{"w", &w}}, given<double>(w, {1}));
  return start - w.value().item();
}

}  // namespace

TEST_CASE("Adafactor: where the gradient is a column times a row, the factors are exact") {
  const std::vector<Numbers> gradients = {product, scaled(product, -3), scaled(product, 0.1)};
  const Numbers matrix = after({2, 3}, {}, gradients), vector = after({6}, {}, gradients);
  for (std::size_t k = 0; k < 6; ++k) CHECK(close(matrix[k], vector[k], {.relative = 1e-13}));
}

TEST_CASE("Adafactor: the state is one number per row and column, their mean squares") {
  Parameter<double> w(Tensor<double>({2, 2}, {0, 0, 0, 0}));
  Adafactor adafactor{{.epsilon1 = 0}};
  adafactor.step({{"w", &w}}, given<double>(w, {1, 7, 5, 1}));
  const auto& state = adafactor.state<double>()[0];
  CHECK(state.moments.size() == 2);
  CHECK(state["rows"].to_vector() == Numbers{25, 13});
  CHECK(state["columns"].to_vector() == Numbers{13, 25});
}

TEST_CASE("Adafactor: leading axes count matrices, each with its own factors") {
  Parameter<double> both(Tensor<double>({2, 1, 3}, {1, 2, 3, 4, 5, 6}));
  Parameter<double> one(Tensor<double>({1, 3}, {1, 2, 3})), two(Tensor<double>({1, 3}, {4, 5, 6}));
  const AdafactorOptions options{.scale_by_weights = false, .clip = INFINITY};
  Adafactor together(options), apart(options);
  Gradients halves = given<double>(one, {1, 2, 3});
  halves += given<double>(two, {-40, 50, 60});
  for (int k = 0; k < 3; ++k) {
    together.step({{"both", &both}}, given<double>(both, {1, 2, 3, -40, 50, 60}));
    apart.step({{"one", &one}, {"two", &two}}, halves);
  }
  CHECK(together.state<double>()[0]["rows"].shape() == Shape{2, 1});
  CHECK(together.state<double>()[0]["columns"].shape() == Shape{2, 3});
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(close(both.value().data()[k], one.value().data()[k], {.relative = 1e-14}));
    CHECK(close(both.value().data()[k + 3], two.value().data()[k], {.relative = 1e-14}));
  }
}

TEST_CASE("Adafactor: the first step is relative to the weights, but for those near zero") {
  CHECK(close(first_length(8, {.rate = 0.25}), 0.25 * 8, {.relative = 1e-14}));
  CHECK(close(first_length(1e-9, {.rate = 0.25}), 0.25 * 1e-3, {.relative = 1e-5}));
  CHECK(
      close(first_length(8, {.rate = 0.25, .scale_by_weights = false}), 0.25, {.relative = 1e-14}));
}

TEST_CASE("Adafactor: the relative step falls with the root of t, once below the rate") {
  Parameter<double> w{Tensor<double>(0.0)};
  Adafactor adafactor{{.rate = 0.5, .scale_by_weights = false}};
  for (int t = 1; t <= 16; ++t) {
    const double before = w.value().item();
    adafactor.step({{"w", &w}}, given<double>(w, {3}));
    CHECK(close(before - w.value().item(), std::min(0.5, 1 / std::sqrt(t))));
  }
}

TEST_CASE("Adafactor: a gradient that surprises is clipped to root mean square d") {
  const auto second = [](double clip) {
    Parameter<double> w{Tensor<double>(0.0)};
    Adafactor adafactor{
        {.rate = 0.25, .relative_step = false, .scale_by_weights = false, .clip = clip}};
    adafactor.step({{"w", &w}}, given<double>(w, {1}));
    const double before = w.value().item();
    adafactor.step({{"w", &w}}, given<double>(w, {1e6}));
    return before - w.value().item();
  };
  CHECK(close(second(1), 0.25, {.relative = 1e-14}));
  CHECK(close(second(0.5), 0.125, {.relative = 1e-14}));
  CHECK(close(second(INFINITY), 0.25 * std::pow(2, 0.4), {.relative = 1e-9}));
}

TEST_CASE("Adafactor: the first moment is a mean of clipped directions") {
  Parameter<double> w{Tensor<double>(0.0)};
  Adafactor adafactor{
      {.rate = 0.5, .relative_step = false, .scale_by_weights = false, .beta1 = 0.75}};
  for (int k = 0; k < 2; ++k) adafactor.step({{"w", &w}}, given<double>(w, {9}));
  CHECK(close(w.value().item(), -0.5 * (0.25 + 0.4375), {.relative = 1e-14}));
  CHECK(close(adafactor.state<double>()[0]["first"].item(), 0.4375, {.relative = 1e-14}));
}

TEST_CASE("Adafactor: under gradient zero the weights shrink by 1 - rho decay, and nothing else") {
  Parameter<double> w{Tensor<double>(8.0)};
  Adafactor adafactor{{.rate = 0.5, .weight_decay = 0.5}};
  for (const double expected : {8 * 0.75, 8 * 0.75 * 0.75}) {
    adafactor.step({{"w", &w}}, given<double>(w, {0}));
    CHECK(w.value().item() == expected);
  }
}

TEST_CASE("Adafactor: large matrices of floats are updated in parts, as doubles are") {
  const Index m = 300, n = 400;
  std::vector<float> start, gradient;
  for (Index k = 0; k < m * n; ++k) {
    start.push_back(static_cast<float>(k % 97) - 48);
    gradient.push_back(static_cast<float>(k % 89) - 44);
  }
  Parameter<float> narrow(Tensor<float>({m, n}, start));
  Parameter<double> wide(Tensor<double>({m, n}, Numbers(start.begin(), start.end())));
  Adafactor of_narrow{{.weight_decay = 0.1}}, of_wide{{.weight_decay = 0.1}};
  for (int k = 0; k < 3; ++k) {
    of_narrow.step({{"w", &narrow}}, given(narrow, gradient));
    of_wide.step({{"w", &wide}}, given(wide, Numbers(gradient.begin(), gradient.end())));
  }
  CHECK(close(narrow, wide, {.relative = 1e-5, .absolute = 1e-5}));
}

TEST_CASE("Adafactor: options out of range are refused") {
  CHECK(refusal({.rate = -1}) == "Adafactor: rate is -1; expected a finite number, at least 0");
  CHECK(refusal({.beta1 = 1}) == "Adafactor: beta1 is 1; expected a number in [0, 1)");
  CHECK(refusal({.power = -1}) == "Adafactor: power is -1; expected a finite number, at least 0");
  CHECK(refusal({.clip = 0}) == "Adafactor: clip is 0; expected a number above 0");
  CHECK(refusal({.epsilon1 = -1}) ==
        "Adafactor: epsilon1 is -1; expected a finite number, at least 0");
  CHECK(refusal({.epsilon2 = -1}) ==
        "Adafactor: epsilon2 is -1; expected a finite number, at least 0");
  CHECK(refusal({.weight_decay = -1}) ==
        "Adafactor: weight_decay is -1; expected a finite number, at least 0");
}
