#pragma once
/// The parts of `Tape` and `Sweep` that depend on the number type.

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

namespace thalweg {
namespace detail {

/// Statements of a number type other than float and double, made on their first input.
struct OtherStatements {
  const void* type;
  void* statements;
  void (*restart)(void* statements, std::uint32_t generation);
  void (*record_here)(void* statements);  // null: nowhere
  void (*end)(void* statements);
};
void* find_statements(TapeState& state, const void* type);
void add_statements(TapeState& state, const OtherStatements& other);
std::uint32_t generation_of(const TapeState& state);

template <class Real>
Statements<Real>& statements_of(TapeState& state) {
  if (void* const found = find_statements(state, &type_key<Real>))
    return *static_cast<Statements<Real>*>(found);
  auto* const made = new Statements<Real>;
  made->restart(generation_of(state));
  add_statements(state,
                 {&type_key<Real>, made,
                  [](void* p, std::uint32_t id) { static_cast<Statements<Real>*>(p)->restart(id); },
                  [](void* p) { recording<Real> = static_cast<Statements<Real>*>(p); },
                  [](void* p) { delete static_cast<Statements<Real>*>(p); }});
  return *made;
}
template <>
Statements<double>& statements_of(TapeState& state);
template <>
Statements<float>& statements_of(TapeState& state);

template <class Real>
Real* Sweep::scalars() {
  if (ScalarSweep* const found = find(&type_key<Real>))
    return static_cast<Real*>(found->adjoints.buffer.data());
  const Statements<Real>& statements = statements_of<Real>(state_);
  const std::size_t count = statements.last() + std::size_t{1};
  Buffer buffer(count * sizeof(Real));
  std::memset(buffer.data(), 0, count * sizeof(Real));
  const auto add = [](void* to, const void* from, std::size_t n) {
    for (std::size_t k = 0; k < n; ++k)
      static_cast<Real*>(to)[k] += static_cast<const Real*>(from)[k];
  };
  const auto scale = [](void* to, double factor, std::size_t n) {
    for (std::size_t k = 0; k < n; ++k)
      static_cast<Real*>(to)[k] = static_cast<Real*>(to)[k] * Real(factor);
  };
  const auto sweep = [](const void* all, void* to, SweepPosition from, std::uint32_t down_to) {
    return static_cast<const Statements<Real>*>(all)->sweep(static_cast<Real*>(to), from, down_to);
  };
  scalars_.push_back({{&type_key<Real>, std::move(buffer), count, sizeof(Real), add, scale},
                      &statements,
                      statements.end(),
                      sweep});
  return static_cast<Real*>(scalars_.back().adjoints.buffer.data());
}

template <class Real>
const Real* Sweep::scalars_swept_to(std::uint32_t last) {
  ScalarSweep* const found = find(&type_key<Real>);
  if (!found) return nullptr;
  found->advance(last);
  return static_cast<const Real*>(found->adjoints.buffer.data());
}

/// Throws TapeError unless a loss recorded at `place` can be differentiated on this tape.
void expect_loss(const TapeState& state, Place place);

}  // namespace detail

template <class Real>
Place Tape::input(std::size_t count) {
  return detail::statements_of<Real>(*state_).inputs(count);
}

template <class Real>
Gradients Tape::backward_scalar(Place place) {
  detail::expect_loss(*state_, place);
  detail::Sweep sweep(*state_);
  sweep.scalars<Real>()[place.id] = Real(1);
  sweep.run();
  return sweep.take();
}

template <class Loss>
Gradients backward(const Loss& loss) {
  Tape* const tape = Tape::current();
  if (!tape)
    throw TapeError(
        "backward: no tape records on this thread; make one (Tape tape;) before the "
        "loss is computed");
  return tape->backward(loss);
}

}  // namespace thalweg
