#include "thalweg/optim/plot/page.hpp"

#include <fmt/format.h>

#include <utility>

#include "thalweg/autodiff/files/files.hpp"

namespace thalweg::optim::plot {

namespace {

std::string figure_caption(std::string_view text) {
  return text.empty() ? "" : fmt::format("<figcaption>{}</figcaption>\n", escaped(text));
}

}  // namespace

Page::Page(std::string title) : title_(std::move(title)) {}

void Page::heading(std::string_view text) { add(fmt::format("<h2>{}</h2>\n", escaped(text))); }

void Page::text(std::string_view paragraph) { add(fmt::format("<p>{}</p>\n", escaped(paragraph))); }

void Page::figure(std::string_view svg, std::string_view caption) {
  add(fmt::format("<figure class=\"framed\">\n{}{}</figure>\n", svg, figure_caption(caption)));
}

void Page::figures(const std::vector<std::string>& svgs, std::string_view caption) {
  std::string row;
  for (const std::string& svg : svgs) row += fmt::format("<div>{}</div>\n", svg);
  add(fmt::format("<figure class=\"framed broad\">\n<div class=\"row\">\n{}</div>\n{}</figure>\n",
                  row, figure_caption(caption)));
}

void Page::add(std::string_view html) { body_ += html; }

void Page::style(std::string_view rules) { style_ += rules; }

std::string Page::html() const {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n{2}</main>\n"
      "</body>\n</html>\n",
      escaped(title_), style_, body_);
}

void Page::write(const std::string& path) const { write_file(path, html()); }

}  // namespace thalweg::optim::plot
