#include "thalweg/optim/plot/style.hpp"

#include <fmt/format.h>

namespace thalweg::optim::plot {

namespace {

struct Tone {
  std::string_view name, light, dark;
};

constexpr Tone palette[] = {
    {"page", "#fbfbfa", "#14171a"},
    {"card", "#ffffff", "#1c2024"},
    {"ink", "#1c2126", "#e8eaed"},
    {"soft", "#5d6670", "#a2abb5"},
    {"rule", "#e3e5e8", "#32383e"},
    // Lines of a chart.
    {"s0", "#0b62c4", "#6cb0ff"},
    {"s1", "#c2500c", "#ff9d5c"},
    {"s2", "#0f7f5f", "#52cda5"},
    {"s3", "#a02c8c", "#ee8fdc"},
    {"s4", "#7a6400", "#dcc04c"},
    {"s5", "#4a5560", "#b4bec8"},
    // Contours: the lowest stands out, the highest recedes.
    {"c0", "#35507a", "#c6d8f2"},
    {"c1", "#4d678f", "#a9c0e0"},
    {"c2", "#657ea3", "#8fa9cc"},
    {"c3", "#7d94b5", "#7892b5"},
    {"c4", "#95a9c5", "#647c9c"},
    {"c5", "#abbcd3", "#536782"},
    {"c6", "#c0cde0", "#44546a"},
    {"c7", "#d3dcea", "#384455"},
};

constexpr std::string_view pictures = R"(
.picture { font-family: system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
.card { fill: var(--card); }
.grid { stroke: var(--rule); }
.axis { stroke: var(--soft); fill: none; }
.title { fill: var(--ink); font-size: 15px; font-weight: 600; }
.tick, .label { fill: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums; }
.name { fill: var(--ink); font-size: 13px; }
.line { fill: none; stroke-width: 2.25; stroke-linejoin: round; stroke-linecap: round; }
.halo { fill: none; stroke: var(--card); stroke-width: 5; stroke-linejoin: round; opacity: 0.75; }
.s0 { stroke: var(--s0); } .s1 { stroke: var(--s1); stroke-dasharray: 7 5; }
.s2 { stroke: var(--s2); stroke-dasharray: 1 5; }
.s3 { stroke: var(--s3); stroke-dasharray: 10 4 1 4; }
.s4 { stroke: var(--s4); stroke-dasharray: 14 5; }
.s5 { stroke: var(--s5); stroke-dasharray: 8 4 1 4 1 4; }
.f0 { fill: var(--s0); } .f1 { fill: var(--s1); } .f2 { fill: var(--s2); }
.f3 { fill: var(--s3); } .f4 { fill: var(--s4); } .f5 { fill: var(--s5); }
.dot { fill: none; stroke-width: 5; stroke-dasharray: none; }
.mark { stroke: var(--card); stroke-width: 1.25; stroke-linejoin: round; }
.start { fill: var(--card); stroke: var(--ink); stroke-width: 1.75; }
.minimum { fill: none; stroke: var(--ink); stroke-width: 1.75; stroke-linecap: round; }
.contour { fill: none; stroke-width: 1.1; stroke-linejoin: round; }
.c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); }
.c3 { stroke: var(--c3); } .c4 { stroke: var(--c4); } .c5 { stroke: var(--c5); }
.c6 { stroke: var(--c6); } .c7 { stroke: var(--c7); }
)";

constexpr std::string_view pages = R"(
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
main { max-width: 820px; margin: 0 auto; padding: 48px 20px 72px; }
h1 { font-size: 32px; line-height: 1.2; letter-spacing: -0.015em; margin: 0 0 20px; }
h2 { font-size: 18px; line-height: 1.3; margin: 0 0 14px; }
p { margin: 0 0 20px; max-width: 68ch; white-space: pre-line; }
section, .framed { background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
  padding: 20px 22px; margin: 0 0 20px; break-inside: avoid; }
.picture { display: block; width: 100%; height: auto; margin: 0 auto; }
.row { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr));
  gap: 20px 16px; }
.broad { --broad: min(1240px, 100vw - 40px); width: max(100%, var(--broad));
  margin-left: min(0px, (100% - var(--broad)) / 2); }
figcaption { color: var(--soft); font-size: 14px; line-height: 1.5; margin-top: 12px; }
.note { color: var(--soft); font-size: 14px; margin: 12px 0 0; }
@media (max-width: 560px) {
  .wide .tick, .wide .label { font-size: 16px; } .wide .name { font-size: 14px; }
}
@media print { body { background: none; } main { padding: 0; max-width: none; } }
)";

std::string variables(std::string_view Tone::*mode) {
  std::string text;
  for (const Tone& tone : palette) text += fmt::format(" --{}: {};", tone.name, tone.*mode);
  return text;
}

/// `rules` with colours in the place of variables.
std::string resolved(std::string_view rules, std::string_view Tone::*mode) {
  std::string text(rules);
  for (const Tone& tone : palette) {
    const std::string variable = fmt::format("var(--{})", tone.name);
    for (auto at = text.find(variable); at != text.npos; at = text.find(variable, at))
      text.replace(at, variable.size(), tone.*mode);
  }
  return text;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    else if (c == '\'')
      result += "&#39;";
    else if ((c >= 0 && c < ' ' && c != '\n' && c != '\t') || c == 127)
      result += "\xEF\xBF\xBD";
    else
      result += c;
  }
  return result;
}

std::string page_style() {
  return fmt::format(
      "\n:root {{ color-scheme: light dark;{} }}\n"
      "@media (prefers-color-scheme: dark) {{ :root {{{} }} }}{}{}",
      variables(&Tone::light), variables(&Tone::dark), pictures, pages);
}

std::string picture_style() {
  return fmt::format("{}@media (prefers-color-scheme: dark) {{{}}}\n",
                     resolved(pictures, &Tone::light), resolved(pictures, &Tone::dark));
}

}  // namespace thalweg::optim::plot
