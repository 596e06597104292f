#pragma once
/// What an action that is refused says.

#include <string>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::test {

/// The message of the error that `action` throws.
template <class Kind = ShapeError, class F>
std::string message_of(F action) {
  try {
    action();
  } catch (const Kind& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace thalweg::test
