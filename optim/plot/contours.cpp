#include "thalweg/optim/plot/contours.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace thalweg::optim::plot {

namespace {

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

/// The t in 0 … 1 at which the cubic through (−1, y₀), (0, y₁), (1, y₂), (2, y₃) is `level`, which
/// lies between y₁ and y₂.
double cubic_crossing(const std::array<double, 4>& y, double level) {
  const auto value = [&](double t) {
    // Lagrange's form.
    return -y[0] * t * (t - 1) * (t - 2) / 6 + y[1] * (t + 1) * (t - 1) * (t - 2) / 2 -
           y[2] * (t + 1) * t * (t - 2) / 2 + y[3] * (t + 1) * t * (t - 1) / 6;
  };
  const bool rises = y[1] < level;
  double low = 0, high = 1;
  for (int k = 0; k < 30; ++k) {
    const double middle = (low + high) / 2;
    ((value(middle) < level) == rises ? low : high) = middle;
  }
  return (low + high) / 2;
}

/// The contours of one level. Crossings are known by the edge of the grid on which they lie; each
/// cell links two or four of them, so that a crossing has one link on the border and else two.
class Tracer {
 public:
  Tracer(const Samples& f, double level)
      : f_(f), level_(level), links_(2 * f.columns * f.rows, {none, none}) {}

  std::vector<Polyline> lines() {
    for (std::size_t row = 0; row + 1 < f_.rows; ++row)
      for (std::size_t column = 0; column + 1 < f_.columns; ++column) link_cell(column, row);
    std::vector<Polyline> lines;
    for (const bool open : {true, false})
      for (std::size_t edge = 0; edge < links_.size(); ++edge)
        if (links_[edge][0] != none && (!open || links_[edge][1] == none))
          lines.push_back(followed(edge));
    std::erase_if(lines, [](const Polyline& line) { return line.size() < 2; });  // mere points
    return lines;
  }

 private:
  /// The edge to the right of a node.
  std::size_t rightwards(std::size_t column, std::size_t row) const {
    return 2 * (row * f_.columns + column);
  }
  /// The edge above a node.
  std::size_t upwards(std::size_t column, std::size_t row) const {
    return rightwards(column, row) + 1;
  }

  void link(std::size_t a, std::size_t b) {
    links_[a][links_[a][0] == none ? 0 : 1] = b;
    links_[b][links_[b][0] == none ? 0 : 1] = a;
  }

  void link_cell(std::size_t column, std::size_t row) {
    // Counterclockwise, from the lower left; edge k leads from corner k to the next.
    const std::array<double, 4> corners = {f_.value(column, row), f_.value(column + 1, row),
                                           f_.value(column + 1, row + 1),
                                           f_.value(column, row + 1)};
    const std::array<std::size_t, 4> edges = {rightwards(column, row), upwards(column + 1, row),
                                              rightwards(column, row + 1), upwards(column, row)};
    std::array<bool, 4> above;
    double centre = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      if (!std::isfinite(corners[k])) return;
      above[k] = corners[k] >= level_;
      centre += corners[k] / 4;
    }
    std::array<std::size_t, 4> crossed;
    std::size_t count = 0;
    for (std::size_t k = 0; k < 4; ++k)
      if (above[k] != above[(k + 1) % 4]) crossed[count++] = edges[k];
    if (count == 2) link(crossed[0], crossed[1]);
    if (count < 4) return;
    // Corners 0 and 2 are joined through the centre, or cut off from it.
    const bool joined = (centre >= level_) == above[0];
    link(edges[0], edges[joined ? 1 : 3]);
    link(edges[2], edges[joined ? 3 : 1]);
  }

  PlanePoint crossing(std::size_t edge) const {
    const std::size_t column = edge / 2 % f_.columns, row = edge / 2 / f_.columns;
    const bool across = edge % 2 == 0;
    const double t = across ? share_along(&f_.values[row * f_.columns], 1, column, f_.columns)
                            : share_along(&f_.values[column], f_.columns, row, f_.rows);
    const PlanePoint from = f_.node(column, row), to = f_.node(column + across, row + !across);
    return {from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])};
  }

  /// Where between i and i + 1 the level is crossed, in a row or column of `count` values: 0 … 1.
  double share_along(const double* values, std::size_t stride, std::size_t i,
                     std::size_t count) const {
    const auto at = [&](std::size_t k) { return values[k * stride]; };
    const bool inner =
        i > 0 && i + 2 < count && std::isfinite(at(i - 1)) && std::isfinite(at(i + 2));
    const double a = at(i), b = at(i + 1);
    if (a == level_ || b == level_) return a == level_ ? 0 : 1;
    if (!inner) return (level_ / 2 - a / 2) / (b / 2 - a / 2);  // halves keep clear of overflow
    return cubic_crossing({at(i - 1), a, b, at(i + 2)}, level_);
  }

  /// The line from this crossing on, taken off the links.
  Polyline followed(std::size_t start) {
    Polyline line;
    const auto add = [&](const PlanePoint& point) {
      if (line.empty() || line.back() != point) line.push_back(point);
    };
    std::size_t edge = start, previous = none;
    while (edge != none && (edge != start || previous == none)) {
      add(crossing(edge));
      const auto [a, b] = std::exchange(links_[edge], {none, none});
      edge = std::exchange(previous, edge) == a ? b : a;
    }
    if (edge == start) add(PlanePoint(line.front()));
    return line;
  }

  const Samples& f_;
  double level_;
  std::vector<std::array<std::size_t, 2>> links_;
};

std::vector<double> finite_sorted(const std::vector<double>& values) {
  std::vector<double> finite;
  for (double value : values)
    if (std::isfinite(value)) finite.push_back(value);
  std::sort(finite.begin(), finite.end());
  return finite;
}

}  // namespace

PlanePoint Samples::node(std::size_t column, std::size_t row) const {
  const auto along = [](PlanePoint range, std::size_t i, std::size_t count) {
    const double t = static_cast<double>(i) / static_cast<double>(count - 1);
    return range[0] * (1 - t) + range[1] * t;
  };
  return {along(x, column, columns), along(y, row, rows)};
}

Samples sampled(const std::function<double(double, double)>& f, PlanePoint x, PlanePoint y,
                std::size_t columns, std::size_t rows) {
  Samples samples{x, y, columns, rows, {}};
  samples.values.reserve(columns * rows);
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t column = 0; column < columns; ++column) {
      const PlanePoint at = samples.node(column, row);
      samples.values.push_back(f(at[0], at[1]));
    }
  return samples;
}

std::vector<Polyline> contours(const Samples& f, double level) { return Tracer(f, level).lines(); }

std::vector<double> choose_levels(const Samples& f, Levels how, int count) {
  const std::vector<double> sorted = finite_sorted(f.values);
  if (sorted.empty()) return {};
  const double low = sorted.front(), high = sorted.back();
  const auto enclosing = [&](double share) {  // the level that encloses this share of the area
    return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
  };
  const double height = std::min(high - low, std::numeric_limits<double>::max());
  const double first = std::max(enclosing(1 / std::pow(count + 1, 2)) - low, 1e-6 * height);
  std::vector<double> levels;
  for (int k = 1; k <= count; ++k) {
    const double t = static_cast<double>(k) / (count + 1);
    const double level = how == Levels::by_area  ? enclosing(t * t)
                         : how == Levels::linear ? low * (1 - t) + high * t
                                                 : low + first * std::pow(height / first, t);
    if (level > low && level < high && (levels.empty() || level > levels.back()))
      levels.push_back(level);
  }
  return levels;
}

}  // namespace thalweg::optim::plot
