#include "thalweg/autodiff/ops/attention.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "tests/close.hpp"
#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/derive/check_gradient.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/cast.hpp"
#include "thalweg/autodiff/ops/extrema.hpp"
#include "thalweg/autodiff/ops/join.hpp"
#include "thalweg/autodiff/ops/matmul.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/select.hpp"
#include "thalweg/autodiff/ops/slice.hpp"
#include "thalweg/autodiff/ops/softmax.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"

using namespace thalweg;
using testing::close;

namespace {

using Options = AttentionOptions<double>;

Tensor<double> drawn(const Shape& shape, std::uint64_t seed) {
  Random random{seed};
  return normal<double>(shape, random);
}

/// −∞ where key j lies after query i, the last query standing at the last key.
Tensor<double> causal_mask(Index t, Index s) {
  Tensor<double> mask = zeros({t, s});
  for (Index i = 0; i < t; ++i)
    for (Index j = s - t + i + 1; j < s; ++j)
      if (j >= 0) mask.set({i, j}, -INFINITY);
  return mask;
}

/// The same of whole matrices.
Tensor<double> composed(const Tensor<double>& q, const Tensor<double>& k, const Tensor<double>& v,
                        const Tensor<double>& mask) {
  const double scale = 1 / std::sqrt(static_cast<double>(q.size(-1)));
  return matmul(softmax(matmul(q, transpose(k)) * scale + mask, -1), v);
}

/// To the last bit, but for the sign of zero.
constexpr testing::Tolerance exact{0, 0};

/// Value and gradients against whole matrices.
void check_against_matrices(Index t, Index s, Index d, Index e, const Tensor<double>& mask,
                            const Options& options) {
  CAPTURE(t);
  CAPTURE(s);
  Tape tape;
  const Tensor q = tape.variable(drawn({2, 3, t, d}, 1)), k = tape.variable(drawn({2, 3, s, d}, 2)),
               v = tape.variable(drawn({2, 3, s, e}, 3));
  const Tensor y = scaled_dot_product_attention(q, k, v, options);
  const Tensor z = composed(q, k, v, mask);
  CHECK(close(y, z, {0, 1e-13}));
  const Tensor seed = drawn(y.shape(), 4);
  const auto ours = tape.backward(y, seed), theirs = tape.backward(z, seed);
  for (const Tensor<double>* x : {&q, &k, &v}) CHECK(close(ours[*x], theirs[*x], {0, 1e-12}));
}

}  // namespace

TEST_CASE("attention: agrees with whole matrices around the borders of its blocks") {
  for (const auto& [t, s] : {std::pair<Index, Index>{1, 1},
                             {1, 7},
                             {63, 64},
                             {64, 65},
                             {65, 129},
                             {130, 63},
                             {128, 128}})
    check_against_matrices(t, s, 5, 3, Tensor<double>(0.0), {});
}

TEST_CASE("attention: causal agrees with whole matrices, also where queries are the last ones") {
  for (const auto& [t, s] :
       {std::pair<Index, Index>{1, 1}, {1, 70}, {5, 66}, {64, 64}, {65, 65}, {130, 130}, {70, 200}})
    check_against_matrices(t, s, 4, 4, causal_mask(t, s), {.causal = true});
}

TEST_CASE("attention: masks broadcast to batch, heads, queries and keys") {
  for (const Shape& shape : {Shape{70}, Shape{66, 1}, Shape{66, 70}, Shape{3, 1, 70},
                             Shape{2, 1, 1, 70}, Shape{2, 3, 66, 70}}) {
    const Tensor mask = drawn(shape, 9);
    check_against_matrices(66, 70, 4, 2, mask, {.mask = mask});
  }
}

TEST_CASE("attention: three axes are one head") {
  const Tensor q = drawn({2, 5, 4}, 1), k = drawn({2, 6, 4}, 2), v = drawn({2, 6, 3}, 3);
  const Tensor y = scaled_dot_product_attention(q, k, v);
  CHECK(close(y, composed(q, k, v, Tensor<double>(0.0)), {0, 1e-14}));
}

