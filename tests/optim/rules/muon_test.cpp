#include "thalweg/optim/rules/muon.hpp"

#include <cmath>

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"

using namespace thalweg;
using optim::Muon;
using optim::MuonOptions;
using optim::MuonScaling;
using optim::problems::error_of;
using optim::problems::given;
using testing::close;

namespace {

using Numbers = std::vector<double>;

/// What a first step takes off weights that are zero.
Numbers step_of(const Shape& shape, const Numbers& gradient, const MuonOptions& options) {
  Parameter<double> w(Tensor<double>(shape, Numbers(static_cast<std::size_t>(shape.size()), 0.0)));
  Muon muon(options);
  muon.step({{"w", &w}}, given(w, gradient));
  Numbers result = w.value().to_vector();
  for (double& value : result) value = -value;
  return result;
}

/// Five times the polynomial.
double near_one(double s) {
  for (int k = 0; k < 5; ++k) s = 3.4445 * s - 4.7750 * s * s * s + 2.0315 * s * s * s * s * s;
  return s;
}

std::string refusal(const MuonOptions& options) {
  return error_of([&] { Muon muon(options); });
}

}  // namespace

TEST_CASE("Muon: the polynomial maps singular values from 0.01 to 1 near 1") {
  for (double s = 0.01; s <= 1; s += 0.001) {
    CHECK(near_one(s) > 0.68);
    CHECK(near_one(s) < 1.14);
  }
}

TEST_CASE("Muon: the step of a diagonal gradient is the polynomial of its normalised entries") {
  const Numbers step = step_of({2, 2}, {3, 0, 0, -4}, {.rate = 1});
  CHECK(close(step[0], near_one(0.6)));
  CHECK(close(step[1], 0));
  CHECK(close(step[2], 0));
  CHECK(close(step[3], -near_one(0.8)));
}

TEST_CASE("Muon: the step is nearly orthogonal, whatever the gradient's scale") {
  for (const double scale : {1e-12, 1.0, 1e12}) {
    const Numbers g = {1 * scale, 2 * scale, 3 * scale, -4 * scale, 5 * scale, 0.5 * scale};
    const Numbers x = step_of({2, 3}, g, {.rate = 1});
    // The eigenvalues of X Xᵀ are the squares of the singular values.
    const double a = x[0] * x[0] + x[1] * x[1] + x[2] * x[2];
    const double c = x[3] * x[3] + x[4] * x[4] + x[5] * x[5];
    const double b = x[0] * x[3] + x[1] * x[4] + x[2] * x[5];
    const double middle = (a + c) / 2, spread = std::hypot((a - c) / 2, b);
    CHECK(std::sqrt(middle - spread) > 0.68);
    CHECK(std::sqrt(middle + spread) < 1.14);
  }
}

TEST_CASE("Muon: the transposed gradient makes the transposed step") {
  const MuonOptions options{.rate = 1, .scaling = MuonScaling::match_adamw};
  const Numbers wide = step_of({2, 3}, {1, 2, 3, -4, 5, 0.5}, options);
  const Numbers tall = step_of({3, 2}, {1, -4, 2, 5, 3, 0.5}, options);
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t j = 0; j < 3; ++j) CHECK(close(wide[i * 3 + j], tall[j * 2 + i]));
}

TEST_CASE("Muon: tall matrices have longer steps, or all have AdamW's root mean square") {
  const Numbers row = {0, 0, 0, 5}, unscaled = step_of({1, 4}, row, {.rate = 1});
  CHECK(close(unscaled[3], near_one(1)));
  CHECK(close(step_of({4, 1}, row, {.rate = 1})[3], 2 * unscaled[3]));
  CHECK(close(step_of({1, 4}, row, {.rate = 1, .scaling = MuonScaling::match_adamw})[3],
              0.4 * unscaled[3]));
}

TEST_CASE("Muon: a parameter of higher rank is the matrix of its first axis and the others") {
  const Numbers g = {1, 2, 3, 4, -5, 6, 7, -8};
  CHECK(step_of({2, 2, 2}, g, {}) == step_of({2, 4}, g, {}));
}

