#include "thalweg/autodiff/ops/activation.hpp"

#include <fmt/format.h>

namespace thalweg::detail {

void expect_not_negative(const char* op, const char* option, double value) {
  if (value >= 0) return;
  throw ValueError(fmt::format("{}: {} is {}; it must not be negative", op, option, value));
}

void expect_ordered(const char* op, double low, double high) {
  if (low <= high) return;
  throw ValueError(fmt::format("{}: the bounds {} and {} are not in order", op, low, high));
}

}  // namespace thalweg::detail
