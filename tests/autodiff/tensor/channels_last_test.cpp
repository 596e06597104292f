// Images are held channels-last between ops that know that order. Nobody may notice.

#include "thalweg/autodiff/tensor/channels_last.hpp"

#include <thread>

#include "tests/autodiff/laws/tensor_laws.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/ops/activation.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/convolution.hpp"
#include "thalweg/autodiff/ops/normalise.hpp"
#include "thalweg/autodiff/ops/pooling.hpp"
#include "thalweg/autodiff/ops/reduce.hpp"
#include "thalweg/autodiff/ops/views.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"

using namespace thalweg;
using detail::is_channels_last;
using test::check_equal;

namespace {

// The same tensor held row-major: what every op does with it is the plain way.
Tensor<double> plain(const Tensor<double>& x) { return reshape(x, x.shape()); }

template <class F>
void check_unnoticed(F f) {
  Random random{1};
  const auto x = normal({2, 3, 4, 5}, random), w = normal({3, 3, 3, 3}, random);
  const auto run = [&](auto hold) {
    Tape tape;
    const Tensor image = tape.variable(x), weight = tape.variable(w);
    const Tensor y = hold(Tensor(conv2d(image, weight, {.padding = 1})));
    const Tensor z = f(y, hold);
    const Gradients gradients = tape.backward(z, Tensor(cos(plain(z).detach())));
    return std::tuple(z.detach(), gradients[image], gradients[weight], gradients[y]);
  };
  const auto [z, dx, dw, dy] = run([](const Tensor<double>& t) { return t; });
  const auto [z2, dx2, dw2, dy2] = run(plain);
  const auto near = [](const Tensor<double>& a, const Tensor<double>& b) {
    CHECK(testing::close(a, b, {1e-12, 1e-12}));
  };
  near(z, z2), near(dx, dx2), near(dw, dw2), near(dy, dy2);
}

}  // namespace

TEST_CASE("the order of the elements is nobody's business") {
  check_unnoticed([](const auto& y, auto) { return Tensor(relu(y)); });
  check_unnoticed([](const auto& y, auto) { return Tensor(sigmoid(y) * y + 2 * y); });
  check_unnoticed([](const auto& y, auto hold) { return Tensor(relu(y) + hold(Tensor(tanh(y)))); });
  check_unnoticed([](const auto& y, auto) { return max_pool2d(relu(y), 2); });
  check_unnoticed([](const auto& y, auto) { return Tensor(relu(batch_norm(y).y)); });
  check_unnoticed([](const auto& y, auto) {
    return batch_norm_with(y, Tensor{0.1, 0.2, 0.3}, Tensor{1.0, 2.0, 3.0}, ones({3}), zeros({3}));
  });
  check_unnoticed([](const auto& y, auto) { return Tensor(sum(square(y))); });
  check_unnoticed([](const auto& y, auto) { return Tensor(mean(square(y), {2, 3})); });
  check_unnoticed([](const auto& y, auto) { return Tensor(y * plain(y)); });
  check_unnoticed([](const auto& y, auto) { return Tensor(y * ones({3, 1, 1}) + y); });
  check_unnoticed([](const auto& y, auto) { return flatten(relu(y), 1); });
  check_unnoticed([](const auto& y, auto) { return Tensor(exp(transpose(y)) + transpose(y)); });
  check_unnoticed([](const auto& y, auto hold) {
    const Tensor branch = avg_pool2d(y, 3, {.stride = 1, .padding = 1});
    return Tensor(hold(branch) * y - flip(y, {3}));
  });
}

TEST_CASE("elementwise statements keep the order, views and others put it right") {
  const auto y = conv2d(ones({1, 2, 3, 3}), ones({2, 2, 1, 1}));
  REQUIRE(is_channels_last(y));
  CHECK(is_channels_last(Tensor(relu(y) * 2 + y)));
  CHECK(is_channels_last(max_pool2d(y, 2)));
  CHECK(is_channels_last(batch_norm(y).y));
  CHECK(!is_channels_last(flatten(y)));
  CHECK(!is_channels_last(Tensor(y + ones({1, 2, 3, 3}))));
  CHECK(y.body()->data.load() != nullptr);  // asked for by now
}

