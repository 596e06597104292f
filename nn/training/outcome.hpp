#pragma once
/// What is known of a training run: after a step, after an epoch, at its end.

#include <string>
#include <utility>
#include <vector>

#include "thalweg/autodiff/base/shape.hpp"
#include "thalweg/autodiff/base/text_formatter.hpp"

namespace thalweg::nn {

/// One update of the parameters.
struct Step {
  Index epoch = 0;  ///< counted from 1
  Index epochs = 0;
  Index step = 0;           ///< updates so far, this one included
  Index step_of_epoch = 0;  ///< counted from 1
  Index steps_per_epoch = 0;
  double loss = 0;           ///< of its examples, before the update
  double rate = 0;           ///< α
  double gradient_norm = 0;  ///< ‖g‖₂ before clipping; NaN without `clip_norm`
};

using MetricValues = std::vector<std::pair<std::string, double>>;

/// A pass over the examples.
struct Epoch {
  Index epoch = 0;  ///< counted from 1
  Index epochs = 0;
  Index step = 0;              ///< updates so far
  double loss = 0;             ///< mean over the epoch's examples, each before its update
  bool validated = false;      ///< are there validation data?
  double validation_loss = 0;  ///< NaN without
  MetricValues metrics = {};   ///< of the same predictions as `loss`
  MetricValues validation_metrics = {};
  double rate = 0;     ///< α of the last step
  double seconds = 0;  ///< since training began, in the runs that this one continues too

  /// The validation loss if there is one.
  double judged_loss() const { return validated ? validation_loss : loss; }
  static constexpr auto unit = "epoch";
};

/// Why training ended. None of them says that the model has learned something: see Outcome.
enum class Stop {
  epochs,          ///< all epochs are done
  early_stopping,  ///< no progress for too long
  observer,        ///< an observer asked for it
  interrupted,     ///< by SIGINT, Ctrl-C
  nonfinite_loss,  ///< a loss was NaN or infinite; its update was not made
};
const char* name_of(Stop stop);

struct Outcome {
  Stop stop = Stop::epochs;
  std::string why = {};  ///< in words
  Epoch last = {};       ///< the last whole epoch; its `epoch` is 0 if there was none
  Index steps = 0;
  double seconds = 0;
  std::string fault = {};  ///< why the model is not to be trusted, in words; empty if it may be

  /// False if trouble or a signal ended the run, and if it has a fault: no step was made, no
  /// parameter has changed, one is not finite, or the last epoch's loss (that of validation, if
  /// there is one) is not.
  explicit operator bool() const {
    return stop != Stop::nonfinite_loss && stop != Stop::interrupted && fault.empty();
  }
};

/// "stopped by early_stopping after 23 epochs, 1.2 s: loss 0.031, validation loss 0.09, …".
std::string to_string(const Outcome& outcome);

}  // namespace thalweg::nn

template <>
struct fmt::formatter<thalweg::nn::Outcome> : thalweg::TextFormatter {
  template <class Context>
  auto format(const thalweg::nn::Outcome& outcome, Context& context) const {
    return write(to_string(outcome), context);
  }
};
