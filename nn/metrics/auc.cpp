#include "thalweg/nn/metrics/auc.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace thalweg::nn {

void Auc::count(const Numbers& scores, const std::vector<bool>& truth) {
  for (std::size_t i = 0; i < truth.size(); ++i)
    scores_[truth[i] ? 1 : 0].push_back(scores.values()[i]);
}
void Auc::add(const Numbers& scores, const Indices& labels) {
  count(scores, detail::binary_labels("Auc", scores, labels));
}
void Auc::add(const Numbers& scores, const Numbers& labels) {
  count(scores, detail::binary_labels("Auc", scores, labels));
}

double Auc::value() const {
  std::vector<double> sorted[2] = {scores_[0], scores_[1]};
  for (std::vector<double>& scores : sorted) {
    const auto is_nan = [](double s) { return std::isnan(s); };
    if (scores.empty() || std::any_of(scores.begin(), scores.end(), is_nan))
      return std::numeric_limits<double>::quiet_NaN();
    std::sort(scores.begin(), scores.end());
  }
  // Twice the pairs in order: those below count 2, equal ones 1.
  double twice = 0;
  auto below = sorted[0].begin(), to_equal = below;
  for (const double s : sorted[1]) {
    while (below != sorted[0].end() && *below < s) ++below;
    while (to_equal != sorted[0].end() && *to_equal <= s) ++to_equal;
    twice += static_cast<double>((below - sorted[0].begin()) + (to_equal - sorted[0].begin()));
  }
  return twice / 2 / static_cast<double>(sorted[0].size()) / static_cast<double>(sorted[1].size());
}

void Auc::reset() {
  for (std::vector<double>& scores : scores_) scores.clear();
}

Auc& Auc::operator+=(const Auc& other) {
  for (int k : {0, 1}) {
    const std::vector<double> added = other.scores_[k];  // a copy: other may be *this
    scores_[k].insert(scores_[k].end(), added.begin(), added.end());
  }
  return *this;
}

}  // namespace thalweg::nn
