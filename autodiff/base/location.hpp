#pragma once
/// `Location`: a line of the user's source, for error messages.

namespace thalweg {

/// As `std::source_location`, which clang 14 has not: as a default argument, `Location::current()`
/// is the line of the call.
struct Location {
  const char* file = "";
  unsigned line = 0;  // 0: unknown

  static constexpr Location current(const char* file = __builtin_FILE(),
                                    unsigned line = __builtin_LINE()) {
    return {file, line};
  }
};

}  // namespace thalweg
