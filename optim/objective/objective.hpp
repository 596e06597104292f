#pragma once
/// `Objective`: a function to be minimised as the methods see it, of n numbers side by side.
///
/// `optim::minimise` makes one of a generic function. Derive from it for a function with a gradient
/// of its own:
///
///     struct Sphere final : optim::Objective {
///       Sphere() : Objective(2) {}
///       using View = std::span<const double>;
///       double evaluate(View x) const override { return x[0] * x[0] + x[1] * x[1]; }
///       double differentiate(View x, std::span<double> gradient) const override {
///         gradient[0] = 2 * x[0], gradient[1] = 2 * x[1];
///         return evaluate(x);
///       }
///     };
///
/// `check_gradient(sphere, {1.0, 2.0})` says whether that gradient is f's
/// (optim/objective/check_gradient.hpp), and so does `minimise` with `Limits::check_gradient`.

#include <limits>
#include <span>
#include <string>
#include <vector>

#include "thalweg/autodiff/base/shape.hpp"

namespace thalweg::optim {

/// One argument of the function among the numbers of a point.
struct ArgumentBlock {
  std::string name;
  Shape shape;
  double epsilon = std::numeric_limits<double>::epsilon();  ///< of its number type
};

class Objective {
 public:
  explicit Objective(Index size) : blocks_{{"x", {size}}}, size_(size) {}
  /// Throws ValueError if there are no numbers to vary.
  explicit Objective(std::vector<ArgumentBlock> blocks);
  virtual ~Objective() = default;

  /// n.
  Index size() const { return size_; }
  const std::vector<ArgumentBlock>& blocks() const { return blocks_; }

  /// f(x); counted.
  double value(std::span<const double> x);
  /// f(x) and ∇f(x); counted.
  double value_and_gradient(std::span<const double> x, std::span<double> gradient);
  /// f of each of the points, which stand one after another; counted. On all threads if `parallel`:
  /// then f must not write to anything that its calls share.
  void values(std::span<const double> points, std::span<double> results, bool parallel);
  /// H v with H the Hessian at x, where the gradient is `gradient`: one further gradient.
  ///
  ///     H v ≈ (∇f(x + h v) − ∇f(x)) / h,     h = 2 √ε max(ℓ, ‖x‖) / ‖v‖
  ///
  /// ℓ is a length in the units of x, 1 if it is not given and x = 0.
  ///
  /// Source: J. Nocedal and S. J. Wright, "Numerical Optimization", 2006, eq. 8.20.
  void hessian_vector(std::span<const double> x, std::span<const double> gradient,
                      std::span<const double> v, std::span<double> product, double length = 0);

  /// Calls of f so far, and those of them that gave a gradient.
  Index evaluations() const { return evaluations_; }
  Index gradients() const { return gradients_; }
  void set_counts(Index evaluations, Index gradients) {
    evaluations_ = evaluations;
    gradients_ = gradients;
  }

 protected:
  Objective(const Objective&) = default;
  virtual double evaluate(std::span<const double> x) const = 0;
  virtual double differentiate(std::span<const double> x, std::span<double> gradient) const = 0;

 private:
  std::vector<ArgumentBlock> blocks_;
  Index size_;
  Index evaluations_ = 0;
  Index gradients_ = 0;
};

/// r(x), m numbers whose squares are summed: f = ½ ‖r‖².
class Residuals : public Objective {
 public:
  using Objective::Objective;

  /// r(x); counted as one evaluation.
  const std::vector<double>& residuals(std::span<const double> x);
  /// r(x) and J = ∂r/∂x [m, n], row-major; counted as one evaluation and one gradient. Throws
  /// ValueError if J is of another size.
  void jacobian(std::span<const double> x, std::vector<double>& r, std::vector<double>& j);

 protected:
  virtual void evaluate_residuals(std::span<const double> x, std::vector<double>& r) const = 0;
  virtual void differentiate_residuals(std::span<const double> x, std::vector<double>& r,
                                       std::vector<double>& j) const = 0;

 private:
  double evaluate(std::span<const double> x) const final;
  double differentiate(std::span<const double> x, std::span<double> gradient) const final;

  std::vector<double> last_;
};

}  // namespace thalweg::optim
