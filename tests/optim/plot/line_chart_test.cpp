#include "thalweg/optim/plot/line_chart.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "tests/optim/plot/pictures.hpp"
#include "thalweg/autodiff/base/error.hpp"

using namespace thalweg;
using namespace optim::pictures;
using optim::plot::Chart;
using optim::plot::linear_ticks;
using optim::plot::log_ticks;
using optim::plot::to_svg;
using Values = std::vector<double>;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// The points of the chart's first line, which has no name and so no sample in the legend.
Points line(const Chart& chart) {
  const auto pieces = path(to_svg(chart), "line s0");
  return pieces.empty() ? Points{} : pieces.front();
}

}  // namespace

TEST_CASE("chart: linear ticks are round and enclose the range") {
  CHECK(linear_ticks(0, 1, 5) == Values{0, 1 * 0.2, 2 * 0.2, 3 * 0.2, 4 * 0.2, 5 * 0.2});
  CHECK(linear_ticks(1, 30, 8) == Values{0, 5, 10, 15, 20, 25, 30});
  CHECK(linear_ticks(-3, 4, 5) == Values{-4, -2, 0, 2, 4});
  for (double lo : {-1e300, -7.3, 0.0, 1e-9, 0.9999, 1e12})
    for (double width : {0.0, 1e-6, 0.37, 1.0, 55.0, 1e300}) {
      const Values ticks = linear_ticks(lo, lo + width, 5);
      const double tolerance = 1e-9 * (std::abs(lo) + width);
      CHECK(ticks.size() >= 2);
      CHECK(ticks.size() <= 12);
      CHECK(ticks.front() <= lo + tolerance);
      CHECK(ticks.back() >= lo + width - tolerance);
    }
}

TEST_CASE("chart: logarithmic ticks are powers of ten and enclose the range") {
  CHECK(log_ticks(0.02, 2.3, 6) == Values{0.01, 0.1, 1, 10});
  CHECK(log_ticks(0.1, 0.1, 6) == Values{0.1, 1});
  CHECK(log_ticks(1e-12, 1e6, 6) == Values{1e-12, 1e-9, 1e-6, 1e-3, 1, 1e3, 1e6});
  CHECK(log_ticks(5e-324, 1e308, 6).size() <= 8);
}

TEST_CASE("chart: a line joins its points and leaves gaps where there is no number") {
  const auto svg = [](Values y, bool log = false) {
    return to_svg({.title = "t", .series = {{"", std::move(y)}}, .log_y = log});
  };
  CHECK(count(svg({1, 2, not_a_number, 3, 4}), "L") == 2);
  CHECK(count(svg({1, 2, infinity, 3, 2}), "<circle") == 0);
  CHECK(count(svg({1, not_a_number, 2}), "<circle") == 2);
  CHECK(count(svg({1, 2, 0, -1, 3}, true), "<circle") == 1);
  CHECK(!contains(svg({1, not_a_number, infinity, 2}), "nan\""));
  CHECK(!contains(svg({1, not_a_number, infinity, 2}), "inf"));
}

TEST_CASE("chart: a diagonal goes from corner to corner") {
  const Chart chart{.series = {{"", {0, 1}}}, .width = 400, .height = 100};
  const Points diagonal = line(chart);
  REQUIRE(diagonal.size() == 2);
  CHECK(diagonal[1][0] == 380);
  CHECK(diagonal[0][1] - diagonal[1][1] == 100);
  CHECK(contains(to_svg(chart),
                 "<line class=\"axis\" x1=\"" + fmt::format("{:.1f}", diagonal[0][0])));
}

TEST_CASE("chart: powers lie on straight lines if both axes are logarithmic") {
  const Points points =
      line({.series = {{"", {1e-3, 1e-1, 1e1}, {1, 10, 100}}}, .log_y = true, .log_x = true});
  REQUIRE(points.size() == 3);
  CHECK(std::abs(points[0][0] - 2 * points[1][0] + points[2][0]) < 0.11);
  CHECK(std::abs(points[0][1] - 2 * points[1][1] + points[2][1]) < 0.11);
}

TEST_CASE("chart: what is not positive is left out of a logarithmic x axis") {
  const auto svg = [](Values x) {
    return to_svg({.series = {{"", {1, 2, 3}, std::move(x)}}, .log_x = true});
  };
  CHECK(count(svg({0, 1, 10}), "L") == 1);
  CHECK(contains(svg({0, -1, -2}), "no values to show"));
  for (const char* tick : {">1<", ">10<", ">100<"}) CHECK(contains(svg({1, 30, 300}), tick));
  CHECK(contains(svg({3, 4, 6}), ">4<"));  // no power of ten is in sight
}

TEST_CASE("chart: runs of different length share one scale") {
  const auto end_of_short = [](Values other) {
    return line({.series = {{"", {4, 3, 2, 1}}, {"other", std::move(other)}}}).back()[0];
  };
  CHECK(end_of_short({4}) == 700);
  CHECK(end_of_short({4, 3, 2, 1, 1, 1, 1}) < 400);
  CHECK(end_of_short({}) == 700);
}

TEST_CASE("chart: every line is named, and no two of the first six have the same dashes") {
  Chart chart;
  for (int k = 0; k < 6; ++k) chart.series.push_back({fmt::format("run {}", k), {1, 2}});
  const std::string svg = to_svg(chart);
  for (int k = 0; k < 6; ++k) {
    CHECK(contains(svg, fmt::format(">run {}</text>", k)));
    CHECK(count(svg, fmt::format("\"line s{}\"", k)) == 2);  // sample and line
  }
}

TEST_CASE("chart: without values it says so") {
  for (const Values& y : {Values{}, Values{not_a_number, not_a_number}}) {
    CHECK(contains(to_svg({.series = {{"s", y}}}), "no values to show"));
    CHECK(contains(to_svg({.series = {{"s", y}}, .log_y = true}), "no values to show"));
  }
  CHECK(contains(to_svg({.log_x = true}), "no values to show"));
}

TEST_CASE("chart: it is told in words for those who cannot see it") {
  const std::string svg = to_svg({.title = "Loss", .series = {{"training", {2.25, 1, 0.125}}}});
  CHECK(contains(svg, "aria-label=\"Loss. training: 2.25 at first, 0.125 at last, 3 points\""));
}

TEST_CASE("chart: epochs are marked at whole numbers") {
  const std::string svg = to_svg({.series = {{"s", {10, 20, 30}}}});
  CHECK(!contains(svg, ">1.5<"));
  CHECK(contains(to_svg({.series = {{"s", {10, 20, 30}, {0, 0.25, 1}}}}), ">0.2<"));
}

TEST_CASE("chart: small and large numbers are printed as in books") {
  const auto svg = [](Values y, bool log) { return to_svg({.series = {{"", y}}, .log_y = log}); };
  CHECK(contains(svg({1e-12, 1}, true), ">10⁻¹²<"));
  CHECK(contains(svg({0, 2e-7}, false), ">2×10⁻⁷<"));
  CHECK(contains(svg({-2e6, 2e6}, false), ">−2×10⁶<"));
  CHECK(contains(svg({-0.5, 0.25}, false), ">−0.4<"));
}

TEST_CASE("chart: x and y must have one length, and the picture a size") {
  CHECK_THROWS_WITH_AS(to_svg({.series = {{"s", {1, 2}, {1}}}}),
                       "Chart: series 's' has 1 x values but 2 y values", ShapeError);
  CHECK_THROWS_WITH_AS(to_svg({.width = 10}), "Chart: size 10 by 270; expected more than 200 by 50",
                       ValueError);
}
