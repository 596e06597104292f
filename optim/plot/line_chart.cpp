#include "thalweg/optim/plot/line_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/optim/plot/svg.hpp"

namespace thalweg::optim::plot {

namespace {

using detail::Axis;

double x_of(const Series& series, std::size_t i) {
  return series.x.empty() ? static_cast<double>(i + 1) : series.x[i];
}

bool drawable(const Chart& chart, const Series& series, std::size_t i) {
  const double x = x_of(series, i), y = series.y[i];
  return std::isfinite(x) && std::isfinite(y) && (!chart.log_x || x > 0) && (!chart.log_y || y > 0);
}

struct Range {
  double lo = std::numeric_limits<double>::infinity();
  double hi = -std::numeric_limits<double>::infinity();

  void include(double value) {
    lo = std::min(lo, value);
    hi = std::max(hi, value);
  }
  bool empty() const { return lo > hi; }
};

/// What the chart covers.
struct Extent {
  Range x, y;
  bool whole = true;  ///< are all x whole numbers?
};

Extent extent_of(const Chart& chart) {
  Extent extent;
  for (const Series& series : chart.series)
    for (std::size_t i = 0; i < series.y.size(); ++i)
      if (drawable(chart, series, i)) {
        const double x = x_of(series, i);
        extent.x.include(x);
        extent.y.include(series.y[i]);
        extent.whole = extent.whole && x == std::round(x);
      }
  return extent;
}

/// From the first to the last x; marked at whole numbers if all are.
Axis x_axis(const Chart& chart, const Extent& extent) {
  const Range x = extent.x.empty() ? Range{chart.log_x ? 0.1 : 0, 1} : extent.x;
  Axis axis = detail::tight_axis(x.lo, x.hi, chart.log_x, static_cast<int>(chart.width / 80));
  if (extent.whole) std::erase_if(axis.ticks, [](double tick) { return tick != std::round(tick); });
  return axis;
}

Axis y_axis(const Chart& chart, const Extent& extent) {
  const Range y = extent.y.empty() ? Range{chart.log_y ? 0.1 : 0, 1} : extent.y;
  return detail::loose_axis(y.lo, y.hi, chart.log_y, static_cast<int>(chart.height / 50));
}

std::string grid(const Axis& x, const Axis& y) {
  const auto across = [&](const char* kind, double at) {
    return fmt::format(
        "<line class=\"{}\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>\n", kind,
        x.from, x.to, at, at);
  };
  std::string svg;
  for (double tick : y.ticks) svg += across("grid", y.place(tick));
  return svg + across("axis", y.from);
}

/// The line itself, with a dot where a point has no neighbour to be joined to.
std::string line(const Chart& chart, std::size_t index, const Axis& x, const Axis& y) {
  const Series& series = chart.series[index];
  std::string path, dots;
  bool joined = false;
  for (std::size_t i = 0; i < series.y.size(); ++i) {
    if (!drawable(chart, series, i)) {
      joined = false;
      continue;
    }
    const double px = x.place(x_of(series, i)), py = y.place(series.y[i]);
    const bool goes_on = i + 1 < series.y.size() && drawable(chart, series, i + 1);
    if (joined || goes_on) path += fmt::format("{}{:.1f} {:.1f}", joined ? "L" : "M", px, py);
    if (!joined && !goes_on)
      dots += fmt::format("<circle class=\"dot s{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\"/>",
                          index % 6, px, py);
    joined = true;
  }
  return fmt::format("<path class=\"line s{}\" d=\"{}\"/>{}\n", index % 6, path, dots);
}

/// "training: 2.31 at first, 0.0123 at last, 60 points", for those who cannot see the lines.
std::string in_words(const Series& series) {
  std::vector<double> finite;
  for (double value : series.y)
    if (std::isfinite(value)) finite.push_back(value);
  if (finite.empty()) return fmt::format("{}: no values", series.name);
  return fmt::format("{}: {:.3g} at first, {:.3g} at last, {} points", series.name, finite.front(),
                     finite.back(), finite.size());
}

std::string in_words(const Chart& chart) {
  std::string words = chart.title;
  for (const Series& series : chart.series) words += (words.empty() ? "" : ". ") + in_words(series);
  return words;
}

void check(const Chart& chart) {
  if (!(chart.width > 200 && chart.height > 50 && chart.width < 1e5 && chart.height < 1e5))
    throw ValueError(fmt::format("Chart: size {} by {}; expected more than 200 by 50", chart.width,
                                 chart.height));
  for (const Series& series : chart.series)
    if (!series.x.empty() && series.x.size() != series.y.size())
      throw ShapeError(fmt::format("Chart: series '{}' has {} x values but {} y values",
                                   series.name, series.x.size(), series.y.size()));
}

std::vector<detail::LegendEntry> legend(const Chart& chart) {
  std::vector<detail::LegendEntry> entries;
  for (std::size_t i = 0; i < chart.series.size(); ++i)
    if (!chart.series[i].name.empty())
      entries.push_back(
          {chart.series[i].name, fmt::format("<path class=\"line s{}\" d=\"M1 0L29 0\"/>", i % 6)});
  return entries;
}

}  // namespace

std::string to_svg(const Chart& chart) {
  check(chart);
  const Extent extent = extent_of(chart);
  Axis x = x_axis(chart, extent), y = y_axis(chart, extent);
  x.from = detail::room_for(y, chart.y_label), x.to = chart.width - 20;
  const auto [header, top] = detail::header(chart.title, legend(chart), x.from, x.to);
  y.from = top + chart.height, y.to = top;
  std::string svg = header + grid(x, y) + detail::below(x, y.from, chart.x_label) +
                    detail::beside(y, x.from, chart.y_label);
  if (extent.x.empty())
    svg += fmt::format(
        "<text class=\"label\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">no values to show"
        "</text>\n",
        (x.from + x.to) / 2, (y.from + y.to) / 2);
  else
    for (std::size_t i = 0; i < chart.series.size(); ++i) svg += line(chart, i, x, y);
  const double under = chart.x_label.empty() ? 26 : 46;
  return detail::picture(chart.width, y.from + under, in_words(chart), svg);
}

}  // namespace thalweg::optim::plot
