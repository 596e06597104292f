/// Early stopping, the best model, the history, the report, the progress bar.

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

#include "tests/nn/training/folder.hpp"
#include "tests/nn/training/training_case.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/autodiff/files/safetensors.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/nn/data/csv.hpp"
#include "thalweg/nn/training/checkpoints.hpp"
#include "thalweg/nn/training/early_stopping.hpp"
#include "thalweg/nn/training/history.hpp"
#include "thalweg/nn/training/keep_best.hpp"
#include "thalweg/nn/training/progress_bar.hpp"
#include "thalweg/nn/training/training_report.hpp"

using namespace thalweg;
using namespace thalweg::nn::cases;

namespace {

/// A "model" whose only weight says which epoch it is, and a loss that was decided beforehand.
struct Script {
  Parameter<float> epoch{Tensor<float>(0.0f)};
  std::vector<double> losses;

  Tensor<float> operator()(const Tensor<float>& x) const { return 0.0f * mean(x) + epoch; }
};

/// Each step adds 1 to the weight: after epoch k it is k. The loss then is losses[k − 1].
template <class... Observers>
nn::Outcome play(Script& script, Observers&&... observers) {
  const nn::Dataset<float> one{Tensor<float>({1, 1}, {1.0f}), IndexTensor({1}, {0})};
  optim::Sgd sgd{{.rate = 1}};
  const auto loss = [&](const Tensor<float>& epoch, const IndexTensor&) -> Tensor<float> {
    if (Tape::current()) return -1.0f * epoch;
    const auto k = static_cast<std::size_t>(epoch.item());
    return Tensor<float>(static_cast<float>(script.losses[k - 1]));
  };
  return nn::fit(script, loss, one, sgd,
                 {.epochs = static_cast<Index>(script.losses.size()), .validation = one},
                 observers...);
}

}  // namespace

TEST_CASE("EarlyStopping: after `patience` epochs without a lower validation loss") {
  Script script{.losses = {5, 4, 4, 3, 3.5, NAN, 3, 2}};
  nn::EarlyStopping enough{{.patience = 3}};
  const auto outcome = play(script, enough);
  CHECK(outcome.stop == nn::Stop::early_stopping);
  CHECK(outcome.last.epoch == 7);
  CHECK(outcome.why == "no loss below 3 for 3 epochs");
  CHECK(bool(outcome));
  CHECK(enough.best() == 3);
  CHECK(
      to_string(outcome).starts_with("stopped by early_stopping after 7 epochs, 0.0 s: loss -6, "
                                     "validation loss 3 (no loss below 3 for 3 epochs)"));
}

TEST_CASE("KeepBest: the model of the lowest validation loss, in a file and given back") {
  const Folder folder("best");
  Script script{.losses = {5, 4, NAN, 3, 3.5, 3}};
  nn::KeepBest best{folder / "best.safetensors", {.restore = true}};
  CHECK(play(script, best).last.epoch == 6);
  CHECK(best.best_epoch() == 4);
  CHECK(best.best() == 3);
  CHECK(script.epoch.value().item() == 4);
  const Safetensors file = read_safetensors(folder / "best.safetensors");
  CHECK(file.tensors.size() == 1);
  CHECK(to_tensor<float>(file.tensors.at("epoch"), "").item() == 4);
}

TEST_CASE("KeepBest: a first epoch whose loss is NaN is not the best") {
  Script late{.losses = {NAN, 5, 4, 4.5}}, never{.losses = {NAN, NAN}};
  nn::KeepBest best{"", {.restore = true}}, none{"", {.restore = true}};
  CHECK(play(late, best));
  CHECK(best.best_epoch() == 3);
  CHECK(best.best() == 4);
  CHECK(late.epoch.value().item() == 3);
  const auto outcome = play(never, none);
  CHECK(none.best_epoch() == 0);
  CHECK(never.epoch.value().item() == 2);
  CHECK(outcome.fault == "the validation loss of the last epoch is nan");
  CHECK(!outcome);
}