TEST_CASE("elements are put in row-major order once, whoever asks first") {
  Random random{2};
  const Tensor y =
      conv2d(normal<float>({8, 16, 9, 9}, random), normal<float>({16, 16, 1, 1}, random));
  const float* seen[4];
  std::vector<std::thread> threads;
  for (auto& at : seen) threads.emplace_back([&] { at = y.data(); });
  for (std::thread& thread : threads) thread.join();
  for (const float* at : seen) CHECK(at == y.data());
}

TEST_CASE("copies, parameters and changed values of an image held channels-last") {
  Tensor y = conv2d(Tensor<double>({1, 2, 1, 2}, {1.0, 2.0, 3.0, 4.0}), ones({2, 2, 1, 1}));
  const Tensor detached = y.detach();
  const Parameter<double> parameter(y);
  y.mutable_values()[0] = 7;
  CHECK(y.to_vector() == std::vector<double>{7, 6, 4, 6});
  CHECK(Tensor(y + 0.0).to_vector() == y.to_vector());
  CHECK(detached.to_vector() == std::vector<double>{4, 6, 4, 6});
  CHECK(parameter.value().to_vector() == detached.to_vector());
}

TEST_CASE("one convolution may feed flatten and max_pool2d: their adjoints, of two orders, add") {
  Random random{8};
  const auto image = normal({2, 3, 4, 4}, random), filter = normal({5, 3, 3, 3}, random);
  const auto a = normal({2, 5 * 16}, random), b = normal({2, 5, 2, 2}, random);
  const auto gradients = [&](double flat, double pooled, bool flat_first, bool hold) {
    Tape tape;
    const Tensor x = tape.variable(image), w = tape.variable(filter);
    Tensor y = conv2d(x, w, {.padding = 1});
    const auto flat_part = [&] { return Tensor(sum(flatten(y, 1) * a) * flat); };
    const auto pooled_part = [&] { return Tensor(sum(max_pool2d(y, 2) * b) * pooled); };
    Tensor loss = flat_first ? flat_part() : pooled_part();
    loss = loss + (flat_first ? pooled_part() : flat_part());
    if (!hold) y = {};
    const Gradients g = tape.backward(loss);
    return std::pair(g[x], g[w]);
  };
  const auto alone = gradients(1, 0, true, true), other = gradients(0, 1, true, true);
  for (const bool flat_first : {false, true})
    for (const bool hold : {false, true}) {
      const auto both = gradients(1, 1, flat_first, hold);
      CHECK(testing::close(both.first, alone.first + other.first, {1e-12, 1e-12}));
      CHECK(testing::close(both.second, alone.second + other.second, {1e-12, 1e-12}));
    }
}

TEST_CASE("an adjoint that somebody can ask for is not written over") {
  Random random{3};
  Tape tape;
  const Tensor x = tape.variable(normal({1, 2, 3, 3}, random));
  const Tensor y = conv2d(x, ones({2, 2, 1, 1}));
  const Tensor named = relu(y);
  const Gradients gradients = tape.backward(Tensor(sum(named * 3.0)));
  CHECK(gradients[named].to_vector() == std::vector<double>(18, 3));
  for (Index k = 0; k < y.size(); ++k) CHECK(gradients[y].data()[k] == (y.data()[k] > 0 ? 3 : 0));
}

TEST_CASE("a statement's operands share one adjoint's memory only where that is right") {
  Tape tape;
  const Tensor x = tape.variable(Tensor<double>({3}, {1.0, 2.0, 3.0}));
  const Tensor z = tape.variable(Tensor<double>({3}, {4.0, 5.0, 6.0}));
  const auto gradient = [&](const Tensor<double>& y) { return tape.backward(Tensor(sum(y))); };
  const auto twice = gradient(Tensor(exp(Tensor(x * x)) * 0.0 + Tensor(x * x)));
  CHECK(twice[x].to_vector() == std::vector<double>{2, 4, 6});
  const auto both = gradient(Tensor(Tensor(x * z) * Tensor(x + z)));
  CHECK(both[x].to_vector() == std::vector<double>{4 * 6, 5 * 9, 6 * 12});
  CHECK(both[z].to_vector() == std::vector<double>{1 * 9, 2 * 12, 3 * 15});
}

TEST_CASE("a statement of single numbers reduces beside its own adjoint, not into it") {
  Tape tape;
  const Tensor x = tape.variable(Tensor<double>(3.0));
  CHECK(tape.backward(Tensor(exp(Tensor(x * 2.0)) * 0.0 + Tensor(x * x)))[x].item() == 6);
}
