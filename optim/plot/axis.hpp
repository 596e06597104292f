#pragma once
/// Axes: which values are marked, and where values lie in the picture.

#include <string>
#include <string_view>
#include <vector>

namespace thalweg::optim::plot {

/// Values at which an axis from `lo` to `hi` is marked: 1, 2 or 5 times a power of ten apart, about
/// `count` of them; the first is at most lo, the last at least hi.
std::vector<double> linear_ticks(double lo, double hi, int count);
/// Powers of ten that enclose lo … hi, 0 < lo ≤ hi; every second, third, … of them if there are
/// more than `count`.
std::vector<double> log_ticks(double lo, double hi, int count);

namespace detail {

/// Maps lo … hi, or their logarithms, to from … to.
struct Axis {
  double lo, hi;
  double from = 0, to = 1;
  bool log = false;
  std::vector<double> ticks = {};

  double place(double value) const;
  double length() const { return to < from ? from - to : to - from; }
  /// "0.25", "10⁻⁹": with as many digits as tell the ticks apart.
  std::string label(double tick) const;
};

/// From lo to hi, marked at round values between.
Axis tight_axis(double lo, double hi, bool log, int count);
/// From tick to tick around lo … hi, so that lines never touch the frame's corners unmarked.
Axis loose_axis(double lo, double hi, bool log, int count);

/// The room that the labels of a vertical axis need on its left, its title included.
double room_for(const Axis& y, std::string_view title);

/// Ticks, their labels and the title below a picture's frame.
std::string below(const Axis& x, double bottom, std::string_view title);
/// Labels and the title on its left.
std::string beside(const Axis& y, double left, std::string_view title);

/// "1.5", "−2×10⁻⁷": a number in at most `digits` digits, as it is printed in books.
std::string printed(double value, int digits);

}  // namespace detail
}  // namespace thalweg::optim::plot
