/// What fit's options promise.

#include <doctest/doctest.h>

#include <cmath>

#include "tests/close.hpp"
#include "tests/nn/training/training_case.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/indexing.hpp"
#include "thalweg/nn/model/freeze.hpp"
#include "thalweg/nn/training/fit.hpp"
#include "thalweg/nn/training/history.hpp"
#include "thalweg/optim/rules/adam.hpp"
#include "thalweg/optim/schedule/decay.hpp"

using namespace thalweg;
using namespace thalweg::nn::cases;
using testing::close;

namespace {

template <class MakeModel, class... Observers>
std::vector<float> fitted_to(Index rows, MakeModel&& make, const nn::FitOptions& options,
                             Observers&&... observers) {
  auto model = make();
  optim::Sgd sgd{{.rate = 0.1, .momentum = 0.9}};
  nn::fit(model, Loss{}, rings(rows), sgd, options, observers...);
  return numbers(model);
}

template <class MakeModel, class... Observers>
std::vector<float> fitted(MakeModel&& make, const nn::FitOptions& options,
                          Observers&&... observers) {
  return fitted_to(50, make, options, observers...);
}

const auto net_of_3 = [] { return net(); };
const auto plain_net_of_3 = [] { return plain_net(); };

}  // namespace

TEST_CASE("fit: k batches of n, accumulated, are batches of k n up to rounding") {
  for (const bool drop_last : {false, true}) {
    const auto parts =
        fitted(plain_net_of_3,
               {.epochs = 3, .batch = 4, .drop_last = drop_last, .seed = 2, .accumulate = 3});
    const auto whole =
        fitted(plain_net_of_3, {.epochs = 3, .batch = 12, .drop_last = drop_last, .seed = 2});
    CHECK(close(parts, whole, {.absolute = 1e-5}));
    CHECK(largest_difference(parts, fitted(plain_net_of_3, {.epochs = 3, .batch = 4, .seed = 2})) >
          1e-3);
  }
}

TEST_CASE("fit: accumulated batches count by their rows where the last one is smaller") {
  nn::History parts_history, whole_history;  // 46 rows: 4 + 4 + 2 against 10 at the end
  const auto parts = fitted_to(
      46, plain_net_of_3, {.epochs = 3, .batch = 4, .seed = 2, .accumulate = 3}, parts_history);
  const auto whole =
      fitted_to(46, plain_net_of_3, {.epochs = 3, .batch = 12, .seed = 2}, whole_history);
  CHECK(close(parts, whole, {.absolute = 1e-5}));
  CHECK(close(parts_history.losses(), whole_history.losses(), {.relative = 1e-5}));
}

TEST_CASE("fit: an epoch of fewer batches than `accumulate` makes one update of all") {
  Index steps = 0;
  const auto count = [&](const nn::Step& now) { steps = now.step; };
  const auto parts =
      fitted(plain_net_of_3, {.epochs = 2, .batch = 8, .seed = 2, .accumulate = 100}, count);
  CHECK(steps == 2);
  CHECK(close(parts, fitted(plain_net_of_3, {.epochs = 2, .batch = 50, .seed = 2}),
              {.absolute = 1e-5}));
}

TEST_CASE("fit: threads divide the work, not the result") {
  const auto one = fitted(plain_net_of_3, {.epochs = 3, .batch = 8, .seed = 2});
  for (const int threads : {2, 3, 20})
    CHECK(close(one,
                fitted(plain_net_of_3, {.epochs = 3, .batch = 8, .seed = 2, .threads = threads}),
                {.absolute = 1e-5}));
}

TEST_CASE("fit: equal seeds and threads give equal numbers, randomness and statistics included") {
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 2, 3}) {
    const nn::FitOptions options{.epochs = 2, .batch = 10, .seed = 2, .threads = threads};
    results.push_back(fitted(net_of_3, options));
    CHECK(results.back() == fitted(net_of_3, options));
  }
  CHECK(results[0] != results[1]);  // each part draws from a generator of its own
  CHECK(results[1] != results[2]);
  CHECK(fitted(net_of_3, {.epochs = 2, .batch = 10, .seed = 3}) != results[0]);
}

