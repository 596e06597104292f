#include "thalweg/optim/global/population.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/optim/base/vectors.hpp"

namespace thalweg::optim::detail {

double comparable(double value) {
  return std::isfinite(value) ? value : std::numeric_limits<double>::infinity();
}

void Population::set(Index k, const Population& other, Index of_other) {
  std::ranges::copy(other[of_other], (*this)[k].begin());
  set_value(k, other.value(of_other));
}

void Population::evaluate(Objective& f, bool parallel) {
  f.values(points_, values_, parallel);
  for (double& value : values_) value = comparable(value);
}

Index Population::best() const { return std::ranges::min_element(values_) - values_.begin(); }

std::vector<Index> Population::ranking() const {
  std::vector<Index> order(count_);
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::stable_sort(order, {}, [&](Index k) { return value(k); });
  return order;
}

double Population::spread() const {
  std::vector<double> mean(n());
  for (Index k = 0; k < count_; ++k) add_scaled(mean, 1 / static_cast<double>(count_), (*this)[k]);
  double square = 0;
  for (Index k = 0; k < count_; ++k) {
    const double d = distance((*this)[k], mean);
    square += d * d;
  }
  return std::sqrt(square / static_cast<double>(count_));
}

void Population::archive(Archive& archive) {
  archive("count", count_);
  archive("size", size_);
  archive("points", points_);
  archive("values", values_);
  if (points_.size() != static_cast<std::size_t>(count_ * size_) ||
      values_.size() != static_cast<std::size_t>(count_))
    throw DataError(
        fmt::format("{}: {} points of {} numbers are stored as {} numbers and {} values",
                    archive.origin(), count_, size_, points_.size(), values_.size()));
}

Region::Region(const Bounds& bounds, std::span<const double> start, double spread) {
  for (std::size_t i = 0; i < start.size(); ++i) {
    double low = bounds.lower(static_cast<Index>(i)), high = bounds.upper(static_cast<Index>(i));
    if (!std::isfinite(low) || !std::isfinite(high)) {
      low = std::max(low, start[i] - spread);
      high = std::min(high, start[i] + spread);
    }
    lower.push_back(low);
    upper.push_back(high);
  }
}

void Region::sample(std::span<double> x, Random& random) const {
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = std::min(upper[i], lower[i] + width(i) * random.uniform());
}

namespace {

void set_value(Point& point, double value, double step) {
  point.value = value;
  point.gradient.clear();
  point.gradient_norm = std::numeric_limits<double>::quiet_NaN();
  point.step = step;
}

}  // namespace

Population populate(const Region& region, Point& start, Index count, Random& random, Objective& f,
                    bool parallel) {
  Population population(count, static_cast<Index>(start.x.size()));
  std::ranges::copy(start.x, population[0].begin());
  for (Index k = 1; k < count; ++k) region.sample(population[k], random);
  population.evaluate(f, parallel);
  set_value(start, population.value(0), 0);
  show_best(start, population);
  return population;
}

void evaluate_start(Objective& f, Point& point, double step) {
  set_value(point, comparable(f.value(point.x)), step);
}

void show(Point& point, std::span<const double> x, double value, double step) {
  point.step = step;
  if (std::isinf(value)) return;
  point.x.assign(x.begin(), x.end());
  point.value = value;
}

void show_best(Point& point, const Population& population) {
  const Index best = population.best();
  show(point, population[best], population.value(best), population.spread());
}

std::optional<Halt> halt_if_gathered(const Point& point, double relative_spread,
                                     double first_spread) {
  if (point.step > relative_spread * std::max(first_spread, norm(point.x))) return {};
  return Halt{Stop::method_converged,
              fmt::format("the population's spread {:.3g} ≤ {:g} max(first spread, ‖x‖)",
                          point.step, relative_spread)};
}

double width_around(std::span<const double> start) {
  const double width = largest(start);
  return width > 0 ? width : 1;
}

void perturb(std::span<double> y, double radius, const Bounds& bounds, Random& random) {
  for (double& number : y) number += radius * random.normal();
  bounds.clamp(y);
}

void expect_at_least(const char* method, const char* option, Index value, Index least) {
  if (value < least)
    throw ValueError(
        fmt::format("{}: {} is {}; expected at least {}", method, option, value, least));
}

void expect_nonnegative(const char* method, const char* option, double value) {
  if (!std::isfinite(value) || value < 0)
    throw ValueError(
        fmt::format("{}: {} is {}; expected a finite number, at least 0", method, option, value));
}

void expect_probability(const char* method, const char* option, double value) {
  if (!(value >= 0 && value <= 1))
    throw ValueError(
        fmt::format("{}: {} is {}; expected a number in [0, 1]", method, option, value));
}

}  // namespace thalweg::optim::detail
