#pragma once
/// Observers: whoever looks on while a model is trained.
///
/// An observer is a function of a Step or an Epoch, or an object with one or more of these hooks:
///
///     void begin(nn::Training&)         // before the first step; it may keep the reference
///     void step(const nn::Step&)        // after every update; or bool: true stops the run
///     void epoch(const nn::Epoch&)      // after every epoch; or bool
///     void after(nn::Training&)         // when all have seen a step or an epoch: time to save
///     void end(const nn::Outcome&)      // when the run has ended
///
///     nn::fit(model, loss, train, adam, {}, [](const nn::Epoch& now) {
///       fmt::print("{} {}\n", now.epoch, now.loss);
///     });
///
/// Anything else does not compile. What an observer with `kind` and `archive` knows is saved with
/// the run (nn/training/checkpoints.hpp). Ready ones: progress_bar, history, early_stopping,
/// keep_best, checkpoints, tensorboard, training_report, in this folder.

#include "thalweg/nn/training/outcome.hpp"
#include "thalweg/optim/run/observer_reference.hpp"

namespace thalweg::nn {

class Training;

namespace detail {

struct Watching {
  using Run = Training;
  using Outcome = nn::Outcome;
  using Events = optim::EventList<Step, Epoch>;

  template <class O>
  static auto hook(O& o, const Step& now) -> decltype(o.step(now)) {
    return o.step(now);
  }
  template <class O>
  static auto hook(O& o, const Epoch& now) -> decltype(o.epoch(now)) {
    return o.epoch(now);
  }
};
using ObserverReference = optim::ObserverReference<Watching>;

template <class O>
ObserverReference observer_reference(O& o) {
  static_assert(optim::Observer<O, Watching>,
                "thalweg: an observer of training takes (const nn::Step&) or (const nn::Epoch&), "
                "or has begin(nn::Training&), step(const nn::Step&), epoch(const nn::Epoch&), "
                "after(nn::Training&) or end(const nn::Outcome&)");
  static_assert(optim::AnswersEvents<O, Watching>,
                "thalweg: an observer of training returns void, or bool where true stops the run");
  return ObserverReference(o);
}

}  // namespace detail
}  // namespace thalweg::nn
