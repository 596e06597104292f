/// Training in a process of its own that is killed, for good, at moments nobody chose.
///
/// Eight times in the ordinary test; as often as THALWEG_KILLS says, at moments drawn from the seed
/// THALWEG_KILL_SEED, e.g.
///
///     THALWEG_KILLS=50 THALWEG_KILL_SEED=7 nn_tests -tc='*SIGKILL*'

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "tests/nn/training/folder.hpp"
#include "tests/nn/training/long_run.hpp"

using namespace thalweg;
using namespace thalweg::nn::cases;

namespace {

constexpr const char* folder_variable = "THALWEG_KILLED_FOLDER";
constexpr const char* epochs_variable = "THALWEG_KILLED_EPOCHS";

struct Result {
  static constexpr auto kind = "Result";
  std::vector<double>& numbers;
  void archive(optim::Archive& a) { a("numbers", numbers); }
};

Index number_in(const char* variable, Index otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::atol(text) : otherwise;
}

void train(const std::string& folder, Index epochs) {
  LongRun run;
  run.fit(epochs, nn::Checkpoints{folder + "/run", {.every = 1, .resume = true}});
  std::vector<double> result = run.everything();
  Result part{result};
  optim::save(folder + "/result.safetensors", part);
}

std::vector<double> result_in(const std::string& folder) {
  std::vector<double> result;
  Result part{result};
  optim::restore(folder + "/result.safetensors", part);
  return result;
}

/// This program again, running "a run to be killed" alone: a fork would inherit half of OpenMP.
pid_t start_child(const std::string& folder, Index epochs) {
  const std::string count = std::to_string(epochs);
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::setenv(folder_variable, folder.c_str(), 1);
  ::setenv(epochs_variable, count.c_str(), 1);
  ::setenv("OMP_NUM_THREADS", "1", 1);
  const int nowhere = ::open("/dev/null", O_WRONLY);
  ::dup2(nowhere, 1);
  ::execl("/proc/self/exe", "tests", "--no-skip", "--test-case=a run to be killed", nullptr);
  ::_exit(127);
}

std::string newest(const std::string& folder) { return nn::Checkpoints(folder + "/run").newest(); }

bool ended(pid_t child) {
  int status = 0;
  return ::waitpid(child, &status, WNOHANG) == child;
}

/// Kills the child some time after it has made progress; false if it came to its end before.
bool kill_at_random(pid_t child, const std::string& folder, Random& random) {
  const std::string before = newest(folder);
  while (newest(folder) == before) {
    if (ended(child)) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  std::this_thread::sleep_for(std::chrono::microseconds(random.below(6000)));
  if (ended(child)) return false;
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  return true;
}

}  // namespace

TEST_CASE("a run to be killed" * doctest::skip()) {
  if (const char* folder = std::getenv(folder_variable))
    train(folder, number_in(epochs_variable, 1));
}

TEST_CASE("Checkpoints: a run ended by SIGKILL at any moment goes on bit for bit") {
  const Index kills = number_in("THALWEG_KILLS", 8);
  const Index epochs = kills;
  const Index seed = number_in("THALWEG_KILL_SEED", ::getpid());
  MESSAGE("THALWEG_KILL_SEED=", seed);
  Random random{static_cast<std::uint64_t>(seed)};
  const Folder folder("killed");
  Index killed = 0;
  for (; killed < kills; ++killed) {
    const pid_t child = start_child(folder.string(), epochs);
    if (!kill_at_random(child, folder.string(), random)) break;
  }
  CHECK(killed >= std::min<Index>(kills, 3));
  int status = 0;
  ::waitpid(start_child(folder.string(), epochs), &status, 0);
  REQUIRE(status == 0);
  LongRun whole;
  whole.fit(epochs);
  CHECK(result_in(folder.string()) == whole.everything());
}