TEST_CASE("attention: the gradient agrees with central differences") {
  const auto y = [](const auto& q, const auto& k, const auto& v) {
    return scaled_dot_product_attention(q, k, v, {.causal = true, .scale = 0.7});
  };
  CHECK(check_gradient(y, drawn({1, 2, 3, 4}, 1), drawn({1, 2, 5, 4}, 2), drawn({1, 2, 5, 3}, 3)));
  const auto packed = [](const auto& qkv) { return multi_head_attention(qkv, 2); };
  CHECK(check_gradient(packed, drawn({2, 3, 12}, 4)));
  const auto shared = [](const auto& x) { return multi_head_attention(x, x, x, 2); };
  CHECK(check_gradient(shared, drawn({2, 3, 4}, 5)));
}

TEST_CASE("attention: causal output does not depend on later keys and values") {
  const Tensor q = drawn({1, 70, 4}, 1);
  Tensor k = drawn({1, 70, 4}, 2), v = drawn({1, 70, 4}, 3);
  const Tensor before = scaled_dot_product_attention(q, k, v, {.causal = true});
  for (Index c = 0; c < 4; ++c) k.set({0, 50, c}, 100), v.set({0, 50, c}, -100);
  const Tensor after = scaled_dot_product_attention(q, k, v, {.causal = true});
  CHECK(close(slice(before, 1, 0, 50), slice(after, 1, 0, 50), exact));
  CHECK(max(abs(slice(before, 1, 50, 70) - slice(after, 1, 50, 70))).item() > 1);
}

TEST_CASE("attention: padded keys are as good as none") {
  const Tensor q = drawn({2, 3, 8}, 1), k = drawn({2, 70, 8}, 2), v = drawn({2, 70, 8}, 3);
  Tensor present = ones({2, 70});
  for (Index j = 41; j < 70; ++j) present.set({0, j}, 0), present.set({1, j}, 0);
  const Tensor padded = multi_head_attention(q, k, v, 2, {.key_mask = present});
  const Tensor alone = multi_head_attention(q, slice(k, 1, 0, 41), slice(v, 1, 0, 41), 2);
  CHECK(close(padded, alone, {0, 1e-14}));
}

TEST_CASE("attention: what is hidden has no influence, whatever it holds, nor a gradient") {
  const auto hide = [](Tensor<double>& x, Index first, Index last, double bad) {
    for (Index j = first; j < last; ++j)
      for (Index c = 0; c < 4; ++c) x.set({0, j, c}, bad);
  };
  Tensor present = ones({1, 70}), mask = zeros({70, 70});
  for (Index j = 30; j < 40; ++j) {
    present.set({0, j}, 0);
    for (Index i = 0; i < 70; ++i) mask.set({i, j}, -INFINITY);
  }
  for (const Options& options : {Options{.key_mask = present}, Options{.mask = mask},
                                 Options{.causal = true, .key_mask = present}})
    for (const double bad : {double(NAN), double(INFINITY), -double(INFINITY)}) {
      const auto run = [&](double fill) {
        Tape tape;
        Tensor k = drawn({1, 70, 4}, 2), v = drawn({1, 70, 4}, 3);
        hide(k, 30, 40, fill), hide(v, 30, 40, fill);
        const Tensor a = tape.variable(drawn({1, 70, 4}, 1)), b = tape.variable(k),
                     c = tape.variable(v);
        const Tensor y = scaled_dot_product_attention(a, b, c, options);
        const auto g = tape.backward(y, drawn(y.shape(), 4));
        return std::vector{y, g[a], g[b], g[c]};
      };
      const auto clean = run(1), given = run(bad);
      for (std::size_t n = 0; n < clean.size(); ++n) CHECK(close(given[n], clean[n], {0, 1e-14}));
      CHECK(close(slice(given[2], 1, 30, 40), zeros({1, 10, 4}), {0, 0}));
      CHECK(close(slice(given[3], 1, 30, 40), zeros({1, 10, 4}), {0, 0}));
    }
}

