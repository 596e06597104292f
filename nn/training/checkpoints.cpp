#include "thalweg/nn/training/checkpoints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/nn/training/training.hpp"

namespace thalweg::nn {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "step-", suffix = ".safetensors";

bool is_checkpoint(const std::string& name) {
  if (!name.starts_with(prefix) || !name.ends_with(suffix)) return false;
  const std::string digits =
      name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
  return !digits.empty() && digits.find_first_not_of("0123456789") == digits.npos;
}

/// What a program leaves that is killed while it writes.
bool is_fragment(const std::string& name) {
  return name.starts_with(prefix) && name.ends_with(".part");
}

template <class Want>
std::vector<fs::path> files_in(const std::string& folder, Want&& want) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (want(entry.path().filename().string())) files.push_back(entry.path());
  // Steps beyond the eight digits have longer names.
  std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) {
    const std::string one = a.filename().string(), two = b.filename().string();
    return std::pair(one.size(), one) < std::pair(two.size(), two);
  });
  return files;
}

void make_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw DataError(fmt::format("{}: cannot be made: {}", folder, error.message()));
}

}  // namespace

Checkpoints::Checkpoints(std::string folder, const CheckpointsOptions& options)
    : folder_(std::move(folder)), options_(options), times_(options.every) {
  if (options.every < 1 || options.keep < 1)
    throw ValueError(
        fmt::format("Checkpoints: every is {} and keep is {}; expected whole numbers, "
                    "at least 1",
                    options.every, options.keep));
}

std::string Checkpoints::newest() const {
  const auto files = files_in(folder_, is_checkpoint);
  return files.empty() ? std::string() : files.back().string();
}

void Checkpoints::begin(Training& run) {
  make_folder(folder_);
  std::error_code ignored;
  for (const fs::path& fragment : files_in(folder_, is_fragment)) fs::remove(fragment, ignored);
  run.set_resumable(folder_);
  const std::string file = newest();
  if (file.empty()) return;
  if (!options_.resume)
    throw ValueError(
        fmt::format("Checkpoints: there is {}; expected resume = true, or a folder "
                    "without checkpoints",
                    file));
  optim::restore(file, run);
  times_.saved(run.steps_done());
}

void Checkpoints::after(Training& run) {
  if (run.stop_reason() == Stop::nonfinite_loss) return;  // going on from here would skip a batch
  if (times_.due(run.steps_done(), run.ended())) save(run);
}

void Checkpoints::save(Training& run) {
  times_.saved(run.steps_done());
  optim::save(fmt::format("{}/{}{:08}{}", folder_, prefix, run.steps_done(), suffix), run);
  std::vector<fs::path> files = files_in(folder_, is_checkpoint);
  std::error_code ignored;
  for (std::size_t k = 0; k + static_cast<std::size_t>(options_.keep) < files.size(); ++k)
    fs::remove(files[k], ignored);
}

}  // namespace thalweg::nn
