#include "thalweg/optim/base/options.hpp"

#include <fmt/format.h>

#include <cmath>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim::detail {

void expect_option(bool admitted, const char* method, const char* option, double value,
                   const char* domain) {
  if (admitted) return;
  throw ValueError(fmt::format("{}: {} is {}; expected {}", method, option, value, domain));
}

void expect_positive(const char* method, const char* option, double value) {
  expect_option(std::isfinite(value) && value > 0, method, option, value,
                "a finite number above 0");
}

void expect_shrinking(const char* method, const char* option, double value) {
  expect_option(value > 0 && value < 1, method, option, value, "a number in (0, 1)");
}

void expect_growing(const char* method, const char* option, double value) {
  expect_option(std::isfinite(value) && value > 1, method, option, value,
                "a finite number above 1");
}

}  // namespace thalweg::optim::detail
