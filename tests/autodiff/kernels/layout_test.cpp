#include "thalweg/autodiff/kernels/layout.hpp"

#include <algorithm>
#include <string>

#include "tests/autodiff/kernels/common.hpp"

using namespace thalweg;
using namespace thalweg::kernels;
using thalweg::test::Threads;

namespace {

using Axes = std::vector<int>;

/// Where in the tensor each element of the window lies, from the definition.
std::vector<std::size_t> positions(const Window& window) {
  std::vector<std::size_t> all;
  for (Index i = 0; i < window.shape.size(); ++i) {
    Index rest = i, at = window.offset;
    for (int d = window.shape.rank() - 1; d >= 0; --d) {
      at += rest % window.shape[d] * window.steps[d];
      rest /= window.shape[d];
    }
    all.push_back(test::length(at));
  }
  return all;
}

template <class T>
void check_moves(const Shape& shape, const Window& window) {
  INFO("tensor ", to_string(shape), ", window ", to_string(window.shape));
  const auto x = test::numbers<T>(shape.size(), 1), y = test::numbers<T>(window.shape.size(), 2);
  const auto at = positions(window);
  for (bool accumulate : {false, true}) {
    auto got = y, wanted = y;
    for (std::size_t i = 0; i < at.size(); ++i) wanted[i] = (accumulate ? y[i] : T{}) + x[at[i]];
    read(window, x.data(), accumulate, got.data());
    CHECK(got == wanted);
    if (std::find(window.steps, window.steps + window.shape.rank(), 0) !=
        window.steps + window.shape.rank())
      continue;
    got = wanted = x;
    for (std::size_t i = 0; i < at.size(); ++i)
      wanted[at[i]] = (accumulate ? x[at[i]] : T{}) + y[i];
    write(window, y.data(), accumulate, got.data());
    CHECK(got == wanted);
  }
}

}  // namespace

TEST_CASE_TEMPLATE("permuted windows of every order", Real, float, double) {
  for (int count : {1, 2}) {
    const Threads scope(count);
    for (const Shape& shape : {Shape{3, 4, 5}, Shape{33, 18, 65}, Shape{2, 1, 7}, Shape{0, 2, 3}}) {
      Axes axes = {0, 1, 2};
      do check_moves<Real>(shape, permuted(shape, axes));
      while (std::next_permutation(axes.begin(), axes.end()));
    }
  }
  check_moves<Real>({2, 3, 4, 5}, permuted({2, 3, 4, 5}, Axes{0, 2, 1, 3}));
  check_moves<Real>({2, 3, 2, 3, 2}, permuted({2, 3, 2, 3, 2}, Axes{4, 0, 3, 1, 2}));
  check_moves<Real>({}, permuted({}, Axes{}));
}

TEST_CASE_TEMPLATE("slices with steps, flips, insets and broadcasts", Real, float, double) {
  const Shape shape{4, 6, 5};
  for (int axis : {0, 1, 2}) {
    check_moves<Real>(shape, sliced(shape, axis, 1, 3));
    check_moves<Real>(shape, sliced(shape, axis, 0, 2, 2));
    check_moves<Real>(shape, sliced(shape, axis, 3, 2, -2));
    check_moves<Real>(shape, sliced(shape, axis, 2, 0));
    check_moves<Real>(shape, flipped(shape, axis));
  }
  check_moves<Real>(shape, inset(shape, {2, 3, 4}, std::vector<Index>{1, 2, 0}));
  check_moves<Real>(shape, whole(shape));
  check_moves<Real>({6, 1}, broadcasted({6, 1}, {4, 6, 5}));
  check_moves<Real>({4, 1, 5}, broadcasted({4, 1, 5}, {4, 6, 5}));
  check_moves<Real>({}, broadcasted({}, {3, 2}));
}

TEST_CASE("windows name the elements that their definition says") {
  const Shape shape{2, 3};
  CHECK(positions(sliced(shape, 1, 2, 2, -2)) == std::vector<std::size_t>{2, 0, 5, 3});
  CHECK(positions(flipped(shape, 0)) == std::vector<std::size_t>{3, 4, 5, 0, 1, 2});
  CHECK(positions(broadcasted({3}, shape)) == std::vector<std::size_t>{0, 1, 2, 0, 1, 2});
  CHECK(positions(inset({3, 4}, {1, 2}, std::vector<Index>{1, 2})) ==
        std::vector<std::size_t>{6, 7});
}

TEST_CASE_TEMPLATE("sum_to is the adjoint of a broadcast", Real, float, double) {
  const Shape from{4, 6, 35};
  for (const Shape& shape :
       {Shape{}, Shape{35}, Shape{6, 35}, Shape{6, 1}, Shape{1}, Shape{4, 1, 35}, Shape{4, 6, 35},
        Shape{1, 6, 1}, Shape{4, 1, 1}, Shape{1, 6, 35}, Shape{4, 6, 1}}) {
    INFO(to_string(shape));
    const auto dy = test::numbers<Real>(from.size(), 1),
               start = test::numbers<Real>(shape.size(), 2);
    const auto at = positions(broadcasted(shape, from));
    for (bool accumulate : {false, true}) {
      std::vector<double> wanted(start.size());
      for (std::size_t i = 0; accumulate && i < start.size(); ++i)
        wanted[i] = static_cast<double>(start[i]);
      for (std::size_t i = 0; i < at.size(); ++i) wanted[at[i]] += static_cast<double>(dy[i]);
      auto dx = start;
      sum_to(shape, from, dy.data(), accumulate, dx.data());
      CHECK(testing::close(dx, wanted, test::rounding<Real>(10)));
    }
  }
  Real dx = 3, nothing = 0;
  sum_to({}, {0, 5}, &nothing, false, &dx);
  CHECK(dx == 0);
}

TEST_CASE("transpose, of integers too") {
  const std::vector<Index> x = {1, 2, 3, 4, 5, 6};
  std::vector<Index> y(6);
  transpose(2, 3, x.data(), false, y.data());
  CHECK(y == std::vector<Index>{1, 4, 2, 5, 3, 6});
}
