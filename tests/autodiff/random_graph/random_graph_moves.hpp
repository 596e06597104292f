#pragma once
/// Random steps from one tensor to another: reductions, views, scans, look-ups, products.

#include <functional>

#include "random_graph.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/extrema.hpp"
#include "thalweg/autodiff/ops/indexing.hpp"
#include "thalweg/autodiff/ops/join.hpp"
#include "thalweg/autodiff/ops/matmul.hpp"
#include "thalweg/autodiff/ops/scan.hpp"
#include "thalweg/autodiff/ops/slice.hpp"
#include "thalweg/autodiff/ops/softmax.hpp"
#include "thalweg/autodiff/ops/views.hpp"

namespace random_graph {

/// What to do with one tensor whose shape is known.
struct Move {
  std::string text;
  std::function<Tensor<double>(const Tensor<double>&)> run;
};

inline int random_axis(Random& random, const Shape& shape) {
  return random.below(std::size_t(2 * shape.rank())) - shape.rank();
}

/// All axes, one, or two.
inline std::vector<int> random_axes(Random& random, const Shape& shape) {
  std::vector<int> axes;
  const int rank = shape.rank();
  if (rank == 0 || random.below(3) == 0) return axes;
  axes.push_back(random_axis(random, shape));
  if (rank > 1 && random.below(2)) axes.push_back((axes[0] + rank + 1) % rank);
  return axes;
}

template <class F>
Move reduction(Random& random, const Shape& shape, const char* name, F reduce) {
  const std::vector<int> list = random_axes(random, shape);
  const KeepAxes keep = random.below(2) ? KeepAxes::yes : KeepAxes::no;
  std::string text = fmt::format("{} along {{", name);
  for (const int axis : list) text += fmt::format(" {}", axis);
  text += keep == KeepAxes::yes ? " } kept" : " }";
  return {text, [list, keep, reduce](const auto& x) {
            return Tensor<double>(reduce(x, Axes(std::span(list)), keep));
          }};
}

inline Move random_reduction(Random& random, const Shape& shape) {
  const auto make = [&](const char* name, auto f) { return reduction(random, shape, name, f); };
  switch (random.below(9)) {
    case 0:
      return make("sum", [](auto& x, Axes a, KeepAxes k) { return sum(x, a, k); });
    case 1:
      return make("mean", [](auto& x, Axes a, KeepAxes k) { return mean(x, a, k); });
    case 2:
      return make("max", [](auto& x, Axes a, KeepAxes k) { return max(x, a, k); });
    case 3:
      return make("min", [](auto& x, Axes a, KeepAxes k) { return min(x, a, k); });
    case 4:
      return make("prod", [](auto& x, Axes a, KeepAxes k) { return prod(x, a, k); });
    case 5:
      return make("norm", [](auto& x, Axes a, KeepAxes k) { return norm(x + 3, a, k); });
    case 6:
      return make("logsumexp", [](auto& x, Axes a, KeepAxes k) { return logsumexp(x, a, k); });
    case 7:
      return make("var", [](auto& x, Axes a, KeepAxes k) {
        return var(x, a, {.correction = 0, .keep = k});
      });
    default:
      return make("mean of squares",
                  [](auto& x, Axes a, KeepAxes k) { return mean(square(x - 1) * x, a, k); });
  }
}

inline Move random_slice(Random& random, const Shape& shape) {
  const int axis = random_axis(random, shape);
  const Index size = shape.at(axis);
  const Index begin = random.below(std::size_t(size));
  const Index end = begin + 1 + random.below(std::size_t(size - begin));
  const Index step = 1 + random.below(3);
  return {fmt::format("slice axis {} {}:{}:{}", axis, begin, end, step), [=](const auto& x) {
            return slice(x, axis, {begin, end, step});
          }};
}

inline Move random_reshape(Random& random, const Shape& shape) {
  const Index size = shape.size();
  Index factor = 1 + random.below(std::size_t(size));
  while (size % factor) --factor;
  const Shape result = random.below(3) ? Shape{factor, size / factor} : Shape{size};
  return {fmt::format("reshape {}", to_string(result)),
          [=](const auto& x) { return reshape(x, result); }};
}

inline Move random_view(Random& random, const Shape& shape) {
  if (shape.rank() == 0)
    return {"broadcast to [2, 3]", [](const auto& x) { return broadcast_to(x, {2, 3}); }};
  const int a = random_axis(random, shape), b = random_axis(random, shape);
  switch (random.below(10)) {
    case 0:
      return random_slice(random, shape);
    case 1:
      return random_reshape(random, shape);
    case 2:
      if (shape.rank() == 1) return random_reshape(random, shape);
      return {fmt::format("transpose {} {}", a, b),
              [=](const auto& x) { return transpose(x, a, b); }};
    case 3:
      return {fmt::format("flip {}", a), [=](const auto& x) { return flip(x, a); }};
    case 4:
      return {fmt::format("unsqueeze {}", a), [=](const auto& x) { return unsqueeze(x, a); }};
    case 5:
      return {"squeeze", [](const auto& x) { return squeeze(x); }};
    case 6: {
      const Index position = random.below(std::size_t(shape.at(a)));
      return {fmt::format("at axis {} position {}", a, position),
              [=](const auto& x) { return at(x, a, position); }};
    }
    case 7: {
      Shape wide{2};
      for (const Index size : shape) wide.push_back(size);
      return {fmt::format("broadcast to {}", to_string(wide)),
              [=](const auto& x) { return broadcast_to(x, wide); }};
    }
    case 8:
      return {"flatten", [](const auto& x) { return flatten(x); }};
    default: {
      const Index middle = random.below(std::size_t(shape.at(a) + 1));
      return {fmt::format("split axis {} at {} and joined in reverse", a, middle),
              [=](const auto& x) {
                const auto parts = split(x, {middle, x.size(a) - middle}, a);
                return concat(parts[1], parts[0], a);
              }};
    }
  }
}

inline IndexTensor random_indices(Random& random, const Shape& shape, Index below) {
  std::vector<Index> numbers;
  for (Index i = 0; i < shape.size(); ++i) numbers.push_back(random.below(std::size_t(below)));
  return IndexTensor(shape, numbers);
}

inline Move random_scan(Random& random, const Shape& shape) {
  if (shape.rank() == 0) return {"exp", [](const auto& x) { return Tensor(exp(x)); }};
  const int axis = random_axis(random, shape);
  switch (random.below(6)) {
    case 0:
      return {fmt::format("softmax {}", axis), [=](const auto& x) { return softmax(x, axis); }};
    case 1:
      return {fmt::format("log_softmax {}", axis),
              [=](const auto& x) { return log_softmax(x, axis); }};
    case 2:
      return {fmt::format("cumsum {}", axis), [=](const auto& x) { return cumsum(x, axis); }};
    case 3: {
      const IndexTensor index = random_indices(random, {2, 3}, shape[0]);
      return {"embedding [2, 3]", [=](const auto& x) { return embedding(x, index); }};
    }
    case 4: {
      Shape part = shape;
      part[axis < 0 ? axis + shape.rank() : axis] = 3;
      const IndexTensor index = random_indices(random, part, shape.at(axis));
      return {fmt::format("gather axis {}", axis),
              [=](const auto& x) { return gather(x, axis, index); }};
    }
    default: {
      const IndexTensor index = random_indices(random, {4}, shape[0]);
      return {"take 4", [=](const auto& x) { return take(x, index); }};
    }
  }
}

/// A product of x with itself, in some arrangement that fits, or a frame around it.
inline Move random_product(Random& random, const Shape& shape) {
  switch (shape.rank()) {
    case 0:
      return {"times itself", [](const auto& x) { return Tensor(x * x); }};
    case 1:
      switch (random.below(4)) {
        case 0:
          return {"outer", [](const auto& x) { return outer(x, exp(-x)); }};
        case 1:
          return {"dot", [](const auto& x) { return dot(x, sin(x)); }};
        case 2:
          return {"pad", [](const auto& x) { return pad(x, {{1, 2}}, 0.5); }};
        default:
          return {"vector times matrix", [](const auto& x) { return matmul(x, outer(x, x)); }};
      }
    default:
      switch (random.below(5)) {
        case 0:
          return {"x xT", [](const auto& x) { return matmul(x, transpose(x)); }};
        case 1:
          return {"xT x", [](const auto& x) { return matmul(transpose(x), sin(x)); }};
        case 2:
          return {"matrix times vector",
                  [](const auto& x) { return matmul(x, row(flatten(x, 0, -2), 0)); }};
        case 3:
          return {"linear", [](const auto& x) {
                    const Tensor w = flatten(x, 0, -2);
                    return Tensor(linear(x, w, mean(w, 1)));
                  }};
        default:
          return {"batch times matrix",
                  [](const auto& x) { return matmul(x, transpose(flatten(cos(x), 0, -2))); }};
      }
  }
}

}  // namespace random_graph
