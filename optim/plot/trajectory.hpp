#pragma once
/// The way of a method across a map, as SVG.

#include <string>
#include <vector>

#include "thalweg/optim/plot/axis.hpp"
#include "thalweg/optim/plot/polyline.hpp"
#include "thalweg/optim/plot/svg.hpp"

namespace thalweg::optim::plot::detail {

/// The rectangle of a map: values along its axes.
struct Map {
  Axis x, y;

  Box box() const { return {{x.lo, y.lo}, {x.hi, y.hi}}; }
  PlanePoint place(const PlanePoint& value) const { return {x.place(value[0]), y.place(value[1])}; }
  Polyline place(Polyline line) const;
};

/// One of a map's trajectories; `index` chooses colour, dashes and the shape of its end.
struct Trajectory {
  const std::string& name;
  const Polyline& points;
  std::size_t index;

  std::string line(const Map& map) const;
  /// Start and end, to be drawn above the lines.
  std::string marks(const Map& map) const;
  LegendEntry legend(const Map& map) const;
  /// "Adam: from (−1, 2) to (0.99, 0.98), 200 points".
  std::string in_words() const;

 private:
  std::string dots(const Map& map) const;
  /// Is there an end that can be marked?
  bool ends_on(const Map& map) const;
};

/// "(−1.2, 1)".
std::string printed(const PlanePoint& point);

/// The mark of a start: a ring.
std::string start_mark(const PlanePoint& at);
/// The mark of a minimum: a cross.
std::string minimum_mark(const PlanePoint& at);

}  // namespace thalweg::optim::plot::detail
