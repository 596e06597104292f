#pragma once
/// `DataLoader`: the examples in mini-batches, epoch after epoch.
///
///     nn::DataLoader loader{train, {.batch = 64, .shuffle = true, .seed = 1, .prefetch = 2}};
///     for (Index epoch = 0; epoch < 30; ++epoch)
///       for (const auto& [x, y] : loader) { … }
///
/// With a transform, e.g. augmentation, which has a generator of its own for each batch:
///
///     nn::DataLoader loader{train, {.batch = 64, .prefetch = 2}, [](auto batch, Random& random) {
///       batch.x = nn::random_horizontal_flip(batch.x, random);
///       return batch;
///     }};
///
/// Each epoch is a function of the seed and its number; whether batches are made ahead, in a
/// background thread, changes nothing in it. What is thrown there is thrown in the loop, at the
/// batch that it belongs to.
///
/// The source is a Dataset, or anything with
///
///     Index size() const;                               // of examples
///     Batch get(std::span<const Index> rows) const;     // in this order; in another thread, too
///
/// A loop that is left early goes on where it was when the next loop begins; `next_epoch()` drops
/// the rest. The state, a generator and two counters, can be saved (optim/state/checkpoint.hpp):
/// restored into a loader made alike it gives exactly the batches that were left.

#include <functional>
#include <iterator>
#include <memory>
#include <optional>

#include "thalweg/nn/data/dataset.hpp"
#include "thalweg/nn/data/loader_prefetch.hpp"
#include "thalweg/nn/data/sampler.hpp"
#include "thalweg/optim/state/archive.hpp"

namespace thalweg::nn {

struct LoaderOptions {
  Index batch = 32;        ///< ≥ 1 examples
  bool shuffle = false;    ///< as RandomSampler
  bool drop_last = false;  ///< leave out a last batch that is smaller
  std::uint64_t seed = 0;  ///< of the order and the transform
  Index prefetch = 0;      ///< ≥ 0 batches made ahead; 0 needs no thread
  Sampler sampler = {};    ///< instead of `shuffle`
};

namespace detail {

template <class S>
concept GetsRows = requires(const S& source, std::span<const Index> rows) {
  source.get(rows);
};
template <class S>
concept HasRows = requires(const S& source, std::span<const Index> rows) {
  source.rows(rows);
};

template <class Source>
auto batch_of(const Source& source, std::span<const Index> rows) {
  if constexpr (GetsRows<Source>)
    return source.get(rows);
  else
    return source.rows(rows);
}

/// One epoch: which examples are in which batch, and the seeds of the transforms.
class EpochPlan {
 public:
  EpochPlan(const LoaderOptions& options, Index examples, Random& random);

  Index batches() const;
  std::span<const Index> rows(Index batch) const;
  /// The generator of a batch's transform.
  Random generator(Index batch) const;

 private:
  std::vector<Index> order_;
  Index size_;
  bool drop_last_;
  std::uint64_t seed_;
};

/// Where a loader is: the part of it that does not know the examples.
class LoaderState {
 public:
  /// Throws ValueError for an option out of range.
  LoaderState(const LoaderOptions& options, Index examples);

  const std::shared_ptr<const EpochPlan>& plan() const { return plan_; }
  Index epoch() const { return epoch_; }
  Index position() const { return position_; }
  void advance() { ++position_; }
  void next_epoch();
  void archive(optim::Archive& archive);

 private:
  void make_plan();

  LoaderOptions options_;
  Index examples_;
  Random start_, next_;  // at the present epoch's start, and at the next one's
  Index epoch_ = 0, position_ = 0;
  std::shared_ptr<const EpochPlan> plan_;
};

}  // namespace detail

/// What a DataLoader can be made of.
template <class S>
concept DataSource = requires(const S& source) {
  { source.size() } -> std::convertible_to<Index>;
}
&&(detail::GetsRows<S> || detail::HasRows<S>);

template <DataSource Source>
class DataLoader {
 public:
  static constexpr auto kind = "DataLoader";
  using SourceType = Source;
  using Batch = decltype(detail::batch_of(std::declval<const Source&>(), {}));
  using Transform = std::function<Batch(Batch, Random&)>;

