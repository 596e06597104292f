#include "thalweg/autodiff/ops/ctc.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "thalweg/autodiff/base/parallel.hpp"

// The forward-backward algorithm of A. Graves et al., "Connectionist Temporal Classification", ICML
// 2006, in logarithms. With α_t(s) and β_t(s) the logarithms of the probability of all ways to
// state s at step t, and of all ways on from there, Σ_s exp(α_t(s) + β_t(s)) = e^(−ℓ) at every t.
// The share of state s in that sum is P(state s at t | target), and ∂ℓ/∂x_{t,c} is minus the shares
// of the states with label c.

namespace thalweg::detail {
namespace {

using How = thalweg::Reduction;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// log(eᵃ + eᵇ).
double log_add(double a, double b) {
  const double m = std::max(a, b);
  return m == -infinity ? m : m + std::log1p(std::exp(std::min(a, b) - m));
}

/// Of one example: log-probabilities x [time, classes] and the states, the target's labels with
/// blanks around them: l′ = –, l₁, –, l₂, –.
template <class Real>
struct Example {
  const Real* x;
  Index time;
  Index classes;
  Index blank;
  std::span<const Index> labels;

  Index states() const { return 2 * static_cast<Index>(labels.size()) + 1; }
  Index label(Index s) const { return s % 2 == 0 ? blank : labels[s / 2]; }
  double log_probability(Index t, Index s) const {
    return static_cast<double>(x[t * classes + label(s)]);
  }
  /// Whether state s can follow s − 2 at once: a label, other than the one before.
  bool skips(Index s) const { return s >= 2 && s % 2 == 1 && label(s) != label(s - 2); }
};

using Table = std::vector<double>;  // [time, states]

/// α_t(s) = log of the probability of all ways to state s at step t, its own factor included:
/// α_t(s) = x_{t, l′ₛ} + log(e^α(s) + e^α(s−1) + e^α(s−2)) at t − 1, the last one if s skips.
template <class Real>
Table forward_table(const Example<Real>& e) {
  const Index states = e.states();
  Table alpha(e.time * states, -infinity);
  for (Index s = 0; e.time > 0 && s < std::min<Index>(2, states); ++s)
    alpha[s] = e.log_probability(0, s);
  for (Index t = 1; t < e.time; ++t) {
    const double* const before = alpha.data() + (t - 1) * states;
    for (Index s = 0; s < states; ++s) {
      double sum = before[s];
      if (s >= 1) sum = log_add(sum, before[s - 1]);
      if (e.skips(s)) sum = log_add(sum, before[s - 2]);
      alpha[t * states + s] = sum + e.log_probability(t, s);
    }
  }
  return alpha;
}

/// ℓ, from the two states in which a way may end.
template <class Real>
double loss_of(const Example<Real>& e, const Table& alpha) {
  if (e.time == 0) return e.labels.empty() ? 0 : infinity;
  const double* const last = alpha.data() + (e.time - 1) * e.states();
  const Index s = e.states() - 1;
  return -(s == 0 ? last[0] : log_add(last[s], last[s - 1]));
}

/// dx_{t,c} = −Σ_{s: l′ₛ = c} exp(α_t(s) + β_t(s) + ℓ), β_t(s) the log of the probability of all
/// ways from there to the end: the same recursion from the back.
template <class Real>
void slopes_of(const Example<Real>& e, const Table& alpha, double loss, Real* dx) {
  const Index states = e.states();
  Table beta(states, -infinity), after(beta);
  for (Index t = e.time - 1; t >= 0; --t) {
    std::swap(beta, after);
    for (Index s = 0; s < states; ++s) {
      const auto onward = [&](Index to) { return after[to] + e.log_probability(t + 1, to); };
      double& sum = beta[s];
      if (t == e.time - 1) {
        sum = s + 2 >= states ? 0 : -infinity;
      } else {
        sum = onward(s);
        if (s + 1 < states) sum = log_add(sum, onward(s + 1));
        if (s + 2 < states && e.skips(s + 2)) sum = log_add(sum, onward(s + 2));
      }
      const double log_share = alpha[t * states + s] + sum + loss;
      dx[t * e.classes + e.label(s)] -= static_cast<Real>(std::exp(log_share));
    }
  }
}

/// The lengths given, or `otherwise` n times.
std::vector<Index> lengths(const char* noun, const std::optional<Indices>& given, Index n,
                           Index otherwise, Index most) {
  std::vector<Index> all(n, otherwise);
  if (!given) return all;
  if (given->shape() != Shape{n})
    throw ShapeError(fmt::format("ctc_loss: {} have shape {}; expected [{}], one for each sequence",
                                 noun, given->shape(), n));
  std::copy(given->values().begin(), given->values().end(), all.begin());
  for (const Index length : all)
    if (length < 0 || length > most)
      throw ValueError(
          fmt::format("ctc_loss: {} contain {}; expected 0 to {}", noun, length, most));
  return all;
}

template <class Real>
std::vector<Example<Real>> examples_of(const Tensor<Real>& x, const IndexTensor& targets,
                                       const CtcOptions& options) {
  if (x.rank() != 3 || (targets.rank() != 1 && targets.rank() != 2) ||
      (targets.rank() == 2 && targets.size(0) != x.size(0)))
    throw ShapeError(fmt::format(
        "ctc_loss: log-probabilities {} and targets {}; expected [n, time, classes] and "
        "[n, longest], or the targets one behind the other with their target_lengths",
        x.shape(), targets.shape()));
  const Index n = x.size(0), time = x.size(1), classes = x.size(2);
  if (options.blank < 0 || options.blank >= classes)
    throw IndexError(fmt::format("ctc_loss: the blank {} is out of range; expected 0 to {}",
                                 options.blank, classes - 1));
  const bool padded = targets.rank() == 2;
  if (!padded && !options.target_lengths)
    throw ValueError("ctc_loss: targets one behind the other need their target_lengths");
  const Index longest = padded ? targets.size(1) : targets.size();
  const auto in = lengths("input_lengths", options.input_lengths, n, time, time);
  const auto out = lengths("target_lengths", options.target_lengths, n, longest, longest);
  const Index total = std::accumulate(out.begin(), out.end(), Index{0});
  if (!padded && total != targets.size())
    throw ValueError(fmt::format("ctc_loss: {} labels, but the target_lengths add up to {}",
                                 targets.size(), total));
  std::vector<Example<Real>> all;
  Index from = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const std::span<const Index> labels(targets.data() + from, static_cast<std::size_t>(out[i]));
    from += padded ? longest : out[i];
    for (const Index label : labels)
      if (label < 0 || label >= classes || label == options.blank)
        throw IndexError(
            fmt::format("ctc_loss: label {} in target {}; expected 0 to {} and not the blank, {}",
                        label, i, classes - 1, options.blank));
    all.push_back(
        {x.data() + static_cast<Index>(i) * time * classes, in[i], classes, options.blank, labels});
  }
  return all;
}

/// ℓ of every example; and dx, if it is not null.
template <class Real>
void solve(const std::vector<Example<Real>>& examples, bool zero_infinity, Index size, Real* losses,
           Real* dx) {
  const auto count = static_cast<Index>(examples.size());
  kernels::parallel_for(count, 1, [&](Index begin, Index end, Index) {
    for (Index i = begin; i < end; ++i) {
      const Example<Real>& e = examples[i];
      const Table alpha = forward_table(e);
      const double loss = loss_of(e, alpha);
      const bool dropped = zero_infinity && loss == infinity;
      losses[i] = dropped ? Real(0) : static_cast<Real>(loss);
      if (!dx || dropped) continue;
      if (loss == infinity)
        std::fill_n(dx + i * size, e.time * e.classes, std::numeric_limits<Real>::quiet_NaN());
      else
        slopes_of(e, alpha, loss, dx + i * size);
    }
  });
}

/// What each ℓ counts for in the result.
template <class Real>
std::vector<Real> factors_of(const std::vector<Example<Real>>& examples, How reduction) {
  std::vector<Real> factors(examples.size(), 1);
  if (reduction != How::mean) return factors;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const double length = std::max(1.0, static_cast<double>(examples[i].labels.size()));
    factors[i] = static_cast<Real>(1 / length / static_cast<double>(examples.size()));
  }
  return factors;
}