TEST_CASE("EarlyStopping: to stop since no loss was ever a number is no success") {
  Script script{.losses = {NAN, NAN, NAN, NAN}};
  const auto outcome = play(script, nn::EarlyStopping{{.patience = 2}});
  CHECK(outcome.stop == nn::Stop::early_stopping);
  CHECK(outcome.last.epoch == 2);
  CHECK(!outcome);
}

TEST_CASE("EarlyStopping: a resumed run has waited as long as before it was interrupted") {
  const Folder folder("waiting");
  const nn::CheckpointsOptions resume{.resume = true};
  Script first{.losses = {5, 4, 4.5}}, second{.losses = {5, 4, 4.5, 4.6, 4.7, 4.8}};
  play(first, nn::EarlyStopping{{.patience = 3}}, nn::Checkpoints{folder.string(), resume});
  nn::EarlyStopping enough{{.patience = 3}};
  const auto outcome = play(second, enough, nn::Checkpoints{folder.string(), resume});
  CHECK(outcome.stop == nn::Stop::early_stopping);
  CHECK(outcome.last.epoch == 5);
  CHECK(enough.best() == 4);
  CHECK(enough.waited() == 3);
}

TEST_CASE("KeepBest: without `restore` the model stays what training made of it") {
  Script script{.losses = {5, 4, 6}};
  nn::KeepBest best;
  play(script, best);
  CHECK(script.epoch.value().item() == 3);
  best.restore();
  CHECK(script.epoch.value().item() == 2);
  CHECK_THROWS_WITH_AS(play(script, nn::KeepBest{"", {.metric = "f1"}}),
                       "KeepBest: there is no metric f1", ValueError);
}

TEST_CASE("History: one that has seen a run begins anew with the next one") {
  Script first{.losses = {5, 4, 3}}, second{.losses = {7, 6}};
  nn::History history;
  play(first, history);
  CHECK(history.validation_losses() == std::vector<double>{5, 4, 3});
  play(second, history);
  CHECK(history.validation_losses() == std::vector<double>{7, 6});
}

TEST_CASE("History: files come back as they were written") {
  const Folder folder("history");
  Script script{.losses = {0.1, 1e-300, INFINITY, NAN}};
  nn::History history;
  play(script, history);
  history.write_csv(folder / "run.csv");
  history.write_json_lines(folder / "run.jsonl");
  std::istringstream csv(read_file(folder / "run.csv"));
  std::string line;
  std::getline(csv, line);
  CHECK(line == "epoch,step,seconds,rate,loss,validation_loss");
  for (const nn::Epoch& row : history.rows()) {
    std::getline(csv, line);
    std::vector<std::string> cells;
    std::istringstream parts(line + ",");
    for (std::string cell; std::getline(parts, cell, ',');) cells.push_back(cell);
    REQUIRE(cells.size() == 6);
    CHECK(std::stol(cells[0]) == row.epoch);
    CHECK(std::stod(cells[2]) == row.seconds);
    CHECK(std::stod(cells[4]) == row.loss);
    CHECK(cells[5].empty() == std::isnan(row.validation_loss));
    if (!cells[5].empty()) CHECK(std::strtod(cells[5].c_str(), nullptr) == row.validation_loss);
  }
  std::istringstream lines(history.json_lines());
  std::getline(lines, line);
  CHECK(line == fmt::format("{{\"epoch\": 1, \"step\": 1, \"seconds\": {}, \"rate\": 1, \"loss\": "
                            "0, \"validation_loss\": {}}}",
                            history.rows()[0].seconds, history.rows()[0].validation_loss));
  CHECK(history.json_lines().find("nan") == std::string::npos);
  CHECK_THROWS_WITH_AS(history.metric("f1"), "History: there is no metric f1; there are: none",
                       ValueError);
}