TEST_CASE("fit: metrics and loss of threads are those of one") {
  nn::History one, three;
  fitted(plain_net_of_3, {.epochs = 1, .batch = 50, .seed = 2, .metrics = {Hits{}}}, one);
  fitted(plain_net_of_3, {.epochs = 1, .batch = 50, .seed = 2, .metrics = {Hits{}}, .threads = 3},
         three);
  CHECK(close(one.losses(), three.losses(), {.relative = 1e-6}));
  CHECK(one.metric("hits") == three.metric("hits"));
}

TEST_CASE("fit: an exception in a thread arrives") {
  const auto broken = [](const Tensor<float>& scores, const IndexTensor& y) {
    if (y.size() < 5) throw ValueError("broken");
    return cross_entropy(scores, y);
  };
  auto model = plain_net();
  optim::Sgd sgd;
  CHECK_THROWS_WITH_AS(nn::fit(model, broken, rings(9), sgd, {.batch = 9, .threads = 2}), "broken",
                       ValueError);
}

TEST_CASE("fit: prefetching changes nothing") {
  CHECK(fitted(net_of_3, {.epochs = 2, .batch = 8, .prefetch = 3, .seed = 2}) ==
        fitted(net_of_3, {.epochs = 2, .batch = 8, .seed = 2}));
}

TEST_CASE("fit: the rate follows the schedule, by steps or by epochs") {
  std::vector<double> rates;
  const auto note = [&](const nn::Step& now) { rates.push_back(now.rate); };
  const optim::Schedule falling{"falling", [](Index t) { return 1.0 / (1.0 + double(t)); }};
  fitted(plain_net_of_3, {.epochs = 2, .batch = 25, .schedule = falling}, note);
  CHECK(rates == std::vector<double>{1, 1 / 2., 1 / 3., 1 / 4.});
  rates.clear();
  fitted(plain_net_of_3, {.epochs = 2, .batch = 25, .epoch_schedule = falling}, note);
  CHECK(rates == std::vector<double>{1, 1, 1 / 2., 1 / 2.});
}

TEST_CASE("fit: clipped to a tiny norm the model hardly moves") {
  double norm = 0;
  const auto note = [&](const nn::Step& now) { norm = now.gradient_norm; };
  const auto moved = fitted(plain_net_of_3, {.epochs = 1, .batch = 50, .clip_norm = 1e-6}, note);
  auto model = plain_net();
  CHECK(close(moved, numbers(model), {.absolute = 1.1e-7}));
  CHECK(norm > 0.01);
}

TEST_CASE("fit: a loss that is not finite ends the run before it spoils the model") {
  Index calls = 0;
  const auto loss = [&](const auto& scores, const IndexTensor& y) -> Tensor<float> {
    return cross_entropy(scores, y) * (++calls == 3 ? INFINITY : 1.0f);
  };
  auto model = plain_net();
  optim::Sgd sgd;
  const auto outcome = nn::fit(model, loss, rings(50), sgd, {.batch = 10});
  CHECK(outcome.stop == nn::Stop::nonfinite_loss);
  CHECK(outcome.why == "the loss of step 3 in epoch 1 is inf");
  CHECK(outcome.steps == 2);
  CHECK(!outcome);
  for (const float number : numbers(model)) CHECK(std::isfinite(number));
  calls = 0;
  const auto spoiled =
      nn::fit(model, loss, rings(50), sgd, {.epochs = 1, .batch = 10, .stop_if_nonfinite = false});
  CHECK(spoiled.steps == 5);
  CHECK(spoiled.stop == nn::Stop::epochs);
  CHECK(spoiled.fault == "the parameter hidden.weight is not finite");
  CHECK(!spoiled);
}

