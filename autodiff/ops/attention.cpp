#include "thalweg/autodiff/ops/attention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/kernels/attention.hpp"
#include "thalweg/autodiff/kernels/rotary.hpp"

namespace thalweg::detail {
namespace {

using kernels::AttentionProblem;
using kernels::HeadView;
using kernels::ScoreMask;
using op::AttentionSizes;
using op::HeadStrides;

template <class T>
HeadView<T> view(T* data, const HeadStrides& strides) {
  return {data + strides.offset, strides.batch, strides.head, strides.row};
}

/// The parts of [b, heads, t, s] in order, from the last axis of the mask; a size of 1 repeats.
template <class Real>
ScoreMask<Real> broadcast(const char* op, const Tensor<Real>& mask, const AttentionSizes& sizes) {
  if (mask.size() == 0) return {};
  const Shape& given = mask.shape();
  const Shape full = sizes.has_heads ? Shape{sizes.batch, sizes.heads, sizes.queries, sizes.keys}
                                     : Shape{sizes.batch, sizes.queries, sizes.keys};
  bool fits = given.rank() <= full.rank();
  Index strides[4] = {0, 0, 0, 0};  // of the axes of `full`
  for (int back = 1; fits && back <= given.rank(); ++back) {
    const Index size = given[given.rank() - back], wanted = full[full.rank() - back];
    fits = size == wanted || size == 1;
    strides[full.rank() - back] = size == 1 ? 0 : given.size_after(given.rank() - back);
  }
  if (!fits)
    throw ShapeError(
        fmt::format("{}: mask {}; expected a shape that broadcasts to {}", op, given, full));
  if (sizes.has_heads) return {mask.data(), strides[0], strides[1], strides[2], strides[3]};
  return {mask.data(), strides[0], 0, strides[1], strides[2]};
}

/// −∞ for 0, else 0.
template <class Real>
Tensor<Real> hidden(const char* op, const Tensor<Real>& key_mask, const AttentionSizes& sizes) {
  if (!key_mask.body()) return {};
  if (key_mask.shape() != Shape{sizes.batch, sizes.keys})
    throw ShapeError(fmt::format("{}: key_mask {}; expected [b, s], here {}", op, key_mask.shape(),
                                 Shape{sizes.batch, sizes.keys}));
  auto added = Tensor<Real>::uninitialised(key_mask.shape());
  std::transform(key_mask.data(), key_mask.data() + key_mask.size(), added.unshared_data(),
                 [](Real x) { return x == 0 ? -std::numeric_limits<Real>::infinity() : Real{0}; });
  return added;
}

/// A weight is dropped where 32 random bits lie below p · 2³².
template <class Real>
void set_dropout(const char* op, const AttentionOptions<Real>& options, AttentionProblem<Real>& p) {
  if (!(options.dropout >= 0 && options.dropout <= 1))
    throw ValueError(
        fmt::format("{}: dropout is {}; expected a probability, 0 to 1", op, options.dropout));
  if (options.dropout == 0) return;
  if (!options.random)
    throw ValueError(
        fmt::format("{}: dropout is {}, but no generator was given", op, options.dropout));
  p.drops = true;
  p.seed = options.random->next();
  p.threshold =
      static_cast<std::uint32_t>(std::fmin(std::round(options.dropout * 0x1p32), 0x1p32 - 1));
  p.keep_scale = options.dropout == 1 ? Real{0} : static_cast<Real>(1 / (1 - options.dropout));
}

/// What the backward pass keeps.
template <class Real>
struct OnTape {
  Saved<Real> q, k, v, y, log_sums, mask, key_mask;
};

/// Adds to the adjoints of q, k and v; `p` is the problem with its pointers.
template <class Real>
void pull(Backward<Real>& back, const AttentionProblem<Real>& p, const OnTape<Real>& kept,
          const HeadStrides (&strides)[4]) {
  HeadView<Real> to[3];
  for (std::size_t n = 0; n < 3; ++n)
    if (auto target = back.zeroed(n)) to[n] = view(target.data, strides[n]);
  attention_backward<Real>(p, view(kept.y.data(), strides[3]), kept.log_sums.data(),
                           view(back.adjoint(), strides[3]), to[0], to[1], to[2]);
}

}  // namespace
}  // namespace thalweg::detail

