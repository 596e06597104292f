#include "thalweg/nn/data/loader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn {
namespace detail {
namespace {

std::vector<Index> order_of(const LoaderOptions& options, Index examples, Random& random) {
  if (options.sampler) return options.sampler(examples, random);
  if (options.shuffle) return RandomSampler{}(examples, random);
  return SequentialSampler{}(examples, random);
}

void expect_options(const LoaderOptions& options, Index examples) {
  if (options.batch < 1)
    throw ValueError(
        fmt::format("DataLoader: batch is {}; expected a whole number, at least 1", options.batch));
  if (options.prefetch < 0)
    throw ValueError(fmt::format("DataLoader: prefetch is {}; expected a whole number, at least 0",
                                 options.prefetch));
  if (options.shuffle && options.sampler)
    throw ValueError("DataLoader: shuffle and a sampler; expected one of them at most");
  if (examples < 1) throw ValueError("DataLoader: the source holds no examples");
}

}  // namespace

EpochPlan::EpochPlan(const LoaderOptions& options, Index examples, Random& random)
    : order_(order_of(options, examples, random)),
      size_(options.batch),
      drop_last_(options.drop_last),
      seed_(random.next()) {
  for (const Index row : order_)
    if (row < 0 || row >= examples)
      throw IndexError(
          fmt::format("DataLoader: the sampler gave position {} for {} examples", row, examples));
  // An epoch without a batch would be a loop that does nothing.
  if (order_.empty())
    throw ValueError("DataLoader: the sampler gave no example; an epoch needs one at least");
  if (batches() == 0)
    throw ValueError(fmt::format(
        "DataLoader: an epoch has no batch: batch is {}, there are {} examples, and drop_last "
        "leaves out a smaller batch; expected a batch of at most {}, or drop_last = false",
        size_, order_.size(), order_.size()));
}

Index EpochPlan::batches() const {
  const auto n = static_cast<Index>(order_.size());
  return drop_last_ ? n / size_ : (n + size_ - 1) / size_;
}

std::span<const Index> EpochPlan::rows(Index batch) const {
  const auto begin = static_cast<std::size_t>(batch * size_);
  const auto count = std::min(static_cast<std::size_t>(size_), order_.size() - begin);
  return std::span(order_).subspan(begin, count);
}

Random EpochPlan::generator(Index batch) const {
  return Random(seed_ + static_cast<std::uint64_t>(batch));
}

// Split off, so that a model that starts from the same seed has nothing to do with the order.
LoaderState::LoaderState(const LoaderOptions& options, Index examples)
    : options_(options), examples_(examples), start_(Random(options.seed).split()), next_(start_) {
  expect_options(options, examples);
  make_plan();
}

void LoaderState::make_plan() {
  Random random = start_;
  plan_ = std::make_shared<const EpochPlan>(options_, examples_, random);
  next_ = random;
}

void LoaderState::next_epoch() {
  start_ = next_;
  ++epoch_;
  position_ = 0;
  make_plan();
}

void LoaderState::archive(optim::Archive& archive) {
  Random start = start_;
  Index epoch = epoch_, position = position_, examples = examples_, batch = options_.batch;
  archive("random", start);
  archive("epoch", epoch), archive("position", position);
  archive("examples", examples), archive("batch", batch);
  if (!archive.restoring()) return;
  if (examples != examples_ || batch != options_.batch)
    throw DataError(fmt::format(
        "{}: a DataLoader of {} examples in batches of {}; expected {} in batches of {}",
        archive.origin(), examples, batch, examples_, options_.batch));
  const Random before = start_;
  start_ = start;
  make_plan();
  if (epoch < 0 || position < 0 || position > plan_->batches()) {
    start_ = before;
    make_plan();
    throw DataError(fmt::format("{}: a DataLoader at batch {} of {} of epoch {}", archive.origin(),
                                position, plan_->batches(), epoch));
  }
  epoch_ = epoch;
  position_ = position;
}

void throw_exhausted_loader() {
  throw ValueError("DataLoader: no batch is left in this epoch; call next_epoch()");
}

}  // namespace detail

#define THALWEG_INSTANTIATE(Real)                  \
  template class DataLoader<Dataset<Real, Index>>; \
  template class DataLoader<Dataset<Real, Real>>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::nn