TEST_CASE("attention: later keys do not reach earlier queries, NaN neither") {
  const auto run = [](double fill) {
    Tape tape;
    Tensor k = drawn({1, 70, 4}, 2), v = drawn({1, 70, 4}, 3);
    for (Index c = 0; c < 4; ++c) k.set({0, 50, c}, fill), v.set({0, 50, c}, fill);
    const Tensor a = tape.variable(drawn({1, 70, 4}, 1)), b = tape.variable(k),
                 c = tape.variable(v);
    const Tensor y = scaled_dot_product_attention(a, b, c, {.causal = true});
    const auto g = tape.backward(sum(slice(y, 1, 0, 50) * drawn({1, 50, 4}, 5)));
    return std::vector{slice(y, 1, 0, 50), g[a], g[b], g[c]};
  };
  const auto clean = run(1), given = run(NAN);
  for (std::size_t n = 0; n < clean.size(); ++n) CHECK(close(given[n], clean[n], {0, 1e-14}));
}

TEST_CASE("attention: a query about which nothing is asked has no influence on gradients") {
  const auto run = [](double fill) {
    Tape tape;
    Tensor q = drawn({1, 70, 4}, 1);
    for (Index c = 0; c < 4; ++c) q.set({0, 5, c}, fill);
    const Tensor a = tape.variable(q), b = tape.variable(drawn({1, 70, 4}, 2)),
                 c = tape.variable(drawn({1, 70, 4}, 3));
    const Tensor y = scaled_dot_product_attention(a, b, c);
    const auto g = tape.backward(sum(slice(y, 1, 6, 70)));
    return std::vector{g[a], g[b], g[c]};
  };
  const auto clean = run(1), given = run(NAN);
  for (std::size_t n = 0; n < clean.size(); ++n) CHECK(close(given[n], clean[n], {0, 1e-14}));
}

TEST_CASE("attention: the order of keys and values together does not matter") {
  const Tensor q = drawn({2, 9, 4}, 1), k = drawn({2, 150, 4}, 2), v = drawn({2, 150, 4}, 3);
  CHECK(close(scaled_dot_product_attention(q, k, v),
              scaled_dot_product_attention(q, flip(k, 1), flip(v, 1)), {0, 1e-14}));
}

TEST_CASE("attention: a query that sees no key gives zeros and no gradient") {
  Tape tape;
  const Tensor q = tape.variable(drawn({2, 2, 4}, 1)), k = tape.variable(drawn({2, 70, 4}, 2)),
               v = tape.variable(drawn({2, 70, 4}, 3));
  Tensor present = ones({2, 70});
  for (Index j = 0; j < 70; ++j) present.set({1, j}, 0);
  const Tensor y = scaled_dot_product_attention(q, k, v, {.key_mask = present});
  CHECK(close(row(y, 1), zeros({2, 4}), exact));
  const auto gradients = tape.backward(y, ones(y.shape()));
  for (const Tensor<double>* x : {&q, &k, &v})
    CHECK(close(row(gradients[*x], 1), zeros({x->size(1), 4}), exact));
  const Tensor none =
      scaled_dot_product_attention(drawn({1, 3, 2}, 1), zeros({1, 0, 2}), zeros({1, 0, 2}));
  CHECK(close(none, zeros({1, 3, 2}), exact));
}

TEST_CASE("attention: more queries than keys, causal: the first ones see nothing") {
  const Tensor v = ones({1, 2, 1});
  const Tensor y =
      scaled_dot_product_attention(drawn({1, 4, 3}, 1), drawn({1, 2, 3}, 2), v, {.causal = true});
  CHECK(close(y, Tensor<double>{{{0}, {0}, {1}, {1}}}, {0, 1e-15}));
}

TEST_CASE("attention: scores far beyond the range of exp, and an empty batch") {
  const Tensor<double> q = full({1, 1, 1}, 1e3), k = {{{1e3}, {-1e3}}}, v = {{{2}, {3}}};
  CHECK(scaled_dot_product_attention(q, k, v).item() == 2);
  CHECK(scaled_dot_product_attention(zeros({0, 2, 3}), zeros({0, 2, 3}), zeros({0, 2, 3})).size() ==
        0);
}

