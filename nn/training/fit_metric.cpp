#include "nn/training/fit_metric.hpp"

#include <fmt/format.h>

#include "autodiff/error.hpp"

namespace thalweg::nn {

void FitMetric::refuse(const std::string& name, bool classes) {
  throw ValueError(fmt::format("fit: the metric {} does not take {} as targets", name,
                               classes ? "classes" : "numbers"));
}

}  // namespace thalweg::nn
