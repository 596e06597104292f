// The fused loops compute in whatever the leaves hold: registers of lanes, and here plain numbers
// one by one and duals, whose loops give a tangent and a Hessian times a direction.

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "tests/close.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/trigonometric.hpp"
#include "thalweg/autodiff/statement/fused.hpp"

using namespace thalweg;
using detail::Mode;

namespace {

/// v + d ε, ε² = 0.
struct Dual {
  double v = 0, d = 0;
  Dual() = default;
  Dual(double value, double slope = 0) : v(value), d(slope) {}
  friend Dual operator+(Dual a, Dual b) { return {a.v + b.v, a.d + b.d}; }
  friend Dual operator*(Dual a, Dual b) { return {a.v * b.v, a.d * b.v + a.v * b.d}; }
  Dual& operator+=(Dual b) { return *this = *this + b; }
  Dual& operator*=(Dual b) { return *this = *this * b; }
  friend Dual sin(Dual a) { return {std::sin(a.v), a.d * std::cos(a.v)}; }
  friend Dual cos(Dual a) { return {std::cos(a.v), -a.d * std::sin(a.v)}; }
};

/// One number at a time.
template <class T>
struct SingleLeaf {
  using Value = T;
  static constexpr int width = 1;
  struct Memory {};

  const T* value;
  T* adjoint;
  bool step;
  Mode mode;

  T load(Index i) const { return value[step ? i : 0]; }
  void take(const T& x, T& total, Index i) const {
    if (mode == Mode::store) adjoint[i] = x;
    if (mode == Mode::add) adjoint[i] += x;
    if (mode == Mode::reduce) total += x;
  }
  void pad(Index, int, Memory&) {}
  void redirect(Memory&) {}
  void finish(const T& total, Index, int, const Memory&) const {
    if (mode == Mode::reduce) *adjoint += total;
  }
};

/// y = a sin b, as the library's expressions spell it.
const auto tree = [](const Tensor<double>& a, const Tensor<double>& b) {
  return (a * sin(b)).tree();
};
using Tree = decltype(tree({}, {}));

}  // namespace

TEST_CASE("fused loops over plain numbers: value, and slopes added to what is there") {
  const Tree y = tree({}, {});
  const std::vector<double> a = {2, 3, 4}, b = {0.5};
  std::vector<double> out(3), da(3, 10.0), db(1);
  using L = SingleLeaf<double>;
  const L forward[] = {{a.data(), nullptr, true, Mode::none},
                       {b.data(), nullptr, false, Mode::none},
                       {nullptr, out.data(), true, Mode::store}};
  detail::forward_segment<Tree, L>(&y, forward, 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(out[i] == a[i] * std::sin(0.5));

  const std::vector<double> seed = {1, 1, 2};
  const L backward[] = {{a.data(), da.data(), true, Mode::add},
                        {b.data(), db.data(), false, Mode::reduce},
                        {nullptr, nullptr, true, Mode::none},
                        {seed.data(), nullptr, true, Mode::none}};
  detail::backward_segment<true, Tree, L>(&y, backward, 1.0, 3);
  CHECK(da[2] == 10 + 2 * std::sin(0.5));
  CHECK(testing::close(db[0], (2 + 3 + 2 * 4) * std::cos(0.5), {.relative = 1e-15}));
}

TEST_CASE("fused loops over duals: forward gives the tangent, backward the Hessian's product") {
  const Tree y = tree({}, {});
  const Dual a(2, 0.3), b(0.5, -1), seed(1);
  Dual out, da, db;
  using L = SingleLeaf<Dual>;
  const L forward[] = {{&a, nullptr, true, Mode::none},
                       {&b, nullptr, true, Mode::none},
                       {nullptr, &out, true, Mode::store}};
  detail::forward_segment<Tree, L>(&y, forward, 1);
  // ẏ = ȧ sin b + a cos b ḃ
  CHECK(testing::close(out.d, 0.3 * std::sin(0.5) - 2 * std::cos(0.5), {.relative = 1e-15}));

  const L backward[] = {{&a, &da, true, Mode::store},
                        {&b, &db, true, Mode::store},
                        {nullptr, nullptr, true, Mode::none},
                        {&seed, nullptr, true, Mode::none}};
  detail::backward_segment<true, Tree, L>(&y, backward, 1.0, 1);
  CHECK(da.v == std::sin(0.5));
  CHECK(testing::close(da.d, -std::cos(0.5), {.relative = 1e-15}));  // cos b ḃ
  CHECK(testing::close(db.d, 0.3 * std::cos(0.5) + 2 * std::sin(0.5), {.relative = 1e-15}));
}
