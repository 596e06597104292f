#pragma once
/// A model is a plain struct; this finds its parameters.
///
///     struct Digits {
///       nn::Linear<float> hidden, output;
///       auto operator()(const Tensor<float>& x) const { return output(relu(hidden(x))); }
///     };
///
///     Random random{42};
///     Digits model{{64, 32, random}, {32, 10, random}};
///     auto parameters = nn::parameters(model);     // hidden.weight, hidden.bias, output.weight, …
///     adam.step(parameters, tape.backward(cross_entropy(model(x), y)));
///
/// Parameters are looked for in members (autodiff/base/fields.hpp), in containers
/// ("layers.0.weight"), tuples, variants, optionals and what pointers point to; one that is reached
/// twice is listed once, under its first name. Numbers, enumerations, strings, tensors and
/// generators hold none. Any other class must be an aggregate or have a `fields` table; without one
/// a model does not compile, so that no parameter is forgotten. A list points into the model: make
/// it anew when the model has moved or grown.
///
/// A class whose parts get their names while it runs visits them itself, const or not:
///
///     using Real = float;                      // of its parameters
///     template <class Self, class F>
///     static void visit_parts(Self& self, F&& f) {
///       for (auto& [name, layer] : self.layers_) f(name, layer);
///     }

#include <string>
#include <string_view>
#include <variant>

#include "thalweg/autodiff/tensor/parameter.hpp"
#include "thalweg/nn/model/module_detail.hpp"

namespace thalweg::nn {

// A class with constructors lists its parts: `static constexpr auto fields = nn::named(…);`.
using thalweg::field_count;
using thalweg::field_names;
using thalweg::for_each_field;
using thalweg::HasFields;
using thalweg::named;

/// A parameter of a model that is not to be changed.
template <class Real>
struct ConstNamedParameter {
  std::string name;
  const Parameter<Real>* parameter;
};
template <class Real>
using ConstParameterList = std::vector<ConstNamedParameter<Real>>;

/// The number type of a model's parameters.
template <class Model>
using RealOf = detail::RealIn<Model>;

/// All parameters with their names, in order of declaration: what an optimizer updates.
template <class Model>
auto parameters(Model& model) {
  using Real = RealOf<Model>;
  static_assert(detail::is_number_type<Real>, "thalweg: this model has no parameters");
  static_assert(!std::is_same_v<Real, detail::Mixed>,
                "thalweg: this model has parameters of float and of double; an optimizer takes one "
                "kind: call parameters() on its parts");
  using List =
      std::conditional_t<std::is_const_v<Model>, ConstParameterList<Real>, ParameterList<Real>>;
  List list;
  detail::for_each_state(model, "", [&](const std::string& name, auto& part) {
    if constexpr (is_parameter<std::remove_cvref_t<decltype(part)>>) {
      for (const auto& known : list)
        if (known.parameter == &part) return;
      list.push_back({name, &part});
    }
  });
  return list;
}

namespace detail {
template <class... Real>
using StatePart = std::variant<Parameter<Real>*..., const Buffer<Real>*..., const Buffer<Index>*>;
template <class... Real>
using StateValue = std::variant<Tensor<Real>..., IndexTensor>;
}  // namespace detail

/// A parameter or buffer of a model and its name.
struct NamedState {
  using Part = OfNumberTypes<detail::StatePart>;
  using Value = OfNumberTypes<detail::StateValue>;
  std::string name;
  Part part;

  bool learned() const {
    return std::visit([]<class Any>(Any*) { return is_parameter<Any>; }, part);
  }
  const Shape& shape() const {
    return std::visit([](const auto* any) -> const Shape& { return any->shape(); }, part);
  }
};
using StateList = std::vector<NamedState>;

namespace detail {
/// f(parameter) if it is one.
template <class F>
void with_parameter(const NamedState& named, F&& f) {
  std::visit(
      [&]<class Part>(Part* part) {
        if constexpr (is_parameter<Part>) f(*part);
      },
      named.part);
}
}  // namespace detail

/// All that is saved of a model, in order of declaration: parameters, running statistics, …; of
/// parameters of two number types too.
template <class Model>
StateList state(Model& model) {
  static_assert(!std::is_const_v<Model>, "thalweg: the state of a const model cannot be changed");
  StateList list;
  detail::for_each_state(model, "", [&](const std::string& name, auto& part) {
    const NamedState::Part pointer = &part;
    for (const auto& known : list)
      if (known.part == pointer) return;
    list.push_back({name, pointer});
  });
  return list;
}

/// How many numbers the parameters are made of; those of them that are not frozen, and that are
/// (nn/model/freeze.hpp).
template <class Model>
Index parameter_count(const Model& model) {
  Index count = 0;
  for (const auto& named : parameters(model)) count += named.parameter->size();
  return count;
}
template <class Model>
Index frozen_count(const Model& model) {
  Index count = 0;
  for (const auto& named : parameters(model))
    if (named.parameter->frozen()) count += named.parameter->size();
  return count;
}
template <class Model>
Index learned_count(const Model& model) {
  return parameter_count(model) - frozen_count(model);
}

/// Gives each parameter of `to` the value of the parameter in the same place of `from`, rounded to
/// the other number type where they differ. Throws ShapeError, naming the first parameter whose
/// name or shape differs.
template <class To, class From>
void copy_parameters(const From& from, To& to) {
  const auto sources = parameters(from);
  const auto targets = parameters(to);
  detail::expect_same_size(sources.size(), targets.size());
  for (std::size_t k = 0; k < sources.size(); ++k)
    detail::expect_same(sources[k].name, sources[k].parameter->shape(), targets[k].name,
                        targets[k].parameter->shape());
  for (std::size_t k = 0; k < sources.size(); ++k) {
    const auto from_values = sources[k].parameter->value().values();
    const auto to_values = targets[k].parameter->mutable_values();
    for (std::size_t i = 0; i < to_values.size(); ++i)
      to_values[i] = static_cast<RealOf<To>>(from_values[i]);
  }
}

}  // namespace thalweg::nn
