#pragma once
/// The scalar part of a tape: one statement per recorded variable.
///
/// A statement y = f(x₁, …, xₙ) is stored as n (one byte) and, per active argument, the partial
/// ∂y/∂xₖ and the position of xₖ (8 + 4 bytes in double precision). Its own position is y's
/// identifier. The reverse sweep runs over these arrays from the back:
///
///     x̄ₖ += ȳ · ∂y/∂xₖ.
///
/// An argument that an op did not choose is not stored.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "thalweg/autodiff/base/location.hpp"
#include "thalweg/autodiff/base/place.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

namespace thalweg {

namespace detail {

/// Throws TapeError: the tape of this generation has ended or is another one.
[[noreturn]] void throw_foreign(const char* what, std::uint32_t generation);
/// For what is computed of it where nothing records: throws TapeError if a tape lives that would
/// miss it.
void expect_not_missed(const char* what, Place place);
/// Takes what ended on other threads, tapes and NoTapes, off this one.
void settle_recorder();
[[noreturn]] void throw_full();
/// `shapes`: of the operands of a tensor statement, "" for scalars.
[[noreturn]] void throw_nonfinite(const char* op, const char* pass, double value, Location where,
                                  const char* shapes = "");

/// A statement, and the number of arguments up to and including its own.
struct SweepPosition {
  std::uint32_t statement;
  std::size_t arguments;
};

/// Is an argument no part of a statement, because an op that chooses did not choose it?
template <bool chooses, class Real>
bool is_left_out(const Real& partial) {
  if constexpr (chooses && std::is_floating_point_v<Real>)
    return partial == Real(0);
  else
    return false;
}

/// Collects the arguments of a statement all of whose variables are active.
template <bool chooses, class Real>
struct ActiveSink {
  Real* partials;
  std::uint32_t* ids;
  std::uint32_t count = 0;

  [[gnu::always_inline]] void argument(Place place, const Real& partial) {
    if (is_left_out<chooses>(partial)) return;
    partials[count] = partial;
    ids[count] = place.id;
    ++count;
  }
};

/// The same where some are plain numbers, or made of gradients: these go to position 0, where the
/// sweep sees whether the loss depends on them.
template <bool chooses, class Real>
struct MixedSink {
  Real* partials;
  std::uint32_t* ids;
  std::uint32_t generation;
  std::uint32_t count = 0;
  bool active = false;        // is there an active argument?
  bool of_gradients = false;  // one made of gradients?

  [[gnu::always_inline]] void argument(Place place, const Real& partial) {
    if (place.generation == generation) {
      active = true;
      if (!is_left_out<chooses>(partial)) add(place.id, partial);
    } else if ((place.generation | place.id) != 0) [[unlikely]] {
      special(place, partial);
    }
  }
  /// Where a statement without an active argument is.
  Place nowhere() const { return {of_gradients ? generation : 0, 0}; }

 private:
  /// One that is neither of this tape nor a plain number.
  [[gnu::noinline, gnu::cold]] void special(Place place, const Real& partial) {
    if (place.generation != 0) throw_foreign("variable", place.generation);
    if (!made_of_gradients(place, generation)) return;
    of_gradients = true;
    if (!is_left_out<chooses>(partial)) add(0, partial);
  }
  void add(std::uint32_t id, const Real& partial) {
    partials[count] = partial;
    ids[count] = id;
    ++count;
  }
};

/// The scalar statements of a tape whose number type is forgotten.
class AnyStatements {
 public:
  explicit AnyStatements(const NumberType& of) : type(of) {}
  AnyStatements(const AnyStatements&) = delete;
  virtual ~AnyStatements() = default;

  /// Starts anew under `generation`; memory stays.
  virtual void restart(std::uint32_t generation) = 0;
  /// From now on this thread's statements of this type go here, or `nowhere`.
  virtual void record_here(bool here) = 0;
  virtual void trap(bool on) = 0;
  virtual std::uint32_t last() const = 0;
  virtual std::size_t arguments() const = 0;
  virtual std::size_t bytes() const = 0;

  const NumberType& type;
};

template <class Real>
class ScalarStatements final : public AnyStatements {
 public:
  // Not a character, so that stores to it alias nothing else.
  enum class ArgumentCount : std::uint8_t {};
  static constexpr int most_arguments = 255;

  ScalarStatements() : AnyStatements(number_type<Real>) {}
  ~ScalarStatements() override;

  void restart(std::uint32_t generation) override;
  void record_here(bool here) override;
  std::uint32_t generation() const { return generation_; }

  /// A value and where it is recorded; nowhere if no argument is active.
  struct Recorded {
    Real value;
    Place place;
  };
  /// Records y = expression. The slow path shares no values with the fast one, which therefore
  /// stays in registers.
  template <class E>
  [[gnu::always_inline]] Recorded append(E expression, Location where) {
    static_assert(E::leaves <= most_arguments, "thalweg: more than 255 variables in a statement");
    const bool fits = arguments_ + E::leaves <= limit_;
    if (!(fits & expression.active_on(generation_))) [[unlikely]]
      return append_slowly(expression, where);
    ActiveSink<E::chooses, Real> sink{partials_ + arguments_, ids_ + arguments_};
    expression.push(sink, Real(1));
    return {expression.value(), finish(sink.count)};
  }

