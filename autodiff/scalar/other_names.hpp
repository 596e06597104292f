#pragma once
/// What users of other libraries write first, refused in words that say what to write here.

#include "thalweg/autodiff/scalar/kinds.hpp"

namespace thalweg::detail::refused {

/// A base of variables, tensors and their expressions. In a namespace without functions, for calls
/// with one of these look for functions there.
struct OtherNames {
  template <class... X>
  void backward(const X&...) const {
    static_assert(
        never<X...>,
        "thalweg: the tape goes backward: write `Gradients g = tape.backward(loss);`, then "
        "g[x] for every x");
  }
  template <class... X>
  void grad(const X&...) const {
    static_assert(never<X...>,
                  "thalweg: gradients are a value of their own: write `Gradients g = "
                  "tape.backward(loss);`, then g[x]");
  }
  template <class... X>
  void requires_grad_(const X&...) const {
    static_assert(never<X...>,
                  "thalweg: a tape declares its variables: write `auto x = tape.variable(value);`");
  }
};

}  // namespace thalweg::detail::refused
