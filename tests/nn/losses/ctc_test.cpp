#include <vector>

#include "laws.hpp"
#include "tests/close.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/ops/softmax.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"

using namespace thalweg;

namespace {

using Labels = std::vector<Index>;

/// What an alignment says: repeated labels merged, then the blanks dropped.
Labels collapsed(const Labels& alignment, Index blank) {
  Labels labels;
  for (std::size_t t = 0; t < alignment.size(); ++t)
    if (alignment[t] != blank && (t == 0 || alignment[t] != alignment[t - 1]))
      labels.push_back(alignment[t]);
  return labels;
}

/// −log of the sum over all classes^time alignments, of log-probabilities x [time, classes].
double by_enumeration(const Tensor<double>& x, const Labels& target, Index blank) {
  const Index time = x.size(0), classes = x.size(1);
  Labels alignment(static_cast<std::size_t>(time), 0);
  double sum = 0;
  for (bool more = true; more;) {
    if (collapsed(alignment, blank) == target) {
      double log_p = 0;
      for (Index t = 0; t < time; ++t)
        log_p += x.data()[t * classes + alignment[static_cast<std::size_t>(t)]];
      sum += std::exp(log_p);
    }
    more = false;
    for (Index& step : alignment) {
      more = ++step < classes;
      if (more) break;
      step = 0;
    }
  }
  return -std::log(sum);
}

Tensor<double> log_probabilities(const Shape& shape, std::uint64_t seed) {
  Random random{seed};
  return log_softmax(normal<double>(shape, random));
}

}  // namespace

TEST_CASE("ctc_loss is -log of the sum over all alignments") {
  const auto x = log_probabilities({1, 5, 3}, 1);
  const Tensor<double> steps(Shape{5, 3}, x.to_vector());
  for (const Index blank : {0, 2})
    for (const Labels& shape : std::vector<Labels>{{}, {0}, {0, 1}, {0, 0}, {1, 0, 1}, {1, 1, 0}}) {
      Labels target;  // of the two classes that are not the blank
      for (const Index k : shape) target.push_back(blank == 0 ? k + 1 : k);
      const Tensor loss = ctc_loss(x, target,
                                   {.blank = blank,
                                    .target_lengths = Labels{static_cast<Index>(target.size())},
                                    .reduction = Reduction::sum});
      CHECK(loss.item() == doctest::Approx(by_enumeration(steps, target, blank)).epsilon(1e-13));
    }
}

TEST_CASE("ctc_loss: the gradient, with lengths, reductions and after log_softmax") {
  Random random{2};
  const auto x = normal<double>({3, 6, 4}, random);
  const IndexTensor targets{{1, 2, 2}, {3, 1, 0}, {2, 0, 0}};
  for (const Reduction r : {Reduction::mean, Reduction::sum, Reduction::none}) {
    const CtcOptions options{
        .input_lengths = Labels{6, 4, 2}, .target_lengths = Labels{3, 2, 1}, .reduction = r};
    laws::gradient_is_right([&](const auto& v) { return nn::ctc_loss(v, targets, options); }, x);
    laws::gradient_is_right(
        [&](const auto& v) { return nn::ctc_loss(log_softmax(v), targets, options); }, x);
  }
}

TEST_CASE("ctc_loss: lengths cut a batch into its examples, padded or one behind the other") {
  const auto x = log_probabilities({2, 5, 4}, 3);
  const Tensor<double> first(Shape{1, 5, 4}, std::vector<double>(x.data(), x.data() + 20));
  const Tensor<double> second(Shape{1, 3, 4}, std::vector<double>(x.data() + 20, x.data() + 32));
  const double sum =
      nn::ctc_loss(first, IndexTensor{{1, 2}}, {.reduction = Reduction::sum}).item() +
      nn::ctc_loss(second, IndexTensor{{3}}, {.reduction = Reduction::sum}).item();
  CtcOptions options{
      .input_lengths = Labels{5, 3}, .target_lengths = Labels{2, 1}, .reduction = Reduction::sum};
  CHECK(nn::ctc_loss(x, IndexTensor{{1, 2}, {3, 99}}, options).item() == doctest::Approx(sum));
  CHECK(nn::ctc_loss(x, {1, 2, 3}, options).item() == doctest::Approx(sum));
  options.reduction = Reduction::mean;
  const Tensor each = nn::ctc_loss(x, {1, 2, 3},
                                   {.input_lengths = Labels{5, 3},
                                    .target_lengths = Labels{2, 1},
                                    .reduction = Reduction::none});
  CHECK(each.shape() == Shape{2});
  CHECK(nn::ctc_loss(x, {1, 2, 3}, options).item() ==
        doctest::Approx((laws::at(each, 0) / 2 + laws::at(each, 1)) / 2));
}

