#include "thalweg/nn/training/training_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/data/statistics.hpp"
#include "thalweg/nn/metrics/confusion_matrix.hpp"
#include "thalweg/nn/report/report.hpp"

namespace thalweg::nn {
namespace detail {

template <class Real>
void Classified::add(const Tensor<Real>& batch_scores, const Tensor<Real>& batch_x,
                     const IndexTensor& y) {
  const auto append = [](std::vector<float>& to, const Tensor<Real>& from) {
    for (const Real value : from.values()) to.push_back(static_cast<float>(value));
  };
  append(scores, batch_scores);
  append(x, batch_x);
  labels.insert(labels.end(), y.values().begin(), y.values().end());
  score_shape = batch_scores.shape();
  x_shape = batch_x.shape();
}

#define THALWEG_INSTANTIATE(Real) \
  template void Classified::add(const Tensor<Real>&, const Tensor<Real>&, const IndexTensor&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace detail

namespace {

/// One example: what it was taken for, and −log of the probability of what it is.
struct Verdict {
  Index row, truth, predicted;
  double loss;
};

bool has_nan(std::span<const float> scores) {
  return std::any_of(scores.begin(), scores.end(), [](float score) { return std::isnan(score); });
}

Verdict verdict(Index row, std::span<const float> scores, Index truth) {
  const auto largest = std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (const float score : scores) sum += std::exp(static_cast<double>(score) - *largest);
  const double score = static_cast<double>(scores[truth]);
  const double loss = std::log(sum) + *largest - score;
  // Of infinite scores it is not known.
  return {row, truth, largest - scores.begin(), std::isnan(loss) ? INFINITY : loss};
}

/// Of the examples without a NaN among their scores. Empty unless there are [n, classes] scores and
/// labels among the classes.
std::vector<Verdict> verdicts(const detail::Classified& data) {
  if (data.score_shape.rank() != 2) return {};
  const Index classes = data.score_shape[1];
  std::vector<Verdict> all;
  for (std::size_t row = 0; row < data.labels.size(); ++row) {
    const Index truth = data.labels[row];
    if (truth < 0 || truth >= classes) return {};
    const auto width = static_cast<std::size_t>(classes);
    const auto scores = std::span(data.scores).subspan(row * width, width);
    if (!has_nan(scores)) all.push_back(verdict(static_cast<Index>(row), scores, truth));
  }
  return all;
}

/// Says how many examples the rest of the page leaves out.
void add_unjudged(Report& report, const detail::Classified& data) {
  if (data.score_shape.rank() != 2) return;
  const auto width = static_cast<std::size_t>(data.score_shape[1]);
  std::size_t count = 0;
  for (std::size_t row = 0; row < data.labels.size(); ++row)
    count += has_nan(std::span(data.scores).subspan(row * width, width));
  if (count > 0)
    report.text(
        fmt::format("{} of {} examples have NaN among their scores: they are taken for no "
                    "class and left out below.",
                    count, data.labels.size()));
}

std::vector<std::string> names_of(const std::vector<std::string>& given, Index classes) {
  std::vector<std::string> names = given;
  for (auto k = static_cast<Index>(names.size()); k < classes; ++k)
    names.push_back(std::to_string(k));
  return names;
}

/// Height and width of a picture in examples of this shape; zeros if they are no pictures.
std::pair<Index, Index> picture_size(const Shape& shape) {
  if (shape.rank() == 3) return {shape[1], shape[2]};
  if (shape.rank() == 4 && shape[1] == 1) return {shape[2], shape[3]};
  if (shape.rank() != 2) return {0, 0};
  const Index side = std::lround(std::sqrt(static_cast<double>(shape[1])));
  return side * side == shape[1] && side >= 5 ? std::pair(side, side)
                                              : std::pair(Index{0}, Index{0});
}

void add_curves(Report& report, const std::vector<Epoch>& rows) {
  if (rows.empty()) return;
  const auto curve = [&](auto&& number) {
    std::vector<double> values;
    for (const Epoch& row : rows) values.push_back(number(row));
    return values;
  };
  const auto chart = [&](std::string title, std::vector<double> training,
                         std::vector<double> validation) {
    Chart both{.title = std::move(title), .series = {{"training", std::move(training)}}};
    if (rows.back().validated) both.series.push_back({"validation", validation});
    report.chart(both);
  };
  chart("Loss", curve([](const Epoch& row) { return row.loss; }),
        curve([](const Epoch& row) { return row.validation_loss; }));
  const Epoch& first = rows.front();
  for (std::size_t k = 0; k < first.metrics.size(); ++k)
    chart(first.metrics[k].first, curve([k](const Epoch& row) { return row.metrics.at(k).second; }),
          curve([k](const Epoch& row) {
            return k < row.validation_metrics.size() ? row.validation_metrics[k].second : NAN;
          }));
}

void add_confusion(Report& report, const std::vector<Verdict>& verdicts,
                   const std::vector<std::string>& classes) {
  ConfusionMatrix confusion(classes);
  for (const Verdict& each : verdicts) confusion.add(each.truth, each.predicted);
  report.confusion("Confusion matrix", confusion);
}

/// Pictures of these examples, with the range of their pixels.
Gallery gallery_of(std::span<const float> pixels, const Shape& shape,
                   const std::vector<Verdict>& shown, const std::vector<std::string>& classes) {
  const auto [height, width] = picture_size(shape);
  const auto size = static_cast<std::size_t>(height * width);
  const Statistics range = statistics_of(pixels.data(), static_cast<Index>(pixels.size()));
  Gallery gallery{.title = "Mistakes, the largest loss first",
                  .black = static_cast<float>(range.least),
                  .white = static_cast<float>(range.most)};
  for (const Verdict& each : shown) {
    const auto own = pixels.subspan(static_cast<std::size_t>(each.row) * size, size);
    gallery.pictures.push_back({.pixels = {own.begin(), own.end()},
                                .width = width,
                                .height = height,
                                .truth = classes[each.truth],
                                .predicted = classes[each.predicted]});
  }
  return gallery;
}

/// In words where there are no pictures.
void add_list(Report& report, const std::vector<Verdict>& shown,
              const std::vector<std::string>& classes) {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const Verdict& each : shown)
    lines.emplace_back(fmt::format("Example {}", each.row),
                       fmt::format("{}, taken for {}; loss {:.3g}", classes[each.truth],
                                   classes[each.predicted], each.loss));
  report.summary("Mistakes, the largest loss first", lines);
}

void add_mistakes(Report& report, const detail::Classified& data, std::vector<Verdict> verdicts,
                  const std::vector<std::string>& classes, const TrainingReportOptions& options) {
  std::erase_if(verdicts, [](const Verdict& each) { return each.truth == each.predicted; });
  std::stable_sort(verdicts.begin(), verdicts.end(),
                   [](const Verdict& a, const Verdict& b) { return a.loss > b.loss; });
  verdicts.resize(std::min(verdicts.size(), static_cast<std::size_t>(options.mistakes)));
  if (verdicts.empty()) return;
  const bool own = options.pictures.size() > 0;
  const std::span<const float> pixels = own ? options.pictures.values() : std::span(data.x);
  const Shape& shape = own ? options.pictures.shape() : data.x_shape;
  const Gallery gallery = picture_size(shape).first > 0
                              ? gallery_of(pixels, shape, verdicts, classes)
                              : Gallery{.black = 0, .white = 0};
  if (gallery.black != gallery.white)
    report.gallery(gallery);
  else
    add_list(report, verdicts, classes);
}

void expect_pictures(const TrainingReportOptions& options, std::size_t examples) {
  const Shape& shape = options.pictures.shape();
  if (options.pictures.size() == 0) return;
  if (shape[0] != static_cast<Index>(examples) || picture_size(shape).first == 0)
    throw ShapeError(
        fmt::format("TrainingReport: pictures {} of {} examples; expected [n, h, w], "
                    "[n, 1, h, w] or [n, h · h]",
                    shape, examples));
}

}  // namespace

void TrainingReport::end(const Outcome& outcome) {
  Report report{options_.title};
  report.summary("Result", {{"Outcome", to_string(outcome)},
                            {"Epochs", fmt::format("{}", outcome.last.epoch)},
                            {"Steps", fmt::format("{}", outcome.steps)},
                            {"Seconds", fmt::format("{:.1f}", outcome.seconds)}});
  add_curves(report, history_.rows());
  if (classify_) {
    const detail::Classified data = classify_();
    expect_pictures(options_, data.labels.size());
    add_unjudged(report, data);
    if (const auto judged = verdicts(data); !judged.empty()) {
      const auto classes = names_of(options_.classes, data.score_shape[1]);
      add_confusion(report, judged, classes);
      add_mistakes(report, data, judged, classes, options_);
    }
  }
  report.write(path_);
}

}  // namespace thalweg::nn