TEST_CASE("fit: a batch that is not finite ends the run before it spoils running statistics") {
  auto data = rings(50);
  data.x.set({25, 0}, NAN);
  auto model = net();
  optim::Sgd sgd{{.rate = 0.1}};
  const auto outcome = nn::fit(model, Loss{}, data, sgd, {.batch = 10, .shuffle = false});
  CHECK(outcome.stop == nn::Stop::nonfinite_loss);
  CHECK(outcome.steps == 2);
  for (const float number : numbers(model)) CHECK(std::isfinite(number));
}

TEST_CASE("fit: an epoch without a batch is refused before it begins") {
  auto model = plain_net();
  const auto before = numbers(model);
  optim::Sgd sgd;
  const auto refuses = [&](const nn::Dataset<float>& data, const nn::FitOptions& options,
                           const char* message) {
    const auto untouched = [](const nn::Step&) { FAIL("a step was made"); };
    CHECK_THROWS_WITH_AS(nn::fit(model, Loss{}, data, sgd, options, untouched), message,
                         ValueError);
    CHECK(numbers(model) == before);
  };
  refuses(rings(5), {.batch = 8, .drop_last = true},
          "DataLoader: an epoch has no batch: batch is 8, there are 5 examples, and drop_last "
          "leaves out a smaller batch; expected a batch of at most 5, or drop_last = false");
  refuses(rings(0), {}, "DataLoader: the source holds no examples");
  refuses(rings(5), {.validation = rings(0)}, "fit: the validation data hold no examples");
  CHECK(nn::fit(model, Loss{}, rings(5), sgd, {.epochs = 1, .batch = 8}).steps == 1);
}

TEST_CASE("fit: a model without anything to learn is refused before it begins") {
  auto model = plain_net();
  optim::Sgd sgd;
  nn::freeze(model);
  CHECK_THROWS_WITH_AS(nn::fit(model, Loss{}, rings(5), sgd),
                       "fit: all parameters of the model, 4 in number, are frozen; expected one to "
                       "learn at least: see unfreeze",
                       ValueError);
  nn::unfreeze(model, "output.bias");
  CHECK(nn::fit(model, Loss{}, rings(5), sgd, {.epochs = 1}));
  nn::BatchNorm1d<float> nothing{2, {.affine = false}};
  CHECK_THROWS_WITH_AS(nn::fit(nothing, Loss{}, rings(5), sgd),
                       "fit: the model has no parameters to learn", ValueError);
}

TEST_CASE("fit: a loader that has been read to its end begins with the next epoch") {
  auto model = plain_net();
  optim::Sgd sgd{{.rate = 0.1}};
  nn::DataLoader loader{rings(50), {.batch = 10}};
  while (loader.left() > 0) loader.next();
  const auto outcome = nn::fit(model, Loss{}, loader, sgd, {.epochs = 1});
  CHECK(outcome.steps == 5);
  CHECK(outcome.last.epoch == 1);
  CHECK(std::isfinite(outcome.last.loss));
  CHECK(outcome);
}

TEST_CASE("fit: what has learned nothing is no success, whatever ended it") {
  const optim::Schedule nothing{"nothing", [](Index) { return 0.0; }};
  auto model = plain_net();
  optim::Sgd sgd{{.rate = 0.1}};
  const auto standing =
      nn::fit(model, Loss{}, rings(50), sgd, {.epochs = 2, .batch = 25, .schedule = nothing});
  CHECK(standing.stop == nn::Stop::epochs);
  CHECK(standing.fault == "no parameter has changed in 4 steps");
  CHECK(!standing);
  CHECK(to_string(standing).ends_with("; no parameter has changed in 4 steps"));

  struct AtOnce {
    void begin(nn::Training& run) { run.stop(nn::Stop::observer, "at once"); }
  };
  const auto none = nn::fit(model, Loss{}, rings(50), sgd, {}, AtOnce{});
  CHECK(none.stop == nn::Stop::observer);
  CHECK(none.steps == 0);
  CHECK(none.fault == "no step was made");
  CHECK(!none);

  sgd.set_rate(0.1);  // the rate that a schedule set last stays set
  CHECK(nn::fit(model, Loss{}, rings(50), sgd, {.epochs = 1}));
}

