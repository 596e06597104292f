#pragma once
/// The files of this folder, or of the one that THALWEG_REFERENCE names.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace reference {

using Json = nlohmann::json;

/// The test fails, naming the path, if there is no such file or it is not JSON.
inline Json read_file(const std::string& name) {
  const char* directory = std::getenv("THALWEG_REFERENCE");
  const std::filesystem::path path =
      std::filesystem::path(directory ? directory : THALWEG_REFERENCE_DEFAULT) / name;
  std::ifstream file(path);
  if (!file) FAIL("cannot open the reference file " << path.string());
  try {
    return Json::parse(file);
  } catch (const Json::exception& error) {
    FAIL("the reference file " << path.string() << " is not valid: " << std::string(error.what()));
  }
  return {};
}

/// "det (1), conv2d (7)": cases that were not checked, how many and of what. "none" if there are
/// none.
inline std::string list(const std::map<std::string, int>& skipped) {
  std::string text;
  for (const auto& [what, count] : skipped)
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", what, count);
  return text.empty() ? "none" : text;
}

}  // namespace reference
