#include "thalweg/optim/run/observers.hpp"

#include <doctest/doctest.h>

#include <cstdio>

#include "tests/close.hpp"
#include "tests/optim/smooth/problems.hpp"
#include "tests/temporary_folder.hpp"
#include "thalweg/autodiff/derive/differentiate.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/select.hpp"
#include "thalweg/autodiff/ops/slice.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/optim/global/random_search.hpp"
#include "thalweg/optim/minimise.hpp"
#include "thalweg/optim/rules/gradient_descent.hpp"
#include "thalweg/optim/smooth/lbfgs.hpp"
#include "thalweg/optim/state/checkpoint.hpp"

using namespace thalweg;
using optim::Iterate;
using optim::Lbfgs;
using optim::minimise;
using optim::problems::error_of;
using testing::close;

namespace {

const auto rosenbrock = [](const auto& x) {
  auto a = 1 - x[0];
  auto b = x[1] - x[0] * x[0];
  return a * a + 100 * b * b;
};

template <class... Observers>
auto descend(const optim::Limits& limits, Observers&&... observers) {
  return minimise(rosenbrock, {-1.2, 1.0}, Lbfgs{}, limits, observers...);
}

}  // namespace

TEST_CASE("observers: a function sees the start and every iteration") {
  Index calls = 0;
  const auto result = descend({.iterations = 7}, [&](const Iterate& now) {
    CHECK(now.iteration == calls++);
    CHECK(now.x.size() == 2);
  });
  CHECK(calls == result.iterations + 1);
}

TEST_CASE("observers: true stops the run") {
  const auto result = descend({}, [](const Iterate& now) { return now.value < 1; });
  CHECK(result.stop == optim::Stop::observer);
  CHECK(result.value < 1);
  CHECK(!result.converged());
}

TEST_CASE("observers: hooks are called at the beginning and at the end") {
  struct Both {
    std::string log;
    void begin(optim::Run&) { log += "begin "; }
    void operator()(const Iterate&) { log += "see "; }
    void end(const optim::Outcome& outcome) { log += std::string(name(outcome.stop)); }
  } both;
  descend({.iterations = 2}, both);
  CHECK(both.log == "begin see see see iterations");
}

TEST_CASE("observers: what follows an iteration comes when all have seen it") {
  std::string log;
  struct Saver {
    std::string& text;
    void operator()(const Iterate&) { text += "see "; }
    void after(optim::Run& run) { text += run.stopped() ? "last" : "save "; }
  } saver{log};
  descend({.iterations = 1}, saver, [&](const Iterate&) { log += "too "; });
  CHECK(log == "see too save see too last");
}

TEST_CASE("observers: the history is a row per iteration and becomes a table") {
  optim::History history{{.points = true}};
  const auto result = descend({.iterations = 3}, history);
  REQUIRE(history.rows().size() == 4);
  CHECK(close(history.values().front(), 24.2, {.relative = 1e-5}));
  CHECK(history.rows().back().x == result.x);
  const TemporaryFolder folder;
  const std::string path = folder / "history.csv";
  history.write_csv(path);
  const std::string csv = read_file(path);
  CHECK(csv.substr(0, csv.find('\n')) ==
        "iteration,evaluations,gradients,seconds,value,gradient_norm,step_norm,step,x0,x1");
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 5);
  CHECK(error_of([&] {
          history.write_csv("/no/such/folder/h.csv");
        }).find("/no/such/folder/h.csv") != std::string::npos);
}

TEST_CASE("observers: one history of two runs holds the second; a resumed run adds to its own") {
  optim::History history;
  descend({.iterations = 9}, history);
  const auto second = descend({.iterations = 4}, history);
  REQUIRE(history.rows().size() == 5);
  CHECK(history.rows().front().iteration == 0);
  CHECK(history.rows().back().iteration == 4);
  CHECK(history.rows().back().value == second.value);

  const TemporaryFolder folder;
  const std::string path = folder / "run.safetensors";
  optim::History kept;
  descend({.iterations = 4}, kept, optim::Checkpoint{path});
  descend({.iterations = 6}, kept, optim::Checkpoint{path, {.resume = true}});
  std::vector<Index> iterations;
  for (const auto& row : kept.rows()) iterations.push_back(row.iteration);
  CHECK(iterations.front() == 0);
  CHECK(iterations.back() == 6);
}

