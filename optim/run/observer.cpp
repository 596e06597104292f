#include "thalweg/optim/run/observer.hpp"

namespace thalweg::optim::detail {
namespace {

void show(Run& run, std::span<const ObserverReference> observers) {
  bool enough = false;
  for (const ObserverReference& observer : observers)
    enough |= observer.see(observer.object, run.now());
  if (enough) run.stop(Stop::observer, "an observer asked for it");
}

}  // namespace

Outcome drive(Run& run, std::span<const ObserverReference> observers) {
  for (const ObserverReference& observer : observers) observer.begin(observer.object, run);
  run.start();
  show(run, observers);
  while (!run.stopped()) {
    run.advance();
    show(run, observers);
  }
  const Outcome outcome = run.outcome();
  for (const ObserverReference& observer : observers) observer.end(observer.object, outcome);
  return outcome;
}

}  // namespace thalweg::optim::detail
