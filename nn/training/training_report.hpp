#pragma once
/// What training came to, as one HTML file.

#include <functional>
#include <string>
#include <vector>

#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/nn/data/loader.hpp"
#include "thalweg/nn/model/mode.hpp"
#include "thalweg/nn/training/history.hpp"

namespace thalweg::nn {

struct TrainingReportOptions {
  std::string title = "Training";
  std::vector<std::string> classes = {};  ///< their names; by default their numbers
  Index mistakes = 30;                    ///< ≥ 0, of the largest loss, shown at most
  /// What to show of the examples, if not x, e.g. before it was scaled: [n, h, w], [n, 1, h, w], or
  /// [n, h · w] with h = w. None are shown of x of another shape.
  Tensor<float> pictures = {};
};

namespace detail {

/// What a classifier made of examples, row by row.
struct Classified {
  std::vector<float> scores = {}, x = {};
  std::vector<Index> labels = {};
  Shape score_shape = {}, x_shape = {};  // of one batch

  template <class Real>
  void add(const Tensor<Real>& batch_scores, const Tensor<Real>& batch_x, const IndexTensor& y);
};

}  // namespace detail

/// Writes a page when training ends: the outcome, the curves of loss and metrics, and, of a
/// classifier, the confusion matrix of `data` and the examples with the largest loss.
///
///     nn::fit(model, loss, train, adam, {.validation = test},
///             nn::TrainingReport{"report.html", model, test, {.classes = table.classes}});
///
/// The model has to live as long. A model is a classifier if its targets are classes and its scores
/// are [n, classes]; the loss of an example is then its cross-entropy.
class TrainingReport {
 public:
  static constexpr auto kind = "TrainingReport";

  /// Only the curves.
  explicit TrainingReport(std::string path, TrainingReportOptions options = {})
      : path_(std::move(path)), options_(std::move(options)) {}
  template <class Model, class Real, class Target>
  TrainingReport(std::string path, Model& model, const Dataset<Real, Target>& data,
                 TrainingReportOptions options = {})
      : TrainingReport(std::move(path), std::move(options)) {
    if constexpr (std::is_same_v<Target, Index>)
      classify_ = [&model, data] { return classified(model, data); };
  }

  void epoch(const Epoch& now) { history_.epoch(now); }
  /// Throws DataError, naming the file, if it cannot be written.
  void end(const Outcome& outcome);
  void archive(optim::Archive& archive) { history_.archive(archive); }

 private:
  template <class Model, class Real>
  static detail::Classified classified(Model& model, const Dataset<Real>& data) {
    const NoTape pause;
    detail::Classified all;
    DataLoader loader{data, {.batch = 256}};
    for (const auto& [x, y] : loader) {
      const Tensor scores = call(model, x, evaluation);
      all.add(scores, x, y);
    }
    return all;
  }

  std::string path_;
  TrainingReportOptions options_;
  History history_;
  std::function<detail::Classified()> classify_;
};

}  // namespace thalweg::nn
