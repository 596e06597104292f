#include "thalweg/autodiff/derive/check_gradient.hpp"

#include <algorithm>
#include <cmath>
#include <ostream>

#include "thalweg/autodiff/base/random.hpp"

namespace thalweg {

std::string derive::position(const Shape& shape, Index at) {
  if (shape.rank() == 0) return "";
  Shape index = shape;
  for (int axis = shape.rank(); axis-- > 0; at /= shape[axis]) index[axis] = at % shape[axis];
  return fmt::format(" {}", index);
}

void derive::GradientComparison::note(std::string where, double slope, double difference,
                                      double allowed, double step) {
  const double error = std::abs(slope - difference);
  const bool fits = error <= allowed;  // no if one of them is not a number
  const double excess = error <= 0 ? 0 : std::isnan(error / allowed) ? HUGE_VAL : error / allowed;
  ++report.compared;
  report.failed += !fits;
  report.passed &= fits;
  if (report.compared > 1 && !(excess > worst_)) return;
  worst_ = excess;
  report.where = std::move(where);
  report.tape = slope;
  report.difference = difference;
  report.error = error;
  report.allowed = allowed;
  report.step = step;
}

namespace detail {
namespace {

/// x as a number of the input's type.
double rounded(const CheckedInput& input, double x) {
  visit(*input.type, [&]<class Real>(std::type_identity<Real>) {
    x = static_cast<double>(static_cast<Real>(x));
  });
  return x;
}

double epsilon_of(const CheckedInput& input) {
  double epsilon = 0;
  visit(*input.type, [&]<class Real>(std::type_identity<Real>) {
    epsilon = static_cast<double>(std::numeric_limits<Real>::epsilon());
  });
  return epsilon;
}

double largest(const std::vector<double>& numbers) {
  double most = 0;
  for (const double number : numbers) most = std::max(most, std::abs(number));
  return most;
}

/// Compares slopes along one direction after the other.
class Comparison {
 public:
  Comparison(const GradientCheck& check, CheckedInputs& inputs,
             double (*evaluate)(void*, const CheckedInputs&), void* context)
      : inputs_(inputs), start_(inputs), evaluate_(evaluate), context_(context) {
    for (const CheckedInput& input : inputs) epsilon_ = std::max(epsilon_, epsilon_of(input));
    step_ = check.step > 0 ? check.step : std::cbrt(epsilon_);
    made_.report.tolerance = check.tolerance > 0 ? check.tolerance : std::cbrt(epsilon_);
  }

  /// Along coordinate `at` of input k.
  void along_coordinate(std::size_t k, std::size_t at, double scale) {
    const double x = start_[k].values[at];
    const double h = step_ * std::max(1.0, std::abs(x));
    double moved = 0;
    const auto move = [&](double by) {
      const double to = rounded(start_[k], x + by);
      moved = to - moved;
      inputs_[k].values[at] = to;
    };
    move(-h);
    const double below = evaluate_(context_, inputs_);
    move(h);
    const double above = evaluate_(context_, inputs_);
    inputs_[k].values[at] = x;
    note(start_[k].name + derive::position(start_[k].shape, static_cast<Index>(at)),
         start_[k].gradient[at] * moved, below, above, h, scale);
  }

  /// Along a random unit vector.
  void along_direction(Index number, Random& random) {
    std::vector<std::vector<double>> direction;
    double square = 0, most = 1;
    for (const CheckedInput& input : start_) {
      std::vector<double>& d = direction.emplace_back(input.values.size());
      for (double& component : d) {
        component = random.normal();
        square += component * component;
      }
      most = std::max(most, largest(input.values));
    }
    const double h = step_ * most, length = std::sqrt(square);
    double change = 0, scale = 0;
    double at[2];
    for (const int side : {0, 1}) {
      const double by = (side == 0 ? -h : h) / length;
      for (std::size_t k = 0; k < start_.size(); ++k)
        for (std::size_t i = 0; i < direction[k].size(); ++i) {
          const double x = rounded(start_[k], start_[k].values[i] + by * direction[k][i]);
          const double slope = start_[k].gradient[i];
          change += (side == 0 ? -slope : slope) * (x - start_[k].values[i]);
          scale += slope * slope * direction[k][i] * direction[k][i];
          inputs_[k].values[i] = x;
        }
      at[side] = evaluate_(context_, inputs_);
    }
    for (std::size_t k = 0; k < start_.size(); ++k) inputs_[k].values = start_[k].values;
    note("direction " + std::to_string(number), change, at[0], at[1], h,
         std::sqrt(scale / 2) / length);
  }

