/// The iterates that PyTorch's L-BFGS makes, compared at 1e-9.

#include "thalweg/optim/smooth/lbfgs.hpp"

#include <cmath>

#include "tests/close.hpp"
#include "tests/reference/reference.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/optim/minimise.hpp"

using namespace thalweg;
using reference::Json;
using testing::close;

namespace {

/// The problems of the file, by name.
struct Problem {
  bool quadratic;
  std::vector<double> a, b;

  Problem(const Json& file, const std::string& name)
      : quadratic(name == "quadratic"),
        a(file["quadratic"]["A"]["data"].get<std::vector<double>>()),
        b(file["quadratic"]["b"]["data"].get<std::vector<double>>()) {}

  Var<double> operator()(const std::vector<Var<double>>& x) const {
    if (!quadratic) {
      auto u = 1 - x[0];
      auto v = x[1] - x[0] * x[0];
      return u * u + 100 * (v * v);
    }
    Var<double> sum = 0.0;  // ½ x'Ax − b'x
    for (std::size_t i = 0; i < x.size(); ++i) {
      Var<double> row = 0.0;
      for (std::size_t j = 0; j < x.size(); ++j) row += a[i * x.size() + j] * x[j];
      sum += x[i] * (0.5 * row - b[i]);
    }
    return sum;
  }
};

/// ‖g‖ min(1, 1 / ‖g‖₁): PyTorch's first trial is min(1, 1 / ‖g‖₁) times the rate, along −g.
double first_length(const std::vector<double>& g) {
  double square = 0, sum = 0;
  for (const double v : g) square += v * v, sum += std::abs(v);
  return std::sqrt(square) * std::min(1.0, 1 / sum);
}

double largest(std::span<const double> x) {
  double result = 0;
  for (const double v : x) result = std::max(result, std::abs(v));
  return result;
}

/// One call of PyTorch's `step`: up to max_iter iterations, ended by its own tolerances.
struct TorchStep {
  int iterations;
  Index evaluations;
  double gradient, change;

  explicit TorchStep(const Json& options)
      : iterations(options.value("max_iter", 20)),
        evaluations(options.value("max_eval", iterations * 5 / 4)),
        gradient(options.value("tolerance_grad", 1e-7)),
        change(options.value("tolerance_change", 1e-9)) {}

  void operator()(optim::Run& run) const {
    run.start();
    const Index before = run.now().evaluations;
    for (int k = 0; k < iterations; ++k) {
      if (largest(run.now().gradient) <= gradient) return;
      const std::vector<double> x(run.now().x.begin(), run.now().x.end());
      const double value = run.now().value;
      if (!run.advance()) return;
      if (run.now().evaluations - before + 1 >= evaluations) return;
      std::vector<double> step = x;
      for (std::size_t i = 0; i < x.size(); ++i) step[i] -= run.now().x[i];
      if (largest(step) <= change || std::abs(run.now().value - value) < change) return;
    }
  }
};

/// Returns how many numbers it compared.
int check_case(const Json& file, const Json& test) {
  const Json& options = test["options"];
  const double tolerance = options.value("tolerance_change", 1e-9);
  const Problem problem(file, test["problem"]);
  const auto start = test["start"].get<std::vector<double>>();
  auto f = optim::objective(problem, start);
  std::vector<double> g(start.size());
  f.value_and_gradient(start, g);
  const optim::Lbfgs method({.history = options.value("history_size", Index(100)),
                             .first = options.value("lr", 1.0),
                             .first_length = first_length(g),
                             .least_curvature = 1e-10,
                             .least_slope = tolerance},
                            optim::StrongWolfe{{.least_width = tolerance}});
  optim::Run run(f, method, start, {.gradient_norm = {}});
  const TorchStep step(options);
  int compared = 0;
  for (int k = 1; k <= 30; ++k) {
    step(run);
    const auto expected = test["positions"].find(std::to_string(k));
    if (expected == test["positions"].end()) continue;
    for (std::size_t i = 0; i < start.size(); ++i) {
      CAPTURE(k);
      CAPTURE(i);
      CHECK(close(run.now().x[i], (*expected)[i].get<double>(), {.relative = 1e-9}));
      ++compared;
    }
  }
  return compared;
}

}  // namespace

TEST_CASE("reference: L-BFGS makes PyTorch's iterates") {
  const Json file = reference::read_file("optimizers.json");
  int checked = 0;
  for (const Json& test : file["cases"]) {
    if (test["optimizer"] != "LBFGS") continue;
    CAPTURE(test["problem"].get<std::string>());
    CAPTURE(test["options"].dump());
    REQUIRE(test["options"].value("line_search_fn", "") == "strong_wolfe");
    CHECK(check_case(file, test) ==
          static_cast<int>(test["positions"].size() * test["start"].size()));
    CHECK(test["positions"].size() >= 3);
    ++checked;
  }
  CHECK(checked >= 2);
}
