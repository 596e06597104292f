#pragma once
/// What a model is made of, as a table and as a graph.
///
///     fmt::print("{}\n", nn::summary(model, {1, 1, 28, 28}));
///
///     layer  type         output          parameters
///     conv   Conv2d       [1, 8, 26, 26]          80
///     norm   BatchNorm2d  [1, 8, 26, 26]          16
///     out    Linear       [1, 10]             54,090
///     learned 54,186, frozen 0, in buffers 17; 211.8 KiB
///
/// The model is called once, in evaluation, on zeros of that shape or on a tensor that is given
/// (words for an Embedding), and its tape is looked at; nothing in it changes. A layer is what has
/// parameters of its own, and what a Sequential calls unless layers are within it; its type is the
/// class's name, or what a class gives as `static constexpr std::string_view type_name`.
///
/// Limits: a layer's output is the result of the last operation that reads one of its parameters.
/// Where more follows within the layer that is an inner shape, except in a Sequential, which knows.
/// Functions between the layers of a struct are not seen, nor are layers of buffers alone. Scalar
/// elements of parameters, w(0), are no use of w.

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "thalweg/autodiff/files/files.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/autodiff/tensor/creation.hpp"
#include "thalweg/nn/model/call_trace.hpp"
#include "thalweg/nn/model/module.hpp"

namespace thalweg::nn {

/// One layer.
struct SummaryRow {
  std::string name;             ///< "layers.0"; that of the model itself is empty
  std::string type;             ///< "Linear"
  std::optional<Shape> output;  ///< nothing if the layer was not used
  Index learned = 0;            ///< numbers
  Index frozen = 0;
};

struct Summary {
  std::vector<SummaryRow> rows;
  Index learned = 0;
  Index frozen = 0;
  Index buffers = 0;  ///< numbers saved but not learned
  Index bytes = 0;    ///< of all of them
};

std::string to_string(const Summary& summary);
std::ostream& operator<<(std::ostream& stream, const Summary& summary);

namespace detail {

/// An object within a model.
struct Part {
  std::string path;
  std::string_view type;  // as the compiler spells it
  const void* address;
  const void* key;
};

/// T::type_name if there is one.
template <class T>
constexpr std::string_view spelled_type() {
  if constexpr (requires { T::type_name; })
    return T::type_name;
  else
    return __PRETTY_FUNCTION__;
}
/// "… [with T = thalweg::nn::Linear<float>; …]" or "… [T = thalweg::nn::Linear<float>]": Linear.
std::string short_type(std::string_view spelled);

template <class Model>
std::vector<Part> parts_of(const Model& model) {
  std::vector<Part> parts;
  for_each_part(model, "", [&](const std::string& path, const auto& part) {
    using T = std::remove_cvref_t<decltype(part)>;
    if constexpr (std::is_class_v<T> && !is_parameter<T> && !is_buffer<T>)
      parts.push_back({path, spelled_type<T>(), &part, &layer_key<T>});
  });
  return parts;
}

/// While it lives no parameter is frozen, so that the tape sees all, and Sequentials note calls.
class Look {
 public:
  explicit Look(StateList state);
  ~Look();
  Look(const Look&) = delete;

  /// From the tape that records on this thread.
  Summary summary(const std::vector<Part>& parts) const;
  /// Names its parameters, and draws it.
  std::string drawing() const;

 private:
  StateList state_;
  std::vector<bool> frozen_;
  CallTrace trace_;
  CallTrace* before_;
};

/// Calls the model, and whatever it gives is evaluated.
template <class Model, class X>
auto called(const Model& model, const X& x) {
  auto y = call(model, x, evaluation);
  if constexpr (TensorLike<decltype(y)>)
    return as_tensor(y);
  else
    return y;
}

template <class Element>
Tensor<Element> input_on(Tape& tape, const Tensor<Element>& input) {
  if constexpr (std::is_floating_point_v<Element>) {
    Tensor<Element> x = tape.variable(input);
    tape.label(x, "input");
    return x;
  } else {
    return input;
  }
}

template <class Model>
auto zeros_for(const Model&, const Shape& input) {
  static_assert(is_number_type<RealOf<Model>> && !std::is_same_v<RealOf<Model>, Mixed>,
                "thalweg: of which number type is the input? Give a tensor instead of its shape");
  return zeros<RealOf<Model>>(input);
}

}  // namespace detail

/// Throws what the model throws for such an input.
template <class Model, class Element>
Summary summary(Model& model, const Tensor<Element>& input) {
  const detail::Look look(state(model));
  Tape tape;
  [[maybe_unused]] const auto y = detail::called(model, detail::input_on(tape, input));
  return look.summary(detail::parts_of(model));
}
template <class Model>
Summary summary(Model& model, const Shape& input) {
  return summary(model, detail::zeros_for(model, input));
}

/// The graph of one call, in evaluation, in the language of Graphviz: ops, shapes, and parameters
/// with their names. `dot -Tsvg`, or any viewer on the web, draws it.
///
///     write_file("model.dot", nn::to_dot(model, {1, 1, 28, 28}));
template <class Model, class Element>
std::string to_dot(Model& model, const Tensor<Element>& input) {
  const detail::Look look(state(model));
  Tape tape;
  [[maybe_unused]] const auto y = detail::called(model, detail::input_on(tape, input));
  return look.drawing();
}
template <class Model>
std::string to_dot(Model& model, const Shape& input) {
  return to_dot(model, detail::zeros_for(model, input));
}

}  // namespace thalweg::nn

template <>
struct fmt::formatter<thalweg::nn::Summary> : thalweg::TextFormatter {
  template <class Context>
  auto format(const thalweg::nn::Summary& summary, Context& context) const {
    return write(thalweg::nn::to_string(summary), context);
  }
};
