#pragma once
/// A function of two numbers as a map, and the ways that methods take on it.

#include <functional>
#include <string>
#include <vector>

#include "thalweg/optim/plot/contours.hpp"
#include "thalweg/optim/plot/polyline.hpp"

namespace thalweg::optim::plot {

struct SurfaceOptions {
  std::string title = {};
  PlanePoint x = {-1, 1};  ///< from, to
  PlanePoint y = {-1, 1};
  std::string x_label = "x";
  std::string y_label = "y";
  std::vector<PlanePoint> minima = {};  ///< marked by crosses
  Levels levels = Levels::by_area;
  int contours = 14;                ///< how many, 0 … 100
  std::vector<double> values = {};  ///< their levels; chosen if there are none
  int samples = 300;                ///< of f in each direction, 2 … 4000
  bool equal_aspect = false;        ///< one unit of x is as long as one of y; `height` is not used
  double width = 640;   ///< of the picture, 200 … 4000; text is 13 high. 400 suits side by side
  double height = 420;  ///< of the map
};

/// Contours of f, and trajectories across them.
///
///     optim::plot::Surface surface{f, {.title = "Rosenbrock", .x = {-2, 2}, .y = {-1, 3},
///                                      .minima = {{1, 1}}}};
///     surface.trajectory("momentum 0.9", points);
///     surface.write("rosenbrock.svg");
///
/// Low contours stand out, high ones recede; each tells its level when it is pointed at. Where f is
/// NaN or infinite the map has a hole. f is evaluated samples² times, here and never again.
class Surface {
 public:
  /// Throws ValueError for an option out of range.
  explicit Surface(const std::function<double(double, double)>& f, SurfaceOptions options = {});

  /// The way of one method, with its start (a ring) and its end (a shape of its own). Each has its
  /// own colour and dashes, and dots at its points, if there are at most 60 and where there is
  /// room.
  ///
  /// What lies outside the map is cut off, and a point that is not finite is a gap; the legend says
  /// where a trajectory went if it does not end on the map.
  void trajectory(std::string name, std::vector<PlanePoint> points);

  /// An <svg> element, styled by the page it stands on.
  std::string svg() const;
  /// A file of its own: an SVG if `path` ends in .svg, a page if it ends in .html. Throws
  /// ValueError for other names, DataError if it cannot be written.
  void write(const std::string& path) const;

 private:
  struct Run {
    std::string name;
    std::vector<PlanePoint> points;
  };

  std::string drawn(const std::string& title) const;
  std::string in_words() const;

  SurfaceOptions options_;
  Samples samples_;
  std::vector<double> levels_;
  std::vector<Run> runs_;
};

}  // namespace thalweg::optim::plot
