#include "nn/report.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "autodiff/error.hpp"
#include "nn/confusion_matrix.hpp"
#include "nn/html.hpp"

using namespace thalweg;
using nn::Report;
using Values = std::vector<double>;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t times = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++times;
  return times;
}

/// The part between <main> and </main>.
std::string body(const Report& report) {
  const std::string html = report.html();
  const auto begin = html.find("<main>"), end = html.find("</main>");
  return html.substr(begin, end - begin);
}

nn::Picture picture(std::string truth, std::string predicted) {
  return {{0, 1, 1, 0}, 2, 2, std::move(truth), std::move(predicted)};
}

}  // namespace

TEST_CASE("report: a page is whole and asks nobody for anything") {
  Report report("Digits");
  report.text("hello");
  const std::string html = report.html();
  CHECK(html.starts_with("<!DOCTYPE html>"));
  CHECK(html.ends_with("</html>\n"));
  CHECK(contains(html, "<title>Digits</title>"));
  CHECK(contains(html, "<p>hello</p>"));
  CHECK(!contains(html, "<script"));
  CHECK(!contains(html, "http"));
  CHECK(!contains(html, "<link"));
}

TEST_CASE("report: no text is taken for HTML") {
  const std::string evil = "<b>&\"'\x01";
  const std::string tame = "&lt;b&gt;&amp;&quot;&#39;\xEF\xBF\xBD";
  CHECK(nn::detail::escaped(evil) == tame);
  Report report(evil);
  report.text(evil);
  report.summary(evil, {{evil, evil}});
  report.chart({.title = evil, .series = {{evil, {1, 2}}}, .x_label = evil, .y_label = evil});
  nn::ConfusionMatrix confusion(std::vector<std::string>{evil});
  report.confusion(evil, confusion);
  report.gallery({.title = evil, .pictures = {picture(evil, "x"), picture("x", evil)}});
  CHECK(!contains(report.html(), evil));
  CHECK(!contains(report.html(), "<b>&"));
  CHECK(count(report.html(), tame) >= 16);
}

TEST_CASE("report: a summary pairs names with values") {
  Report report("r");
  report.summary("Results", {{"Seed", "42"}, {"Epochs", "30"}});
  CHECK(contains(body(report), "<h2>Results</h2>"));
  CHECK(contains(body(report), "<dt>Seed</dt><dd>42</dd>"));
}

TEST_CASE("report: a confusion matrix shows counts, recall and frames mistakes") {
  nn::ConfusionMatrix confusion(2);
  confusion.add(0, 0), confusion.add(0, 1), confusion.add(0, 0);
  Report report("r");
  report.confusion("Test", confusion);
  CHECK(contains(body(report), "<td class=\"right\" style=\"--v:0.667\">2</td>"));
  CHECK(contains(body(report), "<td class=\"wrong\" style=\"--v:0.333\">1</td>"));
  CHECK(contains(body(report), "66.7 %"));
  CHECK(contains(body(report), "2 of 3 right, 66.7 %"));
}

TEST_CASE("report: a wrong verdict is told by words and shapes, not by colour alone") {
  Report report("r");
  report.gallery(
      {.title = "g", .pictures = {picture("7", "7"), picture("7", "1"), picture("7", "")}});
  CHECK(contains(body(report), "<figcaption>7 <b>✓</b></figcaption>"));
  CHECK(contains(body(report), "<figcaption><b>✗ 1</b><small>is 7</small></figcaption>"));
  CHECK(contains(body(report), "<figcaption>7</figcaption>"));
  CHECK(contains(body(report), "alt=\"picture of 7, taken for 1\""));
  CHECK(count(body(report), "<figure class=\"wrong\">") == 1);
}

TEST_CASE("report: pictures are PNG files") {
  const std::vector<std::uint8_t> pixels{0, 85, 170, 255};
  const std::string uri = nn::detail::png_data_uri(pixels, 2, 2);
  // Read back by an independent decoder once; signature and header never change.
  CHECK(uri.starts_with("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4"));
  CHECK(uri.ends_with("SUVORK5CYII="));
}

TEST_CASE("report: a picture must have the pixels it claims, and black must not be white") {
  Report report("r");
  CHECK_THROWS_WITH_AS(report.gallery({.pictures = {{{1, 2, 3}, 2, 2, "", ""}}}),
                       "Report::gallery: 3 pixels do not make a picture of 2 by 2", ShapeError);
  CHECK_THROWS_WITH_AS(report.gallery({.black = 1, .white = 1}),
                       "Report::gallery: black and white must be different values", ValueError);
}

