#include "thalweg/nn/training/checkpoints.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <fstream>

#include "tests/nn/training/folder.hpp"
#include "tests/nn/training/long_run.hpp"
#include "thalweg/autodiff/base/error.hpp"

using namespace thalweg;
using namespace thalweg::nn::cases;

namespace {

constexpr Index epochs = 3, steps_per_epoch = 6;  // of LongRun

struct Killed {};

/// Trains until step `kill_at`, from the folder's newest checkpoint or from scratch.
void run_until(Index kill_at, const std::string& folder, Index every) {
  LongRun run;
  const auto kill = [=](const nn::Step& now) {
    if (now.step == kill_at) throw Killed{};
  };
  CHECK_THROWS_AS(run.fit(epochs, kill, nn::Checkpoints{folder, {.every = every, .resume = true}}),
                  Killed);
}

std::vector<double> uninterrupted() {
  LongRun run;
  const auto outcome = run.fit(epochs);
  CHECK(outcome.steps == epochs * steps_per_epoch);
  return run.everything();
}

}  // namespace

TEST_CASE("Checkpoints: a run killed at any step and resumed is the run that was not killed") {
  const std::vector<double> whole = uninterrupted();
  for (Index kill_at = 1; kill_at <= 2 * steps_per_epoch + 1; ++kill_at) {
    CAPTURE(kill_at);
    const Folder folder("resume");
    run_until(kill_at, folder.string(), std::max<Index>(kill_at - 1, 1));
    LongRun resumed;
    const auto outcome =
        resumed.fit(epochs, nn::Checkpoints{folder.string(), {.every = 1000, .resume = true}});
    CHECK(outcome.steps == epochs * steps_per_epoch);
    CHECK(resumed.everything() == whole);
  }
}

TEST_CASE("Checkpoints: a run killed again and again comes to the same end") {
  const Folder folder("again");
  for (const Index kill_at : {3, 7, 8, 13, 17}) run_until(kill_at, folder.string(), 2);
  LongRun resumed;
  resumed.fit(epochs, nn::Checkpoints{folder.string(), {.every = 2, .resume = true}});
  CHECK(resumed.everything() == uninterrupted());
}

TEST_CASE("Checkpoints: the last files stay, fragments go") {
  const Folder folder("keep");
  std::ofstream(folder / "step-00000003.safetensors.x.part") << "half";
  LongRun run;
  nn::Checkpoints checkpoints{folder.string(), {.every = 4, .keep = 2}};
  run.fit(epochs, checkpoints);
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.string()))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  CHECK(names ==
        std::vector<std::string>{"step-00000016.safetensors", "step-00000018.safetensors"});
  CHECK(checkpoints.newest() == folder / "step-00000018.safetensors");
}

TEST_CASE("Checkpoints: a run that is done goes on with more epochs") {
  const Folder folder("more");
  const nn::CheckpointsOptions options{.every = 100, .resume = true};
  LongRun first, second, again;
  first.fit(1, nn::Checkpoints{folder.string(), options});
  CHECK(second.fit(epochs, nn::Checkpoints{folder.string(), options}).steps == 18);
  CHECK(second.everything() == uninterrupted());
  CHECK(again.fit(epochs, nn::Checkpoints{folder.string(), options}).steps == 18);
  CHECK(again.history.rows().size() == 3);
}

TEST_CASE("Checkpoints: a run that an observer ended has ended") {
  const Folder folder("ended");
  const nn::CheckpointsOptions options{.every = 100, .resume = true};
  LongRun first, second;
  first.fit(
      epochs, [](const nn::Step& now) { return now.step == 4; },
      nn::Checkpoints{folder.string(), options});
  const auto outcome = second.fit(
      epochs, [](const nn::Step&) { return false; }, nn::Checkpoints{folder.string(), options});
  CHECK(outcome.stop == nn::Stop::observer);
  CHECK(outcome.steps == 4);
  CHECK(outcome.why == "at step 4");
}

TEST_CASE("Checkpoints: after a loss that is not finite nothing is saved") {
  for (const Index every : {1, 100}) {
    const Folder folder("nonfinite");
    auto model = plain_net();
    optim::Sgd sgd;
    Index calls = 0;
    const auto loss = [&](const auto& scores, const IndexTensor& y) -> Tensor<float> {
      return cross_entropy(scores, y) * (++calls == 3 ? NAN : 1.0f);
    };
    nn::Checkpoints checkpoints{folder.string(), {.every = every, .resume = true}};
    const auto outcome =
        nn::fit(model, loss, rings(50), sgd, {.epochs = 1, .batch = 10}, checkpoints);
    CHECK(outcome.stop == nn::Stop::nonfinite_loss);
    CHECK(checkpoints.newest() == (every == 1 ? folder / "step-00000002.safetensors" : ""));
    // Resumed, the batch at which it happened is not skipped.
    CHECK(nn::fit(model, Loss{}, rings(50), sgd, {.epochs = 1, .batch = 10}, checkpoints).steps ==
          5);
  }
}

