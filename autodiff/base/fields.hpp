#pragma once
/// The members of a struct with their names: what lets a model, or options, be a plain struct.
///
///     struct Model {
///       nn::Linear<float> hidden, output;
///     };
///     for_each_field(model, [](std::string_view name, auto& field) { … });   // hidden, output
///
/// An aggregate of up to 24 members needs nothing: members are found and named while compiling.
/// A class with constructors says what its fields are, below the members it names (which may be
/// private):
///
///     static constexpr auto fields = named("weight", &Affine::weight_,
///                                          "bias", &Affine::bias_);
///
/// An aggregate with base classes, references or bit-fields must say so too. Only direct members
/// are visited; a visitor that wants members of members calls for_each_field again.

#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "thalweg/autodiff/base/fields_detail.hpp"

namespace thalweg {

/// One row of the table made by `named`.
template <class Class, class Member>
struct NamedField {
  std::string_view name;
  Member Class::*member;
};

constexpr std::tuple<> named() { return {}; }

/// The table of a class's fields: names and pointers to members in turn.
template <class Class, class Member, class... Rest>
constexpr auto named(std::string_view name, Member Class::*member, Rest... rest) {
  return std::tuple_cat(std::tuple(NamedField<Class, Member>{name, member}), named(rest...));
}

namespace detail {

template <class T>
inline constexpr bool is_table = false;
template <class... Class, class... Member>
inline constexpr bool is_table<const std::tuple<NamedField<Class, Member>...>> = true;

template <class T>
concept Tabled = is_table<decltype(T::fields)>;

template <class T>
concept Plain = std::is_class_v<T> && std::is_aggregate_v<T> && !Tabled<T>;

/// A table that is inherited must not hide members that the derived class adds.
template <class T, class... Class, class... Member>
constexpr bool is_whole(const std::tuple<NamedField<Class, Member>...>&) {
  return sizeof...(Class) == 0 || ((sizeof(T) <= sizeof(Class)) || ...) ||
         (std::is_same_v<T, Class> || ...);
}

template <class T>
constexpr std::size_t field_count() {
  static_assert(Tabled<T> || Plain<T>,
                "thalweg: this class has constructors, private members or virtual functions: add "
                "`static constexpr auto fields = thalweg::named(\"weight\", &Class::weight);`");
  if constexpr (Tabled<T>)
    return std::tuple_size_v<std::remove_cv_t<decltype(T::fields)>>;
  else if constexpr (Plain<T>)
    return count_fields<T>();
  else
    return 0;
}

template <class T, std::size_t... i>
constexpr std::array<std::string_view, sizeof...(i)> field_names(std::index_sequence<i...>) {
  if constexpr (Tabled<T>)
    return {std::get<i>(T::fields).name...};
  else
    return {name_of_member<T, i, sizeof...(i)>()...};
}

}  // namespace detail

/// Does T have a table of its fields?
template <class T>
concept ListsFields = detail::Tabled<T>;

/// Can the fields of T be visited?
template <class T>
concept HasFields = detail::Tabled<T> || detail::Plain<T>;

/// How many fields T has.
template <class T>
inline constexpr std::size_t field_count = detail::field_count<T>();

/// Their names, in order of declaration (or of the table).
template <class T>
inline constexpr auto field_names =
    detail::field_names<T>(std::make_index_sequence<field_count<T>>());

/// Returns f(field…) with all fields of `object`, in order; fields of a const object are const.
template <class T, class F>
constexpr auto with_fields(T& object, F&& f) {
  using Struct = std::remove_cv_t<T>;
  constexpr std::size_t count = field_count<Struct>;
  if constexpr (detail::Tabled<Struct>) {
    static_assert(detail::is_whole<Struct>(Struct::fields),
                  "thalweg: this class adds members to those of its base, whose `fields` does not "
                  "name them: add a `fields` of its own");
    return std::apply([&](const auto&... row) { return f(object.*row.member...); }, Struct::fields);
  } else if constexpr (detail::Plain<Struct>) {
    return detail::with_members<count>(object, f);
  }
}

/// Calls f(name, field) for each field of `object`, in order.
template <class T, class F>
constexpr void for_each_field(T& object, F&& f) {
  with_fields(object, [&f](auto&... field) {
    [[maybe_unused]] std::size_t i = 0;
    (f(field_names<std::remove_cv_t<T>>[i++], field), ...);
  });
}

}  // namespace thalweg