TEST_CASE("ProgressBar: a line per epoch, then the outcome") {
  Script script{.losses = {5, 4}};
  std::string text;
  play(script, nn::ProgressBar{{.sink = [&](std::string_view part) { text += part; },
                                .clock = [] { return 0.0; }}});
  CHECK(
      text.starts_with("epoch 1/2   0.00 s   loss 0   validation loss 5.00\n"
                       "epoch 2/2   0.00 s   loss -1.00   validation loss 4.00\n"
                       "2 epochs, "));
}

TEST_CASE("ProgressBar: a resumed run counts on from where it was") {
  const Folder folder("bar");
  const nn::CheckpointsOptions resume{.resume = true};
  Script first{.losses = {5}}, second{.losses = {5, 4}};
  std::string text;
  play(first, nn::Checkpoints{folder.string(), resume});
  play(second,
       nn::ProgressBar{
           {.sink = [&](std::string_view part) { text += part; }, .clock = [] { return 0.0; }}},
       nn::Checkpoints{folder.string(), resume});
  CHECK(text.starts_with("epoch 2/2   0.00 s   loss -1.00   validation loss 4.00\n2 epochs, "));
}

TEST_CASE("TrainingReport: curves, confusion, and mistakes as pictures") {
  const Folder folder("report");
  Random random{1};
  auto x = Tensor<float>::uninitialised({60, 1, 5, 6});
  random.fill_normal(x.mutable_values(), 0, 1);
  std::vector<Index> labels;
  for (Index row = 0; row < 60; ++row) labels.push_back(row % 3);
  const nn::Dataset<float> data{x, IndexTensor(labels)};
  struct Flat {
    nn::Linear<float> layer;
    auto operator()(const Tensor<float>& pictures) const {
      return layer(reshape(pictures, {pictures.size(0), 30}));
    }
  } model{{30, 3, random}};
  optim::Sgd sgd{{.rate = 0.01}};
  nn::fit(model, Loss{}, data, sgd, {.epochs = 2, .metrics = {Hits{}}},
          nn::TrainingReport{folder / "report.html",
                             model,
                             data,
                             {.title = "A <report>", .classes = {"a", "b", "c"}, .mistakes = 4}});
  const std::string page = read_file(folder / "report.html");
  const auto count = [&](std::string_view part) {
    std::size_t times = 0;
    for (auto at = page.find(part); at != page.npos; at = page.find(part, at + 1)) ++times;
    return times;
  };
  CHECK(count("A &lt;report&gt;") >= 1);
  CHECK(count("<svg") == 2);
  CHECK(count("Confusion matrix") == 1);
  CHECK(count("<figure class=\"wrong\">") == 4);
}

TEST_CASE("TrainingReport: examples whose scores are NaN are in no class") {
  const Folder folder("report_nan");
  auto data = rings(40);
  for (const Index row : {3, 7, 8}) data.x.set({row, 0}, NAN);
  auto model = plain_net();
  optim::Sgd sgd{{.rate = 0.01}};
  nn::fit(model, Loss{}, rings(40), sgd, {.epochs = 1},
          nn::TrainingReport{folder / "page.html", model, data});
  const std::string page = read_file(folder / "page.html");
  CHECK(page.find("3 of 40 examples have NaN among their scores: they are taken for no class and "
                  "left out below.") != page.npos);
  CHECK(page.find(" of 37 right") != page.npos);
}

TEST_CASE("TrainingReport: curves alone for what is no classifier; mistakes in words") {
  const Folder folder("report_plain");
  Script script{.losses = {5, 4}};
  play(script, nn::TrainingReport{folder / "plain.html"});
  CHECK(read_file(folder / "plain.html").find("Confusion") == std::string::npos);
  auto model = plain_net();
  optim::Sgd sgd{{.rate = 0.01}};
  nn::fit(model, Loss{}, rings(40), sgd, {.epochs = 1},
          nn::TrainingReport{folder / "words.html", model, rings(40)});
  CHECK(read_file(folder / "words.html").find("taken for") != std::string::npos);
}
