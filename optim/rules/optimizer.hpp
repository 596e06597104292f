#pragma once
/// What all optimizers of parameters share: the way from gradients to an update.
///
///     optim::Adam adam{{.rate = 3e-4}};
///     adam.set_groups({{.pattern = "*.bias", .weight_decay = 0},
///                      {.pattern = "embed*", .frozen = true}});
///     adam.step(parameters, tape.backward(loss));

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "thalweg/autodiff/number/any_of.hpp"
#include "thalweg/autodiff/tape/gradients.hpp"
#include "thalweg/autodiff/tensor/parameter.hpp"
#include "thalweg/optim/state/archive.hpp"

namespace thalweg::optim {

class Optimizer;

namespace detail {

/// `step` for one number type; a function of its own for each, so that a list may be in braces.
template <class Real>
struct StepOf {
  /// One update of all parameters. Throws ValueError, before anything has changed, if the list is
  /// empty, names a parameter twice or is not the first step's, or if the gradients hold none of
  /// its parameters. A parameter that the loss does not depend on has gradient zero; one that is
  /// frozen is left alone.
  void step(const ParameterList<Real>& parameters, const Gradients& gradients);
};
template <class... Real>
struct StepsOf : StepOf<Real>... {
  using StepOf<Real>::step...;
};

/// What users of other libraries write first.
struct CalledRate {
  template <class X>
  void operator=(X) const {
    static_assert(sizeof(X) == 0,
                  "thalweg: the learning rate is called rate: write optimizer.set_rate(1e-4), or "
                  "{.rate = 1e-4} among the options");
  }
  template <class X>
  operator X() const {
    static_assert(sizeof(X) == 0, "thalweg: the learning rate is called rate: optimizer.rate()");
  }
};

}  // namespace detail

/// A learning rate alone, in place of an optimizer's options: `Adam adam{1e-3};`
template <class X>
concept RateNumber = std::is_arithmetic_v<X>;

/// Anything that updates parameters: an update rule such as `Adam`, or a wrapper around another
/// optimizer such as `Lookahead`. A copy goes on from the same state independently.
class Optimizer : public OfNumberTypes<detail::StepsOf> {
 public:
  virtual ~Optimizer() = default;

  /// α, the rate of the next step.
  virtual double rate() const = 0;
  /// Throws ValueError unless it is finite and at least 0.
  virtual void set_rate(double rate) = 0;
  static constexpr detail::CalledRate lr = {};
  template <class... X>
  void zero_grad(const X&...) {
    static_assert(
        sizeof...(X) > 99,
        "thalweg: gradients are values of one backward pass, so there is nothing to set to "
        "zero: optimizer.step(parameters, tape.backward(loss))");
  }
  /// Updates made.
  virtual Index steps() const = 0;

  virtual const char* kind() const = 0;
  /// All that the next steps depend on, options included (optim/state/checkpoint.hpp).
  virtual void archive(Archive& archive) = 0;
  virtual std::unique_ptr<Optimizer> clone() const = 0;

 protected:
  template <class Real>
  using ConstList = const ParameterList<Real>;
  /// A list of parameters of any number type.
  using AnyParameters = AnyPointer<ConstList>;
  /// `step`, as an optimizer defines it: std::visit tells the number type.
  virtual void step_any(AnyParameters parameters, const Gradients& gradients) = 0;

  Optimizer() = default;
  Optimizer(const Optimizer&) = default;
  Optimizer(Optimizer&&) = default;
  Optimizer& operator=(const Optimizer&) = default;
  Optimizer& operator=(Optimizer&&) = default;

 private:
  template <class Real>
  friend struct detail::StepOf;
};

template <class Real>
void detail::StepOf<Real>::step(const ParameterList<Real>& parameters, const Gradients& gradients) {
  static_cast<Optimizer&>(*this).step_any(&parameters, gradients);
}

/// Parameters that are treated in their own way, chosen by name.
struct Group {
  std::string pattern;                      ///< "*.bias": * is any text, ? any character
  double rate_factor = 1;                   ///< ≥ 0; times the optimizer's rate
  std::optional<double> weight_decay = {};  ///< ≥ 0; instead of the optimizer's
  bool frozen = false;                      ///< neither the value nor the moments change
};

/// True if the whole name fits the pattern.
bool matches(std::string_view pattern, std::string_view name);

/// An array that a rule keeps of a parameter between steps.
template <class Real>
struct Moment {
  std::string name;  ///< "velocity"
  Tensor<Real> value;
};

/// What a rule keeps of one parameter.
template <class Real>
struct ParameterState {
  std::string name;  ///< the parameter's, "hidden.weight"
  std::vector<Moment<Real>> moments;

