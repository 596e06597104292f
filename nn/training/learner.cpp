#include "thalweg/nn/training/learner.hpp"

#include <fmt/format.h>

#include <numeric>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn {

namespace detail {

std::vector<Index> rows_of_part(Index n, Index parts, Index p) {
  const Index begin = n * p / parts, end = n * (p + 1) / parts;
  std::vector<Index> rows(end - begin);
  std::iota(rows.begin(), rows.end(), begin);
  return rows;
}

Measured mean_of(const std::vector<Measured>& parts) {
  Measured mean;
  for (const auto& [loss, rows] : parts) {
    mean.loss += loss * static_cast<double>(rows);
    mean.rows += rows;
  }
  mean.loss /= static_cast<double>(mean.rows);
  return mean;
}

Gradients weighted_mean(std::vector<Gradients>& gradients, const std::vector<Measured>& parts) {
  const double n = static_cast<double>(mean_of(parts).rows);
  Gradients mean;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    gradients[k] *= static_cast<double>(parts[k].rows) / n;
    mean += gradients[k];
  }
  return mean;
}

void refuse_threads() {
  throw ValueError("fit: threads is above 1, but this source's batches have no rows(…) to split");
}

void refuse_validation() {
  throw ValueError("fit: the validation data are of another type than the training data");
}

void expect_validation(Index examples) {
  if (examples < 1) throw ValueError("fit: the validation data hold no examples");
}

void refuse_metric(const std::string& name) {
  throw ValueError(fmt::format("fit: the metric {} takes no predictions of this type", name));
}

}  // namespace detail
}  // namespace thalweg::nn
