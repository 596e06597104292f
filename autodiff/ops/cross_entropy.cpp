#include "thalweg/autodiff/ops/cross_entropy.hpp"

#include "thalweg/autodiff/kernels/reduce.hpp"
#include "thalweg/autodiff/kernels/softmax.hpp"

namespace thalweg::detail {

namespace {

using How = thalweg::Reduction;

// The labels of a batch and how much each example counts.
template <class Real>
struct Examples {
  Index count = 0;
  Index classes = 0;
  IndexTensor labels;          // 0 in the place of ignored ones
  std::vector<bool> ignored;   // none if empty
  std::vector<Real> weights;   // w_t, 0 if ignored; all 1 if empty
  Tensor<Real> class_weights;  // w, all 1 if it has no elements

  bool present(Index i) const { return ignored.empty() || !ignored[i]; }
  Real weight(Index i) const { return weights.empty() ? Real(1) : weights[i]; }
  Real class_weight(Index c) const {
    return class_weights.body() ? class_weights.data()[c] : Real(1);
  }
  double total_weight() const {
    return weights.empty() ? static_cast<double>(count) : kernels::total(count, weights.data());
  }
  // The factors of the examples in the adjoint: those of their losses, divided by what the mean
  // divides by.
  auto factors(How reduction, const Real* adjoint) const {
    const Real shared = reduction == How::mean
                            ? static_cast<Real>(static_cast<double>(*adjoint) / total_weight())
                            : Real(0);
    return [=](Index i) {
      return reduction == How::mean ? shared : adjoint[reduction == How::none ? i : 0];
    };
  }
};

// What to write instead if the classes are not where they were looked for.
std::string advice(const Shape& x, const Shape& labels) {
  if (x.rank() != labels.rank() + 1 || x.rank() < 3 || x[0] != labels[0]) return "";
  for (int axis = 1; axis < labels.rank(); ++axis)
    if (x[axis + 1] != labels[axis]) return "";
  return "; if the classes are on axis 1, write {.axis = 1}";
}

void expect_shapes(const char* op, const Shape& x, const Shape& labels) {
  bool fits = x.rank() == labels.rank() + 1;
  for (int axis = 0; fits && axis < labels.rank(); ++axis) fits = x[axis] == labels[axis];
  if (!fits)
    throw ShapeError(fmt::format(
        "{}: the input has shape {}, the labels {}; expected one label for each line of the input "
        "along its last axis{}",
        op, x, labels, advice(x, labels)));
}

template <class Real>
Examples<Real> examples(const char* op, const Tensor<Real>& x, const IndexTensor& labels,
                        const Weights& class_weights, std::optional<Index> ignored) {
  expect_shapes(op, x.shape(), labels.shape());
  Examples<Real> all{labels.size(), x.size(-1), labels, {}, {}, {}};
  expect_class_weights(op, class_weights, all.classes);
  if (class_weights.given()) all.class_weights = class_weights.as<Real>();
  if (ignored) {
    all.labels = labels.detach();
    all.ignored.resize(all.count);
    const std::span<Index> safe = all.labels.mutable_values();
    for (std::size_t i = 0; i < safe.size(); ++i)
      if ((all.ignored[i] = safe[i] == *ignored)) safe[i] = 0;
  }
  expect_in_range(op, "label", all.labels, all.classes);
  if (!ignored && !class_weights.given()) return all;
  for (Index i = 0; i < all.count; ++i)
    all.weights.push_back(all.present(i) ? all.class_weight(all.labels.data()[i]) : Real(0));
  return all;
}

// w x, and 0 where w = 0: what has no weight does not count, be it infinite or NaN.
template <class Real>
Real counted(Real w, Real x) {
  return w == 0 ? Real(0) : w * x;
}

// The losses themselves, their sum, or their mean.
template <class Real>
Tensor<Real> reduced(const Examples<Real>& all, const Tensor<Real>& losses, How reduction) {
  if (reduction == How::none) return losses;
  const double sum = kernels::total(losses.size(), losses.data());
  return Tensor<Real>(static_cast<Real>(reduction == How::sum ? sum : sum / all.total_weight()));
}

// With L = log Σ exp x_c, w_t the weight of the label t and p = softmax x,
//
//     ℓ = (1 − ε) w_t (L − x_t) + ε/C Σ_c w_c (L − x_c)
//     ∂ℓ/∂x_c = ((1 − ε) w_t + ε/C Σ w) p_c − (1 − ε) w_t [c = t] − ε/C w_c
//
// and both 0 where the label is ignored. L of each example is kept, p = exp(x − L) computed again.
template <class Real>
struct CrossEntropy {
  Examples<Real> all;
  double smoothing;
  How reduction;
  Tensor<Real> logsumexp;  // L

  bool plain() const { return smoothing == 0 && all.weights.empty(); }
  Real share() const { return static_cast<Real>(smoothing / static_cast<double>(all.classes)); }

