#pragma once
/// Lines made of straight pieces: clipped, thinned out, written as SVG.

#include <array>
#include <string>
#include <vector>

namespace thalweg::optim::plot {

using PlanePoint = std::array<double, 2>;
using Polyline = std::vector<PlanePoint>;  ///< closed if the last point is the first

namespace detail {

/// All x, y with low ≤ (x, y) ≤ high, coordinate by coordinate.
struct Box {
  PlanePoint low, high;

  bool contains(const PlanePoint& point) const;
};

/// The pieces of a line that lie in the box. A point that is not finite is a gap in the line;
/// points may lie as far outside as numbers go.
std::vector<Polyline> clipped(const Polyline& line, const Box& box);

/// The line without points that lie closer than `tolerance` to the straight pieces that replace
/// them. Source: D. Douglas and T. Peucker, "Algorithms for the reduction of the number of points
/// required to represent a digitized line or its caricature", Cartographica 10 (1973).
Polyline simplified(const Polyline& line, double tolerance);

/// "M0.0 1.5L2.0 3.0"; a closed line ends in Z.
std::string path_data(const Polyline& line);

}  // namespace detail
}  // namespace thalweg::optim::plot
