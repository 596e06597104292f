#include <numeric>
#include <stdexcept>

#include "tests/autodiff/kernels/common.hpp"
#include "thalweg/autodiff/base/error.hpp"

using namespace thalweg;
using thalweg::test::Threads;

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
