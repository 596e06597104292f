#pragma once
/// How a step of ours compares with a yardstick's: what the benchmarks of whole steps share.
///
/// A benchmark is named "<step>, <threads>/<who>"; `Ratios` prints, after the table, the others'
/// times over "thalweg"'s, by medians where there are repetitions.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace compare {

/// "CNN b64, 2 threads/thalweg"
inline std::string name(std::string_view step, int thread_count, std::string_view who) {
  return fmt::format("{}, {} thread{}/{}", step, thread_count, thread_count == 1 ? "" : "s", who);
}

/// Registers run(state) under that name, in microseconds of real time.
template <class F>
void add(std::string_view step, int thread_count, std::string_view who, F run) {
  benchmark::RegisterBenchmark(name(step, thread_count, who).c_str(), run)
      ->Unit(benchmark::kMicrosecond)
      ->UseRealTime();
}

class Ratios : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (run.error_occurred) continue;
      if (run.aggregate_name != "median" && run.run_type != Run::RT_Iteration) continue;
      const std::string& full = run.run_name.function_name;
      const std::size_t slash = full.rfind('/');
      if (slash == std::string::npos) continue;
      times_[full.substr(0, slash)][full.substr(slash + 1)] = run.GetAdjustedRealTime();
    }
  }
  void Finalize() override {
    for (auto& [step, times] : times_) {
      const double ours = times["thalweg"];
      if (ours <= 0) continue;
      fmt::print("{:42} {:8.1f} us", step, ours);
      for (const auto& [who, time] : times)
        if (who != "thalweg") fmt::print("   {} {:.2f} x", who, time / ours);
      fmt::print("\n");
    }
  }

 private:
  std::map<std::string, std::map<std::string, double>> times_;
};

/// Runs what was registered and prints the ratios.
inline int run(int argc, char** argv) {
  const char* const core_type = std::getenv("OPENBLAS_CORETYPE");
  fmt::print("OPENBLAS_CORETYPE: {}\n", core_type ? core_type : "not set");
  benchmark::Initialize(&argc, argv);
  Ratios ratios;
  benchmark::RunSpecifiedBenchmarks(&ratios);
  return 0;
}

/// The most memory this process has held, in MiB; 0 where the system does not tell.
inline double peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM:", 0) == 0) return std::atof(line.c_str() + 6) / 1024;
  return 0;
}

}  // namespace compare
