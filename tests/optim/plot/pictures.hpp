#pragma once
/// What a test reads out of an SVG picture.

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace thalweg::optim::pictures {

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

inline std::size_t count(std::string_view text, std::string_view part) {
  std::size_t times = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++times;
  return times;
}

using Points = std::vector<std::array<double, 2>>;

/// The pieces, each behind an M, of the first path whose class is `kind`.
inline std::vector<Points> path(const std::string& svg, const std::string& kind) {
  std::vector<Points> pieces;
  const auto element = svg.find("<path class=\"" + kind + "\"");
  if (element == svg.npos) return pieces;
  const char* at = svg.c_str() + svg.find(" d=\"", element) + 4;
  while (*at != '"') {
    if (*at == 'M') pieces.emplace_back();
    if (*at == 'Z' && !pieces.empty()) pieces.back().push_back(pieces.back().front());
    if (*at++ == 'Z') continue;
    char* end = nullptr;
    const double x = std::strtod(at, &end);
    at = end;
    const double y = std::strtod(at, &end);
    REQUIRE(end != at);
    at = end;
    pieces.back().push_back({x, y});
  }
  return pieces;
}

/// Is every element closed, in the order in which XML wants it?
inline bool well_formed(std::string_view text) {
  std::vector<std::string_view> open;
  for (auto at = text.find('<'); at != text.npos; at = text.find('<', at + 1)) {
    const auto end = text.find('>', at);
    if (end == text.npos) return false;
    const std::string_view tag = text.substr(at + 1, end - at - 1);
    const std::string_view name = tag.substr(0, tag.find_first_of(" /", 1));
    if (count(tag, "\"") % 2 != 0) return false;
    if (tag.starts_with('/')) {
      if (open.empty() || open.back() != tag.substr(1)) return false;
      open.pop_back();
    } else if (!tag.ends_with('/')) {
      open.push_back(name);
    }
  }
  return open.empty();
}

}  // namespace thalweg::optim::pictures
