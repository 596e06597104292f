#pragma once
/// Observers: whoever looks on while a run goes downhill.
///
/// An observer is a function, or an object with one or more of these hooks:
///
///     void operator()(const optim::Iterate&)   // after every iteration, and at the start
///     bool operator()(const optim::Iterate&)   // the same; true stops the run
///     void begin(optim::Run&)                  // before the start is evaluated
///     void end(const optim::Outcome&)          // when the run has stopped
///
///     optim::minimise(f, x0, optim::Lbfgs{}, {}, [](const optim::Iterate& now) {
///       fmt::print("{} {}\n", now.iteration, now.value);
///     });
///
/// Anything else does not compile. `optim/run/observers.hpp` has ready ones.

#include <concepts>
#include <type_traits>

#include "thalweg/optim/run/run.hpp"

namespace thalweg::optim {

namespace detail {

template <class O>
concept Watches = std::is_invocable_v<O&, const Iterate&> &&
    (std::is_void_v<std::invoke_result_t<O&, const Iterate&>> ||
     std::is_same_v<std::invoke_result_t<O&, const Iterate&>, bool>);
template <class O>
concept Begins = requires(O& o, Run& run) {
  o.begin(run);
};
template <class O>
concept Ends = requires(O& o, const Outcome& outcome) {
  o.end(outcome);
};

/// An observer whose type is forgotten.
struct ObserverReference {
  void* object;
  void (*begin)(void*, Run&);
  bool (*see)(void*, const Iterate&);
  void (*end)(void*, const Outcome&);
};

template <class O>
ObserverReference reference_to(O& o) {
  static_assert(std::is_invocable_v<O&, const Iterate&> || Begins<O> || Ends<O>,
                "thalweg: an observer takes (const optim::Iterate&) and returns void, or bool "
                "where true stops the run; or it has begin(optim::Run&) or end(const "
                "optim::Outcome&)");
  static_assert(Watches<O> || !std::is_invocable_v<O&, const Iterate&>,
                "thalweg: an observer returns void, or bool where true stops the run");
  return {const_cast<void*>(static_cast<const void*>(&o)),
          [](void* object, Run& run) {
            if constexpr (Begins<O>) static_cast<O*>(object)->begin(run);
          },
          [](void* object, const Iterate& now) {
            if constexpr (!Watches<O>) {
              return false;
            } else if constexpr (std::is_void_v<std::invoke_result_t<O&, const Iterate&>>) {
              (*static_cast<O*>(object))(now);
              return false;
            } else {
              return (*static_cast<O*>(object))(now);
            }
          },
          [](void* object, const Outcome& outcome) {
            if constexpr (Ends<O>) static_cast<O*>(object)->end(outcome);
          }};
}

/// Runs to the end, observed.
Outcome drive(Run& run, std::span<const ObserverReference> observers);

}  // namespace detail
}  // namespace thalweg::optim
