#pragma once
/// Line charts as SVG: how runs went down.

#include <string>
#include <vector>

#include "thalweg/optim/plot/axis.hpp"

namespace thalweg::optim::plot {

/// One line of a chart. NaN and infinite values, and values that are not positive on a logarithmic
/// axis, leave a gap.
struct Series {
  std::string name;
  std::vector<double> y;
  std::vector<double> x = {};  ///< 1, 2, … if empty
};

/// Lines of any lengths on common axes.
///
///     optim::plot::to_svg({.title = "Rosenbrock",
///                          .series = {{"gradient descent", slow}, {"L-BFGS", fast}},
///                          .x_label = "evaluations", .y_label = "f",
///                          .log_y = true, .log_x = true});
struct Chart {
  std::string title = {};
  std::vector<Series> series = {};
  std::string x_label = {};
  std::string y_label = {};
  bool log_y = false;
  bool log_x = false;
  double width = 720;   ///< of the picture, > 200; text is 13 high
  double height = 270;  ///< of the area between the axes, > 50
};

/// An <svg> element, styled by the page it stands on. Lines differ in colour and in dashes; their
/// names stand above. Throws ShapeError if a series' x and y differ in length, ValueError for a
/// size out of range.
std::string to_svg(const Chart& chart);

}  // namespace thalweg::optim::plot
