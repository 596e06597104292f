#include "thalweg/nn/training/outcome.hpp"

#include <fmt/format.h>

namespace thalweg::nn {

const char* name_of(Stop stop) {
  switch (stop) {
    case Stop::epochs:
      return "epochs";
    case Stop::early_stopping:
      return "early_stopping";
    case Stop::observer:
      return "observer";
    case Stop::interrupted:
      return "interrupted";
    case Stop::nonfinite_loss:
      return "nonfinite_loss";
  }
  return "";
}

std::string to_string(const Outcome& outcome) {
  const Epoch& last = outcome.last;
  const std::string epochs = fmt::format("{} epoch{}", last.epoch, last.epoch == 1 ? "" : "s");
  std::string text = outcome.stop == Stop::epochs
                         ? epochs
                         : fmt::format("stopped by {} after {}", name_of(outcome.stop), epochs);
  text += fmt::format(", {:.1f} s", outcome.seconds);
  if (last.epoch > 0) {
    text += fmt::format(": loss {:.4g}", last.loss);
    if (last.validated) text += fmt::format(", validation loss {:.4g}", last.validation_loss);
    for (const auto& [name, value] : last.validated ? last.validation_metrics : last.metrics)
      text += fmt::format(", {} {:.4g}", name, value);
  }
  if (!outcome.why.empty() && outcome.stop != Stop::epochs)
    text += fmt::format(" ({})", outcome.why);
  if (!outcome.fault.empty()) text += fmt::format("; {}", outcome.fault);
  return text;
}

}  // namespace thalweg::nn