namespace thalweg::op {

using namespace detail;

// O = drop(P) V,  P = softmax S,  S = scale · Q Kᵀ + masks. Kept are Q, K, V, O and L = log Σ e^S
// of each row; P = e^(S − L) is computed again, block by block, and with D_i = Σ_c Ō_ic O_ic
//
//     V̄ += drop(P)ᵀ Ō,   P̄ = drop(Ō Vᵀ),   S̄ = P (P̄ − D),   Q̄ += scale · S̄ K,   K̄ += scale · S̄ᵀ Q.
template <class Real>
Tensor<Real> attend(const char* name, const AttentionSizes& sizes, const Tensor<Real>& q,
                    const Tensor<Real>& k, const Tensor<Real>& v, const HeadStrides (&strides)[4],
                    const Shape& result, const AttentionOptions<Real>& options, Location where) {
  if (active(options.mask) || active(options.key_mask))
    throw TapeError(
        fmt::format("{}: masks have no gradient; call detach() on a recorded one", name));
  AttentionProblem<Real> p;
  p.batch = sizes.batch;
  p.heads = sizes.heads;
  p.queries = sizes.queries;
  p.keys = sizes.keys;
  p.width = sizes.width;
  p.value_width = sizes.value_width;
  p.causal = options.causal;
  if (!(std::isfinite(options.scale)))
    throw ValueError(fmt::format("{}: scale is {}; expected a finite number", name, options.scale));
  p.scale = static_cast<Real>(options.scale != 0 ? options.scale
                                                 : 1 / std::sqrt(static_cast<double>(sizes.width)));
  const Tensor<Real> key_mask = hidden(name, options.key_mask, sizes);
  p.masks[0] = broadcast(name, options.mask, sizes);
  if (key_mask.size() > 0) p.masks[1] = {key_mask.data(), sizes.keys, 0, 0, 1};
  set_dropout(name, options, p);
  p.q = view(q.data(), strides[0]);
  p.k = view(k.data(), strides[1]);
  p.v = view(v.data(), strides[2]);

  Tensor<Real> y = Tensor<Real>::uninitialised(result);
  auto log_sums = Tensor<Real>::uninitialised({sizes.batch, sizes.heads, sizes.queries});
  kernels::attention<Real>(p, view(y.unshared_data(), strides[3]), log_sums.unshared_data());
  const bool on_tape = active(q) || active(k) || active(v);
  if (!on_tape)
    return record(
        name, std::move(y), {q, k, v}, [](Backward<Real>&) {}, where);
  OnTape<Real> kept{Saved(q),       Saved(k),        Saved(v),
                    Saved(y),       Saved(log_sums), Saved(options.mask),
                    Saved(key_mask)};
  return record(
      name, std::move(y), {q, k, v},
      [p, kept = std::move(kept), s0 = strides[0], s1 = strides[1], s2 = strides[2],
       s3 = strides[3]](Backward<Real>& back) {
        pull(back, p, kept, {s0, s1, s2, s3});
      },
      where);
}

#define THALWEG_INSTANTIATE(Real)                                                                 \
  template Tensor<Real> attend(const char*, const AttentionSizes&, const Tensor<Real>&,           \
                               const Tensor<Real>&, const Tensor<Real>&, const HeadStrides(&)[4], \
                               const Shape&, const AttentionOptions<Real>&, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
#undef THALWEG_INSTANTIATE

}  // namespace thalweg::op

namespace thalweg::detail {

template <class Real>
Tensor<Real> attention(const Tensor<Real>& q, const Tensor<Real>& k, const Tensor<Real>& v,
                       const AttentionOptions<Real>& options, Location where) {
  constexpr auto name = "scaled_dot_product_attention";
  const Shape &a = q.shape(), &b = k.shape(), &c = v.shape();
  const int rank = a.rank();
  bool fits = (rank == 3 || rank == 4) && b.rank() == rank && c.rank() == rank;
  fits = fits && a[rank - 1] == b[rank - 1] && b[rank - 2] == c[rank - 2] && a[rank - 1] > 0 &&
         c[rank - 1] > 0;
  for (int axis = 0; fits && axis < rank - 2; ++axis)
    fits = a[axis] == b[axis] && b[axis] == c[axis];
  if (!fits)
    throw ShapeError(fmt::format(
        "{}: q {}, k {}, v {}; expected [b, heads, t, d], [b, heads, s, d], [b, heads, s, e], or "
        "all three without heads",
        name, a, b, c));
  const AttentionSizes sizes{a[0],        rank == 4 ? a[1] : 1, a[rank - 2], b[rank - 2],
                             a[rank - 1], c[rank - 1],          rank == 4};
  const auto plain = [&](Index rows, Index width) {
    return HeadStrides{0, sizes.heads * rows * width, rows * width, width};
  };
  Shape result = a;
  result[rank - 1] = sizes.value_width;
  return op::attend(name, sizes, q, k, v,
                    {plain(sizes.queries, sizes.width), plain(sizes.keys, sizes.width),
                     plain(sizes.keys, sizes.value_width), plain(sizes.queries, sizes.value_width)},
                    result, options, where);
}

template <class Real>
Tensor<Real> multi_head_attention(const Tensor<Real>& q, const Tensor<Real>& k,
                                  const Tensor<Real>& v, Index heads,
                                  const AttentionOptions<Real>& options, Location where) {
  constexpr auto name = "multi_head_attention";
  const Shape &a = q.shape(), &b = k.shape(), &c = v.shape();
  const bool fits = a.rank() == 3 && b.rank() == 3 && c.rank() == 3 && a[0] == b[0] &&
                    b[0] == c[0] && b[1] == c[1] && a[2] == b[2] && heads > 0 && a[2] > 0 &&
                    c[2] > 0 && a[2] % heads == 0 && c[2] % heads == 0;
  if (!fits)
    throw ShapeError(
        fmt::format("{}: q {}, k {}, v {} and {} heads; expected [b, t, heads · d], "
                    "[b, s, heads · d], [b, s, heads · e]",
                    name, a, b, c, heads));
  const AttentionSizes sizes{a[0], heads, a[1], b[1], a[2] / heads, c[2] / heads};
  const auto packed = [&](Index rows, Index line) {
    return HeadStrides{0, rows * line, line / heads, line};
  };
  return op::attend(
      name, sizes, q, k, v,
      {packed(a[1], a[2]), packed(b[1], a[2]), packed(b[1], c[2]), packed(a[1], c[2])},
      Shape{a[0], a[1], c[2]}, options, where);
}

template <class Real>
Tensor<Real> multi_head_attention(const Tensor<Real>& qkv, Index heads,
                                  const AttentionOptions<Real>& options, Location where) {
  constexpr auto name = "multi_head_attention";
  const Shape& a = qkv.shape();
  if (a.rank() != 3 || heads < 1 || a[2] == 0 || a[2] % (3 * heads) != 0)
    throw ShapeError(
        fmt::format("{}: qkv {} and {} heads; expected [b, t, 3 · heads · d]", name, a, heads));
  const Index line = a[2], width = line / 3;
  const AttentionSizes sizes{a[0], heads, a[1], a[1], width / heads, width / heads};
  const auto part = [&](Index n) {
    return HeadStrides{n * width, a[1] * line, width / heads, line};
  };
  return op::attend(name, sizes, qkv, qkv, qkv,
                    {part(0), part(1), part(2), {0, a[1] * width, width / heads, width}},
                    Shape{a[0], a[1], width}, options, where);
}

// Each pair is turned by θ; a rotation's transpose is its inverse: x̄ is ȳ turned by −θ.
template <class Real>
Tensor<Real> rotary(const Tensor<Real>& x, const RotaryOptions& options, Location where) {
  const Shape& shape = x.shape();
  const Index width = options.width;
  if (shape.rank() != 3)
    throw ShapeError(fmt::format("rotary: x {}; expected [b, t, heads · width]", shape));
  if (width < 2 || width % 2 != 0 || shape[2] % width != 0)
    throw ValueError(fmt::format(
        "rotary: width is {}; expected an even divisor of the last size, {}", width, shape[2]));
  const Index heads = shape[2] / width, turned = options.turned < 0 ? heads : options.turned;
  if (turned > heads)
    throw ValueError(fmt::format("rotary: {} heads are to turn of {}", turned, heads));
  if (!(options.base > 0) || !std::isfinite(options.base))
    throw ValueError(fmt::format("rotary: base is {}; expected a positive number", options.base));
  const auto turn = [shape, heads, turned, width, first = options.first, base = options.base](
                        double direction, const Real* from, bool accumulate, Real* to) {
    kernels::rotate(shape[0], shape[1], heads, turned, width, first, base, direction, from,
                    accumulate, to);
  };
  Tensor<Real> y = Tensor<Real>::uninitialised(shape);
  turn(1, x.data(), false, y.unshared_data());
  return record(
      "rotary", std::move(y), {x},
      [turn](Backward<Real>& back) {
        if (auto to = back.into(0)) turn(-1, back.adjoint(), to.accumulate, to.data);
      },
      where);
}

#define THALWEG_INSTANTIATE(Real)                                                                \
  template Tensor<Real> attention(const Tensor<Real>&, const Tensor<Real>&, const Tensor<Real>&, \
                                  const AttentionOptions<Real>&, Location);                      \
  template Tensor<Real> multi_head_attention(const Tensor<Real>&, const Tensor<Real>&,           \
                                             const Tensor<Real>&, Index,                         \
                                             const AttentionOptions<Real>&, Location);           \
  template Tensor<Real> multi_head_attention(const Tensor<Real>&, Index,                         \
                                             const AttentionOptions<Real>&, Location);           \
  template Tensor<Real> rotary(const Tensor<Real>&, const RotaryOptions&, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
#undef THALWEG_INSTANTIATE

}  // namespace thalweg::detail
