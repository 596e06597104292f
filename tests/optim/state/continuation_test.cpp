/// A run that is saved and goes on in a fresh object is the run that was not interrupted.

#include "tests/optim/rules/every_rule.hpp"
#include "thalweg/optim/state/archive.hpp"

using namespace thalweg;
using optim::Archive;
using optim::Optimizer;
using optim::problems::every_rule;
using optim::problems::TwoMatrices;

namespace {

/// An optimizer that no option of has its default, and one made like it where options do.
struct Pair {
  std::unique_ptr<Optimizer> used, fresh;
};

template <class Used, class Fresh>
Pair pair(Used used, Fresh fresh) {
  return {used.clone(), fresh.clone()};
}

double halving(Index step) { return 0.1 / static_cast<double>(1 + step); }

std::vector<Pair> every_wrapper() {
  using namespace optim;
  const Adam adam{{.rate = 0.02, .beta1 = 0.8}};
  std::vector<Pair> pairs;
  pairs.push_back(
      pair(Clipped{adam, {.value = 2, .norm = 1.5, .global_norm = 1}}, Clipped<Adam>{}));
  pairs.push_back(pair(Lookahead{adam, {.k = 3, .alpha = 0.25}}, Lookahead<Adam>{}));
  pairs.push_back(pair(Accumulated{adam, {.every = 3, .mean = false}}, Accumulated<Adam>{}));
  pairs.push_back(pair(SkipNonfinite{adam}, SkipNonfinite<Adam>{}));
  pairs.push_back(pair(Scheduled{adam, halving}, Scheduled{Adam{}, halving}));
  pairs.push_back(
      pair(SkipNonfinite{Lookahead{
               Scheduled{Accumulated{Clipped{adam, {.global_norm = 1}}, {.every = 2}}, halving},
               {.k = 2}}},
           SkipNonfinite{Lookahead{Scheduled{Accumulated<Clipped<Adam>>{}, halving}}}));
  return pairs;
}

template <class Real>
void check_continuation(Optimizer& used, Optimizer& fresh) {
  CAPTURE(used.kind());
  constexpr int interrupted = 4, all = 9;
  TwoMatrices<Real> model, second;
  for (int k = 0; k < interrupted; ++k) used.step(model.parameters(), model.gradients(k));
  Archive archive;
  used.archive(archive);
  Archive saved = archive.reversed();
  fresh.archive(saved);
  second.first = model.first;  // another parameter of the same value
  second.second = model.second;
  for (int k = interrupted; k < all; ++k) {
    used.step(model.parameters(), model.gradients(k));
    fresh.step(second.parameters(), second.gradients(k));
  }
  CHECK(model.values() != TwoMatrices<Real>().values());
  CHECK(second.values() == model.values());
  CHECK(fresh.steps() == used.steps());
  CHECK(fresh.rate() == used.rate());
}

template <class Real>
void check_all() {
  for (const auto& rule : every_rule()) check_continuation<Real>(*rule.rule, *rule.fresh);
  for (const auto& [used, fresh] : every_wrapper()) check_continuation<Real>(*used, *fresh);
}

}  // namespace

TEST_CASE("every optimizer goes on from its archive, bit for bit") { check_all<double>(); }
TEST_CASE("every optimizer of floats goes on from its archive, bit for bit") { check_all<float>(); }

TEST_CASE("a copy of an optimizer goes on independently") {
  for (const Pair& pair : every_wrapper()) {
    Optimizer* const used = pair.used.get();
    CAPTURE(used->kind());
    TwoMatrices<double> model;
    for (int k = 0; k < 4; ++k) used->step(model.parameters(), model.gradients(k));
    const auto copy = used->clone();
    Archive before, after;
    copy->archive(before);
    for (int k = 4; k < 9; ++k) used->step(model.parameters(), model.gradients(k));
    copy->archive(after);
    for (const auto& [name, entry] : before.entries())
      CHECK(after.entries().at(name).bytes == entry.bytes);
  }
}

TEST_CASE("a wrapper is not restored around another optimizer than it was saved with") {
  Archive archive;
  optim::Lookahead{optim::Adam{}}.archive(archive);
  Archive saved = archive.reversed();
  optim::Lookahead other{optim::Sgd{}};
  CHECK(optim::problems::error_of([&] { other.archive(saved); }) ==
        "archive: this Lookahead was around Adam when it was saved and is around Sgd now");
}
