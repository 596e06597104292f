#pragma once
/// Laws of readers of outside bytes.

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::laws {

/// The message of the DataError that reading ends in; empty if it succeeds. Anything else gets out.
template <class Read>
std::string refusal(Read&& read) {
  try {
    read();
  } catch (const DataError& error) {
    return error.what();
  }
  return {};
}

/// Every beginning of the bytes but themselves is refused, in a buffer that ends where they end.
template <class Parse>
void truncations_are_refused(std::string_view bytes, Parse&& parse) {
  REQUIRE(refusal([&] { parse(bytes); }) == "");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::string cut(bytes.substr(0, size));
    CAPTURE(size);
    CHECK(refusal([&] { parse(std::string_view(cut)); }) != "");
  }
}

/// Each byte changed alone, to the values where readers go wrong: they read or refuse.
template <class Parse>
void changes_do_no_harm(std::string_view bytes, Parse&& parse) {
  std::string changed(bytes);
  for (char& byte : changed) {
    const char before = byte;
    for (const int value : {0, 1, 0x7F, 0x80, 0xFF, before ^ 1, before ^ 0x20, before + 1}) {
      byte = static_cast<char>(value);
      refusal([&] { parse(std::string_view(changed)); });
    }
    byte = before;
  }
}

}  // namespace thalweg::laws
