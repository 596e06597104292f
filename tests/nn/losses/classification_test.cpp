#include <vector>

#include "laws.hpp"
#include "tests/close.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/ops/activation.hpp"
#include "thalweg/autodiff/ops/softmax.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"

using namespace thalweg;
using nn::KlReduction;

namespace {
const Tensor<double> x = {{0.3, -1.2, 2.5}, {-0.4, 0.9, 4}}, y = {{1, 0, 0.3}, {0, 1, 0.6}};
const Tensor<double> signs = {{1, -1, 1}, {-1, 1, 1}};
}  // namespace

TEST_CASE("binary_cross_entropy: -log of the probability of what happened") {
  const Tensor<double> p = {{0.25, 0.5, 0.9}, {0.1, 0.7, 0.4}};
  CHECK(laws::at(nn::binary_cross_entropy(p, y, {.reduction = Reduction::none}), 0) ==
        doctest::Approx(-std::log(0.25)).epsilon(1e-15));
  laws::elementwise([](Reduction r, const auto& a,
                       const auto& b) { return nn::binary_cross_entropy(a, b, {.reduction = r}); },
                    p, y);
  laws::elementwise(
      [](Reduction r, const auto& a, const auto& b) {
        return nn::binary_cross_entropy(
            a, b, {.weight = Tensor<double>{{1, 2, 3}, {4, 0, 1}}, .reduction = r});
      },
      p, y);
}

TEST_CASE("binary cross entropies: what has no weight does not count, whatever it holds") {
  for (const double bad : {double(NAN), double(INFINITY), -double(INFINITY)}) {
    Tape tape;
    const Tensor v = tape.variable(Tensor<double>{0.5, bad});
    const Tensor<double> t = {1, 1}, w = {1, 0};
    const auto expect = [&](const Tensor<double>& loss, double value, double slope) {
      CHECK(loss.item() == doctest::Approx(value).epsilon(1e-14));
      const auto g = tape.backward(loss)[v].to_vector();
      CHECK(g[0] == doctest::Approx(slope).epsilon(1e-14));
      CHECK(g[1] == 0);
    };
    const auto sum = Reduction::sum;
    expect(nn::binary_cross_entropy(v, t, {.weight = w, .reduction = sum}), std::log(2), -2);
    const double s = 1 / (1 + std::exp(-0.5));
    expect(nn::binary_cross_entropy_with_logits(v, t, {.weight = w, .reduction = sum}),
           -std::log(s), s - 1);
    expect(nn::binary_cross_entropy_with_logits(v, t, {.pos_weight = w, .reduction = sum}),
           -std::log(s), s - 1);
  }
}

TEST_CASE("binary_cross_entropy: at most 100 where it would be infinite, NaN outside 0 to 1") {
  const Tensor<double> p = {0, 1, 1, 0}, t = {1, 0, 1, 0};
  CHECK(nn::binary_cross_entropy(p, t, {.reduction = Reduction::none}).to_vector() ==
        std::vector<double>{100, 100, 0, 0});
  Tape tape;
  const Tensor v = tape.variable(p);
  const Tensor<double> slopes = tape.backward(nn::binary_cross_entropy(v, t))[v];
  for (const double slope : slopes.values()) CHECK(std::isfinite(slope));
  CHECK(std::isnan(nn::binary_cross_entropy(Tensor<double>{1.1}, Tensor<double>{1}).item()));
}

TEST_CASE("binary_cross_entropy_with_logits is binary_cross_entropy of their sigmoid") {
  CHECK(nn::binary_cross_entropy_with_logits(x, y).item() ==
        doctest::Approx(nn::binary_cross_entropy(sigmoid(x), y).item()).epsilon(1e-14));
  laws::elementwise(
      [](Reduction r, const auto& a, const auto& b) {
        return nn::binary_cross_entropy_with_logits(a, b, {.reduction = r});
      },
      x, y);
  laws::elementwise(
      [](Reduction r, const auto& a, const auto& b) {
        return nn::binary_cross_entropy_with_logits(a, b,
                                                    {.weight = Tensor<double>{{1, 2, 3}, {4, 0, 1}},
                                                     .pos_weight = {2, 0.5, 3},
                                                     .reduction = r});
      },
      x, y);
}

