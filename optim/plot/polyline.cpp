#include "thalweg/optim/plot/polyline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace thalweg::optim::plot::detail {

namespace {

bool finite(const PlanePoint& point) { return std::isfinite(point[0]) && std::isfinite(point[1]); }

/// The part t₀ … t₁ of a segment p + t (q − p), 0 ≤ t ≤ 1; none if t₀ > t₁.
struct Part {
  double t0 = 0, t1 = 1;
};

/// The part within the box, narrowed down coordinate by coordinate. Halves keep clear of overflow.
Part part_within(const Box& box, const PlanePoint& p, const PlanePoint& q) {
  Part part;
  for (std::size_t k = 0; k < 2; ++k) {
    const double length = q[k] / 2 - p[k] / 2;
    double enters = (box.low[k] / 2 - p[k] / 2) / length;
    double leaves = (box.high[k] / 2 - p[k] / 2) / length;
    if (length == 0) {
      if (p[k] < box.low[k] || p[k] > box.high[k]) return {1, 0};
      continue;
    }
    if (enters > leaves) std::swap(enters, leaves);
    part = {std::max(part.t0, enters), std::min(part.t1, leaves)};
  }
  return part;
}

/// p + t (q − p), in the box whatever rounding says.
PlanePoint between(const Box& box, const PlanePoint& p, const PlanePoint& q, double t) {
  if (t == 0) return p;
  if (t == 1) return q;
  PlanePoint point;
  for (std::size_t k = 0; k < 2; ++k)
    point[k] = std::clamp(p[k] * (1 - t) + q[k] * t, box.low[k], box.high[k]);
  return point;
}

double distance(const PlanePoint& point, const PlanePoint& from, const PlanePoint& to) {
  const double dx = to[0] - from[0], dy = to[1] - from[1];
  const double px = point[0] - from[0], py = point[1] - from[1];
  const double length = std::hypot(dx, dy);
  if (length == 0) return std::hypot(px, py);
  const double t = std::clamp((px * dx + py * dy) / (length * length), 0.0, 1.0);
  return std::hypot(px - t * dx, py - t * dy);
}

}  // namespace

bool Box::contains(const PlanePoint& point) const {
  return point[0] >= low[0] && point[0] <= high[0] && point[1] >= low[1] && point[1] <= high[1];
}

std::vector<Polyline> clipped(const Polyline& line, const Box& box) {
  std::vector<Polyline> pieces;
  bool open = false;  // does the last piece go on with the next segment?
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const PlanePoint &p = line[i], &q = line[i + 1];
    const Part part = finite(p) && finite(q) ? part_within(box, p, q) : Part{1, 0};
    if (part.t0 > part.t1 || (part.t0 == part.t1 && p != q)) {
      open = false;
      continue;
    }
    if (!open) pieces.push_back({between(box, p, q, part.t0)});
    pieces.back().push_back(between(box, p, q, part.t1));
    open = part.t1 == 1;
  }
  return pieces;
}

Polyline simplified(const Polyline& line, double tolerance) {
  if (line.size() < 3) return line;
  std::vector<bool> keep(line.size(), false);
  keep.front() = keep.back() = true;
  std::vector<std::pair<std::size_t, std::size_t>> spans{{0, line.size() - 1}};
  while (!spans.empty()) {
    const auto [first, last] = spans.back();
    spans.pop_back();
    std::size_t farthest = first;
    double most = tolerance;
    for (std::size_t i = first + 1; i < last; ++i)
      if (const double d = distance(line[i], line[first], line[last]); d > most)
        most = d, farthest = i;
    if (farthest == first) continue;
    keep[farthest] = true;
    spans.insert(spans.end(), {{first, farthest}, {farthest, last}});
  }
  Polyline kept;
  for (std::size_t i = 0; i < line.size(); ++i)
    if (keep[i]) kept.push_back(line[i]);
  return kept;
}

std::string path_data(const Polyline& line) {
  const bool closed = line.size() > 3 && line.front() == line.back();
  std::string data;
  for (std::size_t i = 0; i + (closed ? 1 : 0) < line.size(); ++i)
    data += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", line[i][0], line[i][1]);
  return closed ? data + "Z" : data;
}

}  // namespace thalweg::optim::plot::detail