TEST_CASE("observers: printing shows the start, every tenth iteration and the outcome") {
  const TemporaryFolder folder;
  const std::string path = folder / "print.txt";
  std::FILE* const stream = std::fopen(path.c_str(), "w");
  descend({.iterations = 15}, optim::Print{{.every = 10, .stream = stream}});
  std::fclose(stream);
  const std::string text = read_file(path);
  CHECK(std::count(text.begin(), text.end(), '\n') == 5);  // heading, 0, 10, 15, outcome
  CHECK(text.find("iterations after 15 iterations") != std::string::npos);
}

TEST_CASE("observers: a progress bar counts iterations on a terminal; elsewhere it tells the end") {
  std::string text;
  const auto sink = [&](std::string_view part) { text += part; };
  descend({.iterations = 15},
          optim::ProgressBar{{.live = true, .width = 100, .interval = 0, .sink = sink}});
  CHECK(text.find("iteration 7/15 ") != std::string::npos);
  CHECK(text.find("iterations after 15 iterations") != std::string::npos);
  text.clear();
  descend({.iterations = 15}, optim::ProgressBar{{.live = false, .sink = sink}});
  CHECK(text.find("iterations after 15 iterations") == 0);
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
}

TEST_CASE("early stopping waits for progress that is large enough") {
  optim::EarlyStopping enough{{.patience = 2, .least_gain = 0.5}};
  CHECK(!enough(10));
  CHECK(!enough(9));
  CHECK(!enough(8.5));  // a gain of exactly 0.5 is none
  CHECK(!enough(8.4));
  CHECK(!enough(std::nan("")));
  CHECK(enough(8));
  CHECK(enough.best() == 8.4);
}

TEST_CASE("early stopping ends a run and says why") {
  const auto result = descend({}, optim::EarlyStopping{{.patience = 3, .least_gain = 100}});
  CHECK(result.stop == optim::Stop::early_stopping);
  CHECK(result.why == "no loss below 24.2 for 3 iterations");
  CHECK(result.iterations == 3);
  CHECK(!result.converged());
}

TEST_CASE("observers: a progress bar counts on from where a resumed run was") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.safetensors";
  descend({.iterations = 9}, optim::Checkpoint{path});
  std::string text;
  const auto sink = [&](std::string_view part) { text += part; };
  descend({.iterations = 12},
          optim::ProgressBar{{.live = true, .width = 100, .interval = 0, .sink = sink}},
          optim::Checkpoint{path, {.resume = true}});
  CHECK(text.find("iteration 8/12 ") == std::string::npos);
  CHECK(text.find("iteration 9/12 ") != std::string::npos);
  CHECK(text.find("iteration 12/12 ") != std::string::npos);
}

TEST_CASE("a run continued from its checkpoint is bitwise the uninterrupted run") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.safetensors";
  const auto whole = descend({.gradient_norm = 1e-9});
  descend({.iterations = 11}, optim::Checkpoint{path, {.every = 4}});
  optim::Checkpoint again{path, {.every = 4, .resume = true}};
  const auto resumed = descend({.gradient_norm = 1e-9}, again);
  CHECK(resumed.x == whole.x);
  CHECK(resumed.value == whole.value);
  CHECK(resumed.iterations == whole.iterations);
  CHECK(resumed.evaluations == whole.evaluations);
}

TEST_CASE("a resumed run waits on for an improvement from where the best point was found") {
  // x rises by 1 per iteration; |x − 2| is least at iteration 2.
  struct Valley final : optim::Objective {
    Valley() : Objective(1) {}
    double evaluate(std::span<const double> x) const override { return std::abs(x[0] - 2); }
    double differentiate(std::span<const double> x, std::span<double> g) const override {
      g[0] = -1;
      return evaluate(x);
    }
  };
  const TemporaryFolder folder;
  const std::string path = folder / "run.safetensors";
  const auto walk = [&](Index iterations, bool resume) {
    Valley f;
    return minimise(f, {0}, optim::GradientDescent{{.rate = 1}},
                    {.iterations = iterations, .gradient_norm = {}, .no_improvement = 4},
                    optim::Checkpoint{path, {.resume = resume}});
  };
  CHECK(walk(5, false).stop == optim::Stop::iterations);
  const auto resumed = walk(100, true);
  CHECK(resumed.stop == optim::Stop::no_improvement);
  CHECK(resumed.iterations == 6);
  CHECK(resumed.x == std::vector{2.0});
  CHECK(resumed.why == "no better value for 4 iterations");
}

