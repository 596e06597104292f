#include "thalweg/autodiff/derive/arguments.hpp"

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/tape/tape_state.hpp"

namespace thalweg::derive {

void expect_constant(Place place) {
  if (place.generation == 0 || thalweg::detail::paused || !thalweg::detail::lives(place.generation))
    return;
  throw TapeError(
      "Tape: an argument of gradient, jacobian, check_gradient or minimise is recorded by an "
      "enclosing tape, and gradients are not differentiated again yet; give x.detach() or "
      "x.value(), then the result is a constant");
}

}  // namespace thalweg::derive
