#pragma once
/// `Formula`: a number type that writes down what is computed with it, as C++.
///
///     op::Sigmoid::value(Formula::variable("a")).text()      // "(select((a < 0x0p+0), ..."

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <string_view>

namespace formulas {

/// The text of a truth value.
struct Truth {
  std::string text;
};

class Formula {
 public:
  Formula() = default;
  Formula(double number)
      : text_(std::isnan(number)   ? "NAN"
              : std::isinf(number) ? (number > 0 ? "INFINITY" : "(-INFINITY)")
                                   : fmt::format("({:a})", number)) {}
  static Formula variable(std::string name) { return written(std::move(name)); }
  const std::string& text() const { return text_; }

  friend Formula operator+(const Formula& a, const Formula& b) { return infix(a, "+", b); }
  friend Formula operator-(const Formula& a, const Formula& b) { return infix(a, "-", b); }
  friend Formula operator*(const Formula& a, const Formula& b) { return infix(a, "*", b); }
  friend Formula operator/(const Formula& a, const Formula& b) { return infix(a, "/", b); }
  Formula& operator+=(const Formula& b) { return *this = *this + b; }
  friend Formula operator-(const Formula& a) { return written("(-" + a.text_ + ")"); }

  friend Truth operator<(const Formula& a, const Formula& b) { return {infix(a, "<", b).text_}; }
  friend Truth operator>(const Formula& a, const Formula& b) { return {infix(a, ">", b).text_}; }
  friend Truth operator<=(const Formula& a, const Formula& b) { return {infix(a, "<=", b).text_}; }
  friend Truth operator>=(const Formula& a, const Formula& b) { return {infix(a, ">=", b).text_}; }
  friend Truth operator==(const Formula& a, const Formula& b) { return {infix(a, "==", b).text_}; }
  friend Truth operator!=(const Formula& a, const Formula& b) { return {infix(a, "!=", b).text_}; }
  friend Truth operator&(const Truth& a, const Truth& b) { return {a.text + " && " + b.text}; }
  friend Truth operator|(const Truth& a, const Truth& b) {
    return {"(" + a.text + " || " + b.text + ")"};
  }

  friend Formula select(const Truth& which, const Formula& a, const Formula& b) {
    return written("(" + which.text + " ? " + a.text_ + " : " + b.text_ + ")");
  }

  // clang-format off
  friend Formula abs(const Formula& a) { return call("std::abs", a); }
  friend Formula acos(const Formula& a) { return call("std::acos", a); }
  friend Formula acosh(const Formula& a) { return call("std::acosh", a); }
  friend Formula asin(const Formula& a) { return call("std::asin", a); }
  friend Formula asinh(const Formula& a) { return call("std::asinh", a); }
  friend Formula atan(const Formula& a) { return call("std::atan", a); }
  friend Formula atan2(const Formula& a, const Formula& b) { return call("std::atan2", a, b); }
  friend Formula atanh(const Formula& a) { return call("std::atanh", a); }
  friend Formula cbrt(const Formula& a) { return call("std::cbrt", a); }
  friend Formula ceil(const Formula& a) { return call("std::ceil", a); }
  friend Formula cos(const Formula& a) { return call("std::cos", a); }
  friend Formula cosh(const Formula& a) { return call("std::cosh", a); }
  friend Formula digamma(const Formula& a) { return call("thalweg::kernels::digamma", a); }
  friend Formula erf(const Formula& a) { return call("std::erf", a); }
  friend Formula erfc(const Formula& a) { return call("std::erfc", a); }
  friend Formula exp(const Formula& a) { return call("std::exp", a); }
  friend Formula exp2(const Formula& a) { return call("std::exp2", a); }
  friend Formula expm1(const Formula& a) { return call("std::expm1", a); }
  friend Formula floor(const Formula& a) { return call("std::floor", a); }
  friend Formula fmod(const Formula& a, const Formula& b) { return call("std::fmod", a, b); }
  friend Formula fma(const Formula& a, const Formula& b, const Formula& c) {
    return call("std::fma", a, b, c);
  }
  friend Formula hypot(const Formula& a, const Formula& b) { return call("std::hypot", a, b); }
  friend Formula lgamma(const Formula& a) { return call("thalweg::kernels::lgamma", a); }
  friend Formula log(const Formula& a) { return call("std::log", a); }
  friend Formula log10(const Formula& a) { return call("std::log10", a); }
  friend Formula log1p(const Formula& a) { return call("std::log1p", a); }
  friend Formula log2(const Formula& a) { return call("std::log2", a); }
  friend Formula pow(const Formula& a, const Formula& b) { return call("std::pow", a, b); }
  friend Formula round(const Formula& a) { return call("std::round", a); }
  friend Formula sin(const Formula& a) { return call("std::sin", a); }
  friend Formula sinh(const Formula& a) { return call("std::sinh", a); }
  friend Formula sqrt(const Formula& a) { return call("std::sqrt", a); }
  friend Formula tan(const Formula& a) { return call("std::tan", a); }
  friend Formula tanh(const Formula& a) { return call("std::tanh", a); }
  friend Formula tgamma(const Formula& a) { return call("std::tgamma", a); }
  friend Formula trigamma(const Formula& a) { return call("thalweg::kernels::trigamma", a); }
  // clang-format on

 private:
  static Formula written(std::string text) {
    Formula formula;
    formula.text_ = std::move(text);
    return formula;
  }
  static Formula infix(const Formula& a, const char* sign, const Formula& b) {
    return written("(" + a.text_ + " " + sign + " " + b.text_ + ")");
  }
  template <class... More>
  static Formula call(const char* function, const Formula& a, const More&... more) {
    std::string arguments = a.text_;
    ((arguments += ", " + more.text_), ...);
    return written(std::string(function) + "(" + arguments + ")");
  }

  std::string text_;
};

}  // namespace formulas