TEST_CASE("a resumed run measures the gradient by the start of the first") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.safetensors";
  const auto whole = descend({});
  CHECK(whole.stop == optim::Stop::gradient_norm);
  descend({.iterations = whole.iterations - 1}, optim::Checkpoint{path});
  const auto resumed = descend({}, optim::Checkpoint{path, {.resume = true}});
  CHECK(resumed.iterations == whole.iterations);
  CHECK(resumed.why == whole.why);
}

TEST_CASE("a resumed run has waited for improvement as long as before it was interrupted") {
  const auto square = [](const auto& x) { return x[0] * x[0]; };
  const optim::RandomSearch search{{.bounds = {-9, 9}, .seed = 5}};
  const optim::Limits limits{.gradient_norm = {}, .no_improvement = 20};
  const std::vector<double> start = {8};
  auto f = optim::objective(square, start), g = optim::objective(square, start);
  optim::Run whole(f, search, f.start(), limits), resumed(g, search, g.start(), limits);
  optim::Archive saved;
  while (whole.advance())
    if (whole.now().iteration - whole.now().best_iteration == 15) {
      saved = optim::Archive();
      whole.archive(saved);
    }
  CHECK(whole.outcome().stop == optim::Stop::no_improvement);
  CHECK(whole.now().best_iteration > 0);
  optim::Archive stored = saved.reversed();
  resumed.archive(stored);
  CHECK(resumed.now().iteration == whole.now().iteration - 5);
  while (resumed.advance()) {
  }
  CHECK(resumed.outcome().stop == optim::Stop::no_improvement);
  CHECK(resumed.now().iteration == whole.now().iteration);
  CHECK(resumed.now().best_iteration == whole.now().best_iteration);
}

TEST_CASE("a checkpoint is resumed by the same method on as many numbers only") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.safetensors";
  descend({.iterations = 3}, optim::Checkpoint{path});
  const optim::CheckpointOptions resume{.resume = true};
  CHECK(error_of([&] {
          minimise(rosenbrock, {-1.2, 1.0}, Lbfgs{{}, optim::HagerZhang{}}, {},
                   optim::Checkpoint{path, resume});
        }).find("holds a run of Lbfgs with StrongWolfe") != std::string::npos);
  CHECK(error_of([&] {
          minimise(rosenbrock, {-1.2, 1.0, 3.0}, Lbfgs{}, {}, optim::Checkpoint{path, resume});
        }).find("holds a run of 2 numbers; this function takes 3") != std::string::npos);
}

TEST_CASE("the best point is kept in a file") {
  const TemporaryFolder folder;
  const std::string path = folder / "best.safetensors";
  const auto result = descend({.iterations = 9}, optim::SaveBest{path, 3});
  optim::Point best;
  optim::restore(path, best);
  CHECK(best.x == result.x);
  CHECK(best.value == result.value);
}

TEST_CASE("observers: options out of range are refused") {
  CHECK(error_of([] { optim::Print{{.every = 0}}; }) == "Print: every is 0; expected at least 1");
  CHECK(error_of([] { optim::EarlyStopping{{.patience = 0}}; }) ==
        "EarlyStopping: patience is 0; expected at least 1");
  CHECK(error_of([] { optim::EarlyStopping{{.least_gain = -1}}; }) ==
        "EarlyStopping: least_gain is -1; expected a number, at least 0");
  CHECK(error_of([] {
          optim::Checkpoint{"x", {.every = 0}};
        }) == "Checkpoint: every is 0; expected at least 1");
  CHECK(error_of([] { optim::SaveBest{"x", 0}; }) == "SaveBest: every is 0; expected at least 1");
}
