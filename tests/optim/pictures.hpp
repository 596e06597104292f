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

}  // namespace thalweg::optim::pictures
