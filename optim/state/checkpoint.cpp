#include "thalweg/optim/state/checkpoint.hpp"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg::optim {
namespace {

constexpr const char* version_key = "thalweg.state";
constexpr const char* parts_key = "thalweg.parts";
constexpr int newest_version = 1;

/// The scope of part k: "0.Parameters".
std::string scope_of(std::size_t k, const SavedPart& part) {
  return fmt::format("{}.{}", k, part.kind());
}

std::string kinds_of(std::span<const SavedPart> parts) {
  std::string kinds;
  for (const SavedPart& part : parts) kinds += (kinds.empty() ? "" : ", ") + part.kind();
  return kinds;
}

/// Names and values. Restoring compares all names and shapes before it assigns the first value.
template <class Real>
void archive_parameters(Archive& archive, const ParameterList<Real>& parameters) {
  std::vector<Tensor<Real>> values;
  for (const auto& [name, parameter] : parameters)
    archive(name, values.emplace_back(parameter->value()));
  if (!archive.restoring()) return;
  std::set<std::string_view> listed;
  for (const auto& [name, parameter] : parameters) listed.insert(name);
  for (const std::string& stored : archive.names())
    if (!listed.contains(stored))
      throw DataError(fmt::format("{}: holds parameter \"{}\", which is none of the {} to restore",
                                  archive.origin(), stored, parameters.size()));
  for (std::size_t k = 0; k < values.size(); ++k)
    if (values[k].shape() != parameters[k].parameter->shape())
      throw DataError(fmt::format("{}: parameter \"{}\" has shape {}; expected {}",
                                  archive.origin(), parameters[k].name, values[k].shape(),
                                  parameters[k].parameter->shape()));
  for (std::size_t k = 0; k < values.size(); ++k) parameters[k].parameter->assign(values[k]);
}

/// The file's version; 0 if it is none.
int version_in(const std::string& text) {
  int version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  return error == std::errc() && end == text.data() + text.size() ? version : 0;
}

void expect_parts(const std::string& path, const std::map<std::string, std::string>& metadata,
                  const std::string& kinds) {
  const auto text = [&](const char* key) {
    const auto found = metadata.find(key);
    return found == metadata.end() ? std::string() : found->second;
  };
  const int version = version_in(text(version_key));
  if (version < 1)
    throw DataError(
        fmt::format("{}: not a state file: its metadata give no version as {}", path, version_key));
  if (version > newest_version)
    throw DataError(fmt::format("{}: a state file of version {}; expected at most {}", path,
                                version, newest_version));
  if (text(parts_key) != kinds)
    throw DataError(fmt::format("{}: holds {}; expected {}", path, text(parts_key), kinds));
}

/// Calls `change`. If it throws, all parts are put back to what they were.
template <class Change>
void all_or_nothing(std::span<const SavedPart> parts, Change&& change) {
  Archive before;
  for (std::size_t k = 0; k < parts.size(); ++k) parts[k].archive(before, scope_of(k, parts[k]));
  try {
    change();
  } catch (...) {
    Archive back = before.reversed();
    for (std::size_t k = 0; k < parts.size(); ++k) parts[k].archive(back, scope_of(k, parts[k]));
    throw;
  }
}

}  // namespace

template <ListedNumber Real>
SavedPart::SavedPart(const ParameterList<Real>& parameters)
    : SavedPart("Parameters", [&parameters](Archive& archive, std::string_view name) {
        const Archive::Scope scope(archive, name);
        archive_parameters(archive, parameters);
      }) {}
#define THALWEG_INSTANTIATE(Real) template SavedPart::SavedPart(const ParameterList<Real>&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

void save_parts(const std::string& path, std::span<const SavedPart> parts) {
  Archive archive;
  for (std::size_t k = 0; k < parts.size(); ++k) parts[k].archive(archive, scope_of(k, parts[k]));
  Safetensors content{archive.entries(), archive.texts()};
  content.metadata[version_key] = std::to_string(newest_version);
  content.metadata[parts_key] = kinds_of(parts);
  write_safetensors(path, content);
}

void restore_parts(const std::string& path, std::span<const SavedPart> parts) {
  const Safetensors content = read_safetensors(path);
  expect_parts(path, content.metadata, kinds_of(parts));
  Archive archive(content.tensors, content.metadata, path);
  all_or_nothing(parts, [&] {
    for (std::size_t k = 0; k < parts.size(); ++k) try {
        parts[k].archive(archive, scope_of(k, parts[k]));
      } catch (const DataError&) {
        throw;
      } catch (const Error& error) {  // a part refuses the numbers
        throw DataError(fmt::format("{}: {}", path, error.what()));
      }
  });
}

}  // namespace thalweg::optim
