#pragma once
/// The cases of ops.json: an op, its options and arguments, and what PyTorch made of them.
///
///     const Ops ops{{"exp", [](const Case& c) { return exp(c["x"]); }}, ...};
///     check_cases(ops);

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "reference.hpp"
#include "tests/close.hpp"
#include "thalweg/autodiff/ops/axes.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

namespace reference {

using namespace thalweg;

/// The cases of ops.json; there is at least one.
inline Json read_cases() {
  const Json file = read_file("ops.json");
  if (!file.is_object() || !file.contains("cases") || file["cases"].empty())
    FAIL("the reference file ops.json has no cases");
  return file["cases"];
}

template <class T>
Tensor<T> to_tensor(const Json& json) {
  const auto sizes = json.at("shape").get<std::vector<Index>>();
  std::vector<T> numbers;
  for (const Json& number : json.at("data")) {
    if (number.is_boolean())
      numbers.push_back(static_cast<T>(number.get<bool>()));
    else
      numbers.push_back(number.get<T>());
  }
  return Tensor<T>(Shape(std::span<const Index>(sizes)), numbers);
}

/// Arguments and options of one case, by their names.
class Case {
 public:
  Case(const Json& json, Tape& tape) : json_(json) {
    for (const auto& [name, value] : json.at("inputs").items())
      inputs_.emplace(name, tape.variable(to_tensor<double>(value)));
  }

  /// An input, recorded. Throws std::out_of_range, like the next two, if there is none.
  const Tensor<double>& operator[](const std::string& name) const { return inputs_.at(name); }
  Tensor<double> constant(const std::string& name) const {
    return to_tensor<double>(json_.at("constants").at(name));
  }
  IndexTensor indices(const std::string& name) const {
    return to_tensor<Index>(json_.at("constants").at(name));
  }
  bool has_input(const std::string& name) const { return inputs_.contains(name); }
  bool has_constant(const std::string& name) const {
    return json_.contains("constants") && json_["constants"].contains(name);
  }
  /// All inputs in the order of their names.
  std::vector<Tensor<double>> inputs() const {
    std::vector<Tensor<double>> all;
    for (const auto& [name, value] : inputs_) all.push_back(value);
    return all;
  }

  bool has_option(const std::string& name) const {
    return options().contains(name) && !options()[name].is_null();
  }
  template <class T>
  T option(const std::string& name, const T& otherwise) const {
    return has_option(name) ? options()[name].get<T>() : otherwise;
  }
  /// The option "axis": one, several, or all if it is missing.
  Axes axes() const {
    if (!has_option("axis")) return {};
    if (!options()["axis"].is_array()) return option("axis", 0);
    return Axes(std::span<const int>(option("axis", std::vector<int>{})));
  }
  int axis(int otherwise) const { return option("axis", otherwise); }
  KeepAxes keep() const { return option("keep", false) ? KeepAxes::yes : KeepAxes::no; }

 private:
  Json options() const { return json_.value("options", Json::object()); }

  const Json& json_;
  std::map<std::string, Tensor<double>> inputs_;
};

/// What this library calls the ops of the file.
using Ops = std::map<std::string, std::function<Tensor<double>(const Case&)>>;

// One per file of this directory.
const Ops& exponential_ops();
const Ops& trigonometric_ops();
const Ops& activation_ops();
const Ops& binary_ops();
const Ops& tensor_ops();
const Ops& image_ops();
const Ops& losses();
const Ops& attention_ops();
const Ops& recurrent_ops();
const Ops& normalisations();

inline double largest(const Tensor<double>& x) {
  double bound = 0;
  for (const double number : x.values()) bound = std::max(bound, std::fabs(number));
  return bound;
}

/// How well gradients of the op agree with PyTorch 1.13, which has the 1/6 of hardsigmoid in single
/// precision and cuts the series of ψ′, the slope of digamma, short.
inline double gradient_tolerance(const std::string& op) {
  return op == "hardsigmoid" ? 4e-8 : op == "digamma" ? 1e-8 : 1e-12;
}

/// |actual − expected| ≤ ε |expected| + ε/10 max |expected| + 10⁻¹⁵, element by element. The last
/// two terms are for elements that are small because larger numbers cancel.
inline void check_close(const std::string& what, const Tensor<double>& actual,
                        const Tensor<double>& expected, double tolerance = 1e-12) {
  CAPTURE(what);
  const double floor = 0.1 * tolerance * largest(expected) + 1e-15;
  CHECK(thalweg::testing::close(actual, expected, {tolerance, floor}));
}

/// Value and gradients of one case.
inline void check_case(const Json& json, const Ops::mapped_type& op) {
  Tape tape;
  const Case arguments(json, tape);
  const Tensor<double> y = op(arguments);
  check_close("value", y, to_tensor<double>(json.at("output")));
  const Gradients gradients = tape.backward(y, to_tensor<double>(json.at("grad_output")));
  const double tolerance = gradient_tolerance(json.at("op"));
  for (const auto& [name, expected] : json.at("grads").items())
    check_close("gradient of " + name, gradients[arguments[name]], to_tensor<double>(expected),
                tolerance);
}

/// Every case of the file whose op is in the table.
inline void check_cases(const Ops& ops) {
  int position = -1;
  for (const Json& json : read_cases()) {
    ++position;
    const auto op = ops.find(json.at("op").get<std::string>());
    if (op == ops.end()) continue;
    const std::string what = fmt::format("case {} of ops.json: {} {}", position, op->first,
                                         json.value("options", Json::object()).dump());
    CAPTURE(what);
    try {
      check_case(json, op->second);
    } catch (const std::exception& error) {
      FAIL_CHECK(std::string(error.what()));
    }
  }
}

}  // namespace reference
