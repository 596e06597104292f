// clang-format off
/// Sizes are whole numbers, and a span of them becomes a shape only where it says so.
#include "thalweg/autodiff/base/shape.hpp"

#include <vector>

int main() {
  const std::vector<thalweg::Index> sizes = {2, 3};
  const thalweg::Shape shape{std::span(sizes)};

#if CASE == 1
  const thalweg::Shape fractional{2.5, 3.0};
  // expect: narrowing conversion|cannot be narrowed
#endif

#if CASE == 2
  const thalweg::Shape implicit = std::span(sizes);
  // expect: conversion from .* requested|no viable conversion
#endif

#if CASE == 3
  const std::span<const thalweg::Index> numbers = shape;
  // expect: conversion from .*Shape. to non-scalar type|no viable conversion
#endif

  return shape.rank() == 2 ? 0 : 1;
}
