#include <vector>

#include "laws.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

using namespace thalweg;

namespace {
const Tensor<double> a = {{1, 2, 3}, {4, -1, 2}}, b = {{0.4, -2, 1}, {1, 2, 1}},
                     c = {{0.4, 2, 2}, {1, 2, -1}};
}  // namespace

TEST_CASE("hinge_embedding_loss: distances of like things, what unlike ones lack to the margin") {
  const Tensor<double> d = {0.5, 0.25, 3}, y = {1, -1, -1};
  CHECK(nn::hinge_embedding_loss(d, y, {.reduction = Reduction::none}).to_vector() ==
        std::vector<double>{0.5, 0.75, 0});
  laws::gradient_is_right([&](const auto& v) { return nn::hinge_embedding_loss(v, y); }, d);
}

TEST_CASE("margin_ranking_loss: nothing where the order is right by the margin") {
  const Tensor<double> s = {3, 1, 2}, t = {1, 2, 2.5}, y = {1, 1, -1};
  CHECK(nn::margin_ranking_loss(s, t, y, {.margin = 0.75, .reduction = Reduction::none})
            .to_vector() == std::vector<double>{0, 1.75, 0.25});
  laws::gradient_is_right(
      [&](const auto& v, const auto& w) {
        return nn::margin_ranking_loss(v, w, y, {.margin = 0.75});
      },
      s, t);
}

TEST_CASE("cosine_similarity: 1 for parallel vectors, 0 for orthogonal ones and for 0") {
  const Tensor<double> u = {{3, 4}, {1, 0}, {0, 0}}, v = {{6, 8}, {0, 2}, {1, 1}};
  const Tensor similarity = nn::cosine_similarity(u, v);
  CHECK(similarity.shape() == Shape{3});
  CHECK(similarity.to_vector() == std::vector<double>{1, 0, 0});
  laws::gradient_is_right(
      [](const auto& x, const auto& y) { return nn::cosine_similarity(x, y, 0); }, a, b);
}

TEST_CASE("cosine_embedding_loss: 1 - cos of like vectors, cos beyond the margin of others") {
  const Tensor<double> y = {1, -1};
  const Tensor each = nn::cosine_embedding_loss(a, b, y, {.reduction = Reduction::none});
  const Tensor similarity = nn::cosine_similarity(a, b);
  CHECK(laws::at(each, 0) == 1 - laws::at(similarity, 0));
  CHECK(laws::at(each, 1) == laws::at(similarity, 1));
  laws::gradient_is_right(
      [&](const auto& u, const auto& v) {
        return nn::cosine_embedding_loss(u, v, y, {.margin = 0.1});
      },
      a, b);
}

TEST_CASE("triplet_margin_loss: what the positive is not nearer by the margin") {
  const Tensor<double> anchor = {{0, 0}}, positive = {{3, 4}}, negative = {{0, 7}};
  CHECK(nn::triplet_margin_loss(anchor, positive, negative, {.margin = 3}).item() ==
        doctest::Approx(1).epsilon(1e-6));
  for (const bool swap : {false, true})
    laws::gradient_is_right(
        [=](const auto& u, const auto& v, const auto& w) {
          return nn::triplet_margin_loss(u, v, w, {.margin = 4, .swap = swap});
        },
        a, b, c);
}

TEST_CASE("triplet_margin_loss: swap takes the negative's distance to the nearer one") {
  const Tensor<double> anchor = {{0, 0}}, positive = {{3, 4}}, negative = {{3, 6}};
  CHECK(nn::triplet_margin_loss(anchor, positive, negative, {.swap = true}).item() ==
        doctest::Approx(1 + 5 - 2).epsilon(1e-6));
}

TEST_CASE_TEMPLATE("cosine_similarity is that of the directions, for large vectors too", Real,
                   float, double) {
  const Real large = sizeof(Real) == 4 ? Real(1e20) : Real(1e200);
  const Tensor<Real> u = {3 * large, 4 * large}, v = {4 * large, 3 * large};
  Tape tape;
  const Tensor<Real> w = tape.variable(u);
  const Tensor<Real> cosine = nn::cosine_similarity(w, v);
  CHECK(double(cosine.item()) == doctest::Approx(.96).epsilon(1e-6));
  const auto g = tape.backward(cosine)[w].to_vector();
  CHECK(double(g[0] * large) == doctest::Approx(.8 / 5 - .96 * .6 / 5).epsilon(1e-5));
  CHECK(double(g[1] * large) == doctest::Approx(.6 / 5 - .96 * .8 / 5).epsilon(1e-5));
}

TEST_CASE("targets other than 1 and -1 give NaN") {
  const Tensor<double> d = {0.5}, zero = {0};
  CHECK(std::isnan(nn::hinge_embedding_loss(d, zero).item()));
  CHECK(std::isnan(nn::margin_ranking_loss(d, d, zero).item()));
  CHECK(std::isnan(
      nn::cosine_embedding_loss(Tensor<double>{{1, 2}}, Tensor<double>{{2, 1}}, zero).item()));
}

TEST_CASE("losses of embeddings: errors say what came") {
  CHECK_THROWS_WITH_AS(
      nn::cosine_similarity(a, Tensor<double>{1, 2, 3}),
      "cosine_similarity: vectors [2, 3] and [3]; expected one shape […, n], nothing is broadcast "
      "here",
      ShapeError);
  CHECK_THROWS_WITH_AS(nn::margin_ranking_loss(a, b, Tensor<double>{1, 1}),
                       "margin_ranking_loss: first [2, 3] and target [2] differ in shape; nothing "
                       "is broadcast here, reshape one",
                       ShapeError);
}
