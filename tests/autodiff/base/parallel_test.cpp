#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <numeric>
#include <stdexcept>
#include <thread>

#include "tests/autodiff/kernels/common.hpp"
#include "tests/close.hpp"
#include "thalweg/autodiff/base/error.hpp"

extern "C" int omp_get_max_threads();

using namespace thalweg;
using thalweg::test::Threads;

namespace {

/// Runs `count` parts of one item each.
template <class F>
void each_part(Index count, F f) {
  kernels::run_parts(
      count, [](void* context, Index part) { (*static_cast<F*>(context))(part); }, &f);
}

/// How often each of `count` parts is run.
std::vector<int> visits(Index count) {
  std::vector<int> visits(test::length(count));
  each_part(count, [&](Index part) { ++visits[test::length(part)]; });
  return visits;
}

}  // namespace

TEST_CASE("set_threads refuses fewer than one thread") {
  CHECK_THROWS_WITH_AS(set_threads(0), "set_threads: expected at least 1 thread, got 0",
                       ValueError);
}

TEST_CASE("parallel_for visits every item once, in contiguous parts of the multiple asked for") {
  for (int count : {1, 2, 3, 8})
    for (Index n : {0, 1, 63, 64, 65, 1000}) {
      const Threads scope(count);
      std::vector<int> visits(test::length(n));
      std::vector<Index> begins(8, -1);
      const auto body = [&](Index begin, Index end, Index part) {
        begins[test::length(part)] = begin;
        for (Index i = begin; i < end; ++i) ++visits[test::length(i)];
      };
      kernels::parallel_for(n, 10, body, 64);
      CHECK(visits == std::vector<int>(test::length(n), 1));
      for (Index begin : begins) CHECK((begin == -1 || begin % 64 == 0));
    }
}

TEST_CASE("a part has at least `grain` items; small loops stay in the calling thread") {
  const Threads scope(4);
  CHECK(kernels::split(100, 100).count == 1);
  CHECK(kernels::split(199, 100).count == 1);
  CHECK(kernels::split(200, 100).count == 2);
  CHECK(kernels::split(1000, 1).count == 4);
}

TEST_CASE("a parallel loop inside another has one part") {
  const Threads scope(2);
  std::vector<Index> inner(2);
  kernels::parallel_for(2, 1, [&](Index, Index, Index part) {
    inner[test::length(part)] = kernels::split(1000, 1).count;
  });
  CHECK(inner == std::vector<Index>{1, 1});
}

TEST_CASE("the exception of the first part that threw leaves parallel_for") {
  const Threads scope(4);
  const auto fail = [](Index, Index, Index part) {
    if (part > 0) throw std::runtime_error("part " + std::to_string(part));
  };
  CHECK_THROWS_WITH_AS(kernels::parallel_for(4, 1, fail), "part 1", std::runtime_error);
}

TEST_CASE("an exception leaves after all other parts have run") {
  std::atomic<int> others = 0;
  const auto fail = [&](Index part) {
    if (part == 0) throw std::runtime_error("part 0");
    ++others;
  };
  CHECK_THROWS_WITH_AS(each_part(8, fail), "part 0", std::runtime_error);
  CHECK(others == 7);
}

TEST_CASE("every part is run once, also where there are many more parts than threads") {
  for (const Index count : {0, 1, 2, 3, 64, 1000})
    CHECK(visits(count) == std::vector<int>(count, 1));
}

TEST_CASE("parts within a part are run once each, in order, by the same thread") {
  std::vector<std::vector<Index>> order(2);
  std::vector<int> elsewhere(2);
  each_part(2, [&](Index part) {
    const auto here = std::this_thread::get_id();
    each_part(5, [&](Index inner) {
      order[part].push_back(inner);
      elsewhere[part] += std::this_thread::get_id() != here;
    });
  });
  CHECK(order == std::vector(2, std::vector<Index>{0, 1, 2, 3, 4}));
  CHECK(elsewhere == std::vector{0, 0});
  CHECK(kernels::split(1000, 1).count == std::min<Index>(threads(), 1000));  // no longer in a part
}

TEST_CASE("a loop is finished by its caller while all other threads are busy with other loops") {
  const Index most = 2 * static_cast<Index>(std::thread::hardware_concurrency());
  std::atomic<bool> release = false;
  std::atomic<int> begun = 0;
  std::thread other([&] {
    each_part(most, [&](Index) {
      ++begun;
      release.wait(false);
    });
  });
  while (begun == 0) std::this_thread::yield();
  CHECK(visits(8) == std::vector<int>(8, 1));
  CHECK(begun < most);  // nor did this thread take up the others' work meanwhile
  release = true;
  release.notify_all();
  other.join();
  CHECK(begun == most);
}

TEST_CASE("many threads may run loops at once") {
  std::vector<std::vector<int>> found(8);
  std::vector<std::thread> callers;
  for (auto& mine : found)
    callers.emplace_back([&mine] {
      for (int k = 0; k < 50; ++k) mine = visits(4);
    });
  for (std::thread& caller : callers) caller.join();
  CHECK(found == std::vector(8, std::vector<int>(4, 1)));
}

TEST_CASE("a child made by fork() runs loops, though no thread has followed it") {
  REQUIRE(visits(4) == std::vector<int>(4, 1));
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);  // ends it should it hang
    _exit(visits(4) == std::vector<int>(4, 1) ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("within a part BLAS and oneDNN, which use OpenMP, have one thread") {
  const int before = omp_get_max_threads();
  std::vector<int> within(4);
  each_part(4, [&](Index part) { within[part] = omp_get_max_threads(); });
  CHECK(within == std::vector{1, 1, 1, 1});
  CHECK(omp_get_max_threads() == before);
}

TEST_CASE("sums in parts are the same to the last bit, whoever runs the parts") {
  const Threads scope(3);
  const auto x = test::numbers<float>(300'000);
  const auto total = [&] {
    std::vector<float> sums(3);
    kernels::parallel_for(300'000, 1, [&](Index begin, Index end, Index part) {
      sums[part] = std::accumulate(x.begin() + begin, x.begin() + end, 0.0f);
    });
    return std::accumulate(sums.begin(), sums.end(), 0.0f);
  };
  const float first = total();
  for (int k = 0; k < 20; ++k) CHECK(testing::same(total(), first));
}
