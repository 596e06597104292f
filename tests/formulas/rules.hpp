#pragma once
/// Every rule of the library, once.

#include <thalweg/autodiff.hpp>
#include <thalweg/nn.hpp>

namespace formulas {

/// Calls f(rule, number of arguments) for each rule; those with options with some of their values.
template <class F>
void for_each_rule(F&& f) {
  namespace op = thalweg::op;
  namespace loss = thalweg::nn::rule;
  constexpr std::integral_constant<int, 1> one;
  constexpr std::integral_constant<int, 2> two;
  constexpr std::integral_constant<int, 3> three;
  constexpr std::integral_constant<int, 4> four;
  const auto all = [&](auto arity, const auto&... rule) { (f(rule, arity), ...); };

  all(one, op::Neg{}, op::Exp{}, op::Expm1{}, op::Log{}, op::Log1p{}, op::Log2{}, op::Log10{},
      op::Sqrt{}, op::Rsqrt{}, op::Cbrt{}, op::Square{}, op::Reciprocal{});
  for (const double p : {-2.5, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0}) all(one, op::PowNumber{p});
  for (const double c : {0.0, 0.5, 3.0}) all(one, op::NumberPow{c});
  all(one, op::Sin{}, op::Cos{}, op::Tan{}, op::Asin{}, op::Acos{}, op::Atan{}, op::Sinh{},
      op::Cosh{}, op::Tanh{}, op::Asinh{}, op::Acosh{}, op::Atanh{});
  all(one, op::Erf{}, op::Erfc{}, op::Lgamma{}, op::Digamma{});
  all(one, op::Sigmoid{}, op::LogSigmoid{}, op::Softplus{}, op::Softsign{}, op::Relu{}, op::Relu6{},
      op::LeakyRelu{0.1}, op::Elu{1.5}, op::Selu{}, op::Silu{}, op::Mish{}, op::Gelu{},
      op::GeluTanh{}, op::Hardtanh{-0.5, 2}, op::Hardsigmoid{}, op::Hardswish{});
  all(one, op::Sign{}, op::Abs{}, op::Floor{}, op::Ceil{}, op::Round{});
  all(one, op::Trunc{}, op::Nearbyint{}, op::Exp2{}, op::Tgamma{});
  all(two, op::Fmod{}, op::Copysign{}, op::Fdim{}, op::Fmax{}, op::Fmin{});
  all(three, op::Lerp{}, op::Hypot3{});
  all(two, op::Add{}, op::Sub{}, op::Mul{}, op::Div{}, op::Pow{}, op::Atan2{}, op::Hypot{},
      op::Maximum{}, op::Minimum{}, op::Choose<bool>{true}, op::Choose<bool>{false}, op::Less{},
      op::Greater{}, op::LessEqual{}, op::GreaterEqual{}, op::Equal{}, op::NotEqual{},
      op::AddBias{}, op::NormTerm{}, op::SquaredDistance{}, op::ShiftedExp{}, op::Prelu{});
  all(three, op::Clamp{}, op::Where{}, op::Fma{});
  all(two, loss::MseLoss{}, loss::L1Loss{}, loss::Huber{0.5}, loss::SmoothL1{{0.5}},
      loss::PoissonLogNll{}, loss::PoissonNll{}, loss::KlDiv{}, loss::KlDivOfLogs{}, loss::Hinge{1},
      loss::SoftMargin{}, loss::HingeEmbedding{1}, loss::CosineEmbedding{0.2},
      loss::TripletMargin{1});
  all(three, loss::BinaryCrossEntropy{}, loss::MarginRanking{0.5}, loss::GaussianNll{});
  all(four, loss::BinaryCrossEntropyWithLogits{});
}

/// Arguments at which a rule of any kind is tried: inside and outside of domains, at kinks.
inline constexpr double points[][4] = {
    {0.5, 0.25, 0.75, 1.5}, {2.0, 3.0, 0.5, 0.5},    {-0.75, 0.5, 1.0, 2.0}, {0.0, 0.0, 0.0, 0.0},
    {1.0, 1.0, 1.0, 1.0},   {-2.5, -1.5, 0.5, 1.0},  {7.0, -1.0, 2.0, 0.25}, {-30.0, 1.0, 1.0, 1.0},
    {40.0, 0.0, -1.0, 3.0}, {0.125, 2.5, -3.0, 1.0}, {1e-8, 1.0, 1.0, 1.0},  {1.5, -1.0, 1.0, 2.0}};

}  // namespace formulas