  /// Keeps the source; a Dataset's copy shares its examples. Throws ValueError for an option out of
  /// range, for a source without examples, and, as `next_epoch` does, for an epoch without a batch:
  /// of fewer examples than `batch` with `drop_last`, or of none if the sampler gives none.
  explicit DataLoader(Source source, const LoaderOptions& options = {}, Transform transform = {})
      : parts_(std::make_shared<const Parts>(Parts{std::move(source), std::move(transform)})),
        ahead_(options.prefetch),
        state_(options, parts_->source.size()) {}

  /// Batches of the present epoch, and how many of them are left.
  Index size() const { return state_.plan()->batches(); }
  Index left() const { return size() - state_.position(); }
  /// Epochs that are over.
  Index epoch() const { return state_.epoch(); }

  /// The next batch of the epoch. Throws ValueError if none is left: see `next_epoch`.
  Batch next() {
    if (left() == 0) throw_exhausted();
    Batch batch = ahead_ == 0 ? make(*parts_, *state_.plan(), state_.position()) : fetched();
    state_.advance();
    return batch;
  }
  /// Begins the next epoch; what is left of the present one is not seen.
  void next_epoch() {
    prefetch_.reset();
    state_.next_epoch();
  }

  class Iterator {
   public:
    using difference_type = Index;
    using value_type = Batch;

    explicit Iterator(DataLoader& loader) : loader_(&loader) { fetch(); }
    const Batch& operator*() const { return *batch_; }
    Iterator& operator++() {
      fetch();
      return *this;
    }
    void operator++(int) { fetch(); }
    friend bool operator==(const Iterator& a, std::default_sentinel_t) { return !a.batch_; }

   private:
    void fetch() {
      batch_.reset();
      if (loader_->left() > 0)
        batch_.emplace(loader_->next());
      else
        loader_->next_epoch();
    }

    DataLoader* loader_;
    std::optional<Batch> batch_;
  };
  /// The rest of the epoch, for one loop.
  Iterator begin() { return Iterator(*this); }
  std::default_sentinel_t end() const { return {}; }

  /// Throws DataError for a position that this loader cannot have.
  void archive(optim::Archive& archive) {
    state_.archive(archive);
    if (archive.restoring()) prefetch_.reset();
  }

 private:
  struct Parts {
    Source source;
    Transform transform;
  };

  static Batch make(const Parts& parts, const detail::EpochPlan& plan, Index k) {
    Batch batch = detail::batch_of(parts.source, plan.rows(k));
    if (!parts.transform) return batch;
    Random random = plan.generator(k);
    return parts.transform(std::move(batch), random);
  }
  Batch fetched() {
    if (!prefetch_)
      prefetch_ = std::make_unique<detail::Prefetch>(
          [parts = parts_, plan = state_.plan()](Index k) -> std::shared_ptr<void> {
            return std::make_shared<Batch>(make(*parts, *plan, k));
          },
          state_.position(), size(), ahead_);
    return std::move(*static_cast<Batch*>(prefetch_->take().get()));
  }
  [[noreturn]] static void throw_exhausted();

  std::shared_ptr<const Parts> parts_;
  Index ahead_;
  detail::LoaderState state_;
  std::unique_ptr<detail::Prefetch> prefetch_;
};

namespace detail {
[[noreturn]] void throw_exhausted_loader();
}

template <DataSource Source>
void DataLoader<Source>::throw_exhausted() {
  detail::throw_exhausted_loader();
}

#define THALWEG_DECLARE(Real)                             \
  extern template class DataLoader<Dataset<Real, Index>>; \
  extern template class DataLoader<Dataset<Real, Real>>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg::nn
