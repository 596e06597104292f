#include <filesystem>

#include "tests/fuzz/readers.hpp"
#include "tests/nn/data/damage.hpp"
#include "thalweg/autodiff/files/files.hpp"

using namespace thalweg;

TEST_CASE("the fuzzers' seeds, cut at every length and with every byte changed, do no harm") {
  for (const fuzz::Reader& reader : fuzz::readers) {
    CAPTURE(reader.name);
    int files = 0;
    for (const auto& file :
         std::filesystem::directory_iterator(std::filesystem::path(fuzz::corpus) / reader.name)) {
      const std::string bytes = read_file(file.path());
      for (std::size_t size = 0; size <= bytes.size(); ++size)
        reader.read(std::string(bytes.substr(0, size)));
      laws::changes_do_no_harm(bytes, reader.read);
      ++files;
    }
    CHECK(files > 0);
  }
}