TEST_CASE("Muon: the momentum decides, and Nesterov's looks ahead") {
  const auto second_step = [](bool nesterov) {
    Parameter<double> w(Tensor<double>({1, 2}, {0, 0}));
    Muon muon{{.rate = 1, .momentum = 0.5, .nesterov = nesterov}};
    muon.step({{"w", &w}}, given<double>(w, {4, 0}));
    const Numbers before = w.value().to_vector();
    muon.step({{"w", &w}}, given<double>(w, {0, 4}));  // the velocity is (1, 2)
    CHECK(muon.state<double>()[0]["velocity"].to_vector() == Numbers{1, 2});
    return (w.value().data()[1] - before[1]) / (w.value().data()[0] - before[0]);
  };
  CHECK(close(second_step(false), 2));
  CHECK(close(second_step(true), (0.5 * 4 + 0.5 * 2) / (0.5 * 1)));
}

TEST_CASE("Muon: under gradient zero the weights shrink by 1 - rate decay, and nothing else") {
  Parameter<double> w(Tensor<double>({1, 2}, {3, -8}));
  Muon muon{{.rate = 0.5, .weight_decay = 0.5}};
  muon.step({{"w", &w}}, given<double>(w, {0, 0}));
  CHECK(w.value().to_vector() == Numbers{3 * 0.75, -8 * 0.75});
}

TEST_CASE("Muon: floats follow doubles") {
  const Numbers g = {1, 2, 3, -4, 5, 0.5};
  Parameter<float> w(Tensor<float>({2, 3}, {0, 0, 0, 0, 0, 0}));
  Muon muon{{.rate = 1}};
  muon.step({{"w", &w}}, given(w, std::vector<float>(g.begin(), g.end())));
  const Numbers wide = step_of({2, 3}, g, {.rate = 1});
  for (std::size_t k = 0; k < 6; ++k)
    CHECK(close(-w.value().data()[k], wide[k], {.relative = 1e-4}));
}

TEST_CASE("Muon: it refuses vectors before anything has changed, and says who takes them") {
  Parameter<double> w(Tensor<double>({1, 2}, {3, 4})), b(Tensor<double>{1, 2});
  Muon muon;
  const ParameterList<double> parameters{{"hidden.weight", &w}, {"hidden.bias", &b}};
  CHECK(
      error_of([&] {
        muon.step(parameters, given<double>(w, {1, 1}));
      }) ==
      "Muon: hidden.bias [2] is no matrix; split_for_muon(parameters) gives the matrices, and the "
      "others for another optimizer such as AdamW");
  CHECK(muon.steps() == 0);
  CHECK(w.value().to_vector() == Numbers{3, 4});
}

TEST_CASE("Muon: a list is split by rank and by name") {
  Parameter<double> e(Tensor<double>({1, 2}, {3, 4})), w(e.value()), b(Tensor<double>{1, 2});
  const ParameterList<double> parameters{{"embedding.weight", &e}, {"weight", &w}, {"bias", &b}};
  const auto [matrices, others] = optim::split_for_muon(parameters, {"embedding.*"});
  REQUIRE(matrices.size() == 1);
  CHECK(matrices[0].name == "weight");
  REQUIRE(others.size() == 2);
  CHECK(others[0].name == "embedding.weight");
  CHECK(others[1].parameter == &b);
  CHECK(error_of([&] { optim::split_for_muon(parameters, {"head.*"}); }) ==
        "split_for_muon: no parameter fits head.*");
}

TEST_CASE("Muon: options out of range are refused") {
  CHECK(refusal({.rate = -1}) == "Muon: rate is -1; expected a finite number, at least 0");
  CHECK(refusal({.momentum = 1}) == "Muon: momentum is 1; expected a number in [0, 1)");
  CHECK(refusal({.weight_decay = -1}) ==
        "Muon: weight_decay is -1; expected a finite number, at least 0");
  CHECK(refusal({.iterations = 0}) == "Muon: iterations is 0; expected at least 1");
}
