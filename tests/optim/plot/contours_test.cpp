#include "thalweg/optim/plot/contours.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/close.hpp"

using namespace thalweg::optim::plot;
using thalweg::testing::close;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

double bowl(double x, double y) { return x * x + y * y; }
double waves(double x, double y) { return std::sin(3 * x + y) * std::cos(2 * y - x * x) + x / 5; }

bool closed(const Polyline& line) { return line.front() == line.back(); }

bool on_border(const Samples& f, const PlanePoint& point) {
  return point[0] == f.x[0] || point[0] == f.x[1] || point[1] == f.y[0] || point[1] == f.y[1];
}

/// The share of the samples that lie below a level.
double share_below(const Samples& f, double level) {
  const auto below = [&](double value) { return value < level; };
  return static_cast<double>(std::count_if(f.values.begin(), f.values.end(), below)) /
         static_cast<double>(f.values.size());
}

}  // namespace

TEST_CASE("contours: those of x² + y² are circles, to rounding") {
  const Samples f = sampled(bowl, {-2, 2}, {-2, 2}, 33, 41);
  for (const double radius : {0.3, 1.0, 1.7}) {
    const auto lines = contours(f, radius * radius);
    REQUIRE(lines.size() == 1);
    CHECK(closed(lines[0]));
    for (const PlanePoint& point : lines[0])
      CHECK(close(std::hypot(point[0], point[1]), radius, {.relative = 1e-8}));
  }
}

TEST_CASE("contours: f is the level on them, up to the fourth power of the grid's width") {
  const auto worst = [](std::size_t nodes) {
    const Samples f = sampled(waves, {-1, 1}, {-1, 1}, nodes, nodes);
    double error = 0;
    for (const Polyline& line : contours(f, 0.31))
      for (const PlanePoint& point : line)
        if (std::max(std::abs(point[0]), std::abs(point[1])) < 0.9)  // not in the border's cells
          error = std::max(error, std::abs(waves(point[0], point[1]) - 0.31));
    return error;
  };
  CHECK(worst(41) < 1e-4);
  CHECK(worst(81) < worst(41) / 10);
}

TEST_CASE("contours: every line is closed or ends on the border") {
  const Samples f = sampled(waves, {-2, 3}, {-2, 2}, 60, 50);
  std::size_t open = 0, loops = 0;
  for (const double level : {-0.9, -0.5, 0.0, 0.2, 0.55, 0.9})
    for (const Polyline& line : contours(f, level)) {
      closed(line) ? ++loops : ++open;
      if (closed(line)) continue;
      CHECK(on_border(f, line.front()));
      CHECK(on_border(f, line.back()));
    }
  CHECK(open > 5);
  CHECK(loops > 5);
}

TEST_CASE("contours: at a saddle the mean of the corners decides which of them are joined") {
  // 0 1
  // 1 0
  const Samples f{{0, 1}, {0, 1}, 2, 2, {1, 0, 0, 1}};
  const auto cut_off = [&](double level) {  // the corners that each have a line of their own
    std::vector<PlanePoint> corners;
    for (const Polyline& line : contours(f, level)) {
      REQUIRE(line.size() == 2);
      corners.push_back(
          {std::round((line[0][0] + line[1][0]) / 2), std::round((line[0][1] + line[1][1]) / 2)});
    }
    std::sort(corners.begin(), corners.end());
    return corners;
  };
  CHECK(cut_off(0.4) == std::vector<PlanePoint>{{0, 1}, {1, 0}});  // the ones are joined
  CHECK(cut_off(0.6) == std::vector<PlanePoint>{{0, 0}, {1, 1}});  // the zeros are
}

TEST_CASE("contours: those of x y stay in their quadrants and never touch") {
  const Samples f = sampled([](double x, double y) { return x * y; }, {-1, 1}, {-1, 1}, 40, 40);
  for (const double level : {-0.2, -1e-4, 1e-4, 0.2}) {
    const auto lines = contours(f, level);
    REQUIRE(lines.size() == 2);
    for (const Polyline& line : lines)
      for (const PlanePoint& point : line) CHECK(point[0] * line[0][0] > 0);
  }
}

