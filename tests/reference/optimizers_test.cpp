/// The iterates that PyTorch's optimizers make, compared at 1e-9.

#include <functional>
#include <map>
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

/// Replaces an option where the case gives it.
template <class T>
void read(const Json& json, const char* name, T& option) {
  if (json.contains(name)) option = json[name].get<T>();
}
void read(const Json& json, const char* name, double& first, double& second) {
  if (json.contains(name)) first = json[name][0], second = json[name][1];
}

template <class Optimizer>
typename Optimizer::Options common(const Json& json) {
  typename Optimizer::Options options;
  read(json, "lr", options.rate);
  if constexpr (requires { options.weight_decay; })
    read(json, "weight_decay", options.weight_decay);
  if constexpr (requires { options.epsilon; }) read(json, "eps", options.epsilon);
  if constexpr (requires { options.beta1; }) read(json, "betas", options.beta1, options.beta2);
  if constexpr (requires { options.amsgrad; }) read(json, "amsgrad", options.amsgrad);
  if constexpr (requires { options.momentum; }) read(json, "momentum", options.momentum);
  return options;
}

template <class Optimizer>
Step make_plainly(const Json& json) {
  return stepping(Optimizer(common<Optimizer>(json)));
}

Step make_sgd(const Json& json) {
  auto options = common<optim::Sgd>(json);
  read(json, "dampening", options.dampening);
  read(json, "nesterov", options.nesterov);
  return stepping(optim::Sgd(options));
}

Step make_asgd(const Json& json) {
  auto options = common<optim::Asgd>(json);
  read(json, "lambd", options.lambda);
  read(json, "alpha", options.power);
  read(json, "t0", options.start);
  return stepping(optim::Asgd(options));
}

Step make_adagrad(const Json& json) {
  auto options = common<optim::Adagrad>(json);
  read(json, "lr_decay", options.rate_decay);
  read(json, "initial_accumulator_value", options.initial_sum);
  return stepping(optim::Adagrad(options));
}

Step make_adadelta(const Json& json) {
  auto options = common<optim::Adadelta>(json);
  read(json, "rho", options.rho);
  return stepping(optim::Adadelta(options));
}

Step make_rmsprop(const Json& json) {
  auto options = common<optim::Rmsprop>(json);
  read(json, "alpha", options.rho);
  read(json, "centered", options.centered);
  return stepping(optim::Rmsprop(options));
}

Step make_nadam(const Json& json) {
  auto options = common<optim::NAdam>(json);
  read(json, "momentum_decay", options.momentum_decay);
  options.extra_factor = true;
  return stepping(optim::NAdam(options));
}

Step make_rprop(const Json& json) {
  auto options = common<optim::Rprop>(json);
  read(json, "etas", options.shrink, options.grow);
  read(json, "step_sizes", options.smallest, options.largest);
  return stepping(optim::Rprop(options));
}

/// Nothing if there is no such optimizer.
std::optional<Step> make_minimiser(const std::string& name, const Json& options) {
  static const std::map<std::string, Step (*)(const Json&)> makers = {
      {"SGD", make_sgd},
      {"ASGD", make_asgd},
      {"Adam", make_plainly<optim::Adam>},
      {"AdamW", make_plainly<optim::AdamW>},
      {"NAdam", make_nadam},
      {"RAdam", make_plainly<optim::RAdam>},
      {"Adamax", make_plainly<optim::Adamax>},
      {"Adagrad", make_adagrad},
      {"Adadelta", make_adadelta},
      {"RMSprop", make_rmsprop},
      {"Rprop", make_rprop},
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
    if (test["optimizer"] == "LBFGS") continue;  // lbfgs_test.cpp
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
