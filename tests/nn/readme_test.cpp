// The snippets of README.md, compiled, with the numbers that their comments promise.

#include <doctest/doctest.h>

#include <thalweg/autodiff.hpp>
#include <thalweg/nn.hpp>
#include <thalweg/optim.hpp>

using namespace thalweg;

// clang-format off

TEST_CASE("README: a scalar") {
  // [snippet scalar]
  Tape tape;                            // while it lives, this thread records
  Var x = tape.variable(2.0);
  Var y = sin(x) * exp(x) + 3;          // one statement on the tape
  double slope = tape.backward(y)[x];   // 3.644: e² (sin 2 + cos 2)
  // [end]
  CHECK(slope == doctest::Approx(std::exp(2.0) * (std::sin(2.0) + std::cos(2.0))));
  CHECK(slope == doctest::Approx(3.644).epsilon(1e-3));
}

TEST_CASE("README: blocks") {
  // [snippet blocks]
  Tape tape;
  Tensor x = {{0.5, -1.2}, {2.0, 0.3}};
  auto w = tape.variable(Tensor{0.1, 0.4});

  auto u = matmul(x, w);                // a name is a node ...
  auto p = sigmoid(u);
  auto loss = -mean(log(p));
  auto gradients = tape.backward(loss);

  Tensor dw = gradients[w];             // [-0.572, 0.300]
  Tensor du = gradients[u];             // ... whose gradient can be asked for: [-0.303, -0.210]
  // [end]
  for (Index i = 0; i < 2; ++i) {
    const double pi = p.values()[std::size_t(i)];
    CHECK(du(i).value() == doctest::Approx(-(1 - pi) / 2));
  }
  CHECK(dw(0).value() == doctest::Approx(0.5 * du(0).value() + 2.0 * du(1).value()));
  CHECK(fmt::format("{:.3f} {:.3f}", dw, du) == "[-0.572, 0.300] [-0.303, -0.210]");
}

// [snippet model]
struct Model {                                       // a plain struct
  nn::Linear<float> hidden, output;
  auto operator()(const Tensor<float>& x) const { return output(relu(hidden(x))); }
};

double train(Model& model, const nn::Dataset<float>& data, Random& random) {
  optim::Adam adam{{.rate = 3e-3}};
  auto parameters = nn::parameters(model);           // hidden.weight, hidden.bias, ...
  for (int epoch = 0; epoch < 20; ++epoch)
    for (const auto& [x, y] : nn::batches(data, 32, random)) {
      Tape tape;
      auto loss = nn::cross_entropy(model(x), y);
      adam.step(parameters, tape.backward(loss));
    }
  return nn::accuracy(model(data.x), data.y);        // no tape, nothing recorded
}
// [end]

TEST_CASE("README: a model") {
  Random random{1};
  const auto digits = nn::labelled<float>(nn::read_csv(THALWEG_DIGITS, {.label = "-1"}));
  Model model{{64, 16, random}, {16, 10, random}};
  CHECK(train(model, digits, random) > 0.95);
}

TEST_CASE("README: a custom op, checked") {
  // [snippet custom]
  const auto swish = custom(
      "swish",
      [](const auto& x) { return x * sigmoid(x); },
      [](const auto& adjoint, const auto& x, const auto& y) {
        return adjoint * (y + sigmoid(x) * (1 - y));
      });
  auto f = [&](auto x) { return sum(square(swish(x))); };
  GradientReport report = check_gradient(f, Tensor{0.3, -2.0, 5.0});
  if (!report) fmt::print("{}\n", report);           // names the worst coordinate
  // [end]
  CHECK(report);
}

TEST_CASE("README: derivatives of functions") {
  // [snippet functions]
  auto rosenbrock = [](const auto& x) {
    auto a = 1 - x[0];
    auto b = x[1] - x[0] * x[0];
    return a * a + 100 * b * b;
  };
  auto [value, slope] = value_and_gradient(rosenbrock, std::vector{-1.2, 1.0});
  // value 24.2, slope {-215.6, -88}
  // [end]
  CHECK(value == doctest::Approx(24.2));
  CHECK(slope[0] == doctest::Approx(-215.6));
  CHECK(slope[1] == doctest::Approx(-88));
}