TEST_CASE("contours: a level that nodes have exactly is one line through them") {
  const Samples f = sampled([](double x, double) { return x; }, {0, 4}, {0, 4}, 5, 5);
  const auto lines = contours(f, 2);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].size() == 5);
  for (const PlanePoint& point : lines[0]) CHECK(point[0] == 2);
  Samples peak{{0, 2}, {0, 2}, 3, 3, {0, 0, 0, 0, 1, 0, 0, 0, 0}};
  CHECK(contours(peak, 1).empty());  // it is a point
}

TEST_CASE("contours: values that are not finite leave a hole, at whose rim lines end") {
  const auto f = sampled([](double x, double y) { return x * x + y * y < 0.25 ? not_a_number : y; },
                         {-1, 1}, {-1, 1}, 41, 41);
  const auto lines = contours(f, 0.01);
  CHECK(lines.size() == 2);
  for (const Polyline& line : lines)
    for (const PlanePoint& point : line) {
      CHECK(std::abs(point[0]) > 0.4);
      CHECK(close(point[1], 0.01, {.relative = 1e-5}));
    }
  CHECK(contours(sampled([](double, double) { return not_a_number; }, {0, 1}, {0, 1}, 5, 5), 0)
            .empty());
}

TEST_CASE("contours: numbers may be as large as they go") {
  const double huge = std::numeric_limits<double>::max();
  const Samples f =
      sampled([&](double x, double y) { return x < y ? -huge : huge; }, {0, 1}, {0, 1}, 9, 9);
  for (const Polyline& line : contours(f, 0))
    for (const PlanePoint& point : line) CHECK(std::abs(point[0] - point[1]) <= 0.126);
  CHECK(!contours(f, 0).empty());
}

TEST_CASE("levels: contour k of n encloses the share (k / (n + 1))² of the area") {
  const Samples f = sampled(waves, {-2, 3}, {-2, 2}, 100, 100);
  const auto levels = choose_levels(f, Levels::by_area, 9);
  REQUIRE(levels.size() == 9);
  for (std::size_t k = 0; k < 9; ++k) {
    const double t = static_cast<double>(k + 1) / 10;
    CHECK(std::abs(share_below(f, levels[k]) - t * t) < 1e-3);
  }
}

TEST_CASE("levels: the lines by area do not depend on how the function is scaled or bent") {
  const auto bent = [](double x, double y) { return std::exp(5 * waves(x, y)) - 7; };
  const Samples f = sampled(waves, {-1, 1}, {-1, 1}, 50, 50), g = sampled(bent, f.x, f.y, 50, 50);
  const auto of_f = choose_levels(f, Levels::by_area, 8),
             of_g = choose_levels(g, Levels::by_area, 8);
  REQUIRE(of_f.size() == of_g.size());
  for (std::size_t k = 0; k < of_f.size(); ++k)
    CHECK(close(std::exp(5 * of_f[k]) - 7, of_g[k], {.relative = 1e-5}));
}

TEST_CASE("levels: linear ones have equal differences, logarithmic ones equal ratios") {
  const auto f =
      sampled([](double x, double y) { return 3 + bowl(x, y); }, {-1, 1}, {-1, 1}, 41, 41);
  const auto linear = choose_levels(f, Levels::linear, 3);
  REQUIRE(linear.size() == 3);
  for (std::size_t k = 0; k < 3; ++k)
    CHECK(close(linear[k], 3.5 + 0.5 * static_cast<double>(k), {.relative = 1e-5}));
  const auto logarithmic = choose_levels(f, Levels::logarithmic, 6);
  REQUIRE(logarithmic.size() == 6);
  for (std::size_t k = 2; k < 6; ++k)
    CHECK(close((logarithmic[k] - 3) / (logarithmic[k - 1] - 3),
                (logarithmic[1] - 3) / (logarithmic[0] - 3), {.relative = 1e-5}));
}

TEST_CASE("levels: a constant function has none, nor has one without values") {
  for (const double value : {3.0, 0.0, -1e308, not_a_number}) {
    const auto f = sampled([&](double, double) { return value; }, {0, 1}, {0, 1}, 5, 5);
    for (const Levels how : {Levels::by_area, Levels::linear, Levels::logarithmic})
      CHECK(choose_levels(f, how, 7).empty());
  }
}
