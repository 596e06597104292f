#include "thalweg/optim/plot/surface.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/close.hpp"
#include "tests/optim/plot/pictures.hpp"
#include "thalweg/autodiff/base/error.hpp"

using namespace thalweg;
using testing::close;
using namespace optim::pictures;
using optim::plot::PlanePoint;
using optim::plot::Surface;
using optim::plot::SurfaceOptions;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

double bowl(double x, double y) { return x * x + y * y; }

/// A small map of x² + y² with one trajectory.
std::string with_trajectory(std::vector<PlanePoint> points, SurfaceOptions options = {}) {
  options.samples = 20;
  Surface surface(bowl, options);
  surface.trajectory("way", std::move(points));
  return surface.svg();
}

/// Left, top, right and bottom of the map.
std::array<double, 4> frame(const std::string& svg) {
  const auto number = [&](const char* name) {
    const auto at = svg.find(name, svg.find("<rect class=\"axis\""));
    return std::strtod(svg.c_str() + at + std::string_view(name).size(), nullptr);
  };
  const double left = number(" x=\""), top = number(" y=\"");
  return {left, top, left + number(" width=\""), top + number(" height=\"")};
}

/// The picture from its frame on: without the legend.
std::string map_of(const std::string& svg) { return svg.substr(svg.find("<rect class=\"axis\"")); }

