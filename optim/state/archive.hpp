#pragma once
/// `Archive`: state on its way to a file or back.
///
/// A plain struct needs nothing: its members are stored by their names. A class with private
/// members lists its state once, for both directions, in a table of fields
/// (autodiff/base/fields.hpp) or, where there is more to do, in a function:
///
///     class Plateau {
///       double best_ = 0;
///       Index waited_ = 0;
///      public:
///       static constexpr auto fields = named("best", &Plateau::best_,
///                                            "waited", &Plateau::waited_);
///     };
///     class Search {
///       SearchOptions options_;
///       Random random_;
///      public:
///       void archive(optim::Archive& archive) {
///         archive("options", options_);           // "options.seed", "options.elites", …
///         archive("random", random_);
///         if (archive.restoring()) { … }
///       }
///     };
///
/// When saving, each call stores the value under its name; when restoring, each call replaces the
/// value by what is stored. What one version writes the same version reads, so the two directions
/// cannot drift apart. Numbers are stored as their bytes: NaNs, infinities, -0 and
/// subnormals come back as they were. `optim/state/checkpoint.hpp` has the files.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "thalweg/autodiff/base/enumerators.hpp"
#include "thalweg/autodiff/base/fields.hpp"
#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/files/safetensors.hpp"
#include "thalweg/autodiff/tensor/tensor.hpp"

namespace thalweg::optim {

class Archive;

namespace detail {
template <class T>
concept ArchivesItself = requires(T& part, Archive& archive) {
  part.archive(archive);
};
}  // namespace detail

/// A class that says what its state is: by a member `archive`, or by a table of fields.
template <class T>
concept Archivable = detail::ArchivesItself<T> || ListsFields<T>;

class Archive {
 public:
  /// Stored numbers: type, shape and bytes. Tensors are shared, not copied, so that an archive in
  /// memory costs next to nothing.
  using Entry = StoredTensor;

  /// Empty, for saving.
  Archive() = default;
  /// For restoring. `origin` begins the messages of errors: the file's name.
  Archive(std::map<std::string, Entry> entries, std::map<std::string, std::string> texts,
          std::string origin);

  /// True if values are replaced by what is stored, false if they are stored.
  bool restoring() const { return restoring_; }
  /// The same entries, to restore from.
  Archive reversed() const { return {entries_, texts_, origin_}; }

  // Each stores or replaces the value named `name`. Storing throws ValueError if the name is taken.
  // Restoring throws DataError, naming origin and entry, if there is no such entry or it is of
  // another type or, of a fixed-size value, another shape: the value is then as it was. A tensor
  // or vector takes whatever shape is stored.
  void operator()(std::string_view name, bool& value);
  void operator()(std::string_view name, float& value);
  void operator()(std::string_view name, double& value);
  void operator()(std::string_view name, Index& value);
  void operator()(std::string_view name, std::uint64_t& value);
  void operator()(std::string_view name, std::string& value);
  void operator()(std::string_view name, std::optional<double>& value);
  void operator()(std::string_view name, std::vector<float>& values);
  void operator()(std::string_view name, std::vector<double>& values);
  void operator()(std::string_view name, std::vector<Index>& values);
  void operator()(std::string_view name, std::vector<std::string>& values);
  void operator()(std::string_view name, std::vector<std::pair<std::string, double>>& values);
  void operator()(std::string_view name, Shape& value);
  void operator()(std::string_view name, Tensor<float>& value);
  void operator()(std::string_view name, Tensor<double>& value);
  void operator()(std::string_view name, IndexTensor& value);
  void operator()(std::string_view name, Random& value);

  /// An enumeration, which counts from 0, or a part, its entries named "name.…". Throws DataError
  /// for a number that is no enumerator.
  template <class T>
  void operator()(std::string_view name, T& value) {
    if constexpr (std::is_enum_v<T>) {
      Index number = static_cast<Index>(value);
      choice(name, number, enumerator_count<T>);
      value = static_cast<T>(number);
    } else {
      const Scope scope(*this, name);
      (*this)(value);
    }
  }
  /// An enumerator or none, which is stored as -1.
  template <class Enum>
  requires std::is_enum_v<Enum>
  void operator()(std::string_view name, std::optional<Enum>& value) {
    Index number = value ? static_cast<Index>(*value) : -1;
    choice(name, number, enumerator_count<Enum>, -1);
    value = number < 0 ? std::nullopt : std::optional(static_cast<Enum>(number));
  }
  /// Parts or tensors, named "name.0", "name.1", …; restoring makes as many as are stored.
  template <class T>
  void operator()(std::string_view name, std::vector<T>& parts) {
    const Scope scope(*this, name);
    (*this)(parts);
  }

  /// The entries of a part, without a name before them.
  template <class T>
  void operator()(T& part) {
    static_assert(detail::ArchivesItself<T> || HasFields<T>,
                  "thalweg: an archive holds nothing of this type: give the class a member "
                  "`archive(optim::Archive&)` or a table `fields`, or leave it out: all_but");
    if constexpr (detail::ArchivesItself<T>)
      part.archive(*this);
    else if constexpr (HasFields<T>)
      for_each_field(part, [this](std::string_view name, auto& field) { (*this)(name, field); });
  }
  template <class T>
  void operator()(std::vector<T>& parts);

  /// The same without the fields of type Skipped: what is a function, or is not to be restored.
  template <class Skipped, class T>
  void all_but(T& part) {
    for_each_field(part, [this]<class Field>(std::string_view name, Field& field) {
      if constexpr (!std::is_same_v<Field, Skipped>) (*this)(name, field);
    });
  }

  const std::map<std::string, Entry>& entries() const { return entries_; }
  const std::map<std::string, std::string>& texts() const { return texts_; }
  const std::string& origin() const { return origin_; }
  /// Of the entries that the present scope holds, what their names go on with.
  std::vector<std::string> names() const;

  /// While it lives, names begin with `name` and a dot.
  class Scope {
   public:
    Scope(Archive& archive, std::string_view name) : archive_(archive), before_(archive.prefix_) {
      archive_.prefix_ += std::string(name) + ".";
    }
    ~Scope() { archive_.prefix_ = before_; }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Archive& archive_;
    std::string before_;
  };

 private:
  template <class Number>
  void number(std::string_view name, Number& value);
  template <class Number>
  void list(std::string_view name, std::vector<Number>& values);
  template <class Number>
  void tensor(std::string_view name, Tensor<Number>& value);
  /// The number of an enumerator, least … count − 1.
  void choice(std::string_view name, Index& number, Index count, Index least = 0);
  /// `count`; when restoring, the one that is stored.
  Index stored_count(Index count);

  std::string full(std::string_view name) const { return prefix_ + std::string(name); }
  /// "run.safetensors: entry "0.Adam.steps"".
  std::string place(std::string_view name) const;
  void put(std::string_view name, Entry entry);
  const Entry& get(std::string_view name) const;

  std::map<std::string, Entry> entries_;
  std::map<std::string, std::string> texts_;  // strings, kept in the file's metadata
  std::string origin_ = "archive";
  std::string prefix_;
  bool restoring_ = false;
};

template <class T>
void Archive::operator()(std::vector<T>& parts) {
  const auto count = static_cast<std::size_t>(stored_count(static_cast<Index>(parts.size())));
  if (count < parts.size()) parts.resize(count);
  // One by one: if more are announced than the archive holds, the first that is missing ends it.
  for (std::size_t k = 0; k < count; ++k) {
    if (k == parts.size()) parts.emplace_back();
    (*this)(std::to_string(k), parts[k]);
  }
}

}  // namespace thalweg::optim
