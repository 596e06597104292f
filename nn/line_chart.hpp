#pragma once
/// Line charts as inline SVG, styled by the page they stand on.

#include <string>
#include <vector>

namespace thalweg::nn {

/// One line of a chart. NaN and infinite values, and values that are not positive on a logarithmic
/// axis, leave a gap.
struct Series {
  std::string name;
  std::vector<double> y;
  std::vector<double> x = {};  ///< 1, 2, … if empty
};

struct Chart {
  std::string title = {};
  std::vector<Series> series = {};
  std::string x_label = "epoch";
  std::string y_label = {};
  bool log_y = false;
};

/// Values at which an axis from `lo` to `hi` is marked: 1, 2 or 5 times a power of ten apart, about
/// `count` of them; the first is at most lo, the last at least hi.
std::vector<double> linear_ticks(double lo, double hi, int count);
/// Powers of ten that enclose lo … hi, 0 < lo ≤ hi; every second, third, … of them if there are
/// more than `count`.
std::vector<double> log_ticks(double lo, double hi, int count);

/// An <svg> element. Throws ShapeError if a series' x and y differ in length.
std::string to_svg(const Chart& chart);

}  // namespace thalweg::nn
