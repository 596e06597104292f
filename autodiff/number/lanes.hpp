#pragma once
/// `Lanes<Real>`: one SIMD register of numbers that behaves like a number.
///
/// Arithmetic and the functions of <cmath> act lane by lane; a comparison gives a `LaneMask`, which
/// `select` reads. Derivative rules are written once and run on `double`, `float` and `Lanes`.

#include <cmath>
#include <type_traits>

#include "thalweg/autodiff/number/libmvec.hpp"
#include "thalweg/autodiff/number/registers.hpp"
#include "thalweg/autodiff/number/special_functions.hpp"

namespace thalweg {

/// One truth value per lane.
template <class Real>
struct LaneMask {
  typename detail::RegisterOf<Real>::Mask bits;
  friend LaneMask operator&(LaneMask a, LaneMask b) { return {a.bits & b.bits}; }
  friend LaneMask operator|(LaneMask a, LaneMask b) { return {a.bits | b.bits}; }
  friend LaneMask operator!(LaneMask a) { return {~a.bits}; }
};

/// A plain number of another type than Real.
template <class Number, class Real>
concept OtherNumberThan = std::is_arithmetic_v<Number> && !std::is_same_v<Number, Real>;

template <class Real>
class Lanes {
 public:
  using Mask = LaneMask<Real>;
  static constexpr int width = register_bytes / int(sizeof(Real));

  Lanes() = default;
  Lanes(Real value) : register_(value - Register<Real>{}) {}
  template <OtherNumberThan<Real> Number>
  Lanes(Number value) : Lanes(static_cast<Real>(value)) {}
  explicit Lanes(Register<Real> value) : register_(value) {}

  static Lanes load(const Real* from) {
    Lanes x;
    __builtin_memcpy(&x.register_, from, sizeof(x.register_));
    return x;
  }
  void store(Real* to) const { __builtin_memcpy(to, &register_, sizeof(register_)); }
  static Lanes load_first(const Real* from, int count) {
    return Lanes(thalweg::load_first<Real>(from, count));
  }
  void store_first(Real* to, int count) const { thalweg::store_first<Real>(to, count, register_); }

  Real operator[](int lane) const { return register_[lane]; }
  void set(int lane, Real value) { register_[lane] = value; }
  Register<Real> get() const { return register_; }

  friend Lanes operator+(Lanes a, Lanes b) { return Lanes(a.register_ + b.register_); }
  friend Lanes operator-(Lanes a, Lanes b) { return Lanes(a.register_ - b.register_); }
  friend Lanes operator*(Lanes a, Lanes b) { return Lanes(a.register_ * b.register_); }
  friend Lanes operator/(Lanes a, Lanes b) { return Lanes(a.register_ / b.register_); }
  friend Lanes operator-(Lanes a) { return Lanes(-a.register_); }
  Lanes& operator+=(Lanes b) { return *this = *this + b; }
  Lanes& operator-=(Lanes b) { return *this = *this - b; }
  Lanes& operator*=(Lanes b) { return *this = *this * b; }
  Lanes& operator/=(Lanes b) { return *this = *this / b; }

  friend Mask operator<(Lanes a, Lanes b) { return {a.register_ < b.register_}; }
  friend Mask operator>(Lanes a, Lanes b) { return {a.register_ > b.register_}; }
  friend Mask operator<=(Lanes a, Lanes b) { return {a.register_ <= b.register_}; }
  friend Mask operator>=(Lanes a, Lanes b) { return {a.register_ >= b.register_}; }
  friend Mask operator==(Lanes a, Lanes b) { return {a.register_ == b.register_}; }
  friend Mask operator!=(Lanes a, Lanes b) { return {a.register_ != b.register_}; }

  friend Lanes select(Mask which, Lanes a, Lanes b) {
    return Lanes(which.bits ? a.register_ : b.register_);
  }
  friend Lanes abs(Lanes a) { return a.without_sign(); }
  friend Lanes sqrt(Lanes a) { return Lanes(square_root<Real>(a.register_)); }
  /// a b + c, rounded once.
  friend Lanes fma(Lanes a, Lanes b, Lanes c) {
    return Lanes(multiply_add<Real>(a.register_, b.register_, c.register_));
  }
  friend Lanes floor(Lanes a) {
    return a.each([](Real x) { return std::floor(x); });
  }
  friend Lanes ceil(Lanes a) {
    return a.each([](Real x) { return std::ceil(x); });
  }
  friend Lanes round(Lanes a) {
    return a.each([](Real x) { return std::round(x); });
  }
  friend Real sum(Lanes a) {
    Real total = 0;
    for (int lane = 0; lane < width; ++lane) total += a[lane];
    return total;
  }

