#pragma once
/// What `fit` can be told.

#include <optional>
#include <vector>

#include "thalweg/nn/data/loader.hpp"
#include "thalweg/nn/metrics/metric.hpp"
#include "thalweg/optim/schedule/schedule.hpp"

namespace thalweg::nn {

/// Examples kept aside, of any type of Dataset or source; `fit` checks that it is the type that it
/// trains on.
class Validation {
 public:
  Validation() = default;
  template <DataSource Source>
  Validation(const Source& source)
      : source_(std::make_shared<const Source>(source)), type_(&key<Source>) {}

  explicit operator bool() const { return source_ != nullptr; }
  /// Null if it is of another type.
  template <class Source>
  const Source* get() const {
    return type_ == &key<Source> ? static_cast<const Source*>(source_.get()) : nullptr;
  }

 private:
  template <class Source>
  static constexpr char key = 0;

  std::shared_ptr<const void> source_;
  const void* type_ = nullptr;
};

struct FitOptions {
  Index epochs = 10;  ///< ≥ 1

  // How a Dataset is read; a DataLoader has its own options.
  Index batch = 32;  ///< ≥ 1
  bool shuffle = true;
  bool drop_last = false;
  Index prefetch = 0;      ///< ≥ 0
  std::uint64_t seed = 0;  ///< of the order, and of what the model draws

  Validation validation = {};  ///< measured after every epoch, in evaluation mode
  Index validation_batch = 0;  ///< ≥ 0; 0: as `batch`
  MetricList metrics = {};     ///< of training and validation

  std::optional<optim::Schedule> schedule = {};        ///< α of update 0, 1, …
  std::optional<optim::Schedule> epoch_schedule = {};  ///< α of epoch 0, 1, …; one of the two
  std::optional<double> clip_norm = {};                ///< > 0; as optim::clip_by_global_norm
  Index accumulate = 1;                                ///< ≥ 1 batches per update
  int threads = 1;                                     ///< ≥ 1; parts that a batch is split into

  bool stop_if_nonfinite = true;  ///< end the run at a loss that is NaN or infinite
  bool catch_interrupt = true;    ///< end it in good order at SIGINT
};

}  // namespace thalweg::nn