TEST_CASE("fit: a batch of one row that batch norm cannot take names the cure") {
  auto model = net();
  optim::Sgd sgd;
  CHECK_THROWS_WITH_AS(
      nn::fit(model, Loss{}, rings(9), sgd, {.batch = 4}),
      "BatchNorm1d: the batch has shape [1, 8]: of one number per channel there is no variance; in "
      "training expected two at least. If it is an epoch's last one, leave it out with drop_last = "
      "true; with threads each of them has a part of the batch",
      ShapeError);
  CHECK(nn::fit(model, Loss{}, rings(9), sgd, {.epochs = 1, .batch = 4, .drop_last = true}).steps ==
        2);
}

TEST_CASE("fit: a function that returns true ends the run") {
  auto model = plain_net();
  optim::Sgd sgd;
  const auto outcome = nn::fit(model, Loss{}, rings(50), sgd, {.epochs = 9, .batch = 10},
                               [](const nn::Epoch& now) { return now.epoch == 2; });
  CHECK(outcome.stop == nn::Stop::observer);
  CHECK(outcome.why == "at the end of epoch 2");
  CHECK(outcome.last.epoch == 2);
}

namespace {

/// Successors of letters: whole numbers in, scores of whole numbers out.
struct Letters {
  struct Batch {
    IndexTensor x, y;
    Index size() const { return x.size(0); }
    Batch rows(std::span<const Index> rows) const {
      std::vector<Index> from, to;
      for (const Index row : rows) from.push_back(x(row)), to.push_back(y(row));
      return {IndexTensor(from), IndexTensor(to)};
    }
  };
  Index size() const { return 26; }
  Batch get(std::span<const Index> rows) const {
    std::vector<Index> from(rows.begin(), rows.end()), to;
    for (const Index row : rows) to.push_back((row + 1) % 26);
    return {IndexTensor(from), IndexTensor(to)};
  }
};

struct Table {
  Parameter<double> scores{zeros<double>({26, 26})};
  auto operator()(const IndexTensor& x) const { return embedding(scores, x); }
};

}  // namespace

TEST_CASE("fit: a source of one's own, of whole numbers, in threads too") {
  for (const int threads : {1, 2}) {
    Table model;
    optim::Adam adam{{.rate = 0.5}};
    const auto outcome =
        nn::fit(model, nn::cases::Loss{}, Letters{}, adam,
                {.epochs = 20, .batch = 6, .validation = Letters{}, .threads = threads});
    CHECK(outcome.last.validation_loss < 0.01);
  }
}

TEST_CASE("fit: a loader goes on from where it is") {
  auto model = plain_net();
  optim::Sgd sgd;
  nn::DataLoader loader{rings(50), {.batch = 10}};
  loader.next();
  CHECK(nn::fit(model, Loss{}, loader, sgd, {.epochs = 2}).steps == 9);
  CHECK(loader.epoch() == 2);
}

TEST_CASE("fit: options out of range are refused") {
  auto model = plain_net();
  optim::Sgd sgd;
  const auto refuses = [&](const nn::FitOptions& options, const char* message) {
    CHECK_THROWS_WITH_AS(nn::fit(model, Loss{}, rings(5), sgd, options), message, ValueError);
  };
  refuses({.epochs = 0}, "fit: epochs is 0; expected a whole number, at least 1");
  refuses({.batch = 0}, "DataLoader: batch is 0; expected a whole number, at least 1");
  refuses({.clip_norm = 0}, "fit: clip_norm is 0; expected a number above 0");
  refuses({.threads = 0}, "fit: threads is 0; expected a whole number, at least 1");
  refuses({.schedule = optim::constant(1), .epoch_schedule = optim::constant(1)},
          "fit: schedule and epoch_schedule; expected one of them at most");
  refuses({.validation = Letters{}},
          "fit: the validation data are of another type than the training data");
}
