#include "thalweg/optim/run/observer.hpp"

namespace thalweg::optim::detail {
namespace {

void show(Run& run, const Observers<Watching>& observers) {
  if (observers.see(run.now())) run.stop(Stop::observer, "an observer asked for it");
  observers.after(run);
}

}  // namespace

Outcome drive(Run& run, const Observers<Watching>& observers) {
  observers.begin(run);
  run.start();
  show(run, observers);
  while (!run.stopped()) {
    run.advance();
    show(run, observers);
  }
  const Outcome outcome = run.outcome();
  observers.end(outcome);
  return outcome;
}

}  // namespace thalweg::optim::detail
