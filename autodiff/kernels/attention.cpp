#include "thalweg/autodiff/kernels/attention.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "thalweg/autodiff/kernels/dropout.hpp"
#include "thalweg/autodiff/kernels/lines.hpp"
#include "thalweg/autodiff/kernels/masked_product.hpp"
#include "thalweg/autodiff/number/number_type.hpp"

namespace thalweg::kernels {
namespace {

/// Rows and columns of the block of scores that is in work; both fit the first-level cache.
constexpr Index query_block = 64;
constexpr Index key_block = 64;

template <class Real>
constexpr Real infinity = std::numeric_limits<Real>::infinity();

/// e^x, 0 where that is below the smallest normal number, 2^(min_exponent − 1); the vectorised exp
/// is slow beyond.
template <class Real>
Lanes<Real> exp_or_zero(Lanes<Real> x) {
  const Lanes<Real> lowest(
      std::trunc((std::numeric_limits<Real>::min_exponent - 1) * std::numbers::ln2_v<Real>));
  const auto tiny = x < lowest;
  return select(tiny, Lanes<Real>(Real{0}), exp(select(tiny, lowest, x)));
}

/// A block of scores of one head: rows from query `i0` on, columns from key `j0` on.
struct Block {
  Index b, h;
  Index i0, rows;
  Index j0, columns;
};

/// C (+)= op(A) op(B) for matrices within larger arrays; nothing where one is empty.
template <class Real>
void multiply(Use use_a, Use use_b, Index m, Index n, Index k, const Real* a, Index row_a,
              const Real* b, Index row_b, bool accumulate, Real* c, Index row_c) {
  serial_product(Product<Real>{use_a, use_b, m, n, k, a, row_a, b, row_b, accumulate, c, row_c});
}

/// The same with a B of rows, where a 0 in A stands for what is not seen: then what B holds there
/// has no influence, be it infinite or NaN.
template <class Real>
void multiply_seen(Use use_a, Index m, Index n, Index k, const Real* a, Index row_a, const Real* b,
                   Index row_b, bool accumulate, Real* c, Index row_c) {
  const Product<Real> product{use_a, Use::plain, m, n, k, a, row_a, b, row_b, accumulate, c, row_c};
  for (Index row = 0; row < k; ++row)
    if (!all_finite(n, b + row * row_b)) return masked_product(product, Zeros::of_a);
  serial_product(product);
}

template <class Real>
struct Head {
  const AttentionProblem<Real>& p;

  /// Of row r of the block, how many columns are seen.
  Index seen(const Block& x, Index r) const {
    if (!p.causal) return x.columns;
    const Index last = p.keys - p.queries + x.i0 + r;
    return std::clamp<Index>(last - x.j0 + 1, 0, x.columns);
  }
  /// One past the last key that the rows of a block from `i0` see.
  Index keys_of(Index i0, Index rows) const {
    return p.causal ? std::clamp<Index>(p.keys - p.queries + i0 + rows, 0, p.keys) : p.keys;
  }

  void add_mask(const ScoreMask<Real>& mask, const Block& x, Index r, Index count, Real* s) const {
    if (!mask.data) return;
    const Real* m =
        mask.data + x.b * mask.batch + x.h * mask.head + (x.i0 + r) * mask.row + x.j0 * mask.column;
    for (Index j = 0; j < count; ++j) {
      const Real added = m[j * mask.column];
      s[j] = added == -infinity<Real> ? added : s[j] + added;  // NaN is hidden too
    }
  }

  /// Row r of S, after the products: scaled and masked, as far as it is seen.
  void finish_row(const Block& x, Index r, Index count, Real* s) const {
    for (Index j = 0; j < count; ++j) s[j] *= p.scale;
    for (const auto& mask : p.masks) add_mask(mask, x, r, count, s);
  }

  void scores(const Block& x, Real* s) const {
    multiply(Use::plain, Use::transposed, x.rows, x.columns, p.width, p.q.at(x.b, x.h, x.i0),
             p.q.row, p.k.at(x.b, x.h, x.j0), p.k.row, false, s, key_block);
  }

  /// The mask of dropout is a function of the block, so that the way back finds it again.
  void drop(const Block& x, Real* s) const {
    const std::uint64_t place = static_cast<std::uint64_t>(
        ((x.b * p.heads + x.h) * p.queries + x.i0) * ((p.keys + key_block - 1) / key_block) +
        x.j0 / key_block);
    kernels::drop(query_block * key_block, p.seed + place * (query_block * key_block / 2),
                  p.threshold, p.keep_scale, s, false, s);
  }
};

/// The forward pass of one head. Of a row of scores, as far as the keys have gone by, m = max S,
/// l = Σ e^(S − m) and O = Σ drop(e^(S − m)) V are known; a block with a larger maximum m' makes
/// them
///
///     l ← e^(m − m') l + Σ e^(S − m'),     O ← e^(m − m') O + Σ drop(e^(S − m')) V,
///
/// and at the end O ← O / l, L = m + log l.
template <class Real>
class Forward {
 public:
  Forward(const AttentionProblem<Real>& p, HeadView<Real> o, Real* log_sums)
      : p_(p), head_{p}, o_(o), log_sums_(log_sums), scores_(query_block * key_block) {}

