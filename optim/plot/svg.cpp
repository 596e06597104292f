#include "thalweg/optim/plot/svg.hpp"

#include <fmt/format.h>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/optim/plot/style.hpp"

namespace thalweg::optim::plot {

namespace {

constexpr double row_height = 22;  // of a legend

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

/// Room for a character that begins with this byte, in a font that runs wide.
double character_width(char first) {
  constexpr std::string_view narrow = "fijlrtI .,:;'|!()[]-", wide = "mwMW%@";
  if (narrow.find(first) != narrow.npos) return 5;
  if (wide.find(first) != wide.npos) return 12;
  const auto byte = static_cast<unsigned char>(first);
  return byte >= 0xE3 && byte != 0xEF ? 14 : 8.5;  // East Asian scripts, and the rest
}

/// Calls visit(its place, its width) for each character of UTF-8 text.
template <class Visit>
void each_character(std::string_view text, Visit&& visit) {
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) visit(i, character_width(text[i]));
}

/// Text that is at most `room` wide, with an ellipsis for what is left out.
std::string fitted(std::string_view text, double room) {
  if (detail::text_width(text) <= room) return std::string(text);
  std::size_t end = 0;
  double used = detail::text_width("…");
  each_character(text, [&](std::size_t at, double width) {
    if (used <= room) end = at;
    used += width;
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
  double width = 0;
  each_character(text, [&](std::size_t, double more) { width += more; });
  return width;
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
  for (const auto& [name, sample, sample_width] : entries) {
    const double text_at = sample_width + 7;
    const std::string shown = fitted(name, right - left - text_at);
    const double width = text_at + text_width(shown);
    if (x > left && x + width > right) x = left, drawn.height += row_height;
    drawn.svg += fmt::format(
        "<g transform=\"translate({:.1f} {:.1f})\">{}<text class=\"name\" x=\"{}\" y=\"4.5\">{}"
        "</text></g>\n",
        x, drawn.height + row_height / 2 - 2, sample, text_at, escaped(shown));
    x += width + 16;
  }
  if (!entries.empty()) drawn.height += row_height + 6;
  return drawn;
}

std::string picture(double width, double height, std::string_view words, std::string_view content) {
  return fmt::format(
      "<svg class=\"picture{}\" style=\"max-width: {:.0f}px\" viewBox=\"0 0 {:.0f} {:.0f}\" "
      "role=\"img\" aria-label=\"{}\">\n{}</svg>\n",
      width >= 560 ? " wide" : "", 1.15 * width, width, height, escaped(words), content);
}

}  // namespace detail
}  // namespace thalweg::optim::plot