  /// The moment of this name. Throws ValueError, listing those there are, if there is none.
  const Tensor<Real>& operator[](std::string_view moment) const;
};

/// One parameter in one step: what a rule's formula works on.
template <class Real>
struct Update {
  Parameter<Real>& parameter;
  Tensor<Real> gradient;
  std::vector<Moment<Real>>& moments;
  double rate;          ///< α, the group's factor included
  double weight_decay;  ///< λ
};

/// A moment before the first step: zeros, all equal to `start`, or the weights themselves. An array
/// of the parameter's shape, or of the rule's own.
struct MomentStart {
  const char* name;
  double start = 0;
  std::optional<Shape> shape = {};
  bool at_weights = false;
};

/// An optimizer that is a formula: the bookkeeping around it.
class UpdateRule : public Optimizer {
 public:
  Index steps() const override { return steps_; }

  /// The first group whose pattern fits decides; a parameter that none fits has the optimizer's
  /// own options. Throws ValueError for a factor or decay out of range; the next step throws it
  /// for a pattern that fits no parameter.
  void set_groups(std::vector<Group> groups);
  const std::vector<Group>& groups() const { return groups_; }

  /// One per parameter, in the list's order; empty before the first step, and for the number type
  /// that the parameters are not made of.
  template <class Real>
  const std::vector<ParameterState<Real>>& state() const;

  void archive(Archive& archive) final;

 protected:
  // A rule says what it keeps, what it counts, and its formula.
  virtual std::vector<MomentStart> moments(const Shape& parameter) const = 0;
  /// λ for parameters without a group of their own, or nothing if the rule has no weight decay.
  virtual std::optional<double> weight_decay() const = 0;
  /// Throws ValueError for a parameter that the rule cannot update.
  virtual void expect_fitting(const std::string&, const Shape&) const {}
  /// Called once per step, after t = steps() has advanced.
  virtual void begin_step() {}
  template <class Real>
  using ConstUpdate = const Update<Real>;
  /// The formula, on one parameter of any number type.
  virtual void update(AnyPointer<ConstUpdate> update) = 0;
  /// The options, and numbers kept beside the moments.
  virtual void archive_options(Archive& archive) = 0;

  /// Throws ValueError unless the parameters are the first step's.
  template <class Real>
  void expect_same(const ParameterList<Real>& parameters) const;
  void step_any(AnyParameters parameters, const Gradients& gradients) override;

 private:
  struct Seen {  // of the first step
    std::string name;
    Shape shape;
    std::uint64_t identity = 0;  // 0 if restored from a file: then the name decides
    const Group* group(const std::vector<Group>& groups) const;
    static constexpr auto fields = named("name", &Seen::name, "shape", &Seen::shape);
  };

  template <class Real>
  void step_all(const ParameterList<Real>& parameters, const Gradients& gradients);
  template <class Real>
  using States = std::vector<ParameterState<Real>>;
  template <class Real>
  void begin(const ParameterList<Real>& parameters);
  void expect_groups_used() const;
  /// Throws DataError if what was restored does not fit together.
  template <class Real>
  void expect_whole(const States<Real>& states) const;
  void expect_whole() const;

  Index steps_ = 0;
  std::vector<Seen> seen_;
  EachOf<States> states_;  // those of the parameters' number type
  std::vector<Group> groups_;
  bool groups_checked_ = true;
};

/// A rule made of its options and `template <class Real> void apply(const Update<Real>&)`.
template <class Derived, class OptionsType>
class Rule : public UpdateRule {
 public:
  using Options = OptionsType;

  const Options& options() const { return options_; }
  double rate() const override { return options_.rate; }
  void set_rate(double rate) override;
  std::unique_ptr<Optimizer> clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived&>(*this));
  }

 protected:
  explicit Rule(const Options& options) : options_(options) {}

  void archive_options(Archive& archive) override { archive(options_); }
  std::optional<double> weight_decay() const override {
    if constexpr (requires { options_.weight_decay; })
      return options_.weight_decay;
    else
      return {};
  }

  Options options_;

 private:
  void update(AnyPointer<UpdateRule::ConstUpdate> update) override;
};

}  // namespace thalweg::optim