  void operator()(Index b, Index h) {
    for (Index i = 0; i < p_.queries; i += query_block)
      queries(b, h, i, std::min(query_block, p_.queries - i));
  }

 private:
  void queries(Index b, Index h, Index i0, Index rows) {
    std::fill_n(largest_, rows, -infinity<Real>);
    std::fill_n(sums_, rows, Real{0});
    const Index end = head_.keys_of(i0, rows);
    if (end == 0)
      for (Index r = 0; r < rows; ++r) std::fill_n(o_.at(b, h, i0 + r), p_.value_width, Real{0});
    for (Index j = 0; j < end; j += key_block)
      keys({b, h, i0, rows, j, std::min(key_block, end - j)});
    for (Index r = 0; r < rows; ++r) finish(b, h, i0 + r, r);
  }

  void keys(const Block& x) {
    Real* const s = scores_.data();
    head_.scores(x, s);
    for (Index r = 0; r < x.rows; ++r) soften(x, r, s + r * key_block);
    if (p_.drops) head_.drop(x, s);
    multiply_seen(Use::plain, x.rows, p_.value_width, x.columns, s, key_block,
                  p_.v.at(x.b, x.h, x.j0), p_.v.row, x.j0 > 0, o_.at(x.b, x.h, x.i0), o_.row);
  }

  /// S → e^(S − m) for one row; m and l move on, O with them.
  void soften(const Block& x, Index r, Real* s) {
    const Index count = head_.seen(x, r);
    std::fill(s + count, s + x.columns, Real{0});
    if (count == 0) return;
    head_.finish_row(x, r, count, s);
    const Real before = largest_[r];
    const Real found = row_max(count, s);
    const Real m = found > before || found != found ? found : before;
    if (m == -infinity<Real>) return std::fill(s, s + count, Real{0});
    largest_[r] = m;
    const Real l = sum_registers<Real>(count, [=](Index j, int some) {
      const Lanes<Real> e = exp_or_zero(load_some(s + j, some) - Lanes<Real>(m));
      store_some(e, s + j, some);
      return e;
    });
    const Real shrink = x.j0 == 0 ? Real{0} : std::exp(before - m);
    sums_[r] = sums_[r] * shrink + l;
    if (x.j0 > 0 && shrink != 1) {
      Real* const o = o_.at(x.b, x.h, x.i0 + r);
      for (Index c = 0; c < p_.value_width; ++c) o[c] *= shrink;
    }
  }

  void finish(Index b, Index h, Index i, Index r) {
    const bool blind = sums_[r] == 0;
    if (!blind) {
      const Real scale = 1 / sums_[r];
      Real* const o = o_.at(b, h, i);
      for (Index c = 0; c < p_.value_width; ++c) o[c] *= scale;
    }
    log_sums_[(b * p_.heads + h) * p_.queries + i] =
        blind ? infinity<Real> : largest_[r] + std::log(sums_[r]);
  }

  const AttentionProblem<Real>& p_;
  Head<Real> head_;
  HeadView<Real> o_;
  Real* log_sums_;
  std::vector<Real> scores_;
  Real largest_[query_block], sums_[query_block];
};

/// The backward pass of one head. The adjoint of softmax is S̄ = P (P̄ − Σ_j P_j P̄_j) by rows, and
/// that sum is D = Ō·O, known before any key has gone by.
template <class Real>
class Back {
 public:
  Back(const AttentionProblem<Real>& p, HeadView<const Real> o, const Real* log_sums,
       HeadView<const Real> d_o, HeadView<Real> dq, HeadView<Real> dk, HeadView<Real> dv)
      : p_(p),
        head_{p},
        o_(o),
        log_sums_(log_sums),
        d_o_(d_o),
        dq_(dq),
        dk_(dk),
        dv_(dv),
        scores_(2 * query_block * key_block),
        adjoints_(query_block * key_block) {}

  void operator()(Index b, Index h) {
    for (Index i = 0; i < p_.queries; i += query_block)
      queries(b, h, i, std::min(query_block, p_.queries - i));
  }

 private:
  void queries(Index b, Index h, Index i0, Index rows) {
    for (Index r = 0; r < rows; ++r) {
      const Real *o = o_.at(b, h, i0 + r), *d_o = d_o_.at(b, h, i0 + r);
      idle_[r] = all_zero(p_.value_width, d_o);
      inner_[r] = sum_registers<Real>(p_.value_width, [=](Index c, int some) {
        return load_some(o + c, some) * load_some(d_o + c, some);
      });
    }
    const Index end = head_.keys_of(i0, rows);
    for (Index j = 0; j < end; j += key_block)
      keys({b, h, i0, rows, j, std::min(key_block, end - j)});
  }