TEST_CASE("attention: heads side by side and one projection are the same numbers") {
  const Tensor q = drawn({2, 67, 12}, 1), k = drawn({2, 67, 12}, 2), v = drawn({2, 67, 12}, 3);
  const auto heads = [](const Tensor<double>& x) {
    return Tensor(permute(reshape(x, {2, 67, 3, 4}), {0, 2, 1, 3}));
  };
  const Tensor y = multi_head_attention(q, k, v, 3, {.causal = true});
  const Tensor z = scaled_dot_product_attention(heads(q), heads(k), heads(v), {.causal = true});
  CHECK(close(heads(y), z, exact));
  CHECK(close(multi_head_attention(concat({q, k, v}, -1), 3, {.causal = true}), y, exact));
}

TEST_CASE("attention: float agrees with double") {
  const Tensor x = drawn({4, 100, 96}, 1);
  const Tensor y = multi_head_attention(x, 4, {.causal = true});
  CHECK(
      close(cast<double>(multi_head_attention(cast<float>(x), 4, {.causal = true})), y, {0, 1e-5}));
}

TEST_CASE("attention: dropout keeps the mean and its backward pass is of the same mask") {
  const Tensor q = drawn({8, 100, 4}, 1), k = drawn({8, 100, 4}, 2);
  Random random{3};
  const Tensor y =
      scaled_dot_product_attention(q, k, ones({8, 100, 1}), {.dropout = 0.25, .random = &random});
  CHECK(close(mean(y), 1, {.relative = 0.01}));
  CHECK(max(abs(y - 1)).item() > 0.05);
  const auto same = [](const auto& a, const auto& b, const auto& c) {
    Random again{5};
    return scaled_dot_product_attention(a, b, c, {.dropout = 0.5, .random = &again});
  };
  CHECK(check_gradient(same, drawn({1, 3, 4}, 1), drawn({1, 5, 4}, 2), drawn({1, 5, 3}, 3)));
}

TEST_CASE("attention: the largest buffer grows with t, not with its square") {
  const auto bytes = [](Index t) {
    release_cached_memory();
    {
      Tape tape;
      const Tensor x = tape.variable(cast<float>(drawn({1, t, 24}, 1)));
      const Tensor y = multi_head_attention(x, 2, {.causal = true});
      const auto gradients = tape.backward(y, ones<float>(y.shape()));
    }
    return static_cast<double>(cached_bytes());
  };
  const double few = bytes(512), many = bytes(2048);
  release_cached_memory();
  { const detail::Storage block(4096); }
  const bool caches = cached_bytes() > 0;  // not under the address sanitizer
  CHECK((few > 0) == caches);
  CHECK(many <= 5 * few);
}

TEST_CASE("attention: a NaN in a query is in what is found for it alone, one in a key in all") {
  for (const bool causal : {false, true}) {
    CAPTURE(causal);
    const Options options{.causal = causal};
    const Tensor q = drawn({1, 70, 4}, 1), k = drawn({1, 70, 4}, 2), v = drawn({1, 70, 3}, 3);
    const Tensor whole = scaled_dot_product_attention(q, k, v, options);
    for (const Index at : {0, 3, 63, 64, 69}) {
      CAPTURE(at);
      Tensor bad = q;
      bad.set({0, at, 2}, NAN);
      Tensor expected = whole;
      for (Index c = 0; c < 3; ++c) expected.set({0, at, c}, NAN);
      CHECK(testing::same(scaled_dot_product_attention(bad, k, v, options), expected));
      {
        Tape tape;
        const Tensor query = tape.variable(bad);
        const Tensor y = scaled_dot_product_attention(query, k, v, options);
        const Tensor slope = tape.backward(Tensor(sum(y * y)))[query];
        for (Index i = 0; i < 70; ++i) CHECK(std::isnan(slope(0, i, 0).value()) == (i == at));
      }
      bad = k;
      bad.set({0, at, 2}, NAN);
      Tape tape;
      const Tensor query = tape.variable(q), value = tape.variable(v);
      const Tensor y = scaled_dot_product_attention(query, bad, value, options);
      const Gradients g = tape.backward(y, ones(y.shape()));
      for (Index i = causal ? at : 0; i < 70; ++i) {
        CHECK(std::isnan(y(0, i, 0).value()));
        CHECK(std::isnan(g[query](0, i, 0).value()));
        CHECK(std::isnan(g[value](0, i, 0).value()));
      }
    }
  }
}