TEST_CASE_TEMPLATE("binary_cross_entropy_with_logits: exact for large logits, infinite ones too",
                   Real, float, double) {
  Tape tape;
  const Real inf = INFINITY;
  const Tensor v = tape.variable(Tensor<Real>{1e4, -1e4, 1e4, -1e4, inf, -inf, -30});
  const Tensor<Real> t = {1, 1, 0, 0, 1, 0, 0};
  const Tensor loss = nn::binary_cross_entropy_with_logits(v, t, {.reduction = Reduction::none});
  const Real tiny = std::exp(Real(-30));
  const std::vector<Real> expected = {0, 1e4, 1e4, 0, 0, 0, tiny},
                          slopes = {0, -1, 1, 0, 0, 0, tiny};
  const auto gradient = tape.backward(sum(loss))[v];
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(std::abs(loss.data()[i] - expected[i]) <= Real(1e-6) * expected[i]);
    CHECK(std::abs(gradient.data()[i] - slopes[i]) <= Real(1e-6) * std::abs(slopes[i]));
  }
}

TEST_CASE("pos_weight repeats the examples of class 1") {
  const Tensor<double> v = {{0.4}, {-1}, {0.4}}, t = {{1}, {0}, {1}};
  const Tensor<double> v2 = {{0.4}, {-1}}, t2 = {{1}, {0}};
  CHECK(nn::binary_cross_entropy_with_logits(v, t, {.reduction = Reduction::sum}).item() ==
        doctest::Approx(nn::binary_cross_entropy_with_logits(
                            v2, t2, {.pos_weight = {2}, .reduction = Reduction::sum})
                            .item()));
}

TEST_CASE("kl_div: 0 for equal distributions, positive for others, whichever way it is given") {
  const Tensor q = log_softmax(x), t = softmax(0.5 * x);
  CHECK(nn::kl_div(log(t), t).item() == doctest::Approx(0).scale(1));
  CHECK(nn::kl_div(q, t).item() > 0);
  CHECK(nn::kl_div(q, log(t), {.log_target = true}).item() ==
        doctest::Approx(nn::kl_div(q, t).item()).epsilon(1e-14));
  CHECK(nn::kl_div(q, t, {.reduction = KlReduction::batchmean}).item() ==
        doctest::Approx(nn::kl_div(q, t, {.reduction = KlReduction::sum}).item() / 2));
  for (const bool log_target : {false, true})
    for (const auto r :
         {KlReduction::mean, KlReduction::batchmean, KlReduction::sum, KlReduction::none})
      laws::gradient_is_right(
          [=](const auto& a, const auto& b) {
            return nn::kl_div(a, b, {.log_target = log_target, .reduction = r});
          },
          q, t);
}

TEST_CASE("kl_div: a target of 0 adds nothing, even to a probability of 0") {
  const Tensor<double> q = {-INFINITY, 0}, t = {0, 1}, log_t = {-INFINITY, 0};
  CHECK(nn::kl_div(q, t).item() == 0);
  CHECK(nn::kl_div(q, log_t, {.log_target = true}).item() == 0);
}

TEST_CASE("hinge_loss: nothing beyond the margin") {
  CHECK(nn::hinge_loss(Tensor<double>{0.5, 2, -3}, Tensor<double>{1, 1, 1},
                       {.reduction = Reduction::none})
            .to_vector() == std::vector<double>{0.5, 0, 4});
  laws::gradient_is_right([](const auto& v) { return nn::hinge_loss(v, signs, {.margin = 0.7}); },
                          x);
}

