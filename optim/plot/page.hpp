#pragma once
/// A page of text and pictures: one HTML file that needs nothing else, no scripts, no network.

#include <string>
#include <string_view>
#include <vector>

#include "thalweg/optim/plot/style.hpp"

namespace thalweg::optim::plot {

/// Collects the parts of a page in order.
///
///     optim::plot::Page page{"Going downhill"};
///     page.text("Four methods on Rosenbrock's function, 200 gradients each.");
///     page.figure(surface.svg(), "Momentum overshoots the bend and comes back.");
///     page.figures({bowl.svg(), valley.svg()}, "The same rates on two functions.");
///     page.write("downhill.html");
///
/// Any text is shown as it is: nothing in it is taken for HTML. The page follows the reader's
/// choice of light or dark.
class Page {
 public:
  explicit Page(std::string title);

  void heading(std::string_view text);
  /// A paragraph; line breaks stay.
  void text(std::string_view paragraph);
  /// An <svg> element, as `to_svg` and `Surface::svg` make them, in a frame.
  void figure(std::string_view svg, std::string_view caption = {});
  /// Several side by side where the screen is wide enough. Those made 400 wide are readable there.
  void figures(const std::vector<std::string>& svgs, std::string_view caption = {});

  /// HTML as it is.
  void add(std::string_view html);
  /// Rules beyond `page_style()`.
  void style(std::string_view rules);

  /// The whole page.
  std::string html() const;
  /// Writes the page as `write_file` does: no reader finds half of it. Throws DataError naming the
  /// path.
  void write(const std::string& path) const;

 private:
  std::string title_;
  std::string style_ = page_style();
  std::string body_;
};

}  // namespace thalweg::optim::plot
