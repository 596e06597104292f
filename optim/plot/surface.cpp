#include "thalweg/optim/plot/surface.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/optim/plot/page.hpp"
#include "thalweg/optim/plot/svg.hpp"
#include "thalweg/optim/plot/trajectory.hpp"

namespace thalweg::optim::plot {

using detail::Map;
using detail::Trajectory;

namespace {

constexpr std::size_t tones = 8;
constexpr double tolerance = 0.12;  // of the drawn contours, in pixels
constexpr double sliver = 12;       // in square pixels

void check_range(const char* name, const PlanePoint& range) {
  if (std::isfinite(range[0]) && std::isfinite(range[1]) && range[0] < range[1]) return;
  throw ValueError(
      fmt::format("Surface: {} goes from {} to {}; expected finite numbers, the first below the "
                  "second",
                  name, range[0], range[1]));
}

template <class Number>
void check_between(const char* name, Number value, Number low, Number high) {
  if (value >= low && value <= high) return;
  throw ValueError(fmt::format("Surface: {} is {}; expected {} to {}", name, value, low, high));
}

SurfaceOptions checked(SurfaceOptions options) {
  check_range("x", options.x);
  check_range("y", options.y);
  check_between("contours", options.contours, 0, 100);
  check_between("samples", options.samples, 2, 4000);
  check_between("width", options.width, 200.0, 4000.0);
  check_between("height", options.height, 50.0, 4000.0);
  for (double value : options.values)
    if (!std::isfinite(value))
      throw ValueError(
          fmt::format("Surface: a contour's level is {}; expected finite numbers", value));
  std::sort(options.values.begin(), options.values.end());
  return options;
}

/// Which of the tones, from low to high, contour k of n has.
std::size_t tone(std::size_t k, std::size_t n) { return n < 2 ? 0 : k * (tones - 1) / (n - 1); }

/// "f = 0.05 … 1200", with all tones.
detail::LegendEntry contour_key(const std::vector<double>& levels) {
  std::string sample;
  for (std::size_t k = 0; k < tones; ++k)
    sample +=
        fmt::format("<path class=\"contour c{}\" d=\"M{} -6L{} 6\"/>", k, 1 + 4 * k, 1 + 4 * k);
  return {fmt::format("f = {} … {}", detail::printed(levels.front(), 2),
                      detail::printed(levels.back(), 2)),
          sample};
}

/// Does a line enclose next to nothing? In valleys narrower than the grid low contours fall apart
/// into such beads.
bool is_sliver(const Polyline& line) {
  if (line.front() != line.back()) return false;
  double twice = 0;
  for (std::size_t i = 0; i + 1 < line.size(); ++i)
    twice += (line[i][0] - line[0][0]) * (line[i + 1][1] - line[0][1]) -
             (line[i + 1][0] - line[0][0]) * (line[i][1] - line[0][1]);
  return std::abs(twice) < 2 * sliver;
}

std::string contour_lines(const Samples& f, const std::vector<double>& levels, const Map& map) {
  std::string svg;
  for (std::size_t k = levels.size(); k-- > 0;) {  // the lowest last, above the others
    std::string data;
    for (const Polyline& line : contours(f, levels[k]))
      if (const Polyline drawn = map.place(line); !is_sliver(drawn))
        data += detail::path_data(detail::simplified(drawn, tolerance));
    if (!data.empty())
      svg += fmt::format("<path class=\"contour c{}\" d=\"{}\"><title>f = {}</title></path>\n",
                         tone(k, levels.size()), data, detail::printed(levels[k], 3));
  }
  return svg;
}

/// The frame with its ticks, and what there is to say if there are no contours.
std::string frame(const Map& map, const SurfaceOptions& options) {
  return fmt::format(
             "<rect class=\"axis\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
             "height=\"{:.1f}\"/>\n",
             map.x.from, map.y.to, map.x.length(), map.y.length()) +
         detail::below(map.x, map.y.from, options.x_label) +
         detail::beside(map.y, map.x.from, options.y_label);
}

/// How high the map is if it is `width` wide.
double height_of(const SurfaceOptions& options, double width) {
  if (!options.equal_aspect) return options.height;
  return width * (options.y[1] - options.y[0]) / (options.x[1] - options.x[0]);
}

/// The axes, not yet placed.
Map map_of(const SurfaceOptions& options) {
  const auto ticks = [](double length, double apart) {
    return static_cast<int>(std::clamp(length / apart, 2.0, 12.0));
  };
  return {detail::tight_axis(options.x[0], options.x[1], false, ticks(options.width, 80)),
          detail::tight_axis(options.y[0], options.y[1], false,
                             ticks(height_of(options, options.width), 50))};
}

/// Places the axes between left and right, below top.
void place(Map& map, const SurfaceOptions& options, double left, double right, double top) {
  double width = right - left, height = height_of(options, width);
  if (options.equal_aspect) {
    const double shrink = std::min(1.0, options.width / height);  // not higher than wide
    width *= shrink, height *= shrink;
  }
  map.x.from = (left + right - width) / 2, map.x.to = map.x.from + width;
  map.y.from = top + height, map.y.to = top;
}

std::string note(const Map& map, std::string_view text) {
  return fmt::format(
      "<text class=\"label\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n",
      (map.x.from + map.x.to) / 2, (map.y.from + map.y.to) / 2, text);
}

}  // namespace

Surface::Surface(const std::function<double(double, double)>& f, SurfaceOptions options)
    : options_(checked(std::move(options))),
      samples_(sampled(f, options_.x, options_.y, static_cast<std::size_t>(options_.samples),
                       static_cast<std::size_t>(options_.samples))),
      levels_(options_.values.empty() ? choose_levels(samples_, options_.levels, options_.contours)
                                      : options_.values) {}

void Surface::trajectory(std::string name, std::vector<PlanePoint> points) {
  runs_.push_back({std::move(name), std::move(points)});
}

std::string Surface::svg() const { return drawn(options_.title); }

std::string Surface::drawn(const std::string& title) const {
  Map map = map_of(options_);
  std::string lines, marks;
  std::vector<detail::LegendEntry> legend;
  if (!levels_.empty()) legend.push_back(contour_key(levels_));
  if (!options_.minima.empty()) legend.push_back({"minimum", detail::minimum_mark({10, 0}), 20});
  if (!runs_.empty()) legend.push_back({"start", detail::start_mark({6, 0}), 10});
  for (std::size_t k = 0; k < runs_.size(); ++k)
    legend.push_back(Trajectory{runs_[k].name, runs_[k].points, k}.legend(map));
  const double left = detail::room_for(map.y, options_.y_label), right = options_.width - 20;
  const auto [header, top] = detail::header(title, legend, left, right);
  place(map, options_, left, right, top);

  for (const PlanePoint& minimum : options_.minima)
    if (map.box().contains(minimum)) marks += detail::minimum_mark(map.place(minimum));
  for (std::size_t k = 0; k < runs_.size(); ++k) {
    const Trajectory way{runs_[k].name, runs_[k].points, k};
    lines += way.line(map), marks += way.marks(map);
  }
  if (levels_.empty() && options_.contours > 0)
    marks += note(map, std::none_of(samples_.values.begin(), samples_.values.end(),
                                    [](double value) { return std::isfinite(value); })
                           ? "no values to show"
                           : "f is constant here");
  return detail::picture(
      options_.width, map.y.from + (options_.x_label.empty() ? 26 : 46), in_words(),
      header + contour_lines(samples_, levels_, map) + frame(map, options_) + lines + marks);
}

std::string Surface::in_words() const {
  std::string words = options_.title;
  const auto say = [&](const std::string& sentence) {
    words += (words.empty() ? "" : ". ") + sentence;
  };
  if (!levels_.empty())
    say(fmt::format("{} contours of f from {} to {}", levels_.size(),
                    detail::printed(levels_.front(), 3), detail::printed(levels_.back(), 3)));
  for (const PlanePoint& minimum : options_.minima) say("Minimum at " + detail::printed(minimum));
  for (const auto& [name, points] : runs_) say(Trajectory{name, points, 0}.in_words());
  return words;
}

void Surface::write(const std::string& path) const {
  if (path.ends_with(".svg")) return write_svg(path, svg());
  if (!path.ends_with(".html"))
    throw ValueError(fmt::format("Surface::write: '{}' ends neither in .svg nor in .html", path));
  Page page(options_.title.empty() ? "Contours" : options_.title);
  page.figure(drawn({}));
  page.write(path);
}

}  // namespace thalweg::optim::plot
