#include <fmt/format.h>

#include <numeric>

#include "thalweg/autodiff/ops/cross_entropy.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/softmax.hpp"
#include "thalweg/autodiff/ops/views.hpp"

namespace thalweg::detail {

using How = thalweg::Reduction;

void expect_smoothing(double label_smoothing) {
  if (!(label_smoothing >= 0 && label_smoothing <= 1))
    throw ValueError(
        fmt::format("cross_entropy: label_smoothing is {}; expected 0 to 1", label_smoothing));
}

void expect_class_weights(const char* op, const Weights& weights, Index classes) {
  if (weights.given() && weights.shape() != Shape{classes})
    throw ShapeError(
        fmt::format("{}: class_weights have shape {}; expected [{}], one for each class", op,
                    weights.shape(), classes));
}

template <class Real>
Tensor<Real> axis_last(const char* op, const Tensor<Real>& x, int axis, Location where) {
  if (x.rank() == 0) throw ShapeError(fmt::format("{}: the input is a number, it has no axis", op));
  const int from = normalise_axis(op, axis, x.shape());
  if (from == x.rank() - 1) return x;
  std::vector<int> order(x.rank());
  std::iota(order.begin(), order.end(), 0);
  order.erase(order.begin() + from);
  order.push_back(from);
  return permute(x, std::span<const int>(order), where);
}

namespace {

// t = q w l for weights w and logarithms l that may be −∞: 0 where q or w is.
// ∂t/∂q = w l,  ∂t/∂l = q w.
struct WeightedLogarithm {
  static constexpr auto name = "cross_entropy";
  template <class T>
  static T value(const T& q, const T& w, const T& l) {
    return unless_zero<T>(q * w, q * w * l);
  }
  template <class T>
  static op::Slopes<T, 3> slopes(Input<T> q, Input<T> w, Input<T> l) {
    return {unless_zero<T>(w, w * l), T(0), q * w};
  }
};

}  // namespace

// ℓ = −Σ_c w_c q'_c log p_c with q' = (1 − ε) q + ε/C: a statement of q and of log_softmax, whose
// adjoints these are.
template <class Real>
Tensor<Real> soft_cross_entropy(const Tensor<Real>& logits, const Tensor<Real>& target,
                                const CrossEntropyOptions& options, Location where) {
  const char* const name = "cross_entropy";
  expect_smoothing(options.label_smoothing);
  if (options.ignored_label)
    throw ValueError("cross_entropy: probabilities as targets cannot have an ignored_label");
  if (logits.shape() != target.shape())
    throw ShapeError(fmt::format(
        "{}: logits {} and probabilities {} differ in shape; expected a probability for each "
        "class, or whole numbers as labels",
        name, logits.shape(), target.shape()));
  const Tensor<Real> log_p = log_softmax(axis_last(name, logits, options.axis, where), -1, where);
  const Tensor<Real> q = axis_last(name, target, options.axis, where);
  const Index classes = q.size(-1);
  expect_class_weights(name, options.class_weights, classes);
  const Tensor<Real> w =
      options.class_weights.given() ? options.class_weights.as<Real>() : Tensor<Real>(Real(1));
  const double epsilon = options.label_smoothing;
  const auto terms = apply(WeightedLogarithm{},
                           q * (1 - epsilon) + epsilon / static_cast<double>(classes), w, log_p)
                         .tree();
  const bool each = options.reduction == How::none;
  const auto shape = reduced_shape(name, q.shape(), each ? Axes(-1) : Axes(), KeepAxes::no);
  const double examples = static_cast<double>(q.shape().size_before(q.rank() - 1));
  const auto reduction =
      reduction_of<Real>(shape, options.reduction == How::mean ? -1 / examples : -1);
  return run_statement<true>(terms, &reduction, name, where);
}

#define THALWEG_INSTANTIATE(Real)                                                    \
  template Tensor<Real> axis_last(const char*, const Tensor<Real>&, int, Location);  \
  template Tensor<Real> soft_cross_entropy(const Tensor<Real>&, const Tensor<Real>&, \
                                           const CrossEntropyOptions&, Location);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg::detail