  /// `count` consecutive statements without arguments: inputs. The place of the first.
  Place inputs(std::size_t count);

  std::uint32_t last() const override { return last_; }
  std::size_t arguments() const override { return arguments_; }
  std::size_t bytes() const override {
    return last_ + arguments_ * (sizeof(Real) + sizeof(std::uint32_t));
  }
  int count(std::uint32_t id) const { return static_cast<int>(counts_[id]); }
  const std::uint32_t* ids() const { return ids_; }
  const Real* partials() const { return partials_; }

  void trap(bool on) override;

  /// Carries the adjoints of the statements from `from` down to `down_to` + 1 on to their
  /// arguments; where that ends. `Adjoint` is Real, or any type that a partial can be multiplied
  /// with: several seeds at once, duals.
  template <class Adjoint>
  SweepPosition sweep(Adjoint* adjoints, SweepPosition from, std::uint32_t down_to) const;
  SweepPosition end() const { return {last_, arguments_}; }

 private:
  template <bool trapping, class Adjoint>
  SweepPosition sweep_checked(Adjoint* adjoints, SweepPosition from, std::uint32_t down_to) const;
  template <class E>
  [[gnu::noinline, gnu::flatten]] Recorded append_slowly(E expression, Location where) {
    if (generation_ == 0) return append_nowhere(expression, where);
    if (arguments_ + E::leaves > limit_) grow(E::leaves, 1);
    if constexpr (std::is_floating_point_v<Real>)
      if (trapping_) note(expression, where);
    MixedSink<E::chooses, Real> sink{partials_ + arguments_, ids_ + arguments_, generation_};
    expression.push(sink, Real(1));
    return {expression.value(), sink.active ? finish(sink.count) : sink.nowhere()};
  }
  Place finish(std::uint32_t count) {
    const std::uint32_t id = last_ + 1;
    counts_[id] = static_cast<ArgumentCount>(count);
    arguments_ += count;
    last_ = id;
    return {id, generation_};
  }

  template <class E>
  [[gnu::noinline, gnu::cold]] static Recorded append_nowhere(const E& expression, Location where);

  struct Note {
    const char* op;
    Location where;
  };

  template <class E>
  void note(const E& expression, Location where);
  void grow(std::size_t arguments, std::size_t statements);

  Real* partials_ = nullptr;
  std::uint32_t* ids_ = nullptr;
  ArgumentCount* counts_ = nullptr;
  std::size_t arguments_ = 0;
  std::size_t limit_ = 0;  // arguments that fit; 0 while trapping, so that every record is slow
  std::uint32_t last_ = 0;
  std::uint32_t generation_ = 0;
  std::size_t argument_capacity_ = 0;
  std::size_t statement_capacity_ = 0;
  bool trapping_ = false;
  Note* notes_ = nullptr;  // one per statement, while trapping
};

/// Where statements go on a thread where nothing records and one could be missed: they are refused
/// if they read what is on a tape that lives.
template <class Real>
inline ScalarStatements<Real> nowhere;

/// Where scalar statements of this thread go. Null where they are numbers and nothing else, under
/// NoTape or while no tape lives on any thread: such code is then as fast as with plain numbers.
template <class Real>
constinit inline thread_local ScalarStatements<Real>* recording = &nowhere<Real>;

/// A thread's `recording`, of a type that is forgotten.
struct RecordingSlot {
  void* slot;
  void (*watch)(void* slot, bool on);  // `nowhere` or null
};
/// Makes it null if it may be. It is `nowhere` again before a variable of a later tape can come
/// here.
void watch_no_more(const RecordingSlot& slot);

/// Unsanitized: from another thread it writes what loops read without looking again. What they are
/// handed later they get from that thread, after this.
template <class Real>
__attribute__((no_sanitize("thread"))) void watch_slot(void* slot, bool on) {
  *static_cast<ScalarStatements<Real>**>(slot) = on ? &nowhere<Real> : nullptr;
}

template <class Real>
template <class E>
auto ScalarStatements<Real>::append_nowhere(const E& expression, Location where) -> Recorded {
  settle_recorder();
  if (ScalarStatements* const here = recording<Real>; here && here != &nowhere<Real>)
    return here->append(expression, where);
  expression.each_place([](Place place) { expect_not_missed("variable", place); });
  watch_no_more({&recording<Real>, watch_slot<Real>});
  return {expression.value(), Place{}};
}

/// Finds the op that makes the first non-finite number of an expression, for the trap.
template <class Real>
struct NonfiniteSink {
  Location where;
  void argument(Place, const Real&) {}
  void slope(const char* op, const Real& value) {
    if (!(value - value == Real(0))) throw_nonfinite(op, "slope", double(value), where);
  }
};

template <class Real>
template <class E>
void ScalarStatements<Real>::note(const E& expression, Location where) {
  expression.check_finite(where);
  NonfiniteSink<Real> sink{where};
  expression.push(sink, Real(1));
  notes_[last_ + 1] = {E::name, where};
}

}  // namespace detail
}  // namespace thalweg

#include "thalweg/autodiff/scalar/scalar_sweep.hpp"
