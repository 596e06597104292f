#include "thalweg/nn/report/report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/nn/metrics/confusion_matrix.hpp"
#include "thalweg/nn/report/html.hpp"

namespace thalweg::nn {

using optim::plot::escaped;

namespace {

std::string section(std::string_view title, std::string_view content) {
  return fmt::format("<section>\n<h2>{}</h2>\n{}</section>\n", escaped(title), content);
}

/// A share between 0 and 1 as a percentage; "–" for NaN.
std::string percent(double share) {
  return std::isnan(share) ? "–" : fmt::format("{:.1f} %", 100 * share);
}

std::string confusion_cell(const ConfusionMatrix& matrix, Index truth, Index predicted) {
  const Index count = matrix.count(truth, predicted);
  if (count == 0) return "<td class=\"zero\">·</td>";
  Index row = 0;
  for (Index j = 0; j < matrix.size(); ++j) row += matrix.count(truth, j);
  return fmt::format("<td class=\"{}\" style=\"--v:{:.3f}\">{}</td>",
                     truth == predicted ? "right" : "wrong",
                     static_cast<double>(count) / static_cast<double>(row), count);
}

std::vector<std::uint8_t> greys(const Picture& picture, float black, float white) {
  std::vector<std::uint8_t> result;
  for (float pixel : picture.pixels) {
    const float share = (pixel - black) / (white - black);
    result.push_back(share >= 1   ? std::uint8_t{255}
                     : share >= 0 ? static_cast<std::uint8_t>(std::lround(255 * share))
                                  : std::uint8_t{0});  // NaN too
  }
  return result;
}

/// "7 ✓", or "✗ 1, not 7": verdict and truth in words.
std::string caption(const Picture& picture) {
  if (picture.predicted.empty()) return escaped(picture.truth);
  if (picture.truth == picture.predicted)
    return fmt::format("{} <b>✓</b>", escaped(picture.predicted));
  return fmt::format("<b>✗ {}</b><small>is {}</small>", escaped(picture.predicted),
                     escaped(picture.truth));
}

std::string figure(const Picture& picture, float black, float white) {
  if (picture.width < 1 || picture.height < 1 ||
      picture.pixels.size() != static_cast<std::size_t>(picture.width * picture.height))
    throw ShapeError(fmt::format("Report::gallery: {} pixels do not make a picture of {} by {}",
                                 picture.pixels.size(), picture.width, picture.height));
  const bool wrong = !picture.predicted.empty() && picture.truth != picture.predicted;
  const std::string words =
      picture.predicted.empty()
          ? fmt::format("picture of {}", picture.truth)
          : fmt::format("picture of {}, taken for {}", picture.truth, picture.predicted);
  return fmt::format(
      "<figure{}><img src=\"{}\" alt=\"{}\"><figcaption>{}</figcaption></figure>\n",
      wrong ? " class=\"wrong\"" : "",
      detail::png_data_uri(greys(picture, black, white), picture.width, picture.height),
      escaped(words), caption(picture));
}

}  // namespace

Report::Report(std::string title) : page_(std::move(title)) { page_.style(detail::report_style); }

void Report::text(std::string_view paragraph) { page_.text(paragraph); }

void Report::summary(std::string_view title,
                     const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string list = "<dl>\n";
  for (const auto& [name, value] : entries)
    list += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escaped(name), escaped(value));
  page_.add(section(title, list + "</dl>\n"));
}

void Report::chart(const Chart& chart) {
  Chart untitled = chart;  // the section says it
  untitled.title.clear();
  if (chart.x_label.empty()) untitled.x_label = "epoch";
  page_.add(section(chart.title, to_svg(untitled)));
}

void Report::confusion(std::string_view title, const ConfusionMatrix& matrix) {
  std::string table = "<div class=\"scroll\"><table>\n<thead><tr><th>true \\ predicted</th>";
  for (const std::string& name : matrix.classes())
    table += fmt::format("<th scope=\"col\">{}</th>", escaped(name));
  table += "<th scope=\"col\">recall</th></tr></thead>\n<tbody>\n";
  for (Index i = 0; i < matrix.size(); ++i) {
    table += fmt::format("<tr><th scope=\"row\">{}</th>", escaped(matrix.classes()[i]));
    for (Index j = 0; j < matrix.size(); ++j) table += confusion_cell(matrix, i, j);
    table += fmt::format("<td class=\"share\">{}</td></tr>\n", percent(matrix.recall(i)));
  }
  page_.add(section(
      title, table + fmt::format("</tbody></table></div>\n<p class=\"note\">{} of {} right, {}. "
                                 "Framed cells are mistakes.</p>\n",
                                 matrix.correct(), matrix.total(), percent(matrix.accuracy()))));
}

void Report::gallery(const Gallery& gallery) {
  if (!(gallery.black != gallery.white))
    throw ValueError("Report::gallery: black and white must be different values");
  std::string figures = "<div class=\"gallery\">\n";
  for (const Picture& picture : gallery.pictures)
    figures += figure(picture, gallery.black, gallery.white);
  page_.add(section(gallery.title, figures + "</div>\n"));
}

std::string Report::html() const { return page_.html(); }

void Report::write(const std::string& path) const { write_file(path, html()); }

}  // namespace thalweg::nn
