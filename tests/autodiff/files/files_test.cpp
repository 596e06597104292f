#include "thalweg/autodiff/files/files.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <thread>
#include <vector>

#include "tests/temporary_folder.hpp"
#include "thalweg/autodiff/base/error.hpp"

using namespace thalweg;
namespace fs = std::filesystem;

namespace {

/// Every byte there is, over and over.
std::string all_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t k = 0; k < size; ++k) bytes[k] = static_cast<char>(k % 251 * 7);
  return bytes;
}

/// While it lives no file can grow beyond `bytes`.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }

 private:
  rlimit before_;
  void (*signal_)(int);
};

}  // namespace

TEST_CASE("files: what is written is read back, byte by byte") {
  const TemporaryFolder folder;
  for (const std::size_t size : {0u, 1u, 4096u, 3'000'001u}) {
    write_file(folder / "a", all_bytes(size));
    CHECK(read_file(folder / "a") == all_bytes(size));
  }
  const std::vector<std::string_view> pieces = {"ab", "", "cde"};
  write_file(folder / "a", pieces);
  CHECK(read_file(folder / "a") == "abcde");
  CHECK(folder.files() == 1);
}

TEST_CASE("files: a file that is replaced keeps its permissions, and links to it stay links") {
  const TemporaryFolder folder;
  std::ofstream(folder / "file") << "old and longer";
  fs::permissions(folder / "file", fs::perms(0640));
  fs::create_symlink("file", folder / "link");
  write_file(folder / "link", "new");
  CHECK(read_file(folder / "file") == "new");
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(fs::status(folder / "file").permissions() == fs::perms(0640));
  CHECK(folder.files() == 2);
}

TEST_CASE("files: a write that fails half-way leaves the old file, and nothing beside it") {
  const TemporaryFolder folder;
  write_file(folder / "a", "old");
  std::string message;
  {
    const FileSizeLimit limit(10'000);
    try {
      write_file(folder / "a", all_bytes(100'000));
    } catch (const DataError& error) {
      message = error.what();
    }
  }
  CHECK(message == folder / "a" + ": cannot be written: File too large");
  CHECK(read_file(folder / "a") == "old");
  CHECK(folder.files() == 1);
}

TEST_CASE("files: errors name the path and the system's reason") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "folder");
  CHECK_THROWS_WITH_AS(write_file("no/such/file", "x"),
                       "no/such/file: cannot be written: No such file or directory", DataError);
  CHECK_THROWS_WITH_AS(read_file("no/such/file"),
                       "no/such/file: cannot be read: No such file or directory", DataError);
  CHECK_THROWS_WITH_AS(write_file(folder / "folder", "x"),
                       (folder / "folder" + ": cannot be written: Is a directory").c_str(),
                       DataError);
  CHECK_THROWS_WITH_AS(read_file(folder / "folder"),
                       (folder / "folder" + ": cannot be read: Is a directory").c_str(), DataError);
  CHECK(folder.files() == 1);
}

TEST_CASE("files: a pipe is read to its end, in whatever portions it delivers") {
  const TemporaryFolder folder;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  std::thread writer([&] {
    std::ofstream pipe(folder / "pipe", std::ios::binary);
    for (int k = 0; k < 3; ++k) pipe << all_bytes(70'000) << std::flush;
  });
  CHECK(read_file(folder / "pipe") == all_bytes(70'000) + all_bytes(70'000) + all_bytes(70'000));
  writer.join();
}

TEST_CASE("files: of several writers at the same time, each writes a whole file") {
  const TemporaryFolder folder;
  std::vector<std::thread> writers;
  for (char letter = 'a'; letter < 'e'; ++letter)
    writers.emplace_back([&folder, letter] {
      for (int k = 0; k < 10; ++k)
        write_file(folder / "a", std::string(static_cast<std::size_t>(50'000 + letter), letter));
    });
  for (std::thread& writer : writers) writer.join();
  const std::string found = read_file(folder / "a");
  REQUIRE(!found.empty());
  CHECK(found == std::string(static_cast<std::size_t>(50'000 + found[0]), found[0]));
  CHECK(folder.files() == 1);
}

TEST_CASE("files: a mapped file stays whole when it is replaced or removed") {
  const TemporaryFolder folder;
  const std::string path = folder / "f", first = all_bytes(100'000);
  write_file(path, first);
  const MappedFile kept(path);
  CHECK(kept.mapped());
  write_file(path, "another");
  CHECK(kept.bytes() == first);
  CHECK(MappedFile(path).bytes() == "another");
  fs::remove(path);
  CHECK(kept.bytes() == first);
}

TEST_CASE("files: what cannot be mapped is read") {
  const TemporaryFolder folder;
  const std::string pipe = folder / "pipe", empty = folder / "empty", sent = all_bytes(200'000);
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  std::thread writer([&] { std::ofstream(pipe) << sent; });
  const MappedFile received(pipe);
  writer.join();
  CHECK(!received.mapped());
  CHECK(received.bytes() == sent);
  write_file(empty, "");
  CHECK(MappedFile(empty).bytes().empty());
  CHECK_THROWS_WITH_AS(MappedFile(folder / "none"),
                       doctest::Contains("none: cannot be read: No such file or directory"),
                       DataError);
  CHECK_THROWS_WITH_AS(MappedFile(folder / "."), doctest::Contains("Is a directory"), DataError);
}