  GradientReport report() const { return made_.report; }

 private:
  /// `change`: that of f by the tape.
  void note(std::string where, double change, double below, double above, double h, double scale) {
    const double tape = change / (2 * h), difference = (above - below) / (2 * h);
    const double rounding = 8 * epsilon_ * std::max(std::abs(above), std::abs(below)) / h;
    const double allowed =
        made_.report.tolerance * std::max({1e-3, scale, std::abs(difference)}) + rounding;
    made_.note(std::move(where), tape, difference, allowed, h);
  }

  CheckedInputs& inputs_;
  const CheckedInputs start_;
  double (*evaluate_)(void*, const CheckedInputs&);
  void* context_;
  double epsilon_ = std::numeric_limits<double>::epsilon();
  double step_ = 0;
  derive::GradientComparison made_;
};

}  // namespace

GradientReport compare(const GradientCheck& check, CheckedInputs& inputs,
                       double (*evaluate)(void*, const CheckedInputs&), void* context) {
  Comparison comparison(check, inputs, evaluate, context);
  if (check.directions > 0) {
    Random random{check.seed};
    for (Index k = 0; k < check.directions; ++k) comparison.along_direction(k, random);
    return comparison.report();
  }
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const double scale = largest(inputs[k].gradient);
    for (std::size_t at = 0; at < inputs[k].values.size(); ++at)
      comparison.along_coordinate(k, at, scale);
  }
  return comparison.report();
}

CheckedInputs checked_inputs(std::vector<derive::Block> blocks, const std::vector<double>& numbers,
                             const std::vector<double>& gradient) {
  CheckedInputs inputs;
  auto x = numbers.begin(), slope = gradient.begin();
  for (derive::Block& block : blocks) {
    const Index n = block.shape.size();
    std::string name =
        block.name.empty() ? "argument " + std::to_string(inputs.size()) : std::move(block.name);
    inputs.push_back({std::move(name), block.shape, {x, x + n}, {slope, slope + n}, block.type});
    x += n;
    slope += n;
  }
  return inputs;
}

std::vector<double> numbers_of(const CheckedInputs& inputs) {
  std::vector<double> numbers;
  for (const CheckedInput& input : inputs)
    numbers.insert(numbers.end(), input.values.begin(), input.values.end());
  return numbers;
}

std::vector<double> probe_weights(Index size) {
  std::vector<double> weights(size, 1.0);
  Random random{2};
  if (size != 1)
    for (double& weight : weights)
      weight = static_cast<double>(static_cast<float>(random.normal()));
  return weights;
}

}  // namespace detail

std::string worst(const GradientReport& report) {
  return fmt::format("{}: {} {:.10g}, central difference {:.10g}", report.where, report.by,
                     report.tape, report.difference);
}

std::string to_string(const GradientReport& report) {
  if (report.compared == 0) return "gradient check passed: there is nothing to compare";
  const std::string verdict =
      report.passed ? fmt::format("passed: {} slopes agree", report.compared)
                    : fmt::format("failed: {} of {} slopes differ", report.failed, report.compared);
  return fmt::format(
      "gradient check {}\n"
      "  worst: {}\n"
      "  error {:.2g}, allowed {:.2g} (tolerance {:.2g}, step {:.2g})",
      verdict, worst(report), report.error, report.allowed, report.tolerance, report.step);
}

std::ostream& operator<<(std::ostream& stream, const GradientReport& report) {
  return stream << to_string(report);
}

}  // namespace thalweg
