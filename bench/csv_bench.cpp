// How near does reading a CSV file come to the floor, a plain std::from_chars loop over its bytes?
//
// A million rows of ten numbers with six digits each (and one with a column of text in it), made in
// a temporary folder. The yardstick is the ratio to the floor and, for memory, the peak that
// reading adds, per byte of the file. CSV_BENCH_FILE keeps the file for other tools:
//
//     /usr/bin/time -v python3 -c 'import pandas; pandas.read_csv("/tmp/numbers.csv")'

#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "thalweg/autodiff.hpp"
#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/nn/data/csv.hpp"

namespace {

using namespace thalweg;

constexpr Index rows = 1'000'000, columns = 10;

/// The file, made once.
class File {
 public:
  explicit File(bool text) {
    const char* kept = std::getenv("CSV_BENCH_FILE");
    keep_ = kept && !text;
    const auto folder = std::filesystem::temp_directory_path();
    path_ = keep_ ? kept : folder / fmt::format("thalweg-{}-{}.csv", ::getpid(), text);
    Random random{1};
    std::ofstream file(path_);
    file << "a,b,c,d,e,f,g,h,i,j\n";
    for (Index i = 0; i < rows; ++i) {
      std::string content;  // row by row: the peak of memory is to be that of reading
      for (Index j = 0; j < columns; ++j) {
        if (text && j == 4)
          content += fmt::format("level {}", random.below(100));
        else
          content += fmt::format("{:.6g}", random.normal());
        content += j + 1 < columns ? ',' : '\n';
      }
      file << content;
    }
  }
  ~File() {
    if (!keep_) std::filesystem::remove(path_);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool keep_;
};

const File& numbers() {
  static const File file(false);
  return file;
}
const File& with_text() {
  static const File file(true);
  return file;
}

void floor(benchmark::State& state) {
  for (auto _ : state) {
    const std::string text = read_file(numbers().path());
    const char *at = text.data() + text.find('\n') + 1, *end = text.data() + text.size();
    std::vector<double> values;
    values.reserve(rows * columns);
    while (at != end) {
      double value;
      at = std::from_chars(at, end, value).ptr + 1;
      values.push_back(value);
    }
    benchmark::DoNotOptimize(values.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(std::filesystem::file_size(numbers().path())) *
                          state.iterations());
}

double peak_bytes() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return 1024.0 * static_cast<double>(usage.ru_maxrss);
}

void read(benchmark::State& state, const File& file) {
  static const double before = peak_bytes();  // of the first run: the peak never falls
  for (auto _ : state) benchmark::DoNotOptimize(nn::read_csv(file.path()).rows);
  const auto bytes = static_cast<double>(std::filesystem::file_size(file.path()));
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
  state.counters["file MB"] = bytes / 1e6;
  state.counters["peak per byte"] = (peak_bytes() - before) / bytes;
}
void read_numbers(benchmark::State& state) { read(state, numbers()); }
void read_with_text(benchmark::State& state) { read(state, with_text()); }

// The first, before anything else has raised the peak.
BENCHMARK(read_numbers)->Unit(benchmark::kMillisecond);
BENCHMARK(read_with_text)->Unit(benchmark::kMillisecond);
BENCHMARK(floor)->Unit(benchmark::kMillisecond);

}  // namespace
