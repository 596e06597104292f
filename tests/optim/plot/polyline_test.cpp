#include "thalweg/optim/plot/polyline.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace thalweg::optim::plot;
using detail::Box;
using detail::clipped;
using detail::simplified;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Box unit{{0, 0}, {1, 1}};

}  // namespace

TEST_CASE("polyline: what lies in the box is kept as it is") {
  const Polyline line{{0, 0}, {1, 0.5}, {0.25, 1}, {0.25, 1}};
  CHECK(clipped(line, unit) == std::vector<Polyline>{line});
}

TEST_CASE("polyline: a line that leaves and comes back is two pieces, cut at the border") {
  const auto pieces = clipped({{0.5, 0.5}, {1.5, 0.5}, {1.5, 0.25}, {0.5, 0.25}}, unit);
  CHECK(pieces == std::vector<Polyline>{{{0.5, 0.5}, {1, 0.5}}, {{1, 0.25}, {0.5, 0.25}}});
  CHECK(clipped({{0.5, 0.5}, {1.5, 0.5}, {0.5, 0.25}}, unit) ==
        std::vector<Polyline>{{{0.5, 0.5}, {1, 0.5}}, {{1, 0.375}, {0.5, 0.25}}});
}

TEST_CASE("polyline: a segment between two points outside may pass through or by") {
  CHECK(clipped({{-1, 0.25}, {3, 1.25}}, unit) == std::vector<Polyline>{{{0, 0.5}, {1, 0.75}}});
  CHECK(clipped({{-1, 0.5}, {0.5, 3}}, unit).empty());
  CHECK(clipped({{2, 0}, {2, 1}}, unit).empty());
  CHECK(clipped({{-1, 1}, {1, -1}}, unit).empty());  // it touches a corner
}

TEST_CASE("polyline: points as far outside as numbers go are cut off too") {
  const double huge = std::numeric_limits<double>::max();
  const auto pieces = clipped({{0.5, 0.5}, {huge, 0.5}, {-huge, -huge}, {huge, huge}}, unit);
  REQUIRE(!pieces.empty());
  CHECK(pieces[0] == Polyline{{0.5, 0.5}, {1, 0.5}});
  for (const Polyline& piece : pieces)
    for (const PlanePoint& point : piece) CHECK(unit.contains(point));
}

TEST_CASE("polyline: a point that is not finite is a gap") {
  for (const double bad : {not_a_number, infinity, -infinity})
    CHECK(clipped({{0, 0}, {0.5, 0}, {bad, 0}, {0.5, 0.5}, {1, 0.5}}, unit).size() == 2);
  CHECK(clipped({}, unit).empty());
  CHECK(clipped({{0.5, 0.5}}, unit).empty());
}

TEST_CASE("polyline: a simplified line stays within the tolerance of all points") {
  Polyline spiral;
  for (int k = 0; k < 500; ++k)
    spiral.push_back({0.02 * k * std::cos(0.05 * k), 0.02 * k * std::sin(0.05 * k)});
  const Polyline few = simplified(spiral, 0.05);
  CHECK(few.size() < 120);
  CHECK(few.front() == spiral.front());
  CHECK(few.back() == spiral.back());
  for (const PlanePoint& p : spiral) {
    double nearest = infinity;
    for (std::size_t i = 0; i + 1 < few.size(); ++i)
      for (double t = 0; t <= 1; t += 1.0 / 64)
        nearest = std::min(nearest, std::hypot(few[i][0] * (1 - t) + few[i + 1][0] * t - p[0],
                                               few[i][1] * (1 - t) + few[i + 1][1] * t - p[1]));
    CHECK(nearest < 0.06);
  }
}

TEST_CASE("polyline: points on a straight line go, corners and turns stay") {
  CHECK(simplified({{0, 0}, {1, 1}, {2, 2}, {4, 4}}, 1e-9) == Polyline{{0, 0}, {4, 4}});
  CHECK(simplified({{0, 0}, {2, 0}, {1, 0}}, 0.1).size() == 3);  // there and half the way back
  CHECK(simplified({{0, 0}, {1, 0}, {1, 1}, {0, 0}}, 0.1).size() == 4);
}

TEST_CASE("polyline: as a path, a closed line ends in Z") {
  CHECK(detail::path_data({{0, 1}, {2.04, 3}}) == "M0.0 1.0L2.0 3.0");
  CHECK(detail::path_data({{0, 0}, {1, 0}, {1, 1}, {0, 0}}) == "M0.0 0.0L1.0 0.0L1.0 1.0Z");
  CHECK(detail::path_data({}).empty());
}
