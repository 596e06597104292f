#pragma once
/// Pictures as SVG: an element of a page, or a file of its own.

#include <string>
#include <string_view>
#include <vector>

namespace thalweg::optim::plot {

/// An <svg> element of this library as a file of its own: with its style, its size and a
/// background. Throws ValueError if `svg` does not begin with "<svg ".
std::string standalone(std::string_view svg);

/// Writes standalone(svg), whole or not at all. Throws DataError naming the path.
void write_svg(const std::string& path, std::string_view svg);

namespace detail {

/// What stands in a legend: a name, and a sample drawn to the right of the origin.
struct LegendEntry {
  std::string name;
  std::string sample;
  double sample_width = 30;
};

struct Drawn {
  std::string svg;
  double height;
};

/// The title, if there is one, and entries from left to right, in as many rows as they need.
Drawn header(std::string_view title, const std::vector<LegendEntry>& entries, double left,
             double right);

/// An <svg> element around `content`; `words` are for those who cannot see it.
std::string picture(double width, double height, std::string_view words, std::string_view content);

/// Room for UTF-8 text in the size of a legend: ample, since fonts differ.
double text_width(std::string_view text);

}  // namespace detail
}  // namespace thalweg::optim::plot
