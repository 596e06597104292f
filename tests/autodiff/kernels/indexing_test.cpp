#include "thalweg/autodiff/kernels/indexing.hpp"

#include "tests/autodiff/kernels/common.hpp"

using namespace thalweg;
using thalweg::test::Threads;

namespace {

struct Case {
  Shape x;
  int axis;
  Shape index;
};

const Case cases[] = {{{5}, 0, {3}},
                      {{2, 3}, 1, {2, 4}},
                      {{4, 3}, 0, {2, 2}},
                      {{2, 3, 4}, 1, {2, 5, 4}},
                      {{3, 4, 5}, 2, {2, 3, 9}},
                      {{3, 4}, 0, {0, 4}},
                      {{300, 2, 70}, 1, {300, 2, 70}}};

std::vector<Index> indices(Index n, Index size) {
  std::mt19937 engine(4);
  std::vector<Index> index(test::length(n));
  for (Index& i : index) i = std::uniform_int_distribution<Index>(0, size - 1)(engine);
  return index;
}

/// f(position in the index tensor, position in x), from the definition.
template <class F>
void each_pair(const Case& c, const std::vector<Index>& index, F&& f) {
  for (Index at = 0; at < c.index.size(); ++at) {
    Index rest = at, to = 0, step = 1;
    for (int d = c.index.rank() - 1; d >= 0; --d) {
      to += step * (d == c.axis ? index[test::length(at)] : rest % c.index[d]);
      rest /= c.index[d];
      step *= c.x[d];
    }
    f(test::length(at), test::length(to));
  }
}

}  // namespace

TEST_CASE("find_out_of_range gives the first bad position") {
  CHECK(kernels::find_out_of_range(std::vector<Index>{0, 4, 2}, 5) == -1);
  CHECK(kernels::find_out_of_range(std::vector<Index>{0, 5, -1}, 5) == 1);
  CHECK(kernels::find_out_of_range(std::vector<Index>{0, -1, 5}, 5) == 1);
  CHECK(kernels::find_out_of_range({}, 0) == -1);
}

TEST_CASE_TEMPLATE("gather reads and scatter_add adds where the index says", Real, float, double) {
  for (int count : {1, 2}) {
    const Threads scope(count);
    for (const Case& c : cases) {
      const auto index = indices(c.index.size(), c.x[c.axis]);
      const auto x = test::numbers<Real>(c.x.size(), 1),
                 dy = test::numbers<Real>(c.index.size(), 2);
      auto y = dy, wanted_y = dy;
      auto dx = x, wanted_dx = x;
      each_pair(c, index, [&](std::size_t at, std::size_t to) {
        wanted_y[at] = x[to];
        wanted_dx[to] += dy[at];
      });
      kernels::gather(c.x, c.axis, c.index, x.data(), index.data(), y.data());
      CHECK(y == wanted_y);
      kernels::scatter_add(c.x, c.axis, c.index, index.data(), dy.data(), dx.data());
      CHECK(dx == wanted_dx);
    }
  }
}

// Rows that a thread's end divides point at the same three: they must stay together.
TEST_CASE_TEMPLATE("scatter_add: rows that meet are added in order on any number of threads", Real,
                   float, double) {
  for (const Case& c : {Case{{3, 40}, 0, {6000, 40}}, Case{{2, 3, 40}, 1, {2, 3001, 40}}}) {
    const auto index = indices(c.index.size(), c.x[c.axis]);
    const auto dy = test::numbers<Real>(c.index.size(), 2);
    const auto added = [&](int threads) {
      const Threads scope(threads);
      std::vector<Real> dx(c.x.size());
      kernels::scatter_add(c.x, c.axis, c.index, index.data(), dy.data(), dx.data());
      return dx;
    };
    std::vector<double> sums(c.x.size());
    each_pair(c, index, [&](std::size_t at, std::size_t to) { sums[to] += dy[at]; });
    const auto alone = added(1);
    CHECK(testing::close(alone, sums, test::rounding<Real>(100)));
    for (int k = 0; k < 10; ++k) CHECK(testing::same(added(4), alone));
  }
}

TEST_CASE_TEMPLATE("take_rows copies rows and add_rows adds them, repeated ones too", Real, float,
                   double) {
  const Threads scope(2);
  constexpr Index rows = 40, width = 300;
  const auto index = indices(500, rows);
  const auto x = test::numbers<Real>(rows * width, 1), dy = test::numbers<Real>(500 * width, 2);
  std::vector<Real> y(dy.size());
  kernels::take_rows<Real>(index, width, x.data(), y.data());
  for (bool accumulate : {false, true}) {
    auto dx = x;
    std::vector<Real> wanted = accumulate ? x : std::vector<Real>(x.size());
    bool same = true;
    for (std::size_t i = 0; i < index.size(); ++i)
      for (Index j = 0; j < width; ++j) {
        const auto at = i * test::length(width) + test::length(j);
        const auto to = test::length(index[i] * width + j);
        same = same && y[at] == x[to];
        wanted[to] += dy[at];
      }
    CHECK(same);
    kernels::add_rows(index, width, dy.data(), accumulate, rows, dx.data());
    CHECK(dx == wanted);
  }
}

TEST_CASE("one_hot") {
  std::vector<double> y(6, 5.0);
  kernels::one_hot(std::vector<Index>{2, 0}, 3, y.data());
  CHECK(y == std::vector<double>{0, 0, 1, 1, 0, 0});
}
