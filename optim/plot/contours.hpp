#pragma once
/// Contours of a function of two numbers, by marching squares.

#include <cstddef>
#include <functional>
#include <vector>

#include "thalweg/optim/plot/polyline.hpp"

namespace thalweg::optim::plot {

/// Values of f on a grid.
struct Samples {
  PlanePoint x, y;  ///< from, to: the outermost nodes
  std::size_t columns, rows;
  std::vector<double>
      values;  ///< [rows, columns], row-major; the first row is that of the lowest y

  double value(std::size_t column, std::size_t row) const { return values[row * columns + column]; }
  PlanePoint node(std::size_t column, std::size_t row) const;
};

Samples sampled(const std::function<double(double, double)>& f, PlanePoint x, PlanePoint y,
                std::size_t columns, std::size_t rows);

/// The lines on which f = level: each closed, or ending at the grid's border or at a hole.
///
/// Along the edges of the grid's cells f counts as the cubic through the four nearest nodes (as
/// linear at borders and holes), so that contours are smooth even in valleys that are hardly wider
/// than a cell. In a cell with two opposite corners above the level and two below, the mean of the
/// four decides which of them are joined. A cell with a corner that is not finite is a hole.
///
/// Source: W. Lorensen and H. Cline, "Marching Cubes", SIGGRAPH 1987, in two dimensions.
std::vector<Polyline> contours(const Samples& f, double level);

/// How the levels of contours are chosen.
enum class Levels {
  /// Contour k of n encloses (k / (n + 1))² of the area: those of a quadratic bowl are evenly
  /// spaced, whatever its height, and narrow valleys stay visible.
  by_area,
  linear,       ///< evenly from the lowest sample to the highest
  logarithmic,  ///< in equal ratios above the lowest sample
};

/// At most `count` levels, ascending, between the lowest and the highest finite sample; none if
/// f is constant.
std::vector<double> choose_levels(const Samples& f, Levels how, int count);

}  // namespace thalweg::optim::plot
