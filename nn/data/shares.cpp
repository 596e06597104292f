#include "thalweg/nn/data/shares.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn::detail {
namespace {

void expect_share(double share) {
  if (!(share > 0 && share < 1))
    throw ValueError(fmt::format("split: the share is {}; expected a number in (0, 1)", share));
}

/// The first `share` of these rows goes to training, the rest to testing.
void deal(std::span<const Index> order, double share, Shares& shares) {
  const double count = std::round(share * static_cast<double>(order.size()));
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(count);
  shares.train.insert(shares.train.end(), order.begin(), middle);
  shares.test.insert(shares.test.end(), middle, order.end());
}

Shares checked(Shares shares, double share) {
  const auto [train, test] = std::pair(shares.train.size(), shares.test.size());
  if (train == 0 || test == 0)
    throw ValueError(fmt::format(
        "split: a share of {} of {} examples leaves {} for training and {} for testing; both need "
        "one at least",
        share, train + test, train, test));
  return shares;
}

}  // namespace

Shares shares(Index n, double share, Random& random) {
  expect_share(share);
  Shares result;
  deal(random.permutation(n), share, result);
  return checked(std::move(result), share);
}

Shares shares_by_class(std::span<const Index> classes, double share, Random& random) {
  expect_share(share);
  const auto class_of = [&](Index row) { return classes[static_cast<std::size_t>(row)]; };
  std::vector<Index> order = random.permutation(static_cast<Index>(classes.size()));
  std::stable_sort(order.begin(), order.end(),
                   [&](Index a, Index b) { return class_of(a) < class_of(b); });
  Shares result;
  for (auto first = order.begin(); first != order.end();) {
    const auto last = std::find_if(
        first, order.end(), [&, c = class_of(*first)](Index row) { return class_of(row) != c; });
    deal({first, last}, share, result);
    first = last;
  }
  random.shuffle(std::span(result.train));
  random.shuffle(std::span(result.test));
  return checked(std::move(result), share);
}

}  // namespace thalweg::nn::detail
