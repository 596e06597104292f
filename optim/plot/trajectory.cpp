#include "thalweg/optim/plot/trajectory.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

namespace thalweg::optim::plot::detail {

namespace {

constexpr std::size_t dots_at_most = 60;  // more would hide the line
constexpr double dots_apart = 6;          // in pixels
constexpr double tolerance = 0.2;         // of the drawn line, in pixels

bool finite(const PlanePoint& point) { return std::isfinite(point[0]) && std::isfinite(point[1]); }

/// What a trajectory's end looks like: a polygon, or a star with inner corners.
struct Shape {
  int corners;
  double turn;   ///< of the first corner, in right angles from the right, clockwise
  double inner;  ///< radius of the corners between, as a share; 1 for none
  double size;   ///< radius
};

constexpr Shape shapes[] = {
    {4, 0.5, 1, 7.0},  // square
    {3, -1, 1, 7.5},   // triangle
    {4, 0, 1, 7.5},    // diamond
    {5, -1, 0.45, 8},  // star
    {3, 1, 1, 7.5},    // triangle upside down
    {6, 0, 1, 6.5},    // hexagon
};

/// Later ends are smaller: several at one place are all seen.
std::string end_mark(const PlanePoint& at, std::size_t index) {
  const auto& [corners, turn, inner, size] = shapes[index % 6];
  const double shrink = 1.2 - 0.12 * static_cast<double>(index % 6);
  const int count = inner == 1 ? corners : 2 * corners;
  Polyline outline;
  for (int k = 0; k < count; ++k) {
    const double radius = shrink * size * (inner != 1 && k % 2 == 1 ? inner : 1);
    const double angle = (turn + 4.0 * k / count) * std::numbers::pi / 2;
    outline.push_back({at[0] + radius * std::cos(angle), at[1] + radius * std::sin(angle)});
  }
  outline.push_back(outline.front());
  return fmt::format("<path class=\"mark f{}\" d=\"{}\"/>", index % 6, path_data(outline));
}

}  // namespace

Polyline Map::place(Polyline line) const {
  for (PlanePoint& point : line) point = place(point);
  return line;
}

std::string printed(const PlanePoint& point) {
  return fmt::format("({}, {})", printed(point[0], 3), printed(point[1], 3));
}

std::string start_mark(const PlanePoint& at) {
  return fmt::format("<circle class=\"start\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\"/>", at[0], at[1]);
}

std::string minimum_mark(const PlanePoint& at) {
  const std::string cross =
      fmt::format("M{0:.1f} {3:.1f}L{1:.1f} {3:.1f}M{2:.1f} {4:.1f}L{2:.1f} {5:.1f}", at[0] - 9.5,
                  at[0] + 9.5, at[0], at[1], at[1] - 9.5, at[1] + 9.5);
  return fmt::format("<path class=\"halo\" d=\"{0}\"/><path class=\"minimum\" d=\"{0}\"/>", cross);
}

std::string Trajectory::line(const Map& map) const {
  std::string data;
  for (const Polyline& piece : clipped(points, map.box()))
    data += path_data(simplified(map.place(piece), tolerance));
  return fmt::format("<path class=\"halo\" d=\"{0}\"/><path class=\"line s{1}\" d=\"{0}\"/>{2}\n",
                     data, index % 6, dots(map));
}

std::string Trajectory::dots(const Map& map) const {
  std::string svg;
  if (points.size() > dots_at_most) return svg;
  PlanePoint last = {-1e9, -1e9};
  for (const PlanePoint& point : points) {
    if (!map.box().contains(point)) continue;
    const PlanePoint at = map.place(point);
    if (std::hypot(at[0] - last[0], at[1] - last[1]) < dots_apart) continue;
    svg += fmt::format("<circle class=\"f{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.6\"/>", index % 6,
                       at[0], at[1]);
    last = at;
  }
  return svg;
}

bool Trajectory::ends_on(const Map& map) const {
  return !points.empty() && map.box().contains(points.back());
}

std::string Trajectory::marks(const Map& map) const {
  std::string svg;
  if (!points.empty() && map.box().contains(points.front()))
    svg += start_mark(map.place(points.front()));
  if (ends_on(map)) svg += end_mark(map.place(points.back()), index);
  return svg;
}

LegendEntry Trajectory::legend(const Map& map) const {
  std::string sample =
      fmt::format("<path class=\"line s{}\" d=\"M1 0L{} 0\"/>", index % 6, ends_on(map) ? 20 : 29);
  if (ends_on(map)) return {name, sample + end_mark({22, 0}, index)};
  const char* where = points.empty()          ? "no points"
                      : finite(points.back()) ? "leaves the map"
                                              : "diverges";
  return {fmt::format("{} ({})", name, where), sample};
}

std::string Trajectory::in_words() const {
  if (points.empty()) return name + ": no points";
  return fmt::format("{}: from {} to {}, {} points", name, printed(points.front()),
                     printed(points.back()), points.size());
}

}  // namespace thalweg::optim::plot::detail
