#include "thalweg/optim/rules/rprop.hpp"

#include "thalweg/optim/rules/update.hpp"

namespace thalweg::optim {

Rprop::Rprop(const Options& options) : Rule(options) {
  expect_nonnegative(kind(), "rate", options.rate);
  if (!(options.shrink > 0 && options.shrink < 1))
    throw ValueError(
        fmt::format("Rprop: shrink is {}; expected a number in (0, 1)", options.shrink));
  if (!(options.grow > 1 && std::isfinite(options.grow)))
    throw ValueError(
        fmt::format("Rprop: grow is {}; expected a finite number above 1", options.grow));
  if (!(options.smallest > 0 && options.smallest <= options.largest &&
        std::isfinite(options.largest)))
    throw ValueError(fmt::format(
        "Rprop: smallest is {}, largest is {}; expected 0 < smallest <= largest, finite",
        options.smallest, options.largest));
}

// No length is zero once it has been in [Δ_min, Δ_max]: zero stands for a first step to come.
std::vector<MomentStart> Rprop::moments(const Shape&) const { return {{"length"}, {"gradient"}}; }

template <class Real>
void Rprop::apply(const Update<Real>& update) {
  const auto first = static_cast<Real>(update.rate);
  const auto moving = static_cast<Real>(update.rate > 0 ? 1 : 0);
  const auto shrink = static_cast<Real>(options_.shrink), grow = static_cast<Real>(options_.grow);
  const auto smallest = static_cast<Real>(options_.smallest);
  const auto largest = static_cast<Real>(options_.largest);
  each_weight<2>(update, [=](Real& w, Real g, Real& length, Real& before) {
    const Real agreement = g * before;
    const Real factor = agreement > 0 ? grow : agreement < 0 ? shrink : Real(1);
    const Real next = factor * (length == 0 ? first : length);
    length = next < smallest ? smallest : next > largest ? largest : next;
    before = agreement < 0 ? Real(0) : g;
    w -= moving * length * sign_of(before);
  });
}

template class Rule<Rprop, RpropOptions>;

}  // namespace thalweg::optim
