#pragma once
/// `Run`: a minimisation that can be driven by hand, saved and resumed. `minimise` drives one.
///
///     auto f = optim::objective(rosenbrock, start);
///     optim::Run run(f, optim::Lbfgs{}, f.start(), {.gradient_norm = 1e-8});
///     while (run.advance()) fmt::print("{}\n", run.now().value);
///     optim::save("run.safetensors", run);              // restore(...) into a run made alike

#include <chrono>
#include <deque>

#include "thalweg/optim/run/method.hpp"
#include "thalweg/optim/run/result.hpp"

namespace thalweg::optim {

class Run {
 public:
  static constexpr auto kind = "Run";
  using Reason = Stop;

  /// Works on a copy of the method. Throws ValueError for a start of another length than f's, and
  /// for limits out of range.
  Run(Objective& f, const Method& method, std::vector<double> start, const Limits& limits = {});

  /// Evaluates f at the start, unless that is done or the run was restored. Called by `advance`.
  void start();
  /// One iteration, after which the limits are tested; false if the run has stopped.
  bool advance();
  /// Stops the run, if it still goes on.
  void stop(Stop reason, std::string why);

  bool stopped() const { return stop_.has_value(); }
  /// Valid until the next call of `advance`.
  const Iterate& now() const { return now_; }
  /// The best point seen; of points whose values agree to twelve digits the one with the smaller
  /// gradient.
  const Point& best() const { return best_; }
  Outcome outcome() const;
  const Limits& limits() const { return limits_; }

  void archive(Archive& archive);

 private:
  void observe();
  void note_best();
  /// The gradient at the start, if it is to be checked, then the limits.
  void admit();
  void test_limits();

  Objective& f_;
  std::unique_ptr<Method> method_;
  Limits limits_;
  Point point_, best_;
  Iterate now_;
  std::vector<double> before_;  // xₖ₋₁
  std::deque<double> values_;   // f(xₖ₋w) … f(xₖ)
  bool improved_ = false;       // a better point than the start was seen
  std::optional<Stop> stop_;
  std::string why_;
  bool started_ = false;
  double seconds_before_ = 0;  // of the runs that this one continues
  std::chrono::steady_clock::time_point began_;
};

}  // namespace thalweg::optim
