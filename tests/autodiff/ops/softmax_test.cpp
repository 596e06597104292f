#include "thalweg/autodiff/ops/softmax.hpp"

#include "tests/autodiff/laws/tensor_laws.hpp"
#include "thalweg/autodiff/ops/cast.hpp"
#include "thalweg/autodiff/ops/cross_entropy.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/ops/indexing.hpp"

using namespace thalweg;
using test::check_adjoint;
using test::check_equal;
using test::message_of;
using test::random_tensor;

namespace {

const IndexTensor labels = {2, 0, 4, 4};

/// −Σ q_c log p_c with q = (1 − ε) [c = t] + ε/C, weighted: the loss of each example.
Tensor<double> naive(const Tensor<double>& x, const IndexTensor& t, const Tensor<double>& w,
                     double smoothing) {
  const Index classes = x.size(-1);
  std::vector<double> losses;
  for (Index i = 0; i < t.size(); ++i) {
    double total = 0, loss = 0;
    for (Index c = 0; c < classes; ++c) total += std::exp(x.data()[i * classes + c]);
    for (Index c = 0; c < classes; ++c) {
      const double q = (c == t.data()[i] ? 1 - smoothing : 0) + smoothing / double(classes);
      loss -= w.data()[c] * q * std::log(std::exp(x.data()[i * classes + c]) / total);
    }
    losses.push_back(loss);
  }
  return Tensor<double>(t.shape(), losses);
}

}  // namespace

TEST_CASE("softmax and log_softmax along every axis") {
  const auto x = random_tensor({2, 3, 4});
  for (int axis : {0, 1, 2, -1}) {
    const Tensor<double> e = exp(x), total = sum(e, axis, keep_axes);
    check_equal(softmax(x, axis), Tensor<double>(e / total));
    check_equal(log_softmax(x, axis), Tensor<double>(log(e / total)), 1e-14);
    check_adjoint([=](const auto& v) { return softmax(v, axis); }, x);
    check_adjoint([=](const auto& v) { return log_softmax(v, axis); }, x);
  }
  check_equal(softmax(random_tensor<float>({5}) * 0.f),
              Tensor<float>(Shape{5}, std::vector<float>(5, .2f)));
}

TEST_CASE("softmax of huge, single and no numbers") {
  check_equal(softmax(Tensor<double>{1e6, 1e6, -1e6}), Tensor<double>{.5, .5, 0});
  check_equal(log_softmax(Tensor<double>{1e6, 0}), Tensor<double>{0, -1e6});
  check_equal(softmax(Tensor<double>{{3}, {4}}), Tensor<double>{{1}, {1}});
  for (const Shape& shape : {Shape{0}, Shape{3, 0}, Shape{0, 3}}) {
    Tape tape;
    const auto x = tape.variable(random_tensor(shape));
    CHECK(tape.backward(sum(softmax(x) + log_softmax(x)))[x].shape() == shape);
  }
}

TEST_CASE("cross_entropy is the mean, the sum or each of the losses") {
  const auto x = random_tensor({4, 5});
  const auto each = naive(x, labels, Tensor<double>{1, 1, 1, 1, 1}, 0);
  check_equal(cross_entropy(x, labels, {.reduction = Reduction::none}), each);
  check_equal(cross_entropy(x, labels, {.reduction = Reduction::sum}), sum(each));
  check_equal(cross_entropy(x, {2, 0, 4, 4}), mean(each));
  check_equal(cross_entropy(x, std::vector<std::uint8_t>{2, 0, 4, 4}), mean(each));
  check_equal(cross_entropy(cast<float>(x), labels), cast<float>(mean(each)));
}

TEST_CASE("cross_entropy smooths labels, weighs classes and leaves examples out") {
  const auto x = random_tensor({4, 5});
  const Tensor<double> ones = {1, 1, 1, 1, 1}, w = {.5, 2, 1, 0, 3};
  check_equal(cross_entropy(x, labels, {.label_smoothing = .1}), mean(naive(x, labels, ones, .1)));
  check_equal(cross_entropy(x, labels, {.class_weights = w}),
              Tensor<double>(sum(naive(x, labels, w, 0)) / 7.5));
  check_equal(cross_entropy(x, labels, {.label_smoothing = .3, .class_weights = w}),
              Tensor<double>(sum(naive(x, labels, w, .3)) / 7.5));
  check_equal(cross_entropy(x, {2, -1, 4, -1}, {.label_smoothing = .3, .ignored_label = -1}),
              cross_entropy(take(x, {0, 2}), {2, 4}, {.label_smoothing = .3}));
}

