#pragma once
/// Printing through fmt and operator<<.
///
///     fmt::print("{:.3f}\n", x);        // the specification applies to every number
///     std::cout << x;

#include <iosfwd>

#include "thalweg/autodiff/base/text_formatter.hpp"
#include "thalweg/autodiff/tensor/parameter.hpp"

namespace thalweg {

namespace detail {
std::string number_text(double value, std::string_view spec);
template <class Real>
std::string tensor_text(const Tensor<Real>& tensor, std::string_view spec);
void write(std::ostream& stream, const std::string& text);
}  // namespace detail

/// As nested brackets, one row a line; axes longer than eight are abridged in the middle.
template <class Real>
std::string to_string(const Tensor<Real>& tensor) {
  return detail::tensor_text(tensor, {});
}

template <class Real>
std::ostream& operator<<(std::ostream& stream, const Tensor<Real>& tensor) {
  detail::write(stream, to_string(tensor));
  return stream;
}
template <TensorExpressionType E>
std::ostream& operator<<(std::ostream& stream, const E& expression) {
  return stream << expression.node();
}
template <class Real>
std::ostream& operator<<(std::ostream& stream, const Parameter<Real>& parameter) {
  return stream << parameter.value();
}
template <Scalar X>
std::ostream& operator<<(std::ostream& stream, const X& x) {
  detail::write(stream, detail::number_text(static_cast<double>(x.value()), {}));
  return stream;
}

}  // namespace thalweg

template <thalweg::Scalar X>
struct fmt::formatter<X> : thalweg::TextFormatter {
  template <class Context>
  auto format(const X& x, Context& context) const {
    return write(thalweg::detail::number_text(static_cast<double>(x.value()), spec()), context);
  }
};

template <class Real>
struct fmt::formatter<thalweg::Tensor<Real>> : thalweg::TextFormatter {
  template <class Context>
  auto format(const thalweg::Tensor<Real>& tensor, Context& context) const {
    return write(thalweg::detail::tensor_text(tensor, spec()), context);
  }
};

template <class Op, class... A>
struct fmt::formatter<thalweg::TensorExpression<Op, A...>>
    : fmt::formatter<thalweg::Tensor<typename thalweg::TensorExpression<Op, A...>::Real>> {
  template <class Context>
  auto format(const thalweg::TensorExpression<Op, A...>& expression, Context& context) const {
    using Base =
        fmt::formatter<thalweg::Tensor<typename thalweg::TensorExpression<Op, A...>::Real>>;
    return Base::format(expression.node(), context);
  }
};

template <class Real>
struct fmt::formatter<thalweg::Parameter<Real>> : fmt::formatter<thalweg::Tensor<Real>> {
  template <class Context>
  auto format(const thalweg::Parameter<Real>& parameter, Context& context) const {
    return fmt::formatter<thalweg::Tensor<Real>>::format(parameter.value(), context);
  }
};
