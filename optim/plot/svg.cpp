#include "optim/plot/svg.hpp"

#include <fmt/format.h>

#include "autodiff/error.hpp"
#include "autodiff/files.hpp"
#include "optim/plot/style.hpp"

namespace thalweg::optim::plot {

namespace {

constexpr double sample_width = 30, row_height = 22;

/// The attribute's value in the element's tag, empty if there is none.
std::string_view attribute(std::string_view tag, std::string_view name) {
  const auto at = tag.find(fmt::format(" {}=\"", name));
  if (at == tag.npos) return {};
  const auto begin = at + name.size() + 3;
  return tag.substr(begin, tag.find('"', begin) - begin);
}

/// ` width="720" height="326"` for a viewBox of "0 0 720 326".
std::string natural_size(std::string_view tag) {
  const std::string_view box = attribute(tag, "viewBox");
  const auto height = box.rfind(' '), width = box.rfind(' ', height - 1);
  if (height == box.npos || width == box.npos || !attribute(tag, "width").empty()) return {};
  return fmt::format(" width=\"{}\" height=\"{}\"", box.substr(width + 1, height - width - 1),
                     box.substr(height + 1));
}

/// Calls visit(first byte, columns) for each character of UTF-8 text; those of East Asian scripts
/// are two columns wide.
template <class Visit>
void each_character(std::string_view text, Visit&& visit) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) visit(i, byte >= 0xE3 && byte != 0xEF ? 2 : 1);
  }
}

/// Text that is at most `width` wide, with an ellipsis for what is left out.
std::string fitted(std::string_view text, double width) {
  if (detail::text_width(text) <= width) return std::string(text);
  const double room = width - detail::text_width("…");
  std::size_t end = text.size();
  double used = 0;
  each_character(text, [&](std::size_t at, int columns) {
    if (end == text.size() && used + detail::character_width * columns > room) end = at;
    used += detail::character_width * columns;
  });
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace

std::string standalone(std::string_view svg) {
  if (!svg.starts_with("<svg "))
    throw ValueError(
        fmt::format("standalone: expected an <svg> element; got '{}'", svg.substr(0, 20)));
  const auto end = svg.find('>');
  const std::string_view tag = svg.substr(0, end);
  return fmt::format(
      "{} xmlns=\"http://www.w3.org/2000/svg\"{}>\n<style>{}</style>\n"
      "<rect class=\"card\" width=\"100%\" height=\"100%\"/>{}",
      tag, natural_size(tag), picture_style(), svg.substr(end + 1));
}

void write_svg(const std::string& path, std::string_view svg) { write_file(path, standalone(svg)); }

namespace detail {

double text_width(std::string_view text) {
  int columns = 0;
  each_character(text, [&](std::size_t, int more) { columns += more; });
  return character_width * columns;
}

Drawn header(std::string_view title, const std::vector<LegendEntry>& entries, double left,
             double right) {
  Drawn drawn{{}, 6};
  if (!title.empty()) {
    drawn.svg = fmt::format("<text class=\"title\" x=\"{:.1f}\" y=\"22\">{}</text>\n", left,
                            escaped(fitted(title, right - left)));
    drawn.height = 34;
  }
  double x = left;
  for (const auto& [name, sample] : entries) {
    const std::string shown = fitted(name, right - left - sample_width - 8);
    const double width = sample_width + 8 + text_width(shown);
    if (x > left && x + width > right) x = left, drawn.height += row_height;
    drawn.svg += fmt::format(
        "<g transform=\"translate({:.1f} {:.1f})\">{}<text class=\"name\" x=\"{}\" y=\"4.5\">{}"
        "</text></g>\n",
        x, drawn.height + row_height / 2 - 2, sample, sample_width + 8, escaped(shown));
    x += width + 22;
  }
  if (!entries.empty()) drawn.height += row_height + 6;
  return drawn;
}

std::string picture(double width, double height, std::string_view words, std::string_view content) {
  return fmt::format(
      "<svg class=\"picture{}\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">\n"
      "{}</svg>\n",
      width >= 560 ? " wide" : "", width, height, escaped(words), content);
}

}  // namespace detail
}  // namespace thalweg::optim::plot