TEST_CASE("the gradient of cross_entropy with every option") {
  const auto x = random_tensor({4, 5});
  for (const Reduction reduction : {Reduction::mean, Reduction::sum, Reduction::none})
    for (const double smoothing : {0.0, 0.2})
      for (const bool weighted : {false, true})
        for (const bool ignoring : {false, true})
          check_adjoint(
              [=](const auto& v) {
                CrossEntropyOptions options{reduction, smoothing, {}, {}};
                if (weighted) options.class_weights = {.5, 2, 1, 0, 3};
                if (ignoring) options.ignored_label = 0;
                return cross_entropy(v, labels, options);
              },
              x);
  check_adjoint(
      [](const auto& v) {
        return cross_entropy(v, IndexTensor{{1, 0}, {3, 2}});
      },
      random_tensor({2, 2, 4}));
  check_adjoint([](const auto& v) { return cross_entropy(v, IndexTensor(Index{1})); },
                random_tensor({4}));
}

TEST_CASE("the gradient of cross_entropy is softmax minus the label") {
  Tape tape;
  const auto x = tape.variable(random_tensor({4, 5}));
  const auto gradient = tape.backward(cross_entropy(x, labels, {.reduction = Reduction::sum}))[x];
  check_equal(gradient, Tensor<double>(softmax(x.detach()) - one_hot(labels, 5)));
}

TEST_CASE("nll_loss of log-probabilities is cross_entropy of logits") {
  const auto x = random_tensor({4, 5});
  const Tensor<double> w = {.5, 2, 1, 0, 3};
  check_equal(nll_loss(log_softmax(x), labels), cross_entropy(x, labels));
  check_equal(nll_loss(log_softmax(x), labels, {.class_weights = w, .ignored_label = 0}),
              cross_entropy(x, labels, {.class_weights = w, .ignored_label = 0}));
  for (const Reduction reduction : {Reduction::mean, Reduction::sum, Reduction::none})
    check_adjoint([=](const auto& v) { return nll_loss(v, labels, {.reduction = reduction}); }, x);
}

TEST_CASE("of no examples the sum is 0 and the mean NaN") {
  const Tensor<double> none(Shape{0, 5}, std::vector<double>{});
  CHECK(cross_entropy(none, std::vector<int>{}, {.reduction = Reduction::sum}).item() == 0);
  CHECK(std::isnan(cross_entropy(none, std::vector<int>{}).item()));
  Tape tape;
  const auto x = tape.variable(none);
  CHECK(tape.backward(cross_entropy(x, std::vector<int>{}))[x].shape() == Shape{0, 5});
}

TEST_CASE("what softmax and the losses say about bad arguments") {
  const auto x = random_tensor({4, 10});
  CHECK(message_of([&] { softmax(x, 2); }) ==
        "softmax: axis 2 is out of range for shape [4, 10]; expected -2 to 1");
  CHECK(message_of([&] { log_softmax(Tensor<double>(1.0)); }) ==
        "log_softmax: axis -1 is out of range for shape []; a single number has no axes");
  CHECK(message_of<IndexError>([&] {
          cross_entropy(x, {0, 1, 2, 10});
        }) == "cross_entropy: label 10 at position 3 is out of range; expected 0 to 9");
  CHECK(message_of<IndexError>([&] {
          nll_loss(x, {0, -1, 2, 3});
        }) == "nll_loss: label -1 at position 1 is out of range; expected 0 to 9");
  CHECK(message_of([&] {
          cross_entropy(x, {0, 1});
        }) ==
        "cross_entropy: the input has shape [4, 10], the labels [2]; expected one label for each "
        "line of the input along its last axis");
  CHECK(message_of([&] {
          cross_entropy(x, {0, 1, 2, 3}, {.class_weights = Tensor<double>{1, 2}});
        }) == "cross_entropy: class_weights have shape [2]; expected [10], one for each class");
  CHECK(message_of<ValueError>([&] {
          cross_entropy(x, {0, 1, 2, 3}, {.label_smoothing = 2});
        }) == "cross_entropy: label_smoothing is 2; expected 0 to 1");
}
