#include <numbers>

#include "tests/autodiff/laws/laws.hpp"
#include "thalweg/autodiff/ops/activation.hpp"

using namespace thalweg;

namespace {
using Long = long double;
Long normal(Long x) { return erfcl(-x / std::numbers::sqrt2_v<Long>) / 2; }
}  // namespace

TEST_SUITE("smooth activations") {
  TEST_CASE("sigmoid") { laws::slope_is_derivative<op::Sigmoid>({-8.0, -0.3, 0.0, 2.0, 6.0}); }
  TEST_CASE("log_sigmoid") {
    laws::slope_is_derivative<op::LogSigmoid>({-700.0, -30.0, -0.5, 0.0, 5.0, 30.0});
  }
  TEST_CASE("softplus") {
    laws::slope_is_derivative<op::Softplus>({-30.0, 0.0, 0.5, 36.9, 37.1, 700.0});
  }
  TEST_CASE("softsign") { laws::slope_is_derivative<op::Softsign>({-50.0, -1.0, 1e-3, 7.0}); }
  TEST_CASE("silu") { laws::slope_is_derivative<op::Silu>({-30.0, -1.5, 0.0, 2.0, 40.0}); }
  TEST_CASE("mish") { laws::slope_is_derivative<op::Mish>({-30.0, -1.5, 0.1, 2.0, 40.0}); }
  TEST_CASE("gelu") { laws::slope_is_derivative<op::Gelu>({-8.0, -1.5, 0.0, 2.0, 9.0}); }
  TEST_CASE("gelu_tanh") { laws::slope_is_derivative<op::GeluTanh>({-5.0, -1.5, 0.0, 2.0, 9.0}); }

  TEST_CASE("tiny results are as accurate as large ones") {
    laws::is_accurate<op::Sigmoid>([](Long x) { return 1 / (1 + expl(-x)); },
                                   {-700, -40, -1, -1e-5, 0, 3, 50});
    laws::is_accurate<op::LogSigmoid>([](Long x) { return -log1pl(expl(-x)); },
                                      {-800, -40, -1, 0, 1, 40, 700});
    laws::is_accurate<op::Softplus>([](Long x) { return log1pl(expl(x)); },
                                    {-700, -40, -1, 0, 1, 36.9, 37.1, 800});
    laws::is_accurate<op::Softsign>([](Long x) { return x / (1 + fabsl(x)); },
                                    {-1e30, -1, 1e-30, 1e10});
    laws::is_accurate<op::Silu>([](Long x) { return x / (1 + expl(-x)); },
                                {-700, -40, -1, 1e-200, 3, 800});
    laws::is_accurate<op::Mish>([](Long x) { return x * tanhl(log1pl(expl(x))); },
                                {-700, -40, -1, -1e-5, 0, 1, 20, 1e5});
    laws::is_accurate<op::Gelu>([](Long x) { return x * normal(x); },
                                {-37, -20, -8, -3, -1, -1e-5, 0, 1, 5, 1e5});
    laws::is_accurate<op::GeluTanh>(
        [](Long x) { return x / (1 + expl(-1.5957691216057307L * (x + 0.044715L * x * x * x))); },
        {-8, -1, 1e-5, 0, 2, 100}, 1e-13);
  }
  TEST_CASE("limits are taken at infinity and for huge arguments") {
    for (const double x : {1e30, double(INFINITY)}) {
      laws::takes<op::Sigmoid>(x, 1, 0);
      laws::takes<op::Sigmoid>(-x, 0, 0);
      laws::takes<op::LogSigmoid>(x, 0, 0);
      laws::takes<op::LogSigmoid>(-x, -x, 1);
      laws::takes<op::Softplus>(x, x, 1);
      laws::takes<op::Softplus>(-x, 0, 0);
      laws::takes<op::Softsign>(x, 1, 0);
      laws::takes<op::Softsign>(-x, -1, 0);
      laws::takes<op::Silu>(x, x, 1);
      laws::takes<op::Silu>(-x, 0, 0);
      laws::takes<op::Mish>(x, x, 1);
      laws::takes<op::Mish>(-x, 0, 0);
      laws::takes<op::Gelu>(x, x, 1);
      laws::takes<op::Gelu>(-x, 0, 0);
      laws::takes<op::GeluTanh>(x, x, 1);
      laws::takes<op::GeluTanh>(-x, 0, 0);
    }
  }
  TEST_CASE("NaN stays NaN") {
    laws::takes<op::Sigmoid>(NAN, NAN, NAN);
    laws::takes<op::Softplus>(NAN, NAN, NAN);
    laws::takes<op::LogSigmoid>(NAN, NAN, NAN);
    laws::takes<op::Softsign>(NAN, NAN, NAN);
    laws::takes<op::Silu>(NAN, NAN, NAN);
    laws::takes<op::Mish>(NAN, NAN, NAN);
    laws::takes<op::Gelu>(NAN, NAN, NAN);
    laws::takes<op::GeluTanh>(NAN, NAN, NAN);
  }
}
