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

#include <string>
#include <type_traits>

#include "thalweg/nn/training/outcome.hpp"
#include "thalweg/optim/state/checkpoint.hpp"

namespace thalweg::nn {

class Training;

namespace detail {

template <class Result>
inline constexpr bool void_or_bool = std::is_void_v<Result> || std::is_same_v<Result, bool>;

template <class O>
concept Begins = requires(O& o, Training& run) {
  o.begin(run);
};
template <class O>
concept SeesSteps = requires(O& o, const Step& now) {
  o.step(now);
};
template <class O>
concept SeesEpochs = requires(O& o, const Epoch& now) {
  o.epoch(now);
};
template <class O>
concept Follows = requires(O& o, Training& run) {
  o.after(run);
};
template <class O>
concept Ends = requires(O& o, const Outcome& outcome) {
  o.end(outcome);
};
template <class O, class Now>
concept Calls = std::is_invocable_v<O&, const Now&>;

/// An observer whose type is forgotten.
struct ObserverReference {
  void* object;
  void (*begin)(void*, Training&);
  bool (*step)(void*, const Step&);
  bool (*epoch)(void*, const Epoch&);
  void (*after)(void*, Training&);
  void (*end)(void*, const Outcome&);
  void (*archive)(void*, optim::Archive&);  // null if it has nothing to save
  std::string kind;
};

/// What `see` returns; false if that is nothing.
template <class See>
bool stops(See&& see) {
  static_assert(void_or_bool<decltype(see())>,
                "thalweg: an observer of training returns void, or bool where true stops the run");
  if constexpr (std::is_void_v<decltype(see())>) {
    see();
    return false;
  } else {
    return see();
  }
}

template <class O>
bool show_step(void* object, const Step& now) {
  O& o = *static_cast<O*>(object);
  if constexpr (SeesSteps<O>) return stops([&] { return o.step(now); });
  if constexpr (Calls<O, Step>) return stops([&] { return o(now); });
  return false;
}

template <class O>
bool show_epoch(void* object, const Epoch& now) {
  O& o = *static_cast<O*>(object);
  if constexpr (SeesEpochs<O>) return stops([&] { return o.epoch(now); });
  if constexpr (Calls<O, Epoch>) return stops([&] { return o(now); });
  return false;
}

template <class O>
ObserverReference observer_reference(O& o) {
  static_assert(Begins<O> || SeesSteps<O> || SeesEpochs<O> || Follows<O> || Ends<O> ||
                    Calls<O, Step> || Calls<O, Epoch>,
                "thalweg: an observer of training takes (const nn::Step&) or (const nn::Epoch&), "
                "or has begin(nn::Training&), step(const nn::Step&), epoch(const nn::Epoch&), "
                "after(nn::Training&) or end(const nn::Outcome&)");
  ObserverReference reference{};
  reference.object = const_cast<void*>(static_cast<const void*>(&o));
  reference.begin = [](void* object, Training& run) {
    if constexpr (Begins<O>) static_cast<O*>(object)->begin(run);
  };
  reference.step = show_step<O>;
  reference.epoch = show_epoch<O>;
  reference.after = [](void* object, Training& run) {
    if constexpr (Follows<O>) static_cast<O*>(object)->after(run);
  };
  reference.end = [](void* object, const Outcome& outcome) {
    if constexpr (Ends<O>) static_cast<O*>(object)->end(outcome);
  };
  if constexpr (optim::Saveable<O>) {
    reference.archive = [](void* object, optim::Archive& archive) {
      archive(*static_cast<O*>(object));
    };
    if constexpr (requires { o.kind(); })
      reference.kind = o.kind();
    else
      reference.kind = o.kind;
  }
  return reference;
}

}  // namespace detail
}  // namespace thalweg::nn
