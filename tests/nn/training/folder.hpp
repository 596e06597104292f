#pragma once
/// A folder of a test's own, gone at its end.

#include <unistd.h>

#include <filesystem>
#include <string>

namespace thalweg::nn::cases {

class Folder {
 public:
  explicit Folder(const std::string& name)
      : path_(std::filesystem::temp_directory_path() /
              ("thalweg_" + name + "_" + std::to_string(::getpid()))) {
    clear();
    std::filesystem::create_directories(path_);
  }
  ~Folder() { clear(); }
  Folder(const Folder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string string() const { return path_.string(); }
  void clear() const {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace thalweg::nn::cases
