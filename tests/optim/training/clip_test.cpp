#include "thalweg/optim/training/clip.hpp"

#include <cmath>

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "thalweg/optim/rules/gradient_descent.hpp"

using namespace thalweg;
using optim::ClipOptions;
using optim::Clipped;
using optim::GradientDescent;
using optim::problems::error_of;
using optim::problems::Two;
using testing::close;

namespace {

using Numbers = std::vector<double>;

// The gradient of Two's weights (3; −1, 4) at scale 1 is (3; −1, 4).

template <class Real>
std::vector<Real> numbers(const Gradients& gradients, const Two<Real>& model) {
  const Tensor<Real> second = gradients[model.second];
  return {gradients[model.first].item(), second.data()[0], second.data()[1]};
}

double size(const Numbers& g) { return std::sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2]); }

std::string refusal(const ClipOptions& options) {
  return error_of([&] { Clipped clipped{GradientDescent{}, options}; });
}

}  // namespace

TEST_CASE("clip_by_value brings every coordinate into the range, the sign kept") {
  Two<double> model;
  Gradients g = model.gradients(1);
  optim::clip_by_value(g, model.parameters(), 2);
  CHECK(numbers(g, model) == Numbers{2, -1, 2});
}

TEST_CASE("clip_by_value makes infinities finite and lets NaN be seen") {
  Two<double> model;
  Gradients g;
  g.assign(model.second, Tensor<double>({1, 2}, {-INFINITY, NAN}));
  optim::clip_by_value(g, model.parameters(), 2);
  CHECK(g[model.second].data()[0] == -2);
  CHECK(std::isnan(g[model.second].data()[1]));
  CHECK_FALSE(g.contains(model.first));
}

TEST_CASE("clip_by_norm shortens each parameter's gradient on its own") {
  Two<double> model;
  Gradients g = model.gradients(1);
  optim::clip_by_norm(g, model.parameters(), 3.5);
  const double factor = 3.5 / std::sqrt(17);
  CHECK(numbers(g, model)[0] == 3);
  CHECK(close(numbers(g, model)[1], -factor, {.relative = 1e-14}));
  CHECK(close(numbers(g, model)[2], 4 * factor, {.relative = 1e-14}));
}

TEST_CASE("clip_by_global_norm keeps the direction, makes the norm the limit, and returns it") {
  Two<double> model;
  Gradients g = model.gradients(1);
  CHECK(close(optim::clip_by_global_norm(g, model.parameters(), 0.5), std::sqrt(26),
              {.relative = 1e-14}));
  CHECK(close(size(numbers(g, model)), 0.5, {.relative = 1e-14}));
  for (std::size_t k = 0; k < 3; ++k)
    CHECK(
        close(numbers(g, model)[k] / model.values()[k], 0.5 / std::sqrt(26), {.relative = 1e-14}));
}

TEST_CASE("a gradient at the limit or below is left as it is, bit for bit") {
  Two<double> model;
  Gradients g = model.gradients(1);
  const double norm = optim::global_norm(g, model.parameters());
  CHECK(optim::clip_by_global_norm(g, model.parameters(), norm) == norm);
  optim::clip_by_norm(g, model.parameters(), norm);
  optim::clip_by_value(g, model.parameters(), 4);
  CHECK(numbers(g, model) == Numbers{3, -1, 4});
}

TEST_CASE("clipping twice is clipping once") {
  Two<float> model;
  Gradients g = model.gradients(1);
  optim::clip_by_global_norm(g, model.parameters(), 0.5);
  const auto once = numbers(g, model);
  optim::clip_by_global_norm(g, model.parameters(), 0.5000001);
  CHECK(numbers(g, model) == once);
}

