#pragma once
/// What a training run came to, as one HTML file that needs nothing else: no scripts, no network.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "thalweg/autodiff/base/shape.hpp"
#include "thalweg/nn/report/line_chart.hpp"
#include "thalweg/optim/plot/page.hpp"

namespace thalweg::nn {

class ConfusionMatrix;

/// A greyscale picture and what was made of it.
struct Picture {
  std::vector<float> pixels = {};  ///< [height, width], row-major
  Index width = 0, height = 0;
  std::string truth = {}, predicted = {};  ///< no verdict is shown if `predicted` is empty
};

struct Gallery {
  std::string title = {};
  std::vector<Picture> pictures = {};
  float black = 0, white = 1;  ///< pixels at these values, and beyond, are black and white
};

/// Collects the sections of a page in order.
///
///     nn::Report report{"Handwritten digits"};
///     report.summary("Results", {{"Test accuracy", "98.1 %"}, {"Epochs", "30"}});
///     report.chart({.title = "Loss", .series = {{"training", losses}}, .log_y = true});
///     report.confusion("Test digits", confusion);
///     report.gallery({.title = "Some digits", .pictures = pictures, .white = 16});
///     report.write("report.html");
///
/// Any text is shown as it is: nothing in it is taken for HTML. The page follows the reader's
/// choice of light or dark, and tells everything that it says by colour in words or shapes too.
class Report {
 public:
  explicit Report(std::string title);

  /// A paragraph.
  void text(std::string_view paragraph);
  /// Names and values side by side: settings, results.
  void summary(std::string_view title,
               const std::vector<std::pair<std::string, std::string>>& entries);
  /// Over epochs unless `x_label` says something else. Throws as `to_svg` does.
  void chart(const Chart& chart);
  /// The counts, shaded by their share of the row.
  void confusion(std::string_view title, const ConfusionMatrix& matrix);
  /// Throws ShapeError if a picture's pixels are not height · width, ValueError unless
  /// black ≠ white.
  void gallery(const Gallery& gallery);

  /// The whole page.
  std::string html() const;
  /// Writes the page as `write_file` does: no reader finds half of it. Throws DataError naming the
  /// path.
  void write(const std::string& path) const;

 private:
  optim::plot::Page page_;
};

}  // namespace thalweg::nn
