#include "thalweg/nn/report/report.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/metrics/confusion_matrix.hpp"
#include "thalweg/nn/report/html.hpp"
#include "thalweg/optim/plot/style.hpp"

using namespace thalweg;
using nn::Report;

namespace {

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
  CHECK(optim::plot::escaped(evil) == tame);
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

TEST_CASE("report: a chart's title is its section's, and training goes over epochs") {
  Report report("r");
  report.chart({.title = "Loss", .series = {{"training", {2, 1}}}});
  CHECK(contains(body(report), "<h2>Loss</h2>"));
  CHECK(!contains(body(report), "class=\"title\""));
  CHECK(contains(body(report), ">epoch</text>"));
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