std::string refusal(const SurfaceOptions& options) {
  try {
    Surface surface(bowl, options);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE(
    "surface: every contour is drawn, the lowest in the first tone, the highest in the last") {
  const std::string svg = Surface(bowl, {.contours = 8}).svg();
  CHECK(count(svg, "<title>f = ") == 8);
  for (int tone = 0; tone < 8; ++tone)
    CHECK(path(svg, fmt::format("contour c{}", tone)).size() == 1);
  CHECK(svg.find("<title>f = 0.015") > svg.find("<title>f = 1"));  // the lowest on top
}

TEST_CASE("surface: levels may be given, in any order") {
  const std::string svg = Surface(bowl, {.values = {0.5, 0.25, 7}}).svg();
  CHECK(contains(svg, "<title>f = 0.25</title>"));
  CHECK(contains(svg, "<title>f = 0.5</title>"));
  CHECK(!contains(svg, "<title>f = 7</title>"));  // f does not get there
  CHECK(contains(svg, "f = 0.25 … 7"));
}

TEST_CASE("surface: f is evaluated once at each node") {
  int calls = 0;
  Surface surface([&](double x, double y) { return ++calls, bowl(x, y); }, {.samples = 30});
  surface.svg();
  CHECK(calls == 900);
}

TEST_CASE("surface: a trajectory begins with a ring and ends in a shape of its own") {
  Surface surface(bowl, {.samples = 20});
  for (int k = 0; k < 6; ++k)
    surface.trajectory(fmt::format("method {}", k), {{-0.5, -0.5}, {0, 0}});
  const std::string svg = surface.svg();
  std::vector<std::size_t> corners;
  for (int k = 0; k < 6; ++k) {
    CHECK(contains(svg, fmt::format(">method {}</text>", k)));
    CHECK(count(svg, fmt::format("\"line s{}\"", k)) == 2);  // in the legend and on the map
    CHECK(count(svg, fmt::format("\"mark f{}\"", k)) == 2);
    const Points end = path(map_of(svg), fmt::format("mark f{}", k)).at(0);
    corners.push_back(end.size());
  }
  CHECK(corners == std::vector<std::size_t>{5, 4, 5, 11, 4, 7});  // the first comes twice
  CHECK(count(map_of(svg), "class=\"start\"") == 6);
}

TEST_CASE("surface: a trajectory that leaves the map is cut off at its frame") {
  const std::string svg = with_trajectory({{0, 0}, {0.5, 5}, {-8, 0.5}, {-0.5, 0.5}});
  const auto [left, top, right, bottom] = frame(svg);
  const auto pieces = path(map_of(svg), "line s0");
  REQUIRE(pieces.size() == 2);
  CHECK(pieces[0].back()[1] == top);
  CHECK(pieces[1].front()[0] == left);
  for (const Points& piece : pieces)
    for (const auto& [x, y] : piece) {
      CHECK((x >= left && x <= right));
      CHECK((y >= top && y <= bottom));
    }
}

TEST_CASE("surface: points outside do not change the scale") {
  const auto contour = [](std::vector<PlanePoint> points) {
    return path(with_trajectory(std::move(points)), "contour c0");
  };
  CHECK(contour({{0, 0}, {0.5, 0.5}}) == contour({{0, 0}, {1e300, -1e300}, {0.5, 0.5}}));
}

TEST_CASE("surface: the legend says where a trajectory went that does not end on the map") {
  CHECK(contains(with_trajectory({{0, 0}, {3, 0}}), ">way (leaves the map)</text>"));
  CHECK(contains(with_trajectory({{0, 0}, {not_a_number, 0}}), ">way (diverges)</text>"));
  CHECK(contains(with_trajectory({}), ">way (no points)</text>"));
  CHECK(contains(with_trajectory({{3, 3}, {0, 0}}), ">way</text>"));
  CHECK(!contains(with_trajectory({{0, 0}, {not_a_number, 0}}), "nan"));
}

TEST_CASE("surface: few points are dots where there is room, many are a line") {
  const auto dots = [](int points) {
    std::vector<PlanePoint> way;
    for (int k = 0; k < points; ++k) way.push_back({-0.9 + 1.8 * k / points, 0});
    return count(with_trajectory(way), "<circle class=\"f0\"");
  };
  CHECK(dots(5) == 5);
  CHECK(dots(60) == 60);
  CHECK(dots(61) == 0);
  CHECK(count(with_trajectory({{0, 0}, {1e-6, 0}, {0.5, 0}}), "<circle class=\"f0\"") == 2);
}

TEST_CASE("surface: minima are crosses, those on the map") {
  const std::string svg = Surface(bowl, {.minima = {{0, 0}, {5, 5}}, .samples = 20}).svg();
  const auto cross = path(map_of(svg), "minimum");
  REQUIRE(cross.size() == 2);
  const auto [left, top, right, bottom] = frame(svg);
  CHECK(std::abs(cross[0][0][1] - (top + bottom) / 2) < 0.06);
  CHECK(std::abs(cross[1][0][0] - (left + right) / 2) < 0.06);
  CHECK(count(map_of(svg), "\"minimum\"") == 1);
}

TEST_CASE("surface: with equal aspect a circle is round, and no map is higher than its picture") {
  for (const PlanePoint& y : {PlanePoint{-1, 1}, PlanePoint{0, 0.5}, PlanePoint{-20, 20}}) {
    const auto [left, top, right, bottom] =
        frame(Surface(bowl, {.y = y, .samples = 20, .equal_aspect = true, .width = 500}).svg());
    CHECK(close((bottom - top) / (right - left), (y[1] - y[0]) / 2, {.relative = 0.01}));
    CHECK(bottom - top <= 500.1);
  }
}

TEST_CASE("surface: a function that is NaN or infinite somewhere has holes there") {
  const auto f = [](double x, double y) { return y > 0 ? std::log(x) : 1 / std::min(x, 0.0); };
  const std::string svg = Surface(f, {.samples = 50}).svg();
  CHECK(count(svg, "<title>") > 3);
  CHECK(!contains(svg, "nan"));
  CHECK(!contains(svg, "inf"));
}

TEST_CASE("surface: where there are no contours it says why") {
  const auto svg = [](double value) {
    return Surface([=](double, double) { return value; }, {.samples = 5}).svg();
  };
  CHECK(contains(svg(3), "f is constant here"));
  CHECK(contains(svg(not_a_number), "no values to show"));
  CHECK(!contains(Surface(bowl, {.contours = 0, .samples = 5}).svg(), "constant"));
}

TEST_CASE("surface: no text is taken for markup") {
  const std::string evil = "<b>&\"'\x01", tame = "&lt;b&gt;&amp;&quot;&#39;\xEF\xBF\xBD";
  Surface surface(bowl, {.title = evil, .x_label = evil, .y_label = evil, .samples = 5});
  surface.trajectory(evil, {{0, 0}});
  CHECK(!contains(surface.svg(), "<b>"));
  CHECK(count(surface.svg(), tame) == 6);  // title and name also in words
  CHECK(well_formed(surface.svg()));
}

TEST_CASE("surface: it is told in words for those who cannot see it") {
  Surface surface(bowl, {.title = "Bowl", .minima = {{0, 0}}, .values = {0.5, 1}, .samples = 20});
  surface.trajectory("Newton", {{-0.75, 0.5}, {0, 0}});
  CHECK(contains(surface.svg(),
                 "aria-label=\"Bowl. 2 contours of f from 0.5 to 1. Minimum at (0, 0). "
                 "Newton: from (−0.75, 0.5) to (0, 0), 2 points\""));
}

TEST_CASE("surface: names that are too long for the legend are cut") {
  Surface surface(bowl, {.samples = 5, .width = 300});
  surface.trajectory(std::string(200, 'n'), {{0, 0}});
  CHECK(contains(surface.svg(), "nnn…</text>"));
  CHECK(contains(surface.svg(), std::string(200, 'n')));  // in words
}

TEST_CASE("surface: options out of range are refused") {
  CHECK(refusal({.x = {2, -2}}) ==
        "Surface: x goes from 2 to -2; expected finite numbers, the first below the second");
  CHECK(refusal({.y = {0, not_a_number}}) ==
        "Surface: y goes from 0 to nan; expected finite numbers, the first below the second");
  CHECK(refusal({.x = {1, 1}}) ==
        "Surface: x goes from 1 to 1; expected finite numbers, the first below the second");
  CHECK(refusal({.contours = -1}) == "Surface: contours is -1; expected 0 to 100");
  CHECK(refusal({.samples = 1}) == "Surface: samples is 1; expected 2 to 4000");
  CHECK(refusal({.width = 20}) == "Surface: width is 20; expected 200 to 4000");
  CHECK(refusal({.height = not_a_number}) == "Surface: height is nan; expected 50 to 4000");
  CHECK(refusal({.values = {1, not_a_number}}) ==
        "Surface: a contour's level is nan; expected finite numbers");
  CHECK_THROWS_WITH_AS(Surface(bowl, {.samples = 5}).write("bowl.png"),
                       "Surface::write: 'bowl.png' ends neither in .svg nor in .html", ValueError);
}
