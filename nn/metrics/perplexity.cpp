#include "thalweg/nn/metrics/perplexity.hpp"

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/cross_entropy.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

namespace thalweg::nn {

Perplexity::Perplexity(Options options) : ignored_(options.ignored_label) {}

void Perplexity::add(const Numbers& scores, const Indices& labels) {
  const NoTape pause;
  sum_ += cross_entropy(scores.tensor(), labels,
                        {.reduction = Reduction::sum, .ignored_label = ignored_})
              .item();
  count_ += labels.size();
  if (ignored_) count_ -= std::count(labels.values().begin(), labels.values().end(), *ignored_);
}

double Perplexity::value() const { return std::exp(sum_ / static_cast<double>(count_)); }

void Perplexity::reset() {
  sum_ = 0;
  count_ = 0;
}

Perplexity& Perplexity::operator+=(const Perplexity& other) {
  if (ignored_ != other.ignored_)
    throw ValueError("Perplexity: only counts with the same ignored_label can be added");
  sum_ += other.sum_;
  count_ += other.count_;
  return *this;
}

}  // namespace thalweg::nn