  // clang-format off
#ifdef THALWEG_LIBMVEC_DOUBLE
  friend Lanes exp(Lanes a) { return Lanes(libmvec::exp(a.register_)); }
  friend Lanes expm1(Lanes a) { return Lanes(libmvec::expm1(a.register_)); }
  friend Lanes log(Lanes a) { return Lanes(libmvec::log(a.register_)); }
  friend Lanes log1p(Lanes a) { return Lanes(libmvec::log1p(a.register_)); }
  friend Lanes log2(Lanes a) { return Lanes(libmvec::log2(a.register_)); }
  friend Lanes log10(Lanes a) { return Lanes(libmvec::log10(a.register_)); }
  friend Lanes sin(Lanes a) { return Lanes(libmvec::sin(a.register_)); }
  friend Lanes cos(Lanes a) { return Lanes(libmvec::cos(a.register_)); }
  friend Lanes tan(Lanes a) { return Lanes(libmvec::tan(a.register_)); }
  friend Lanes asin(Lanes a) { return Lanes(libmvec::asin(a.register_)); }
  friend Lanes acos(Lanes a) { return Lanes(libmvec::acos(a.register_)); }
  friend Lanes atan(Lanes a) { return Lanes(libmvec::atan(a.register_)); }
  friend Lanes sinh(Lanes a) { return Lanes(libmvec::sinh(a.register_)); }
  friend Lanes cosh(Lanes a) { return Lanes(libmvec::cosh(a.register_)); }
  friend Lanes tanh(Lanes a) { return Lanes(libmvec::tanh(a.register_)); }
  friend Lanes asinh(Lanes a) { return Lanes(libmvec::asinh(a.register_)); }
  friend Lanes acosh(Lanes a) { return Lanes(libmvec::acosh(a.register_)); }
  friend Lanes atanh(Lanes a) { return Lanes(libmvec::atanh(a.register_)); }
  friend Lanes erf(Lanes a) { return Lanes(libmvec::erf(a.register_)); }
  friend Lanes erfc(Lanes a) { return Lanes(libmvec::erfc(a.register_)); }
  friend Lanes cbrt(Lanes a) { return Lanes(libmvec::cbrt(a.register_)); }
  friend Lanes pow(Lanes a, Lanes b) { return Lanes(libmvec::pow(a.register_, b.register_)); }
  friend Lanes atan2(Lanes a, Lanes b) { return Lanes(libmvec::atan2(a.register_, b.register_)); }
  friend Lanes hypot(Lanes a, Lanes b) { return Lanes(libmvec::hypot(a.register_, b.register_)); }
#else
  friend Lanes exp(Lanes a) { return a.each([](Real x) { return std::exp(x); }); }
  friend Lanes expm1(Lanes a) { return a.each([](Real x) { return std::expm1(x); }); }
  friend Lanes log(Lanes a) { return a.each([](Real x) { return std::log(x); }); }
  friend Lanes log1p(Lanes a) { return a.each([](Real x) { return std::log1p(x); }); }
  friend Lanes log2(Lanes a) { return a.each([](Real x) { return std::log2(x); }); }
  friend Lanes log10(Lanes a) { return a.each([](Real x) { return std::log10(x); }); }
  friend Lanes sin(Lanes a) { return a.each([](Real x) { return std::sin(x); }); }
  friend Lanes cos(Lanes a) { return a.each([](Real x) { return std::cos(x); }); }
  friend Lanes tan(Lanes a) { return a.each([](Real x) { return std::tan(x); }); }
  friend Lanes asin(Lanes a) { return a.each([](Real x) { return std::asin(x); }); }
  friend Lanes acos(Lanes a) { return a.each([](Real x) { return std::acos(x); }); }
  friend Lanes atan(Lanes a) { return a.each([](Real x) { return std::atan(x); }); }
  friend Lanes sinh(Lanes a) { return a.each([](Real x) { return std::sinh(x); }); }
  friend Lanes cosh(Lanes a) { return a.each([](Real x) { return std::cosh(x); }); }
  friend Lanes tanh(Lanes a) { return a.each([](Real x) { return std::tanh(x); }); }
  friend Lanes asinh(Lanes a) { return a.each([](Real x) { return std::asinh(x); }); }
  friend Lanes acosh(Lanes a) { return a.each([](Real x) { return std::acosh(x); }); }
  friend Lanes atanh(Lanes a) { return a.each([](Real x) { return std::atanh(x); }); }
  friend Lanes erf(Lanes a) { return a.each([](Real x) { return std::erf(x); }); }
  friend Lanes erfc(Lanes a) { return a.each([](Real x) { return std::erfc(x); }); }
  friend Lanes cbrt(Lanes a) { return a.each([](Real x) { return std::cbrt(x); }); }
  friend Lanes pow(Lanes a, Lanes b) {
    return a.each(b, [](Real x, Real y) { return std::pow(x, y); });
  }
  friend Lanes atan2(Lanes a, Lanes b) {
    return a.each(b, [](Real x, Real y) { return std::atan2(x, y); });
  }
  friend Lanes hypot(Lanes a, Lanes b) {
    return a.each(b, [](Real x, Real y) { return std::hypot(x, y); });
  }
#endif
  // clang-format on
  friend Lanes exp2(Lanes a) {
    return a.each([](Real x) { return std::exp2(x); });
  }
  friend Lanes fmod(Lanes a, Lanes b) {
    return a.each(b, [](Real x, Real y) { return std::fmod(x, y); });
  }
  friend Lanes tgamma(Lanes a) {
    return a.each([](Real x) { return std::tgamma(x); });
  }
  friend Lanes lgamma(Lanes a) {
    return a.each([](Real x) { return kernels::lgamma(x); });
  }
  friend Lanes digamma(Lanes a) {
    return a.each([](Real x) { return kernels::digamma(x); });
  }
  friend Lanes trigamma(Lanes a) {
    return a.each([](Real x) { return kernels::trigamma(x); });
  }

 private:
  template <class F>
  Lanes each(F f) const {
    Lanes y;
    for (int lane = 0; lane < width; ++lane) y.register_[lane] = f(register_[lane]);
    return y;
  }
  template <class F>
  Lanes each(Lanes b, F f) const {
    Lanes y;
    for (int lane = 0; lane < width; ++lane) y.register_[lane] = f(register_[lane], b[lane]);
    return y;
  }
  Lanes without_sign() const {
    using Bits = typename detail::RegisterOf<Real>::Mask;
    Bits bits;
    __builtin_memcpy(&bits, &register_, sizeof(bits));
    bits &= ~(Bits{} + (decltype(bits[0] + 0)(1) << (8 * sizeof(Real) - 1)));
    Lanes y;
    __builtin_memcpy(&y.register_, &bits, sizeof(bits));
    return y;
  }

  Register<Real> register_;
};

}  // namespace thalweg
