/// The iterates that PyTorch's optimizers make, compared at 1e-9.

#include <functional>
#include <optional>
#include <vector>

#include "autodiff/ops/arithmetic.hpp"
#include "autodiff/tape.hpp"
#include "optim/optim.hpp"
#include "reference.hpp"

using namespace thalweg;
using reference::Json;
using Variables = std::vector<Var<double>>;

namespace {

/// (1 − x)² + 100 (y − x²)².
Var<double> rosenbrock(const Variables& w) {
  auto a = 1 - w[0];
  auto b = w[1] - w[0] * w[0];
  return a * a + 100 * (b * b);
}

/// ½ x'Ax − b'x.
Var<double> quadratic(const Json& problem, const Variables& x) {
  const auto a = problem["A"]["data"].get<std::vector<double>>();
  const auto b = problem["b"]["data"].get<std::vector<double>>();
  Var<double> sum = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    Var<double> row = 0.0;
    for (std::size_t j = 0; j < x.size(); ++j) row += a[i * x.size() + j] * x[j];
    sum += x[i] * (0.5 * row - b[i]);
  }
  return sum;
}

using Step = std::function<void(const ParameterList<double>&, const Gradients&)>;

template <class Optimizer>
Step stepping(Optimizer optimizer) {
  return [optimizer](const auto& parameters, const auto& gradients) mutable {
    optimizer.step(parameters, gradients);
  };
}

Step make_sgd(const Json& options) {
  return stepping(optim::Sgd{{.rate = options.at("lr"),
                              .momentum = options.value("momentum", 0.0),
                              .dampening = options.value("dampening", 0.0),
                              .weight_decay = options.value("weight_decay", 0.0),
                              .nesterov = options.value("nesterov", false)}});
}

template <class Optimizer, class Options>
Step make_adam(const Json& json) {
  Options options;
  options.rate = json.value("lr", options.rate);
  if (json.contains("betas")) {
    options.beta1 = json["betas"][0];
    options.beta2 = json["betas"][1];
  }
  options.epsilon = json.value("eps", options.epsilon);
  options.weight_decay = json.value("weight_decay", options.weight_decay);
  options.amsgrad = json.value("amsgrad", false);
  return stepping(Optimizer(options));
}

/// Nothing if there is no such optimizer.
std::optional<Step> make(const std::string& name, const Json& options) {
  if (name == "SGD") return make_sgd(options);
  if (name == "Adam") return make_adam<optim::Adam, optim::AdamOptions>(options);
  if (name == "AdamW") return make_adam<optim::AdamW, optim::AdamWOptions>(options);
  return std::nullopt;
}

void check_case(const Json& file, const Json& test, const Step& step) {
  Parameter<double> w(Tensor<double>(test["start"].get<std::vector<double>>()));
  const ParameterList<double> parameters{{"w", &w}};
  int taken = 0;
  for (int k = 1; k <= 30; ++k) {
    Tape tape;
    const Variables x = Tensor<double>(w).scalars();
    const Var<double> loss =
        test["problem"] == "rosenbrock" ? rosenbrock(x) : quadratic(file["quadratic"], x);
    step(parameters, tape.backward(loss));
    const auto expected = test["positions"].find(std::to_string(k));
    if (expected == test["positions"].end()) continue;
    ++taken;
    for (Index i = 0; i < w.size(); ++i) {
      CAPTURE(k);
      CAPTURE(i);
      CHECK(w.value().data()[i] ==
            doctest::Approx((*expected)[static_cast<std::size_t>(i)].get<double>())
                .epsilon(1e-9)
                .scale(0));
    }
  }
  CHECK(taken == static_cast<int>(test["positions"].size()));
}

}  // namespace

TEST_CASE("reference: optimizers make PyTorch's iterates") {
  const Json file = reference::read_file("optimizers.json");
  std::map<std::string, int> skipped;
  int checked = 0;
  for (const Json& test : file["cases"]) {
    const std::string name = test["optimizer"];
    const std::string what = fmt::format("{} {} on {}", name, test["options"].dump(),
                                         test["problem"].get<std::string>());
    CAPTURE(what);
    if (const auto step = make(name, test["options"])) {
      check_case(file, test, *step);
      ++checked;
    } else {
      ++skipped[name + ": there is no such optimizer"];
    }
  }
  CHECK(checked > 0);
  reference::print_skipped(skipped);
}