TEST_CASE("soft_margin_loss: log(1 + exp(-y x)), for large scores too") {
  CHECK(nn::soft_margin_loss(Tensor<double>{1e4, -1e4}, Tensor<double>{1, 1}, Reduction::none)
            .to_vector() == std::vector<double>{0, 1e4});
  for (const Reduction r : {Reduction::mean, Reduction::none})
    laws::gradient_is_right([=](const auto& v) { return nn::soft_margin_loss(v, signs, r); }, x);
}

TEST_CASE("labels 0 and 1 where 1 and -1 are wanted give NaN") {
  const Tensor<double> score = {0.5}, zero = {0};
  CHECK(std::isnan(nn::hinge_loss(score, zero).item()));
  CHECK(std::isnan(nn::soft_margin_loss(score, zero).item()));
}

TEST_CASE("cross_entropy of probabilities that are 0 and 1 is that of labels") {
  const Tensor<double> q = {{0, 0, 1}, {1, 0, 0}};
  for (const double smoothing : {0.0, 0.2})
    for (const Reduction r : {Reduction::mean, Reduction::sum, Reduction::none}) {
      const CrossEntropyOptions options{.reduction = r, .label_smoothing = smoothing};
      const Tensor soft = nn::cross_entropy(x, q, options);
      const Tensor hard = nn::cross_entropy(x, {2, 0}, options);
      CHECK(soft.shape() == hard.shape());
      for (Index i = 0; i < hard.size(); ++i)
        CHECK(soft.data()[i] == doctest::Approx(hard.data()[i]).epsilon(1e-14));
    }
}

TEST_CASE("cross_entropy of probabilities: gradients of the logits and of the target") {
  for (const Reduction r : {Reduction::mean, Reduction::sum, Reduction::none})
    laws::gradient_is_right(
        [=](const auto& a, const auto& b) {
          return nn::cross_entropy(
              a, b, {.reduction = r, .label_smoothing = 0.1, .class_weights = {1, 0.5, 3}});
        },
        x, Tensor<double>(softmax(2 * x)));
}

TEST_CASE("nll_loss: the mean is weighted by the classes' weights, and so is its gradient") {
  const Tensor log_p = log_softmax(x);
  const IndexTensor labels{2, 0};
  const std::vector<double> weights = {1, 0.5, 3};
  const Tensor loss = nn::nll_loss(log_p, labels, {.class_weights = weights});
  CHECK(testing::close(loss.item(), -(3 * log_p(0, 2).value() + log_p(1, 0).value()) / 4));
  Tape tape;
  const Tensor v = tape.variable(log_p);
  CHECK(testing::close(tape.backward(nn::nll_loss(v, labels, {.class_weights = weights}))[v],
                       {0, 0, -0.75, -0.25, 0, 0}));
  for (const Reduction r : {Reduction::mean, Reduction::sum, Reduction::none})
    laws::gradient_is_right(
        [&](const auto& a) {
          return nn::nll_loss(a, labels, {.reduction = r, .class_weights = weights});
        },
        log_p);
}

TEST_CASE("cross_entropy: the classes of images may be on axis 1") {
  Random random{3};
  const auto pixels = normal<double>({2, 4, 3, 2}, random);
  const IndexTensor labels(Shape{2, 3, 2}, {0, 1, 2, 3, 3, 2, 1, 0, 0, 3, 1, 2});
  const auto last = permute(pixels, {0, 2, 3, 1});
  CHECK(nn::cross_entropy(pixels, labels, {.axis = 1}).item() ==
        nn::cross_entropy(last, labels).item());
  laws::gradient_is_right([&](const auto& v) { return nn::cross_entropy(v, labels, {.axis = 1}); },
                          pixels);
  const Tensor q = softmax(pixels, 1);
  CHECK(nn::cross_entropy(pixels, q, {.axis = 1}).item() ==
        doctest::Approx(nn::cross_entropy(last, permute(q, {0, 2, 3, 1})).item()));
  CHECK_THROWS_WITH_AS(nn::cross_entropy(pixels, labels),
                       "cross_entropy: the input has shape [2, 4, 3, 2], the labels [2, 3, 2]; "
                       "expected one label for each line of the input along its last axis; if the "
                       "classes are on axis 1, write {.axis = 1}",
                       ShapeError);
}