TEST_CASE("rotary: products depend on the distance of the positions only") {
  const Tensor q = drawn({1, 1, 8}, 1), k = drawn({1, 1, 8}, 2);
  const auto product = [&](Index i, Index j) {
    const Tensor a = rotary(q, {.width = 8, .first = i}), b = rotary(k, {.width = 8, .first = j});
    return dot(reshape(a, {8}), reshape(b, {8})).item();
  };
  CHECK(close(product(3, 1), product(103, 101)));
  CHECK(std::fabs(product(3, 1) - product(4, 1)) > 1e-3);
  CHECK(close(rotary(q, {.width = 8}), q, exact));
}

TEST_CASE("rotary: the gradient turns back; heads beyond `turned` pass") {
  const auto y = [](const auto& x) { return rotary(x, {.width = 4, .first = 7, .turned = 1}); };
  CHECK(check_gradient(y, drawn({2, 3, 8}, 1)));
  const Tensor x = drawn({2, 3, 8}, 1);
  CHECK(close(slice(y(x), 2, 4, 8), slice(x, 2, 4, 8), exact));
}

TEST_CASE("attention: what does not fit is refused") {
  const Tensor x = zeros({2, 3, 4});
  CHECK_THROWS_WITH_AS(scaled_dot_product_attention(x, zeros({2, 3, 5}), x),
                       "scaled_dot_product_attention: q [2, 3, 4], k [2, 3, 5], v [2, 3, 4]; "
                       "expected [b, heads, t, d], [b, heads, s, d], [b, heads, s, e], or all "
                       "three without heads",
                       ShapeError);
  CHECK_THROWS_WITH_AS(multi_head_attention(x, x, x, 3),
                       "multi_head_attention: q [2, 3, 4], k [2, 3, 4], v [2, 3, 4] and 3 heads; "
                       "expected [b, t, heads · d], [b, s, heads · d], [b, s, heads · e]",
                       ShapeError);
  CHECK_THROWS_WITH_AS(multi_head_attention(x, 1),
                       "multi_head_attention: qkv [2, 3, 4] and 1 heads; expected "
                       "[b, t, 3 · heads · d]",
                       ShapeError);
  CHECK_THROWS_WITH_AS(scaled_dot_product_attention(x, x, x, {.mask = zeros({2, 4})}),
                       "scaled_dot_product_attention: mask [2, 4]; expected a shape that "
                       "broadcasts to [2, 3, 3]",
                       ShapeError);
  CHECK_THROWS_WITH_AS(scaled_dot_product_attention(x, x, x, {.key_mask = zeros({3, 2})}),
                       "scaled_dot_product_attention: key_mask [3, 2]; expected [b, s], here "
                       "[2, 3]",
                       ShapeError);
  CHECK_THROWS_WITH_AS(scaled_dot_product_attention(x, x, x, {.dropout = 2}),
                       "scaled_dot_product_attention: dropout is 2; expected a probability, 0 to 1",
                       ValueError);
  CHECK_THROWS_WITH_AS(scaled_dot_product_attention(x, x, x, {.dropout = 0.5}),
                       "scaled_dot_product_attention: dropout is 0.5, but no generator was given",
                       ValueError);
  CHECK_THROWS_WITH_AS(rotary(x, {.width = 3}),
                       "rotary: width is 3; expected an even divisor of the last size, 4",
                       ValueError);
  Tape tape;
  CHECK_THROWS_WITH_AS(
      scaled_dot_product_attention(x, x, x, {.mask = tape.variable(zeros({3, 3}))}),
      "scaled_dot_product_attention: masks have no gradient; call detach() on a recorded one",
      TapeError);
}
