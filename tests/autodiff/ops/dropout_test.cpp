#include "thalweg/autodiff/ops/dropout.hpp"

#include "tests/autodiff/laws/tensor_laws.hpp"

using namespace thalweg;
using test::message_of;
using test::random_tensor;

namespace {
template <class Real>
Tensor<Real> ones(Index n) {
  return Tensor<Real>({n}, std::vector<Real>(std::size_t(n), 1));
}
}  // namespace

TEST_CASE_TEMPLATE("dropout: each element is dropped or scaled; the mean stays", Real, float,
                   double) {
  for (const double p : {0.1, 0.5, 0.9}) {
    Random random{3};
    const Index n = 100003;
    const Tensor<Real> y = dropout(ones<Real>(n), p, random);
    const Real scale = static_cast<Real>(1 / (1 - p));
    Index kept = 0, pairs = 0, others = 0;
    for (Index i = 0; i < n; ++i) {
      others += y.data()[i] != 0 && y.data()[i] != scale;
      kept += y.data()[i] != 0;
      pairs += i > 0 && y.data()[i] != 0 && y.data()[i - 1] != 0;
    }
    CHECK(others == 0);
    const double q = 1 - p, deviation = std::sqrt(p * q / double(n));
    CHECK(std::abs(double(kept) / double(n) - q) < 4 * deviation);
    CHECK(std::abs(double(pairs) / double(n) - q * q) <
          0.01);  // neighbours know nothing of another
  }
}

TEST_CASE("dropout: the backward pass drops what the forward pass dropped") {
  for (const Index n : {1, 63, 64, 65, 40000}) {
    Random random{5};
    Tape tape;
    const auto x = tape.variable(ones<double>(n));
    const Tensor<double> y = dropout(x, 0.3, random);
    const Tensor<double> twice = y + x;
    CHECK(tape.backward(sum(y))[x].to_vector() == y.to_vector());
    CHECK(tape.backward(sum(twice))[x].to_vector() == twice.to_vector());
  }
}

TEST_CASE("dropout: the same seed makes the same mask, on any number of threads") {
  const auto run = [](int count, std::uint64_t seed) {
    set_threads(count);
    Random random{seed};
    return dropout(random_tensor({100001}), 0.5, random).to_vector();
  };
  const int before = threads();
  const auto one = run(1, 7);
  CHECK(one == run(3, 7));
  CHECK(one != run(1, 8));
  set_threads(before);
}

TEST_CASE("dropout: with p = 0 nothing happens, with p = 1 nothing is left") {
  Random random{1}, untouched{1};
  const Tensor<double> x = {1, INFINITY, -2};
  CHECK(dropout(x, 0, random).to_vector() == x.to_vector());
  CHECK(random == untouched);
  CHECK(dropout(ones<float>(1000), 1, random).to_vector() == std::vector<float>(1000, 0));
  CHECK(dropout(Tensor<double>(), 0.5, random).size() == 0);
}

TEST_CASE("dropout refuses what is no probability") {
  Random random{1};
  CHECK(message_of<ValueError>([&] { dropout(ones<double>(1), 1.5, random); }) ==
        "dropout: p is 1.5; expected a probability, 0 to 1");
  CHECK(message_of<ValueError>([&] { dropout(ones<double>(1), NAN, random); }) ==
        "dropout: p is nan; expected a probability, 0 to 1");
}