TEST_CASE("losses of classifiers: errors say what came") {
  CHECK_THROWS_WITH_AS(
      nn::cross_entropy(x, Tensor<double>{1, 0}),
      "cross_entropy: logits [2, 3] and probabilities [2] differ in shape; expected a "
      "probability for each class, or whole numbers as labels",
      ShapeError);
  CHECK_THROWS_WITH_AS(nn::cross_entropy(x, y, {.ignored_label = 0}),
                       "cross_entropy: probabilities as targets cannot have an ignored_label",
                       ValueError);
  CHECK_THROWS_WITH_AS(
      nn::binary_cross_entropy_with_logits(x, y, {.pos_weight = {1, 2}}),
      "binary_cross_entropy_with_logits: pos_weight [2] and prediction [2, 3]; expected the shape "
      "of the prediction or of its last axis",
      ShapeError);
  CHECK_THROWS_WITH_AS(nn::binary_cross_entropy(x, y, {.weight = {1, 2, 3}}),
                       "binary_cross_entropy: weight [3] and prediction [2, 3]; expected the shape "
                       "of the prediction",
                       ShapeError);
}

TEST_CASE("losses as objects are the functions with their options") {
  const IndexTensor labels{2, 0};
  CHECK(nn::CrossEntropyLoss{{.label_smoothing = 0.1}}(x, labels).item() ==
        nn::cross_entropy(x, labels, {.label_smoothing = 0.1}).item());
  CHECK(nn::CrossEntropyLoss{}(x, y).item() == nn::cross_entropy(x, y).item());
  CHECK(nn::NLLLoss{}(x, labels).item() == nn::nll_loss(x, labels).item());
  CHECK(nn::MSELoss{}(x, y).item() == nn::mse_loss(x, y).item());
  CHECK(nn::MSELoss{Reduction::sum}(x, y).item() == nn::mse_loss(x, y, Reduction::sum).item());
  CHECK(nn::L1Loss{}(2 * x, y).item() == nn::l1_loss(2 * x, y).item());
  CHECK(nn::HuberLoss{{.delta = 0.5}}(x, y).item() == nn::huber_loss(x, y, {.delta = 0.5}).item());
  CHECK(nn::SmoothL1Loss{}(x, y).item() == nn::smooth_l1_loss(x, y).item());
  CHECK(nn::BCEWithLogitsLoss{{.pos_weight = {1, 2, 3}}}(x, y).item() ==
        nn::binary_cross_entropy_with_logits(x, y, {.pos_weight = {1, 2, 3}}).item());
  CHECK(nn::BCELoss{}(y, y).item() == nn::binary_cross_entropy(y, y).item());
  CHECK(nn::KLDivLoss{}(x, y).item() == nn::kl_div(x, y).item());
  CHECK(nn::HingeLoss{}(x, signs).item() == nn::hinge_loss(x, signs).item());
  CHECK(nn::SoftMarginLoss{}(x, signs).item() == nn::soft_margin_loss(x, signs).item());
  CHECK(nn::PoissonNLLLoss{}(x, y).item() == nn::poisson_nll_loss(x, y).item());
  CHECK(nn::GaussianNLLLoss{}(x, y, exp(x)).item() == nn::gaussian_nll_loss(x, y, exp(x)).item());
  CHECK(nn::HingeEmbeddingLoss{}(x, signs).item() == nn::hinge_embedding_loss(x, signs).item());
  CHECK(nn::MarginRankingLoss{}(x, y, signs).item() == nn::margin_ranking_loss(x, y, signs).item());
  const Tensor<double> alike = {1, -1};
  CHECK(nn::CosineEmbeddingLoss{}(x, y, alike).item() ==
        nn::cosine_embedding_loss(x, y, alike).item());
  CHECK(nn::TripletMarginLoss{{.margin = 2}}(x, y, signs).item() ==
        nn::triplet_margin_loss(x, y, signs, {.margin = 2}).item());
}
