#include "thalweg/autodiff/files/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "thalweg/autodiff/base/error.hpp"

namespace thalweg {
namespace {

constexpr std::size_t most_at_once = std::size_t{1} << 30;  // macOS refuses 2 GiB

/// An open file, closed at the end. −1 means that it could not be opened.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  bool close() {
    const int number = std::exchange(number_, -1);
    return number < 0 || ::close(number) == 0;
  }

 private:
  int number_;
};

/// Calls until no signal interrupts.
template <class Call>
auto uninterrupted(Call&& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

int opened(const std::string& path, int flags) {
  return uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0666); });
}

/// Opens a file that was not there before and sets `name` to its name: path, process, count.
int open_beside(const std::string& path, std::string& name) {
  static std::atomic<unsigned> count = 0;
  int number;
  do {
    name = fmt::format("{}.{}.{}.part", path, ::getpid(), count++);
    number = opened(name, O_WRONLY | O_CREAT | O_EXCL);
  } while (number < 0 && errno == EEXIST);
  return number;
}

bool write_whole(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto part = bytes.substr(0, most_at_once);
    const auto written = uninterrupted([&] { return ::write(file, part.data(), part.size()); });
    if (written < 0) return false;
    bytes.remove_prefix(written);
  }
  return true;
}

bool flush(int file) {
  return uninterrupted([&] { return ::fsync(file); }) == 0;
}

/// Makes the renaming of a file durable. Some systems cannot flush folders, or forbid to open one
/// that may be written; the file is whole there all the same.
bool flush_folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  const Descriptor opened_folder(opened(folder.empty() ? "." : folder.string(), O_RDONLY));
  return opened_folder.number() < 0 || flush(opened_folder.number()) || errno != EIO;
}

/// Where `path` leads if it is a symbolic link to a file.
std::string followed(const std::string& path) {
  std::error_code none;
  const auto target = std::filesystem::canonical(path, none);
  return none ? path : target.string();
}

/// errno says why not.
bool write_pieces(const Descriptor& file, const std::string& path,
                  std::span<const std::string_view> pieces) {
  struct stat replaced;
  if (::stat(path.c_str(), &replaced) == 0 && S_ISREG(replaced.st_mode))
    (void)::fchmod(file.number(), replaced.st_mode & 0777);  // a system without them goes on
  for (const std::string_view piece : pieces)
    if (!write_whole(file.number(), piece)) return false;
  return flush(file.number());
}

void expect_readable(bool fine, const std::string& path) {
  if (!fine) throw DataError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
}

Descriptor to_read(const std::string& path) {
  const int number = opened(path, O_RDONLY);
  expect_readable(number >= 0, path);
  return Descriptor(number);
}

std::size_t size_of(const Descriptor& file, const std::string& path) {
  struct stat status;
  expect_readable(::fstat(file.number(), &status) == 0, path);
  return static_cast<std::size_t>(status.st_size);
}

std::string read_from(const Descriptor& file, const std::string& path) {
  // One byte more than there should be, so that the end shows itself without another round.
  std::string bytes(size_of(file, path) + 1, '\0');
  std::size_t size = 0;
  while (true) {
    const auto count = uninterrupted([&] {
      return ::read(file.number(), bytes.data() + size,
                    std::min(bytes.size() - size, most_at_once));
    });
    expect_readable(count >= 0, path);  // a folder: "Is a directory"
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
    if (size == bytes.size()) bytes.resize(2 * size);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

void write_file(const std::string& path, std::span<const std::string_view> pieces) {
  const std::string target = followed(path);
  std::string beside;
  Descriptor file(open_beside(target, beside));
  bool done = false;
  if (file.number() >= 0) {
    done = write_pieces(file, target, pieces) && file.close() &&
           std::rename(beside.c_str(), target.c_str()) == 0;
    const int reason = errno;
    if (!done) ::unlink(beside.c_str());
    errno = reason;
  }
  if (!done || !flush_folder_of(target))
    throw DataError(fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
}

void write_file(const std::string& path, std::string_view bytes) {
  write_file(path, std::span(&bytes, 1));
}

std::string read_file(const std::string& path) {
  const Descriptor file = to_read(path);
  return read_from(file, path);
}

MappedFile::MappedFile(const std::string& path) {
  const Descriptor file = to_read(path);
  const std::size_t size = size_of(file, path);
  void* const pages =
      size == 0 ? MAP_FAILED : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number(), 0);
  mapped_ = pages != MAP_FAILED;
  if (mapped_)
    bytes_ = {static_cast<const char*>(pages), size};
  else
    bytes_ = read_ = read_from(file, path);
}

MappedFile::~MappedFile() {
  if (mapped_) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace thalweg
