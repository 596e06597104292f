/// The iterates that PyTorch's optimizers make, compared at 1e-9.

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "reference.hpp"
#include "tests/close.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/optim.hpp"

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

/// Replaces an option where the case gives it.
template <class T>
void read(const Json& json, const char* name, T& option) {
  if (json.contains(name)) option = json[name].get<T>();
}
void read(const Json& json, const char* name, double& first, double& second) {
  if (json.contains(name)) first = json[name][0], second = json[name][1];
}

/// PyTorch's names of the options that there are, each to the member that an optimizer has for it.
template <class Optimizer>
typename Optimizer::Options options_of(const Json& json) {
  typename Optimizer::Options o;
  read(json, "lr", o.rate);
  if constexpr (requires { o.weight_decay; }) read(json, "weight_decay", o.weight_decay);
  if constexpr (requires { o.epsilon; }) read(json, "eps", o.epsilon);
  if constexpr (requires { o.beta1; }) read(json, "betas", o.beta1, o.beta2);
  if constexpr (requires { o.amsgrad; }) read(json, "amsgrad", o.amsgrad);
  if constexpr (requires { o.momentum; }) read(json, "momentum", o.momentum);
  if constexpr (requires { o.dampening; }) read(json, "dampening", o.dampening);
  if constexpr (requires { o.nesterov; }) read(json, "nesterov", o.nesterov);
  if constexpr (requires { o.lambda; }) read(json, "lambd", o.lambda);
  if constexpr (requires { o.power; }) read(json, "alpha", o.power);
  if constexpr (requires { o.start; }) read(json, "t0", o.start);
  if constexpr (requires { o.rate_decay; }) read(json, "lr_decay", o.rate_decay);
  if constexpr (requires { o.initial_sum; }) read(json, "initial_accumulator_value", o.initial_sum);
  if constexpr (requires { o.rho; }) read(json, "rho", o.rho), read(json, "alpha", o.rho);
  if constexpr (requires { o.centered; }) read(json, "centered", o.centered);
  if constexpr (requires { o.momentum_decay; }) read(json, "momentum_decay", o.momentum_decay);
  if constexpr (requires { o.extra_factor; }) o.extra_factor = true;
  if constexpr (requires { o.grow; }) read(json, "etas", o.shrink, o.grow);
  if constexpr (requires { o.smallest; }) read(json, "step_sizes", o.smallest, o.largest);
  return o;
}

template <class Optimizer>
Step make_one(const Json& json) {
  return stepping(Optimizer(options_of<Optimizer>(json)));
}

/// Nothing if there is no such optimizer.
std::optional<Step> make_minimiser(const std::string& name, const Json& options) {
  static const std::map<std::string, Step (*)(const Json&)> makers = {
      {"SGD", make_one<optim::Sgd>},           {"ASGD", make_one<optim::Asgd>},
      {"Adam", make_one<optim::Adam>},         {"AdamW", make_one<optim::AdamW>},
      {"NAdam", make_one<optim::NAdam>},       {"RAdam", make_one<optim::RAdam>},
      {"Adamax", make_one<optim::Adamax>},     {"Adagrad", make_one<optim::Adagrad>},
      {"Adadelta", make_one<optim::Adadelta>}, {"RMSprop", make_one<optim::Rmsprop>},
      {"Rprop", make_one<optim::Rprop>},
  };
  const auto maker = makers.find(name);
  return maker == makers.end() ? std::nullopt : std::optional(maker->second(options));
}

std::optional<Step> make(const std::string& name, const Json& options) {
  const auto step = make_minimiser(name, options);
  if (!step || !options.value("maximize", false)) return step;
  return [step](const auto& parameters, const auto& gradients) {
    (*step)(parameters, -1 * gradients);
  };
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
    CAPTURE(k);
    CHECK(thalweg::testing::close(w, expected->get<std::vector<double>>(), {.relative = 1e-9}));
  }
  CHECK(taken == static_cast<int>(test["positions"].size()));
}

}  // namespace

TEST_CASE("reference: optimizers make PyTorch's iterates") {
  const Json file = reference::read_file("optimizers.json");
  std::map<std::string, int> skipped;
  int checked = 0;
  for (const Json& test : file["cases"]) {
    if (test["optimizer"] == "LBFGS") continue;  // lbfgs_test.cpp
    const std::string name = test["optimizer"];
    const std::string what = fmt::format("{} {} on {}", name, test["options"].dump(),
                                         test["problem"].get<std::string>());
    CAPTURE(what);
    if (const auto step = make(name, test["options"])) {
      check_case(file, test, *step);
      ++checked;
    } else {
      ++skipped[name];
    }
  }
  CHECK(checked > 0);
  CHECK(reference::list(skipped) == "none");
}
