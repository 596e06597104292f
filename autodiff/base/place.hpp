#pragma once
/// `Place`: where a variable was recorded.

#include <cstdint>

namespace thalweg {

/// A position on the tape of that generation. Generation 0 is nowhere: a plain number if the id is
/// 0, else a gradient, or what was made of gradients alone while the tape of generation `id`
/// recorded.
struct Place {
  std::uint32_t id = 0;
  std::uint32_t generation = 0;
};

namespace detail {

constexpr Place gradient_place{UINT32_MAX, 0};

/// May the tape of this generation not take what is there for a constant? What was made of
/// gradients it may if it began later: generations count upwards.
constexpr bool made_of_gradients(Place place, std::uint32_t generation) {
  return place.generation == 0 && place.id != 0 &&
         (place.id == gradient_place.id || static_cast<std::int32_t>(place.id - generation) >= 0);
}

}  // namespace detail

}  // namespace thalweg