TEST_CASE("Checkpoints: the newest file is that of the most steps, of more than eight digits too") {
  const Folder folder("digits");
  const nn::Checkpoints checkpoints{folder.string()};
  for (const char* name : {"step-100000000", "step-99999999", "step-00000007", "best"})
    std::ofstream(folder / (name + std::string(".safetensors"))) << "";
  CHECK(checkpoints.newest() == folder / "step-100000000.safetensors");
}

TEST_CASE("Checkpoints: files of another run are refused") {
  const Folder folder("refused");
  LongRun run;
  run.fit(1, nn::Checkpoints{folder.string()});
  const std::string file = folder / "step-00000006.safetensors";
  CHECK_THROWS_WITH_AS(run.fit(1, nn::Checkpoints{folder.string()}),
                       ("Checkpoints: there is " + file +
                        "; expected resume = true, or a folder without checkpoints")
                           .c_str(),
                       ValueError);
  auto other = plain_net();
  optim::Adam adam;
  CHECK_THROWS_WITH_AS(nn::fit(other, Loss{}, rings(44), adam, {.batch = 4},
                               nn::Checkpoints{folder.string(), {.resume = true}}),
                       (file + ": holds \"norm.bias\", which is no part of this model").c_str(),
                       DataError);
  auto same = net();
  optim::Sgd sgd;
  CHECK_THROWS_WITH_AS(nn::fit(same, Loss{}, rings(44), sgd, {.batch = 4},
                               nn::Checkpoints{folder.string(), {.resume = true}}),
                       (file + ": was trained by Adam; expected Sgd").c_str(), DataError);
  CHECK_THROWS_WITH_AS(
      nn::fit(same, Loss{}, rings(44), adam, {.batch = 4, .metrics = {Hits{}}},
              nn::Checkpoints{folder.string(), {.resume = true}}),
      (file + ": was watched by [History, EarlyStopping, KeepBest]; expected []").c_str(),
      DataError);
  CHECK_THROWS_WITH_AS(nn::Checkpoints("x", {.every = 0}),
                       "Checkpoints: every is 0 and keep is 3; expected whole numbers, at least 1",
                       ValueError);
}

namespace {
int second_signals = 0;
}

TEST_CASE("fit: Ctrl-C ends the run after the step, and resumed it goes on") {
  const Folder folder("interrupt");
  struct sigaction mine {
  }, then{};
  mine.sa_handler = [](int) { ++second_signals; };
  sigaction(SIGINT, &mine, nullptr);
  LongRun run, resumed;
  const auto outcome = run.fit(
      epochs,
      [](const nn::Step& now) {
        if (now.step == 8) std::raise(SIGINT);
      },
      nn::Checkpoints{folder.string(), {.every = 100}});
  CHECK(outcome.stop == nn::Stop::interrupted);
  CHECK(!outcome);
  CHECK(outcome.steps == 8);
  CHECK(outcome.why ==
        "by SIGINT; run again with resume = true, it goes on from " + folder.string());
  CHECK(second_signals == 0);
  sigaction(SIGINT, nullptr, &then);
  CHECK((then.sa_handler == mine.sa_handler));
  resumed.fit(epochs, nn::Checkpoints{folder.string(), {.every = 100, .resume = true}});
  CHECK(resumed.everything() == uninterrupted());
  std::signal(SIGINT, SIG_DFL);
}

TEST_CASE("fit: a second Ctrl-C does what it did before") {
  struct sigaction mine {};
  mine.sa_handler = [](int) { ++second_signals; };
  sigaction(SIGINT, &mine, nullptr);
  second_signals = 0;
  LongRun run;
  const auto outcome = run.fit(epochs, [](const nn::Step&) {
    std::raise(SIGINT);
    std::raise(SIGINT);
  });
  CHECK(second_signals == 1);
  CHECK(outcome.stop == nn::Stop::interrupted);
  CHECK(outcome.why == "by SIGINT");
  std::signal(SIGINT, SIG_DFL);
}
