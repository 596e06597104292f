#include "nn/line_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string_view>

#include "autodiff/error.hpp"
#include "nn/html.hpp"

namespace thalweg::nn {

namespace {

using detail::escaped;

// The picture in its own units; the page scales it.
constexpr double width = 720, height = 326;
constexpr double left = 64, right = 704, top = 14, bottom = 284;

/// Maps lo … hi, or their logarithms, to from … to.
struct Axis {
  double lo, hi, from, to;
  bool log = false;
  std::vector<double> ticks = {};

  double place(double value) const {
    const double share = log ? std::log(value / lo) / std::log(hi / lo) : (value - lo) / (hi - lo);
    return from + share * (to - from);
  }
};

double x_of(const Series& series, std::size_t i) {
  return series.x.empty() ? static_cast<double>(i + 1) : series.x[i];
}

bool drawable(const Series& series, std::size_t i, bool log) {
  return std::isfinite(x_of(series, i)) && std::isfinite(series.y[i]) && (!log || series.y[i] > 0);
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

/// From the first to the last epoch, marked at round numbers between; at whole ones if all are.
Axis x_axis(Range range, bool whole) {
  if (range.lo == range.hi) range = {range.lo - 0.5, range.hi + 0.5};
  Axis axis{range.lo, range.hi, left, right};
  for (double tick : linear_ticks(range.lo, range.hi, 8))
    if (tick >= range.lo && tick <= range.hi && (!whole || tick == std::round(tick)))
      axis.ticks.push_back(tick);
  return axis;
}

/// From tick to tick, so that lines never touch the frame's corners unmarked.
Axis y_axis(Range range, bool log) {
  std::vector<double> ticks =
      log ? log_ticks(range.lo, range.hi, 6) : linear_ticks(range.lo, range.hi, 5);
  return {ticks.front(), ticks.back(), bottom, top, log, ticks};
}

std::string number(double value, double step) {
  if (value == 0) return "0";
  if (std::abs(value) >= 1e6 || (step != 0 && std::abs(step) < 1e-4))
    return fmt::format("{:g}", value);
  const int digits = step == 0 ? 6 : static_cast<int>(std::ceil(-std::log10(step) - 1e-9));
  return step == 0 ? fmt::format("{:g}", value)
                   : fmt::format("{:.{}f}", value, std::max(digits, 0));
}

std::string number_on(const Axis& axis, double value) {
  return number(value, axis.log || axis.ticks.size() < 2 ? 0 : axis.ticks[1] - axis.ticks[0]);
}

std::string grid(const Axis& x, const Axis& y) {
  std::string svg;
  for (double tick : y.ticks)
    svg += fmt::format(
        "<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>"
        "<text class=\"tick\" x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n",
        left, right, y.place(tick), y.place(tick), left - 8, y.place(tick) + 4, number_on(y, tick));
  for (double tick : x.ticks)
    svg += fmt::format(
        "<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>"
        "<text class=\"tick\" x=\"{0:.1f}\" y=\"{3}\" text-anchor=\"middle\">{4}</text>\n",
        x.place(tick), bottom, bottom + 5, bottom + 20, number_on(x, tick));
  return svg + fmt::format("<line class=\"axis\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>\n", left,
                           right, bottom, bottom);
}

std::string labels(const Chart& chart) {
  return fmt::format("<text class=\"label\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                     (left + right) / 2, height - 3, escaped(chart.x_label)) +
         fmt::format(
             "<text class=\"label\" transform=\"translate(14 {}) rotate(-90)\" "
             "text-anchor=\"middle\">{}</text>\n",
             (top + bottom) / 2, escaped(chart.y_label));
}

/// The line itself, with a dot where a point has no neighbour to be joined to.
std::string line(const Series& series, std::size_t index, const Axis& x, const Axis& y) {
  std::string path, dots;
  bool joined = false;
  for (std::size_t i = 0; i < series.y.size(); ++i) {
    if (!drawable(series, i, y.log)) {
      joined = false;
      continue;
    }
    const double px = x.place(x_of(series, i)), py = y.place(series.y[i]);
    const bool goes_on = i + 1 < series.y.size() && drawable(series, i + 1, y.log);
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

void require_lengths(const Series& series) {
  if (!series.x.empty() && series.x.size() != series.y.size())
    throw ShapeError(fmt::format("Chart: series '{}' has {} x values but {} y values", series.name,
                                 series.x.size(), series.y.size()));
}

/// 10ᵉ as the decimal literal is read, exact where pow might be off by an ulp.
double power_of_ten(int exponent) { return std::stod(fmt::format("1e{}", exponent)); }

}  // namespace

std::vector<double> linear_ticks(double lo, double hi, int count) {
  if (lo == hi) {
    const double pad = lo == 0 ? 1 : std::abs(lo) / 2;
    lo -= pad;
    hi += pad;
  }
  // Halves and sums keep clear of overflow.
  const double rough = 2 * (hi / 2 - lo / 2) / count;
  const double power =
      power_of_ten(static_cast<int>(std::floor(std::log10(std::clamp(rough, 1e-300, 1e300)))));
  double step = 10 * power;
  for (double multiple : {5.0, 2.0, 1.0})
    if (rough <= multiple * power * (1 + 1e-9)) step = multiple * power;
  std::vector<double> ticks;
  const double first = std::floor(lo / step + 1e-9);
  const double last = std::max(std::ceil(hi / step - 1e-9), first + 1);
  for (double k = first; k <= last && ticks.size() < 100; ++k) ticks.push_back(k * step + 0.0);
  return ticks;
}

std::vector<double> log_ticks(double lo, double hi, int count) {
  int first = static_cast<int>(std::floor(std::log10(lo) + 1e-9));
  int last = static_cast<int>(std::ceil(std::log10(hi) - 1e-9));
  if (first >= last) last = first + 1;
  const int stride = (last - first + count - 1) / count;
  std::vector<double> ticks;
  for (int e = first; e < last + stride; e += stride)
    ticks.push_back(power_of_ten(std::clamp(e, -307, 308)));
  ticks.erase(std::unique(ticks.begin(), ticks.end()), ticks.end());
  return ticks;
}

std::string to_svg(const Chart& chart) {
  Range xs, ys;
  bool whole = true;
  std::string words = chart.title;
  for (const Series& series : chart.series) {
    require_lengths(series);
    words += ". " + in_words(series);
    for (std::size_t i = 0; i < series.y.size(); ++i)
      if (drawable(series, i, chart.log_y)) {
        xs.include(x_of(series, i));
        ys.include(series.y[i]);
        whole = whole && x_of(series, i) == std::round(x_of(series, i));
      }
  }
  const bool empty = xs.empty();
  const Axis x = x_axis(empty ? Range{0, 1} : xs, whole);
  const Axis y = y_axis(empty ? Range{chart.log_y ? 0.1 : 0, 1} : ys, chart.log_y);
  std::string svg = fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n",
                                width, height, escaped(words)) +
                    grid(x, y) + labels(chart);
  if (empty)
    svg += fmt::format(
        "<text class=\"label\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">no values to show</text>\n",
        (left + right) / 2, (top + bottom) / 2);
  else
    for (std::size_t i = 0; i < chart.series.size(); ++i) svg += line(chart.series[i], i, x, y);
  return svg + "</svg>\n";
}

}  // namespace thalweg::nn
