#pragma once
/// `Place`: where a variable was recorded.

#include <cstdint>

namespace thalweg {

/// A position on the tape of that generation. Generation 0 is nowhere: a plain number.
struct Place {
  std::uint32_t id = 0;
  std::uint32_t generation = 0;
};

}  // namespace thalweg