  // P in `s` and V̄; P̄ = drop(Ō Vᵀ) in `ds`, scale · S̄ in its place, Q̄ and K̄.
  void keys(const Block& x) {
    Real *const s = scores_.data(), *const ds = adjoints_.data();
    head_.scores(x, s);
    for (Index r = 0; r < x.rows; ++r) probabilities(x, r, s + r * key_block);
    const Real* const d_o = d_o_.at(x.b, x.h, x.i0);
    if (dv_.data) values(x, s, d_o);
    if (!dq_.data && !dk_.data) return;
    multiply(Use::plain, Use::transposed, x.rows, x.columns, p_.value_width, d_o, d_o_.row,
             p_.v.at(x.b, x.h, x.j0), p_.v.row, false, ds, key_block);
    if (p_.drops) head_.drop(x, ds);
    for (Index r = 0; r < x.rows; ++r) score_adjoints(x, r, s + r * key_block, ds + r * key_block);
    if (dq_.data)
      multiply_seen(Use::plain, x.rows, p_.width, x.columns, ds, key_block, p_.k.at(x.b, x.h, x.j0),
                    p_.k.row, true, dq_.at(x.b, x.h, x.i0), dq_.row);
    if (dk_.data)
      multiply_seen(Use::transposed, x.columns, p_.width, x.rows, ds, key_block,
                    p_.q.at(x.b, x.h, x.i0), p_.q.row, true, dk_.at(x.b, x.h, x.j0), dk_.row);
  }

  // v̄ += drop(P)ᵀ Ō
  void values(const Block& x, Real* s, const Real* d_o) {
    if (p_.drops) {
      Real* const dropped = s + query_block * key_block;
      std::copy_n(s, query_block * key_block, dropped);
      head_.drop(x, dropped);
      s = dropped;
    }
    multiply_seen(Use::transposed, x.columns, p_.value_width, x.rows, s, key_block, d_o, d_o_.row,
                  true, dv_.at(x.b, x.h, x.j0), dv_.row);
  }

  // S → P = e^(S − L); 0 for a query that is not asked about.
  void probabilities(const Block& x, Index r, Real* s) {
    const Index count = idle_[r] ? 0 : head_.seen(x, r);
    std::fill(s + count, s + x.columns, Real{0});
    head_.finish_row(x, r, count, s);
    const Lanes<Real> sum(log_sums_[(x.b * p_.heads + x.h) * p_.queries + x.i0 + r]);
    each_register<Real>(count, [=](Index j, int some) {
      store_some(exp_or_zero(load_some(s + j, some) - sum), s + j, some);
    });
  }

  // scale · P (P̄ − D), 0 where nothing is seen.
  void score_adjoints(const Block& x, Index r, const Real* s, Real* ds) {
    const Real d = inner_[r], scale = p_.scale;
    for (Index j = 0; j < x.columns; ++j)
      ds[j] = s[j] == 0 ? Real{0} : scale * (s[j] * (ds[j] - d));
  }

  const AttentionProblem<Real>& p_;
  Head<Real> head_;
  HeadView<const Real> o_;
  const Real* log_sums_;
  HeadView<const Real> d_o_;
  HeadView<Real> dq_, dk_, dv_;
  std::vector<Real> scores_, adjoints_;
  Real inner_[query_block];
  bool idle_[query_block];  // is the adjoint of this row 0?
};

/// run(b, h) for every head, each by one thread.
template <class Real, class Make>
void each_head(const AttentionProblem<Real>& p, Make make) {
  const Index work = p.queries * p.keys * (p.width + p.value_width);
  const Index grain = std::max<Index>(1, (Index{1} << 17) / std::max<Index>(1, work));
  parallel_for(p.batch * p.heads, grain, [&](Index begin, Index end, Index) {
    const LibraryThreads one(1);
    auto run = make();
    for (Index item = begin; item < end; ++item) run(item / p.heads, item % p.heads);
  });
}

}  // namespace

template <class Real>
void attention(const AttentionProblem<Real>& p, HeadView<Real> o, Real* log_sums) {
  each_head(p, [&] { return Forward<Real>(p, o, log_sums); });
}

template <class Real>
void attention_backward(const AttentionProblem<Real>& p, HeadView<const Real> o,
                        const Real* log_sums, HeadView<const Real> d_o, HeadView<Real> dq,
                        HeadView<Real> dk, HeadView<Real> dv) {
  each_head(p, [&] { return Back<Real>(p, o, log_sums, d_o, dq, dk, dv); });
}

#define THALWEG_INSTANTIATE(Real)                                                       \
  template void attention(const AttentionProblem<Real>&, HeadView<Real>, Real*);        \
  template void attention_backward(const AttentionProblem<Real>&, HeadView<const Real>, \
                                   const Real*, HeadView<const Real>, HeadView<Real>,   \
                                   HeadView<Real>, HeadView<Real>);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::kernels
