#pragma once
/// The common part of the library's fmt formatters: keeps what stands after the colon and writes
/// text that a `.cpp` made, so that <fmt/core.h> suffices in headers.

#include <fmt/core.h>

#include <string>
#include <string_view>

namespace thalweg {

/// Base of a formatter: `format` calls write(text, context).
class TextFormatter {
 public:
  constexpr auto parse(fmt::format_parse_context& context) {
    auto end = context.begin();
    while (end != context.end() && *end != '}') ++end;
    spec_ = std::string_view(context.begin(), static_cast<std::size_t>(end - context.begin()));
    return end;
  }

 protected:
  std::string_view spec() const { return spec_; }
  template <class Context>
  static auto write(std::string_view text, Context& context) {
    auto out = context.out();
    for (const char c : text) *out++ = c;
    return out;
  }

 private:
  std::string_view spec_;
};

}  // namespace thalweg
