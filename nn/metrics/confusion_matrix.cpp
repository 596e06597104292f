#include "thalweg/nn/metrics/confusion_matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/extrema.hpp"
#include "thalweg/nn/metrics/accuracy.hpp"

namespace thalweg::nn {

namespace {

std::vector<std::string> numbered(Index classes) {
  std::vector<std::string> names;
  for (Index i = 0; i < classes; ++i) names.push_back(std::to_string(i));
  return names;
}

double ratio(Index part, Index whole) {
  if (whole == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(part) / static_cast<double>(whole);
}

/// Characters of UTF-8 text; fmt pads by them too.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string percent(double share) {
  return share != share ? "–" : fmt::format("{:.1f} %", 100 * share);
}

}  // namespace

ConfusionMatrix::ConfusionMatrix(std::vector<std::string> classes)
    : classes_(std::move(classes)), counts_(classes_.size() * classes_.size()) {
  if (classes_.empty()) throw ValueError("ConfusionMatrix: at least one class is needed; got none");
}

ConfusionMatrix::ConfusionMatrix(Index classes) : ConfusionMatrix(numbered(classes)) {}

std::size_t ConfusionMatrix::at(Index truth, Index predicted) const {
  const auto check = [&](const char* which, Index label) {
    if (label < 0 || label >= size())
      throw IndexError(fmt::format("ConfusionMatrix: {} class {} is out of range 0 … {}", which,
                                   label, size() - 1));
  };
  check("true", truth);
  check("predicted", predicted);
  return static_cast<std::size_t>(truth * size() + predicted);
}

void ConfusionMatrix::add(Index truth, Index predicted) { ++counts_[at(truth, predicted)]; }

void ConfusionMatrix::add(std::span<const Index> truth, std::span<const Index> predicted) {
  if (truth.size() != predicted.size())
    throw ShapeError(fmt::format("ConfusionMatrix: {} true classes but {} predicted ones",
                                 truth.size(), predicted.size()));
  for (std::size_t i = 0; i < truth.size(); ++i) at(truth[i], predicted[i]);
  for (std::size_t i = 0; i < truth.size(); ++i) add(truth[i], predicted[i]);
}

void ConfusionMatrix::add(const Numbers& scores, const Indices& labels) {
  detail::expect_scores("ConfusionMatrix", scores.shape(), labels.tensor());
  const Index classes = scores.shape().at(-1);
  if (classes != size())
    throw ShapeError(
        fmt::format("ConfusionMatrix: scores of {} classes; expected {}", classes, size()));
  const auto width = static_cast<std::size_t>(classes);
  for (std::size_t i = 0; i < labels.values().size(); ++i)
    if (detail::has_nan(scores.values().subspan(i * width, width)))
      throw ValueError(fmt::format(
          "ConfusionMatrix: a score of example {} is NaN, so it is taken for no class", i));
  add(labels.values(), argmax(scores.tensor(), -1).values());
}

ConfusionMatrix& ConfusionMatrix::operator+=(const ConfusionMatrix& other) {
  if (classes_ != other.classes_)
    throw ShapeError("ConfusionMatrix: only matrices of the same classes can be added");
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  return *this;
}

Index ConfusionMatrix::count(Index truth, Index predicted) const {
  return counts_[at(truth, predicted)];
}

Index ConfusionMatrix::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), Index{0});
}

Index ConfusionMatrix::correct() const {
  Index sum = 0;
  for (Index i = 0; i < size(); ++i) sum += count(i, i);
  return sum;
}

double ConfusionMatrix::accuracy() const { return ratio(correct(), total()); }

double ConfusionMatrix::recall(Index truth) const {
  Index sum = 0;
  for (Index j = 0; j < size(); ++j) sum += count(truth, j);
  return ratio(count(truth, truth), sum);
}

double ConfusionMatrix::precision(Index predicted) const {
  Index sum = 0;
  for (Index i = 0; i < size(); ++i) sum += count(i, predicted);
  return ratio(count(predicted, predicted), sum);
}

std::string to_string(const ConfusionMatrix& confusion) {
  std::size_t first = 4, cell = 3;
  for (const std::string& name : confusion.classes()) {
    first = std::max(first, width_of(name));
    cell = std::max(cell, width_of(name));
  }
  for (Index i = 0; i < confusion.size(); ++i)
    for (Index j = 0; j < confusion.size(); ++j)
      cell = std::max(cell, std::to_string(confusion.count(i, j)).size());

  std::string text = fmt::format("{:{}}   predicted\n{:{}}  ", "", first, "true", first);
  for (const std::string& name : confusion.classes()) text += fmt::format(" {:>{}}", name, cell);
  text += "   recall\n";
  for (Index i = 0; i < confusion.size(); ++i) {
    text += fmt::format("{:>{}}  ", confusion.classes()[i], first);
    for (Index j = 0; j < confusion.size(); ++j) {
      const Index count = confusion.count(i, j);
      text += fmt::format(" {:>{}}", count == 0 ? "·" : std::to_string(count), cell);
    }
    text += fmt::format("  {:>7}\n", percent(confusion.recall(i)));
  }
  return text + fmt::format("accuracy {} ({} of {})\n", percent(confusion.accuracy()),
                            confusion.correct(), confusion.total());
}

}  // namespace thalweg::nn