TEST_CASE("chart: linear ticks are round and enclose the range") {
  CHECK(nn::linear_ticks(0, 1, 5) == Values{0, 1 * 0.2, 2 * 0.2, 3 * 0.2, 4 * 0.2, 5 * 0.2});
  CHECK(nn::linear_ticks(1, 30, 8) == Values{0, 5, 10, 15, 20, 25, 30});
  CHECK(nn::linear_ticks(-3, 4, 5) == Values{-4, -2, 0, 2, 4});
  for (double lo : {-1e300, -7.3, 0.0, 1e-9, 0.9999, 1e12})
    for (double width : {0.0, 1e-6, 0.37, 1.0, 55.0, 1e300}) {
      const Values ticks = nn::linear_ticks(lo, lo + width, 5);
      const double tolerance = 1e-9 * (std::abs(lo) + width);
      CHECK(ticks.size() >= 2);
      CHECK(ticks.size() <= 12);
      CHECK(ticks.front() <= lo + tolerance);
      CHECK(ticks.back() >= lo + width - tolerance);
    }
}

TEST_CASE("chart: logarithmic ticks are powers of ten and enclose the range") {
  CHECK(nn::log_ticks(0.02, 2.3, 6) == Values{0.01, 0.1, 1, 10});
  CHECK(nn::log_ticks(0.1, 0.1, 6) == Values{0.1, 1});
  CHECK(nn::log_ticks(1e-12, 1e6, 6) == Values{1e-12, 1e-9, 1e-6, 1e-3, 1, 1e3, 1e6});
  CHECK(nn::log_ticks(5e-324, 1e308, 6).size() <= 8);
}

TEST_CASE("chart: a line joins its points and leaves gaps where there is no number") {
  const auto svg = [](Values y, bool log = false) {
    return nn::to_svg({.title = "t", .series = {{"s", std::move(y)}}, .log_y = log});
  };
  CHECK(contains(svg({0, 1}), "<path class=\"line s0\" d=\"M64.0 284.0L704.0 14.0\"/>\n"));
  CHECK(count(svg({1, 2, not_a_number, 3, 4}), "L") == 2);
  CHECK(count(svg({1, 2, infinity, 3, 2}), "<circle") == 0);
  CHECK(count(svg({1, not_a_number, 2}), "<circle") == 2);
  CHECK(count(svg({1, 2, 0, -1, 3}, true), "<circle") == 1);
  CHECK(!contains(svg({1, not_a_number, infinity, 2}), "nan\""));
  CHECK(!contains(svg({1, not_a_number, infinity, 2}), "inf"));
}

TEST_CASE("chart: without values it says so") {
  for (const Values& y : {Values{}, Values{not_a_number, not_a_number}}) {
    CHECK(contains(nn::to_svg({.series = {{"s", y}}}), "no values to show"));
    CHECK(contains(nn::to_svg({.series = {{"s", y}}, .log_y = true}), "no values to show"));
  }
  CHECK(contains(nn::to_svg({}), "no values to show"));
}

TEST_CASE("chart: it is told in words for those who cannot see it") {
  const std::string svg = nn::to_svg({.title = "Loss", .series = {{"training", {2.25, 1, 0.125}}}});
  CHECK(contains(svg, "aria-label=\"Loss. training: 2.25 at first, 0.125 at last, 3 points\""));
}

TEST_CASE("chart: epochs are marked at whole numbers") {
  const std::string svg = nn::to_svg({.series = {{"s", {10, 20, 30}}}});
  CHECK(!contains(svg, ">1.5<"));
  CHECK(contains(nn::to_svg({.series = {{"s", {10, 20, 30}, {0, 0.25, 1}}}}), ">0.2<"));
}

TEST_CASE("chart: x and y must have one length") {
  CHECK_THROWS_WITH_AS(nn::to_svg({.series = {{"s", {1, 2}, {1}}}}),
                       "Chart: series 's' has 1 x values but 2 y values", ShapeError);
}

TEST_CASE("report: writing replaces the old file and leaves nothing beside it") {
  namespace fs = std::filesystem;
  const fs::path folder =
      fs::temp_directory_path() / ("thalweg-report-" + std::to_string(::getpid()));
  fs::create_directory(folder);
  const std::string path = folder / "report.html";
  std::ofstream(path) << "old";
  Report report("new");
  report.write(path);
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  CHECK(text.str() == report.html());
  CHECK(std::distance(fs::directory_iterator(folder), {}) == 1);
  fs::remove_all(folder);
}

TEST_CASE("report: a path that cannot be written is named") {
  CHECK_THROWS_WITH_AS(Report("r").write("no/such/folder/report.html"),
                       "no/such/folder/report.html: cannot be written: No such file or directory",
                       DataError);
  const auto folder = std::filesystem::temp_directory_path();
  CHECK_THROWS_AS(Report("r").write(folder), DataError);
}
