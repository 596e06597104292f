#pragma once
/// A run with everything that has a state: momentum, randomness, running statistics, a schedule,
/// accumulation, clipping, metrics, a history, early stopping, the best model.

#include "tests/nn/training/training_case.hpp"
#include "thalweg/nn/training/checkpoints.hpp"
#include "thalweg/nn/training/early_stopping.hpp"
#include "thalweg/nn/training/history.hpp"
#include "thalweg/nn/training/keep_best.hpp"
#include "thalweg/optim/rules/adam.hpp"
#include "thalweg/optim/schedule/cosine.hpp"

namespace thalweg::nn::cases {

struct LongRun {
  Net model = net();
  optim::Adam adam{{.rate = 0.05}};
  History history;
  EarlyStopping enough{{.patience = 1000}};
  KeepBest best;

  template <class... Observers>
  Outcome fit(Index epochs, Observers&&... observers) {
    DataLoader loader{rings(44),
                      {.batch = 4, .seed = 9, .prefetch = 1, .sampler = RandomSampler{}},
                      [](Dataset<float> batch, Random& random) {
                        for (float& number : batch.x.mutable_values())
                          number += static_cast<float>(0.1 * random.normal());
                        return batch;
                      }};
    return nn::fit(model, Loss{}, loader, adam,
                   {.epochs = epochs,
                    .seed = 5,
                    .validation = rings(30, 8),
                    .metrics = {Hits{}},
                    .schedule = optim::warmup(4) | optim::cosine({.from = 0.05, .steps = 50}),
                    .clip_norm = 0.5,
                    .accumulate = 2},
                   history, enough, best, observers...);
  }

  /// All that the run came to, but for the time it took.
  std::vector<double> everything() {
    std::vector<double> all;
    for (const float number : numbers(model)) all.push_back(number);
    best.restore();
    for (const float number : numbers(model)) all.push_back(number);
    for (const Epoch& row : history.rows())
      for (const auto& [name, number] : detail::numbers_of(row)) all.push_back(number);
    all.push_back(enough.best());
    all.push_back(static_cast<double>(enough.waited()));
    all.push_back(static_cast<double>(best.best_epoch()));
    return all;
  }
};

}  // namespace thalweg::nn::cases
