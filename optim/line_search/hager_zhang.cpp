#include "thalweg/optim/line_search/hager_zhang.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim {

/// One search. The letters are the paper's.
class HagerZhang::Bracketing {
 public:
  Bracketing(Line& line, const HagerZhangOptions& options)
      : line_(line),
        o_(options),
        most_(line.start().value + options.epsilon * std::abs(line.start().value)) {}

  /// L0: a bracket [a, b] with φ(a) ≤ φ(0) + ε |φ(0)| and φ′(a) < 0 ≤ φ′(b). L1: two secant steps.
  /// L2: if they left more than γ of its width, the middle.
  Found run(double first) {
    bracket(std::min(first, line_.longest()));  // L0
    while (!found_ && !exhausted()) {
      const double width = b_.step - a_.step;
      secant2();  // L1
      if (!found_ && b_.step - a_.step > o_.gamma * width) update(at(0.5 * (a_.step + b_.step)));
      if (b_.step - a_.step <= 1e-16 * b_.step) break;
    }
    if (found_) return {*found_, true};
    const bool lower = a_.step > 0 && a_.value < line_.start().value;
    return {a_, lower};
  }

 private:
  bool exhausted() const { return trials_ >= o_.evaluations; }

  Trial at(double step) {
    ++trials_;
    Trial trial = line_.at(step);
    if (!found_ && acceptable(trial)) found_ = trial;
    return trial;
  }

  /// T1, Wolfe's conditions:  φ(c) − φ(0) ≤ δ c φ′(0),  φ′(c) ≥ σ φ′(0).
  /// T2, the approximate ones:  (2 δ − 1) φ′(0) ≥ φ′(c) ≥ σ φ′(0),  φ(c) ≤ φ(0) + ε |φ(0)|; the
  /// first is T1's for a quadratic φ, but its rounding is that of φ′.
  bool acceptable(const Trial& c) const {
    const Trial& start = line_.start();
    if (c.step <= 0 || !(c.slope >= o_.sigma * start.slope)) return false;
    const bool wolfe = c.value - start.value <= o_.delta * c.step * start.slope;
    const bool approximate = (2 * o_.delta - 1) * start.slope >= c.slope && c.value <= most_;
    return wolfe || approximate;
  }

  /// B0–B3: outwards until the slope is positive or the value has risen.
  void bracket(double step) {
    a_ = line_.start();
    Trial c = at(step);
    while (!found_ && !exhausted()) {
      if (c.slope >= 0 && std::isfinite(c.value)) {
        b_ = c;
        return;
      }
      if (c.value > most_) return shrink(line_.start(), c);
      if (c.step >= line_.longest()) {  // the bound is in the way
        found_ = c;
        return;
      }
      a_ = c;
      c = at(std::min(o_.rho * c.step, line_.longest()));
    }
    b_ = c;
  }

  /// U3: a has φ(a) ≤ most and φ′(a) < 0, b a larger value. Cuts until the slope turns between.
  void shrink(Trial a, Trial b) {
    while (!found_ && !exhausted()) {
      const Trial d = at((1 - o_.theta) * a.step + o_.theta * b.step);
      if (d.slope >= 0 && std::isfinite(d.value)) {
        b = d;
        break;
      }
      (d.value <= most_ ? a : b) = d;
    }
    a_ = std::move(a);
    b_ = std::move(b);
  }

  /// U0–U3.
  void update(const Trial& c) {
    if (found_ || !(c.step > a_.step && c.step < b_.step)) return;
    if (c.slope >= 0 && std::isfinite(c.value))
      b_ = c;
    else if (c.value <= most_)
      a_ = c;
    else
      shrink(a_, c);
  }

  /// Where the line through φ′(a) and φ′(b) crosses zero.
  static double secant(const Trial& a, const Trial& b) {
    return (a.step * b.slope - b.step * a.slope) / (b.slope - a.slope);
  }

  /// S1–S4: a secant step, and another one from the end that it replaced.
  void secant2() {
    const Trial a = a_, b = b_;
    const double c = secant(a, b);
    if (!(c > a.step && c < b.step)) return update(at(0.5 * (a.step + b.step)));
    update(at(c));
    if (found_ || exhausted()) return;
    double next = -1;
    if (c == b_.step) next = secant(b, b_);
    if (c == a_.step) next = secant(a, a_);
    if (next > a_.step && next < b_.step) update(at(next));
  }

  Line& line_;
  const HagerZhangOptions& o_;
  double most_;
  Trial a_, b_;
  std::optional<Trial> found_;
  int trials_ = 0;
};

HagerZhang::HagerZhang(const HagerZhangOptions& options) : options_(options) {
  const auto& o = options_;
  const auto expect = [](bool fits, const char* option, double value, const char* range) {
    if (fits) return;
    throw ValueError(fmt::format("HagerZhang: {} is {}; expected {}", option, value, range));
  };
  expect(o.delta > 0 && o.delta < 0.5, "delta", o.delta, "a number in (0, 0.5)");
  expect(o.sigma >= o.delta && o.sigma < 1, "sigma", o.sigma, "a number in [delta, 1)");
  expect(o.epsilon >= 0, "epsilon", o.epsilon, "a number, at least 0");
  expect(o.theta > 0 && o.theta < 1, "theta", o.theta, "a number in (0, 1)");
  expect(o.gamma > 0 && o.gamma < 1, "gamma", o.gamma, "a number in (0, 1)");
  expect(o.rho > 1, "rho", o.rho, "a number above 1");
  detail::expect_evaluations("HagerZhang", o.evaluations);
}

Found HagerZhang::search(Line& line, double first) const {
  return Bracketing(line, options_).run(first);
}

std::string HagerZhang::describe() const {
  const auto& o = options_;
  return fmt::format(
      "HagerZhang(delta {}, sigma {}, epsilon {}, theta {}, gamma {}, rho {}, evaluations {})",
      o.delta, o.sigma, o.epsilon, o.theta, o.gamma, o.rho, o.evaluations);
}

}  // namespace thalweg::optim