template <class Real>
Tensor<Real> reduced(const Tensor<Real>& losses, const std::vector<Real>& factors, How reduction) {
  if (reduction == How::none) return losses;
  if (reduction == How::mean && factors.empty())
    return Tensor<Real>(std::numeric_limits<Real>::quiet_NaN());
  return Tensor<Real>(static_cast<Real>(
      std::inner_product(factors.begin(), factors.end(), losses.data(), 0.0, std::plus<>(),
                         [](Real f, Real loss) { return double(f) * double(loss); })));
}

}  // namespace

// The slopes are made together with the losses, as the table α is at hand;  x̄ = ℓ̄ ∂ℓ/∂x.
template <class Real>
Tensor<Real> ctc_loss(const Tensor<Real>& x, const IndexTensor& targets, const CtcOptions& options,
                      Location where) {
  const std::vector<Example<Real>> examples = examples_of(x, targets, options);
  const auto n = static_cast<Index>(examples.size());
  const Index size = x.size(1) * x.size(2);
  Tensor<Real> losses = Tensor<Real>::uninitialised({n});
  Tensor<Real> slopes;
  if (active(x)) {
    slopes = Tensor<Real>::uninitialised(x.shape());
    std::fill_n(slopes.unshared_data(), slopes.size(), Real(0));
  }
  solve(examples, options.zero_infinity, size, losses.unshared_data(),
        slopes.body() ? slopes.unshared_data() : nullptr);
  std::vector<Real> factors = factors_of(examples, options.reduction);
  const Tensor<Real> y = reduced(losses, factors, options.reduction);
  const bool each = options.reduction == How::none;
  return record(
      "ctc_loss", y, {x},
      [slopes = saved_if(slopes.body() != nullptr, slopes), factors = std::move(factors), size,
       each](Backward<Real>& back) {
        const auto to = back.into(0);
        for (std::size_t i = 0; i < factors.size(); ++i) {
          const Real factor = factors[i] * back.adjoint()[each ? i : 0];
          const Index from = static_cast<Index>(i) * size;
          for (Index k = from; k < from + size; ++k)
            to.data[k] = (factor == 0 ? Real(0) : factor * slopes.data()[k]) +
                         (to.accumulate ? to.data[k] : Real(0));
        }
      },
      where);
}

#define THALWEG_INSTANTIATE(Real)                                                            \
  template Tensor<Real> ctc_loss(const Tensor<Real>&, const IndexTensor&, const CtcOptions&, \
                                 Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::detail
