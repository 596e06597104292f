#pragma once
/// Observers: whoever looks on while a run goes downhill.
///
/// An observer is a function, or an object with one or more of these hooks:
///
///     void operator()(const optim::Iterate&)   // after every iteration, and at the start
///     bool operator()(const optim::Iterate&)   // the same; true stops the run
///     void begin(optim::Run&)                  // before the start is evaluated
///     void after(optim::Run&)                  // when all have seen an iteration: time to save
///     void end(const optim::Outcome&)          // when the run has stopped
///
///     optim::minimise(f, x0, optim::Lbfgs{}, {}, [](const optim::Iterate& now) {
///       fmt::print("{} {}\n", now.iteration, now.value);
///     });
///
/// Anything else does not compile. `optim/run/observers.hpp` has ready ones.

#include "thalweg/optim/run/observer_reference.hpp"
#include "thalweg/optim/run/run.hpp"

namespace thalweg::optim::detail {

struct Watching {
  using Run = optim::Run;
  using Outcome = optim::Outcome;
  using Events = EventList<Iterate>;
};

template <class O>
ObserverReference<Watching> reference_to(O& o) {
  static_assert(Observer<O, Watching>,
                "thalweg: an observer takes (const optim::Iterate&) and returns void, or bool "
                "where true stops the run; or it has begin(optim::Run&), after(optim::Run&) or "
                "end(const optim::Outcome&)");
  static_assert(AnswersEvents<O, Watching>,
                "thalweg: an observer returns void, or bool where true stops the run");
  return ObserverReference<Watching>(o);
}

/// Runs to the end, observed.
Outcome drive(Run& run, const Observers<Watching>& observers);

}  // namespace thalweg::optim::detail
