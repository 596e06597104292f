#pragma once
/// `Method`: a way of going downhill, one iteration at a time.

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "thalweg/optim/objective/bounds.hpp"
#include "thalweg/optim/objective/objective.hpp"
#include "thalweg/optim/run/limits.hpp"
#include "thalweg/optim/state/archive.hpp"

namespace thalweg::optim {

/// The point that a method moves.
struct Point {
  static constexpr auto kind = "Point";

  std::vector<double> x = {};         ///< n numbers
  double value = 0;                   ///< f(x)
  std::vector<double> gradient = {};  ///< ∇f(x), or empty if the method does not use it
  double gradient_norm = 0;           ///< ‖∇f(x)‖₂, projected under bounds; NaN if unknown
  double step = 0;                    ///< how the method came here: a step length, a rate, a spread
};

/// Why a method cannot go on, and in words what happened.
struct Halt {
  Stop stop;
  std::string why = {};
};

/// A recipe and, during a run, its state. `minimise` works on a copy. Sub-classes of the library
/// are made like `optim::Lbfgs{{.history = 20}}`; a method of one's own overrides the same
/// functions.
class Method {
 public:
  virtual ~Method() = default;

  virtual const char* kind() const = 0;
  /// Starts anew at point.x: evaluates what the method needs there. Throws ValueError for a start
  /// that it does not admit.
  virtual void begin(Objective& f, Point& point) = 0;
  /// One iteration; a halt leaves the best point it knows.
  virtual std::optional<Halt> advance(Objective& f, Point& point) = 0;
  /// All that the next iterations depend on, options included.
  virtual void archive(Archive& archive) = 0;
  virtual std::unique_ptr<Method> clone() const = 0;
  /// True if it ends by a test of ∇f of its own: the usual limit of ‖∇f‖ is then not tested.
  virtual bool tests_gradient() const { return false; }
  /// The box that it keeps f's arguments in.
  virtual Bounds box() const { return {}; }

 protected:
  Method() = default;
  Method(const Method&) = default;
  Method& operator=(const Method&) = default;
};

/// `clone` written once.
template <class Derived, class Base = Method>
class Clonable : public Base {
 public:
  using Base::Base;
  std::unique_ptr<Method> clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived&>(*this));
  }
};

/// Fills value, gradient and its norm at point.x.
void evaluate_with_gradient(Objective& f, Point& point);

/// The limits of a run of the method: without the usual one of ‖∇f‖ where it is not for this
/// method.
Limits limits_for(const Method& method, Limits limits);

namespace detail {
/// f has come to −∞.
inline bool bottomless(double value) { return value == -std::numeric_limits<double>::infinity(); }
/// A length in the units of x: ‖x₀‖, from the origin |f(x₀)| / ‖∇f(x₀)‖, and 1 if that is none
/// either. First steps and regions are in proportion to it, so that they follow the units.
double typical_length(const Point& start);
}  // namespace detail

}  // namespace thalweg::optim
