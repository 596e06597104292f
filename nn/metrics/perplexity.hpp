#pragma once
/// How many words a language model hesitates between.

#include <optional>

#include "thalweg/autodiff/base/fields.hpp"
#include "thalweg/nn/metrics/accuracy.hpp"

namespace thalweg::nn {

/// exp(Σ −log p(label) / n),  p = softmax of the scores.
///
///     scores […, classes]    labels […]
///
///     nn::Perplexity perplexity{{.ignored_label = padding}};
///
/// 1 is perfect, `classes` is as good as guessing. NaN before the first label. Throws ShapeError if
/// the shapes do not fit, IndexError for a label that is no class.
class Perplexity {
 public:
  struct Options {
    std::optional<Index> ignored_label = {};  // labels that count nothing
  };
  explicit Perplexity(Options options);
  Perplexity() : Perplexity(Options{}) {}

  std::string name() const { return "perplexity"; }
  void add(const Numbers& scores, const Indices& labels);
  double value() const;
  void reset();
  /// Throws ValueError if the other ignores another label.
  Perplexity& operator+=(const Perplexity& other);

 private:
  std::optional<Index> ignored_;
  double sum_ = 0;
  Index count_ = 0;

 public:
  static constexpr auto fields = named("sum", &Perplexity::sum_, "count", &Perplexity::count_);
};

}  // namespace thalweg::nn
