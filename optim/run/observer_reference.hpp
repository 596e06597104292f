#pragma once
/// Observers of a run of any kind: what `minimise` and `nn::fit` share.
///
/// An observer is a function of an event, or an object with one or more of these hooks:
///
///     void begin(Run&)                   // before the start; it may keep the reference
///     void operator()(const Event&)      // sees an event; or bool: true stops the run
///     void after(Run&)                   // when all have seen an event: time to save
///     void end(const Outcome&)           // when the run has stopped
///
/// What one with `kind` and state (optim/state/archive.hpp) knows can be saved with the run. A kind
/// of run is described by a struct, which may name hooks of its own for its events:
///
///     struct Watching {
///       using Run = nn::Training;
///       using Outcome = nn::Outcome;
///       using Events = optim::EventList<nn::Step, nn::Epoch>;
///       template <class O>
///       static auto hook(O& o, const nn::Step& now) -> decltype(o.step(now)) {
///         return o.step(now);
///       }
///     };

#include <optional>
#include <span>
#include <type_traits>

#include "thalweg/optim/state/checkpoint.hpp"

namespace thalweg::optim {

template <class... Events>
struct EventList {};

namespace detail {

template <class O, class Run>
concept Begins = requires(O& o, Run& run) {
  o.begin(run);
};
template <class O, class Run>
concept Follows = requires(O& o, Run& run) {
  o.after(run);
};
template <class O, class Outcome>
concept Ends = requires(O& o, const Outcome& outcome) {
  o.end(outcome);
};
template <class O, class Kind, class Event>
concept Hooked = requires(O& o, const Event& now) {
  Kind::hook(o, now);
};
template <class O, class Event>
concept Called = std::is_invocable_v<O&, const Event&>;

/// What an observer returns when it is shown an event.
template <class Kind, class O, class Event>
decltype(auto) shown(O& o, const Event& now) {
  if constexpr (Hooked<O, Kind, Event>)
    return Kind::hook(o, now);
  else if constexpr (Called<O, Event>)
    return o(now);
}

template <class Kind, class O, class Event>
using Answer = decltype(shown<Kind>(std::declval<O&>(), std::declval<const Event&>()));

template <class Kind, class O, class... Events>
constexpr bool sees_any(EventList<Events...>) {
  return ((Hooked<O, Kind, Events> || Called<O, Events>) || ...);
}
template <class Kind, class O, class... Events>
constexpr bool answers_well(EventList<Events...>) {
  return ((std::is_void_v<Answer<Kind, O, Events>> ||
           std::is_same_v<Answer<Kind, O, Events>, bool>)&&...);
}

/// How an observer is shown events of one kind.
template <class Event>
struct Sight {
  bool (*see)(void*, const Event&);
};
template <class List>
struct Sights;
template <class... Events>
struct Sights<EventList<Events...>> : Sight<Events>... {};

template <class Kind, class O, class Event>
bool see(void* object, const Event& now) {
  O& o = *static_cast<O*>(object);
  if constexpr (std::is_void_v<Answer<Kind, O, Event>>)
    return shown<Kind>(o, now), false;
  else
    return static_cast<bool>(shown<Kind>(o, now));
}

template <class Kind, class O, class... Events>
constexpr Sights<EventList<Events...>> sights_of(EventList<Events...>) {
  return {{see<Kind, O, Events>}...};
}

/// Under "observers" the kinds, under "observer.0", "observer.1", … what they know. Throws
/// DataError if others are stored.
void archive_observers(Archive& archive, std::span<const SavedPart> observers);

}  // namespace detail

/// Does O have one of the hooks?
template <class O, class Kind>
concept Observer = detail::Begins<O, typename Kind::Run> ||
    detail::Follows<O, typename Kind::Run> || detail::Ends<O, typename Kind::Outcome> ||
    detail::sees_any<Kind, O>(typename Kind::Events());

/// Do its hooks for events return void or bool?
template <class O, class Kind>
concept AnswersEvents = detail::answers_well<Kind, O>(typename Kind::Events());

/// An observer whose type is forgotten; refers to it.
template <class Kind>
class ObserverReference {
 public:
  using Run = typename Kind::Run;
  using Outcome = typename Kind::Outcome;

  template <class O>
  explicit ObserverReference(O& observer)
      : object_(const_cast<void*>(static_cast<const void*>(&observer))),
        sights_(detail::sights_of<Kind, O>(typename Kind::Events())) {
    if constexpr (detail::Begins<O, Run>)
      begin_ = [](void* object, Run& run) { static_cast<O*>(object)->begin(run); };
    if constexpr (detail::Follows<O, Run>)
      after_ = [](void* object, Run& run) { static_cast<O*>(object)->after(run); };
    if constexpr (detail::Ends<O, Outcome>)
      end_ = [](void* object, const Outcome& outcome) { static_cast<O*>(object)->end(outcome); };
    if constexpr (!std::is_const_v<O> && Archivable<O> && Saveable<O>) saved_.emplace(observer);
  }

  void begin(Run& run) const {
    if (begin_) begin_(object_, run);
  }
  /// True if it asks for the end.
  template <class Event>
  bool see(const Event& now) const {
    return static_cast<const detail::Sight<Event>&>(sights_).see(object_, now);
  }
  void after(Run& run) const {
    if (after_) after_(object_, run);
  }
  void end(const Outcome& outcome) const {
    if (end_) end_(object_, outcome);
  }
  /// None if it has nothing to save.
  const std::optional<SavedPart>& saved() const { return saved_; }

 private:
  void* object_;
  detail::Sights<typename Kind::Events> sights_;
  void (*begin_)(void*, Run&) = nullptr;
  void (*after_)(void*, Run&) = nullptr;
  void (*end_)(void*, const Outcome&) = nullptr;
  std::optional<SavedPart> saved_;
};

/// All observers of a run, called in their order. Refers to them.
template <class Kind>
class Observers {
 public:
  using Run = typename Kind::Run;
  using Outcome = typename Kind::Outcome;

  explicit Observers(std::span<const ObserverReference<Kind>> all) : all_(all) {}

  void begin(Run& run) const {
    for (const auto& observer : all_) observer.begin(run);
  }
  /// All of them see it; true if any asks for the end.
  template <class Event>
  bool see(const Event& now) const {
    bool enough = false;
    for (const auto& observer : all_) enough |= observer.see(now);
    return enough;
  }
  void after(Run& run) const {
    for (const auto& observer : all_) observer.after(run);
  }
  void end(const Outcome& outcome) const {
    for (const auto& observer : all_) observer.end(outcome);
  }
  /// What they know. Throws DataError for the state of other observers.
  void archive(Archive& archive) const {
    std::vector<SavedPart> parts;
    for (const auto& observer : all_)
      if (observer.saved()) parts.push_back(*observer.saved());
    detail::archive_observers(archive, parts);
  }

 private:
  std::span<const ObserverReference<Kind>> all_;
};

}  // namespace thalweg::optim