TEST_CASE("ctc_loss: in the mean an empty target counts as one of length 1") {
  const auto x = log_probabilities({3, 4, 3}, 7);
  const IndexTensor targets{{1, 2}, {0, 0}, {2, 0}};
  CtcOptions options{.target_lengths = Labels{2, 0, 1}, .reduction = Reduction::none};
  const Tensor each = nn::ctc_loss(x, targets, options);
  options.reduction = Reduction::mean;
  CHECK(testing::close(nn::ctc_loss(x, targets, options).item(),
                       (laws::at(each, 0) / 2 + laws::at(each, 1) + laws::at(each, 2)) / 3));
  // Empty: blanks throughout.
  double blanks = 0;
  for (Index t = 0; t < 4; ++t) blanks -= x(1, t, 0).value();
  CHECK(testing::close(laws::at(each, 1), blanks));
  laws::gradient_is_right([&](const auto& v) { return nn::ctc_loss(v, targets, options); }, x);
}

TEST_CASE("ctc_loss: a target that does not fit is infinite, or 0 without a gradient") {
  const IndexTensor twice{{1, 1}};  // needs a blank between, three steps in all
  Tape tape;
  const Tensor x = tape.variable(log_probabilities({1, 2, 3}, 4));
  const Tensor loss = nn::ctc_loss(x, twice);
  CHECK(loss.item() == INFINITY);
  CHECK(std::isnan(laws::at(tape.backward(loss)[x], 0)));
  const Tensor zero = nn::ctc_loss(x, twice, {.zero_infinity = true});
  CHECK(zero.item() == 0);
  CHECK(tape.backward(zero)[x].to_vector() == std::vector<double>(6, 0.0));
}

TEST_CASE("ctc_loss: in float as in double, for long inputs too") {
  const auto x = log_probabilities({1, 400, 5}, 5);
  const Tensor<float> single(x.shape(), std::vector<float>(x.values().begin(), x.values().end()));
  const IndexTensor target{{1, 2, 3, 4, 4, 1}};
  CHECK(nn::ctc_loss(single, target).item() ==
        doctest::Approx(nn::ctc_loss(x, target).item()).epsilon(1e-6));
}

TEST_CASE("ctc_loss: an empty batch has mean NaN and sum 0") {
  const Tensor<double> none(Shape{0, 4, 3}, std::vector<double>{});
  const IndexTensor targets(Shape{0, 2}, std::vector<Index>{});
  CHECK(std::isnan(nn::ctc_loss(none, targets).item()));
  CHECK(nn::ctc_loss(none, targets, {.reduction = Reduction::sum}).item() == 0);
}

TEST_CASE("ctc_loss: errors say what came") {
  const auto x = log_probabilities({2, 4, 3}, 6);
  CHECK_THROWS_WITH_AS(
      nn::ctc_loss(x, IndexTensor{{1, 2}}),
      "ctc_loss: log-probabilities [2, 4, 3] and targets [1, 2]; expected [n, time, classes] and "
      "[n, longest], or the targets one behind the other with their target_lengths",
      ShapeError);
  CHECK_THROWS_WITH_AS(nn::ctc_loss(x, IndexTensor{{1, 2}, {3, 1}}),
                       "ctc_loss: label 3 in target 1; expected 0 to 2 and not the blank, 0",
                       IndexError);
  CHECK_THROWS_WITH_AS(nn::ctc_loss(x, IndexTensor{{1, 2}, {0, 1}}),
                       "ctc_loss: label 0 in target 1; expected 0 to 2 and not the blank, 0",
                       IndexError);
  CHECK_THROWS_WITH_AS(nn::ctc_loss(x, IndexTensor{{1}, {2}}, {.blank = 3}),
                       "ctc_loss: the blank 3 is out of range; expected 0 to 2", IndexError);
  CHECK_THROWS_WITH_AS(nn::ctc_loss(x, {1, 2}),
                       "ctc_loss: targets one behind the other need their target_lengths",
                       ValueError);
  CHECK_THROWS_WITH_AS(nn::ctc_loss(x, {1, 2}, {.target_lengths = Labels{2, 1}}),
                       "ctc_loss: 2 labels, but the target_lengths add up to 3", ValueError);
  CHECK_THROWS_WITH_AS(nn::ctc_loss(x, {1, 2}, {.target_lengths = Labels{3, 1}}),
                       "ctc_loss: target_lengths contain 3; expected 0 to 2", ValueError);
}