TEST_CASE("a norm that is not finite is returned, and the gradients stay") {
  Two<double> model;
  for (const double bad : {NAN, INFINITY}) {
    Gradients g = model.gradients(1);
    g.assign(model.first, Tensor<double>(bad));
    CHECK_FALSE(std::isfinite(optim::clip_by_global_norm(g, model.parameters(), 1)));
    CHECK(numbers(g, model)[2] == 4);
  }
}

TEST_CASE("the squares of floats do not overflow") {
  Two<float> model;
  Gradients g = model.gradients(1e30f);
  CHECK(close(optim::clip_by_global_norm(g, model.parameters(), 1), std::sqrt(26) * 1e30,
              {.relative = 1e-6}));
  CHECK(close(numbers(g, model)[2], 4 / std::sqrt(26), {.relative = 1e-6}));
}

TEST_CASE("the squares of doubles neither overflow nor get lost") {
  for (const double scale : {1e200, 1e-200}) {
    Two<double> model;
    Gradients g = model.gradients(scale);
    CHECK(optim::global_norm(g, model.parameters()) / scale ==
          doctest::Approx(std::sqrt(26.0)).epsilon(1e-14));
    optim::clip_by_global_norm(g, model.parameters(), scale);
    const Numbers clipped = numbers(g, model);
    CHECK(clipped[2] / scale == doctest::Approx(4 / std::sqrt(26.0)).epsilon(1e-14));
    optim::clip_by_norm(g, model.parameters(), scale / 1000);
    CHECK(numbers(g, model)[0] / scale == doctest::Approx(1e-3).epsilon(1e-14));
  }
}

TEST_CASE("clipping changes no other copy of the gradients") {
  Two<double> model;
  const Gradients before = model.gradients(1);
  Gradients g = before;
  optim::clip_by_value(g, model.parameters(), 0.1);
  CHECK(numbers(before, model) == Numbers{3, -1, 4});
}

TEST_CASE("Clipped: the inner optimizer sees the clipped gradients, in the order of the options") {
  Two<double> wrapped, plain;
  Clipped optimizer{GradientDescent{{.rate = 0.5}},
                    {.value = 2.5, .norm = 2.75, .global_norm = 1.5}};
  GradientDescent descent{{.rate = 0.5}};
  optimizer.step(wrapped.parameters(), wrapped.gradients(1));
  Gradients g = plain.gradients(1);
  optim::clip_by_value(g, plain.parameters(), 2.5);
  optim::clip_by_norm(g, plain.parameters(), 2.75);
  optim::clip_by_global_norm(g, plain.parameters(), 1.5);
  descent.step(plain.parameters(), g);
  CHECK(wrapped.values() == plain.values());
}

TEST_CASE("Clipped: without a limit it is the inner optimizer") {
  Two<double> wrapped, plain;
  Clipped optimizer{GradientDescent{{.rate = 0.5}}};
  GradientDescent descent{{.rate = 0.5}};
  optimizer.step(wrapped.parameters(), wrapped.gradients(1));
  descent.step(plain.parameters(), plain.gradients(1));
  CHECK(wrapped.values() == plain.values());
}

TEST_CASE("limits that are not above 0 are refused") {
  CHECK(refusal({.value = 0}) == "Clipped: value is 0; expected a number above 0");
  CHECK(refusal({.norm = -1}) == "Clipped: norm is -1; expected a number above 0");
  CHECK(refusal({.global_norm = NAN}) == "Clipped: global_norm is nan; expected a number above 0");
  Two<double> model;
  Gradients g = model.gradients(1);
  CHECK(error_of([&] { optim::clip_by_value(g, model.parameters(), 0); }) ==
        "clip_by_value: limit is 0; expected a number above 0");
  CHECK(error_of([&] { optim::clip_by_norm(g, model.parameters(), -1); }) ==
        "clip_by_norm: limit is -1; expected a number above 0");
  CHECK(error_of([&] { optim::clip_by_global_norm(g, model.parameters(), NAN); }) ==
        "clip_by_global_norm: limit is nan; expected a number above 0");
}
