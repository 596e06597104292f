#pragma once
/// `Archive`: state on its way to a file or back.
///
/// A class that can be saved lists its state once, for both directions:
///
///     struct Plateau {
///       static constexpr auto kind = "Plateau";
///       void archive(Archive& a) { a("best", best_), a("waited", waited_); }
///     };
///
/// When saving, each call stores the value under its name; when restoring, each call replaces the
/// value by what is stored. What one version of `archive` writes the same version reads, so the two
/// directions cannot drift apart. `optim/checkpoint.hpp` has the files.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "autodiff/random.hpp"
#include "autodiff/tensor.hpp"

namespace thalweg::optim {

class Archive;

/// A class with state of its own.
template <class T>
concept Archivable = requires(T& part, Archive& archive) {
  part.archive(archive);
};

class Archive {
 public:
  /// Stored numbers: their type as safetensors calls it, "F32", "F64", "I64", "U64" or "U8"; their
  /// shape; their bytes in the machine's order, which is little-endian.
  struct Entry {
    std::string type;
    Shape shape;
    std::string bytes;
  };

  /// Empty, for saving.
  Archive() = default;
  /// For restoring. `origin` begins the messages of errors: the file's name.
  Archive(std::map<std::string, Entry> entries, std::map<std::string, std::string> texts,
          std::string origin);

  /// True if values are replaced by what is stored, false if they are stored.
  bool restoring() const { return restoring_; }
  /// The same entries, to restore from.
  Archive reversed() const;

  // Each stores or replaces the value named `name`. Restoring throws DataError, naming origin and
  // entry, if there is no such entry or it is of another type or, of a fixed-size value, another
  // shape. A tensor or vector takes whatever shape is stored.
  void operator()(std::string_view name, bool& value);
  void operator()(std::string_view name, double& value);
  void operator()(std::string_view name, Index& value);
  void operator()(std::string_view name, std::uint64_t& value);
  void operator()(std::string_view name, std::string& value);
  void operator()(std::string_view name, std::vector<double>& values);
  void operator()(std::string_view name, std::vector<Index>& values);
  void operator()(std::string_view name, std::vector<std::string>& values);
  void operator()(std::string_view name, Shape& value);
  void operator()(std::string_view name, Tensor<float>& value);
  void operator()(std::string_view name, Tensor<double>& value);
  void operator()(std::string_view name, Random& value);
  void operator()(std::string_view name, std::optional<double>& value);

  template <class Enum>
  requires std::is_enum_v<Enum>
  void operator()(std::string_view name, Enum& value) {
    Index number = static_cast<Index>(value);
    (*this)(name, number);
    value = static_cast<Enum>(number);
  }
  /// A part, its entries named "name.…".
  template <Archivable Part>
  void operator()(std::string_view name, Part& part) {
    const Scope scope(*this, name);
    part.archive(*this);
  }
  /// Parts, named "name.0.…", "name.1.…"; restoring makes as many as are stored.
  template <Archivable Part>
  void operator()(std::string_view name, std::vector<Part>& parts) {
    const Scope scope(*this, name);
    Index count = static_cast<Index>(parts.size());
    (*this)("count", count);
    expect_count(count);
    if (restoring_) parts.resize(static_cast<std::size_t>(count));
    for (Index k = 0; k < count; ++k)
      (*this)(std::to_string(k), parts[static_cast<std::size_t>(k)]);
  }

  const std::map<std::string, Entry>& entries() const { return entries_; }
  const std::map<std::string, std::string>& texts() const { return texts_; }
  const std::string& origin() const { return origin_; }

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
  /// Throws DataError for a count that the entries cannot hold.
  void expect_count(Index count) const;

  std::map<std::string, Entry> entries_;
  std::map<std::string, std::string> texts_;  // strings, kept in the file's metadata
  std::string origin_ = "archive";
  std::string prefix_;
  bool restoring_ = false;
};

}  // namespace thalweg::optim
