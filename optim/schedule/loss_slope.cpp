#include "thalweg/optim/schedule/loss_slope.hpp"

#include <algorithm>

#include "thalweg/optim/schedule/node.hpp"

namespace thalweg::optim {
namespace {

/// The letters of the header, updated point by point (Welford), so that large losses with small
/// differences lose no digits.
class Line {
 public:
  void add(double x, double y) {
    ++n_;
    const double dx = x - mean_x_, dy = y - mean_y_;
    mean_x_ += dx / n_;
    mean_y_ += dy / n_;
    sxx_ += dx * (x - mean_x_);
    sxy_ += dx * (y - mean_y_);
    syy_ += dy * (y - mean_y_);
  }
  double probability_of_decrease() const {
    if (n_ < 3 || sxy_ == 0) return 0.5;
    const double variance = std::max(syy_ - sxy_ * sxy_ / sxx_, 0.0) / (n_ - 2);
    const double deviations = sxy_ / std::sqrt(sxx_ * variance);  // b̂ √Sxx / s; ±∞ without noise
    return 0.5 * std::erfc(deviations / std::numbers::sqrt2);  // Φ(−z) = ½ erfc(z / √2)
  }

 private:
  double n_ = 0, mean_x_ = 0, mean_y_ = 0, sxx_ = 0, sxy_ = 0, syy_ = 0;
};

/// The largest value that stays when the share `discard` of the finite elements is left out.
double largest_kept(std::span<const double> sequence, double discard) {
  std::vector<double> finite;
  std::copy_if(sequence.begin(), sequence.end(), std::back_inserter(finite),
               [](double y) { return std::isfinite(y); });
  const auto discarded = static_cast<std::size_t>(discard * static_cast<double>(finite.size()));
  if (discarded == 0) return std::numeric_limits<double>::infinity();
  const auto kept = finite.end() - 1 - static_cast<std::ptrdiff_t>(discarded);
  std::nth_element(finite.begin(), kept, finite.end());
  return *kept;
}

void expect_confidence(const char* function, double confidence) {
  if (confidence > 0 && confidence < 1) return;
  throw ValueError(
      fmt::format("{}: confidence is {}; expected a number in (0, 1)", function, confidence));
}

}  // namespace

double probability_of_decrease(std::span<const double> sequence) {
  Line line;
  for (std::size_t i = 0; i < sequence.size(); ++i)
    if (std::isfinite(sequence[i])) line.add(static_cast<double>(i), sequence[i]);
  return line.probability_of_decrease();
}

Index steps_without_decrease(std::span<const double> sequence, double confidence, double discard) {
  expect_confidence("steps_without_decrease", confidence);
  expect_fraction("steps_without_decrease", "discard", discard);
  const double most = largest_kept(sequence, discard);
  Line line;
  Index longest = 0;
  for (Index length = 1; length <= static_cast<Index>(sequence.size()); ++length) {
    const double y = sequence[sequence.size() - static_cast<std::size_t>(length)];
    if (std::isfinite(y) && y <= most) line.add(static_cast<double>(-length), y);
    if (length >= 3 && line.probability_of_decrease() < confidence) longest = length;
  }
  return longest;
}

LossSlope::LossSlope(const LossSlopeOptions& options) : options_(options), rate_(options.rate) {
  expect_nonnegative("LossSlope", "rate", options.rate);
  expect_fraction("LossSlope", "factor", options.factor);
  schedules::expect_count("LossSlope", "patience", options.patience, 2);
  expect_confidence("LossSlope", options.confidence);
  expect_fraction("LossSlope", "discard", options.discard);
  expect_nonnegative("LossSlope", "least_rate", options.least_rate);
}

double LossSlope::operator()(double loss) {
  const Index p = options_.patience;
  losses_.push_back(loss);
  if (static_cast<Index>(losses_.size()) > p + 1) losses_.pop_front();
  if (++unseen_ <= p) return rate_;
  unseen_ = 0;
  if (steps_without_decrease() <= p) return rate_;
  losses_.clear();
  const double smaller = std::max(options_.factor * rate_, options_.least_rate);
  return rate_ = std::min(rate_, smaller);
}

Index LossSlope::steps_without_decrease() const {
  const std::vector<double> losses(losses_.begin(), losses_.end());
  const auto count = [&](double discard) {
    return optim::steps_without_decrease(losses, options_.confidence, discard);
  };
  return std::min(count(0), count(options_.discard));
}

void LossSlope::archive(Archive& archive) {
  archive("rate", rate_);
  std::vector<double> losses(losses_.begin(), losses_.end());
  archive("losses", losses);
  losses_.assign(losses.begin(), losses.end());
  archive("unseen", unseen_);
}

}  // namespace thalweg::optim
