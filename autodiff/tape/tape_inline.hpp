#pragma once
/// The parts of `Tape` and `Sweep` that depend on the number type.

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

namespace thalweg {
namespace detail {

/// The tape's statements of that number type; null if there are none yet.
AnyStatements* find_statements(TapeState& state, const NumberType& type);
/// Takes them over.
void add_statements(TapeState& state, AnyStatements* made);

template <class Real>
ScalarStatements<Real>& statements_of(TapeState& state) {
  AnyStatements* found = find_statements(state, number_type<Real>);
  if constexpr (!ListedNumber<Real>)  // made on their first input; those of the list are there
    if (!found) add_statements(state, found = new ScalarStatements<Real>);
  return static_cast<ScalarStatements<Real>&>(*found);
}

template <class Real, class Adjoint>
auto Sweep::find() -> ScalarSweep* {
  for (ScalarSweep& scalars : scalars_) {
    if (scalars.of_scalars.of != &number_type<Real>) continue;
    if (scalars.of_scalars.adjoints.type != &number_type<Adjoint>) throw_adjoint_type();
    return &scalars;
  }
  return nullptr;
}

template <class Real, class Adjoint>
Adjoint* Sweep::scalars() {
  ScalarSweep* found = find<Real, Adjoint>();
  if (!found) {
    const ScalarStatements<Real>& statements = statements_of<Real>(state_);
    const Index count = Index{statements.last()} + 1;
    const auto sweep = [](const AnyStatements& all, void* to, SweepPosition from,
                          std::uint32_t down_to) {
      return static_cast<const ScalarStatements<Real>&>(all).sweep(static_cast<Adjoint*>(to), from,
                                                                   down_to);
    };
    ScalarAdjoints made{&number_type<Real>, make_adjoint<Adjoint>(count)};
    std::memset(made.adjoints.buffer.data(), 0, made.adjoints.bytes());
    scalars_.push_back({std::move(made), &statements, statements.end(), sweep});
    found = &scalars_.back();
  }
  return static_cast<Adjoint*>(found->of_scalars.adjoints.buffer.data());
}

template <class Real>
const Real* Sweep::scalars_swept_to(std::uint32_t last) {
  ScalarSweep* const found = find<Real, Real>();
  if (!found) return nullptr;
  found->advance(last);
  return static_cast<const Real*>(found->of_scalars.adjoints.buffer.data());
}

/// Throws TapeError unless a loss recorded at `place` can be differentiated on this tape.
void expect_loss(const TapeState& state, Place place);
/// Is what is there, on no tape, made of gradients while this thread's tape recorded?
bool made_of_gradients(Place place);
/// Throws ShapeError unless there are as many seeds as results.
void expect_seeds(std::size_t results, std::size_t seeds);

}  // namespace detail

template <class Real>
Place Tape::input(std::size_t count) {
  if (detail::recorder != state_) expect_here("variable");
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

template <class Real, class Seed>
Gradients Tape::backward(const std::vector<Var<Real>>& ys, const std::vector<Seed>& seeds) {
  detail::expect_seeds(ys.size(), seeds.size());
  detail::Sweep sweep(*state_);
  for (std::size_t k = 0; k < ys.size(); ++k) {
    const bool constant = ys[k].place().generation == 0;
    if (constant && !detail::made_of_gradients(ys[k].place())) continue;
    detail::expect_loss(*state_, ys[k].place());
    sweep.scalars<Real, Seed>()[ys[k].place().id] += seeds[k];
  }
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
