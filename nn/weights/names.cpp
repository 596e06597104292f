#include "thalweg/nn/weights/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::nn::detail {
namespace {

/// What each * of the pattern takes of the text; nothing if the text does not fit. Each takes as
/// little as lets the next literal part follow; the last part must stand at the end.
std::optional<std::vector<std::string>> taken(std::string_view pattern, std::string_view text) {
  std::vector<std::string> stars;
  std::size_t star = pattern.find('*');
  if (star == pattern.npos) return pattern == text ? std::optional(stars) : std::nullopt;
  if (!text.starts_with(pattern.substr(0, star))) return std::nullopt;
  text.remove_prefix(star);
  while (true) {
    pattern.remove_prefix(star + 1);
    star = pattern.find('*');
    const std::string_view literal = pattern.substr(0, star);
    const bool last = star == pattern.npos;
    if (last && !text.ends_with(literal)) return std::nullopt;
    const std::size_t at = last ? text.size() - literal.size() : text.find(literal);
    if (at == text.npos) return std::nullopt;
    stars.emplace_back(text.substr(0, at));
    if (last) return stars;
    text.remove_prefix(at + literal.size());
  }
}

std::string filled(const std::string& name, const std::vector<std::string>& stars) {
  std::string result;
  std::size_t k = 0;
  for (const char letter : name)
    if (letter == '*')
      result += stars[k++];
    else
      result += letter;
  return result;
}

}  // namespace

void expect_usable(const TextPairs& rename) {
  for (const auto& [pattern, name] : rename)
    if (std::count(name.begin(), name.end(), '*') > std::count(pattern.begin(), pattern.end(), '*'))
      throw ValueError(fmt::format(
          "load_weights: rename \"{}\" to \"{}\": the new name has more * than the pattern",
          pattern, name));
}

std::string renamed(std::string name, const LoadWeightsOptions& options) {
  if (name.starts_with(options.strip)) name.erase(0, options.strip.size());
  for (const auto& [pattern, new_name] : options.rename)
    if (const auto stars = taken(pattern, name)) {
      name = filled(new_name, *stars);
      break;
    }
  return options.name && !name.empty() ? options.name(name) : name;
}

}  // namespace thalweg::nn::detail
