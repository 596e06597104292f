#pragma once
/// `fit`: trains a model.
///
///     optim::AdamW adam{{.rate = 3e-3, .weight_decay = 0.01}};
///     nn::History history;
///     const auto result = nn::fit(
///         model, nn::CrossEntropyLoss{}, train, adam,
///         {.epochs = 30, .batch = 64, .seed = 1, .validation = test, .metrics = {nn::Accuracy{}},
///          .schedule = optim::warmup(100) | optim::cosine({.from = 3e-3, .steps = 900})},
///         nn::ProgressBar{}, history, nn::EarlyStopping{{.patience = 5}},
///         nn::Checkpoints{"runs/digits", {.every = 500, .resume = true}},
///         [](const nn::Epoch& now) { … });
///     fmt::print("{}\n", result);
///     // stopped by early_stopping after 23 epochs, 1.2 s: loss 0.031, validation loss 0.09, …
///
/// What it does, but for what the options ask for beyond it, bit for bit:
///
///     nn::DataLoader loader{train, {.batch = 64, .shuffle = true, .seed = 1}};
///     Random random{1};
///     const auto parameters = nn::parameters(model);
///     for (Index epoch = 0; epoch < 30; ++epoch)
///       for (const auto& [x, y] : loader) {
///         Tape tape;
///         const auto loss = cross_entropy(model(x, nn::training(random)), y);
///         adam.step(parameters, tape.backward(loss));
///       }
///
/// The model is called as model(x, mode) or model(x), the loss as loss(prediction, target) with a
/// mean over the batch's rows as its value. `data` is a Dataset, another source
/// (nn/data/loader.hpp) whose batches have x, y and size(), or a DataLoader of one, which then says
/// how it is read and goes on from where it is, at its end with the next epoch.
///
/// With `accumulate` = k, k batches make one update, an epoch's last perhaps fewer. With `threads`
/// = n the rows of each batch are dealt out to n threads, each with a tape of its own and a
/// generator split from the run's; the mean of their gradients, weighted by rows, is that of the
/// batch up to rounding, and bitwise the same in every run with the same n. Batch norm then uses
/// the statistics of each part; running statistics follow the first one, and no other part may read
/// them meanwhile. Threads pay from about 256 rows on, for models whose products are too small to
/// occupy them.

#include "thalweg/nn/training/training.hpp"

namespace thalweg::nn {

namespace detail {

template <class T>
inline constexpr bool is_loader = false;
template <class Source>
inline constexpr bool is_loader<DataLoader<Source>> = true;

template <class Batch>
concept Trainable = requires(const Batch& batch) {
  batch.x;
  batch.y;
  { batch.size() } -> std::convertible_to<Index>;
};

template <class Model, class Loss, class Loader>
Outcome fit_loader(Model& model, Loss& loss, Loader& loader, optim::Optimizer& optimizer,
                   const FitOptions& options, std::span<const ObserverReference> observers) {
  static_assert(Trainable<typename Loader::Batch>,
                "thalweg: fit needs batches with members x and y and size()");
  ModelLearner<Model, Loss, Loader> learner(model, loss, loader, options);
  return Training(learner, state(model), parameters(model), optimizer, options, observers).run();
}

}  // namespace detail

/// How training ended is a value, not an exception; it is true only if something was learned.
/// Throws ValueError, before anything has changed, for an option out of range, for an epoch without
/// a batch (fewer examples than `batch` with `drop_last`), for validation data without examples and
/// for a model without parameters or with frozen ones alone; and what the model, the data and
/// observers throw. The rate that a schedule set last stays set.
template <class Model, class Loss, class Data, class... Observers>
Outcome fit(Model& model, Loss&& loss, Data&& data, optim::Optimizer& optimizer,
            const FitOptions& options = {}, Observers&&... observers) {
  const std::vector<detail::ObserverReference> watching{detail::observer_reference(observers)...};
  if constexpr (detail::is_loader<std::remove_cvref_t<Data>>) {
    return detail::fit_loader(model, loss, data, optimizer, options, watching);
  } else {
    static_assert(DataSource<std::remove_cvref_t<Data>>,
                  "thalweg: fit takes a Dataset, a DataLoader, or a source with size() and "
                  "get(rows)");
    DataLoader loader{data,
                      {.batch = options.batch,
                       .shuffle = options.shuffle,
                       .drop_last = options.drop_last,
                       .seed = options.seed,
                       .prefetch = options.prefetch}};
    return detail::fit_loader(model, loss, loader, optimizer, options, watching);
  }
}

}  // namespace thalweg::nn