  Tensor<Real> losses(const Tensor<Real>& x, const Shape& shape) {
    Tensor<Real> loss = Tensor<Real>::uninitialised(shape);
    Real* const to = loss.unshared_data();
    logsumexp = Tensor<Real>::uninitialised({all.count});
    kernels::cross_entropy(all.count, all.classes, x.data(), all.labels.data(), to,
                           logsumexp.unshared_data());
    if (plain()) return loss;
    for (Index i = 0; i < all.count; ++i) {
      if (!all.present(i)) to[i] = 0;
      if (!all.present(i)) continue;
      to[i] = counted(static_cast<Real>(1 - smoothing) * all.weight(i), to[i]);
      if (smoothing != 0) to[i] += share() * spread(x, i);
    }
    return loss;
  }

  // Σ_c w_c (L − x_c)
  Real spread(const Tensor<Real>& x, Index i) const {
    const Real* const row = x.data() + i * all.classes;
    double total = 0;
    for (Index c = 0; c < all.classes; ++c)
      total += static_cast<double>(counted(all.class_weight(c), logsumexp.data()[i] - row[c]));
    return static_cast<Real>(total);
  }

  void pull(const Tensor<Real>& x, const Real* adjoint, Target<Real> to) const {
    const auto factor = all.factors(reduction, adjoint);
    if (plain() && all.count > 0) {
      const Real shared = factor(0);
      const bool apart = reduction == How::none;
      kernels::cross_entropy_backward(all.count, all.classes, x.data(), all.labels.data(),
                                      logsumexp.data(), apart ? adjoint : &shared, apart ? 1 : 0,
                                      to.accumulate, to.data);
      return;
    }
    // ℓ̄ ((1 − ε) w_t + ε/C Σ w) (p_c − [c = t]) first; then what differs from ∂ℓ/∂x:
    // ℓ̄ ε/C (Σ w [c = t] − w_c).
    double total = 0;
    for (Index c = 0; c < all.classes; ++c) total += static_cast<double>(all.class_weight(c));
    const Real sum = static_cast<Real>(total);
    std::vector<Real> factors(all.count);
    for (Index i = 0; i < all.count; ++i)
      factors[i] =
          all.present(i)
              ? factor(i) * (static_cast<Real>(1 - smoothing) * all.weight(i) + share() * sum)
              : Real(0);
    kernels::cross_entropy_backward(all.count, all.classes, x.data(), all.labels.data(),
                                    logsumexp.data(), factors.data(), 1, to.accumulate, to.data);
    if (smoothing == 0) return;
    for (Index i = 0; i < all.count; ++i) {
      if (!all.present(i)) continue;
      const Real each = factor(i) * share();
      Real* const row = to.data + i * all.classes;
      row[all.labels.data()[i]] += each * sum;
      for (Index c = 0; c < all.classes; ++c) row[c] -= each * all.class_weight(c);
    }
  }
};

}  // namespace

template <class Real>
Tensor<Real> cross_entropy(const Tensor<Real>& logits, const IndexTensor& labels,
                           const CrossEntropyOptions& options, Location where) {
  expect_smoothing(options.label_smoothing);
  const Tensor<Real> x = axis_last("cross_entropy", logits, options.axis, where);
  CrossEntropy<Real> rule{
      examples("cross_entropy", x, labels, options.class_weights, options.ignored_label),
      options.label_smoothing,
      options.reduction,
      {}};
  const Tensor<Real> y = reduced(rule.all, rule.losses(x, labels.shape()), options.reduction);
  return record(
      "cross_entropy", y, {x},
      [x = saved_if(active(x), x), rule = std::move(rule)](Backward<Real>& back) {
        rule.pull(*x, back.adjoint(), back.into(0));
      },
      where);
}

// ℓ = −w_t x_t,  ∂ℓ/∂x_c = −w_t [c = t].
template <class Real>
Tensor<Real> nll_loss(const Tensor<Real>& input, const IndexTensor& labels,
                      const NllOptions& options, Location where) {
  const Tensor<Real> x = axis_last("nll_loss", input, options.axis, where);
  Examples<Real> all =
      examples("nll_loss", x, labels, options.class_weights, options.ignored_label);
  Tensor<Real> loss = Tensor<Real>::uninitialised(labels.shape());
  for (Index i = 0; i < all.count; ++i)
    loss.unshared_data()[i] =
        all.present(i) ? counted(-all.weight(i), x.data()[i * all.classes + all.labels.data()[i]])
                       : Real(0);
  const Tensor<Real> y = reduced(all, loss, options.reduction);
  return record(
      "nll_loss", y, {x},
      [all = std::move(all), reduction = options.reduction](Backward<Real>& back) {
        const auto to = back.zeroed(0);
        const auto factor = all.factors(reduction, back.adjoint());
        for (Index i = 0; i < all.count; ++i)
          if (all.present(i))
            to.data[i * all.classes + all.labels.data()[i]] -= all.weight(i) * factor(i);
      },
      where);
}

#define THALWEG_INSTANTIATE(Real)                                                            \
  template Tensor<Real> cross_entropy(const Tensor<Real>&, const IndexTensor&,               \
                                      const CrossEntropyOptions&, Location);                 \
  template Tensor<Real> nll_loss(const Tensor<Real>&, const IndexTensor&, const NllOptions&, \
                                 Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::detail
