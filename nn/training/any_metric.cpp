#include "nn/training/any_metric.hpp"

#include <fmt/format.h>

#include "autodiff/error.hpp"

namespace thalweg::nn {

void AnyMetric::refuse(const std::string& name, bool classes) {
  throw ValueError(fmt::format("fit: the metric {} does not take {} as targets", name,
                               classes ? "classes" : "numbers"));
}

}  // namespace thalweg::nn
