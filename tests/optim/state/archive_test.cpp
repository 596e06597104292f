#include "thalweg/optim/state/archive.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <limits>

#include "thalweg/autodiff/base/error.hpp"

using namespace thalweg;
using namespace std::string_literals;
using optim::Archive;

namespace {

enum class Phase : bool { first, second };
enum class Season { spring, summer, autumn, winter };

struct Leaf {
  std::string name;
  Tensor<double> value;
};

/// A class with private members, and one of which not all is kept.
class Counter {
 public:
  void count() { ++count_, ++calls_; }
  Index count_so_far() const { return count_; }
  Index calls() const { return calls_; }

 private:
  Index count_ = 0, calls_ = 0;

 public:
  static constexpr auto fields = named("count", &Counter::count_);
};
struct Watched {
  double least = 0;
  std::function<void()> call = {};

  void archive(Archive& a) { a.all_but<std::function<void()>>(*this); }
};

/// A value of each type that an archive takes.
struct Everything {
  bool flag = false;
  float single = 0;
  double number = 0;
  Index whole = 0;
  std::uint64_t bits = 0;
  Phase phase = Phase::first;
  Season season = Season::spring;
  std::optional<Season> holiday;
  std::string text;
  std::optional<double> perhaps;
  std::vector<float> singles;
  std::vector<double> numbers;
  std::vector<Index> wholes;
  std::vector<std::string> texts;
  std::vector<std::pair<std::string, double>> named_numbers;
  Shape shape;
  Tensor<float> narrow;
  Tensor<double> wide;
  IndexTensor positions;
  std::vector<Tensor<float>> tensors;
  Random random{1};
  Leaf leaf;
  std::vector<Leaf> leaves;
};

Everything something() {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return {.flag = true,
          .single = -0.0f,
          .number = std::numeric_limits<double>::denorm_min(),
          .whole = std::numeric_limits<Index>::min(),
          .bits = ~std::uint64_t{0},
          .phase = Phase::second,
          .season = Season::autumn,
          .holiday = Season::summer,
          .text = "Grüße\n\"\0"s,
          .perhaps = -nan,
          .singles = {1.0f / 3, -std::numeric_limits<float>::infinity()},
          .numbers = {nan, -infinity, -0.0, 1.0 / 3},
          .wholes = {-1, 0, 1},
          .texts = {"a", "", "c"},
          .named_numbers = {{"loss", 0.25}, {"accuracy", nan}},
          .shape = {2, 0, 3},
          .narrow = Tensor<float>({2, 2}, {1e-45f, -0.0f, 3e38f, 0.1f}),
          .wide = Tensor<double>(nan),
          .positions = IndexTensor({2, 1}, {-1, Index{1} << 62}),
          .tensors = {Tensor<float>({1}, {1.0f}), Tensor<float>()},
          .random = Random(7),
          .leaf = {"leaf", Tensor<double>({1, 1, 2}, {1.5, infinity})},
          .leaves = {{"one", {}}, {"two", Tensor<double>({3}, {0.0, -0.0, nan})}}};
}

template <class T>
Archive stored(T value) {
  Archive archive;
  archive("x", value);
  return archive;
}

/// The file that these values make: two values are equal in every bit if their files are.
template <class T>
std::string bytes_of(T value) {
  const Archive archive = stored(std::move(value));
  return safetensors_bytes({archive.entries(), archive.texts()});
}

/// `value` restored from an archive made by hand, and the message if that fails.
template <class T>
std::string refusal(T& value, std::map<std::string, Archive::Entry> entries) {
  Archive archive(std::move(entries), {}, "file");
  try {
    archive("x", value);
  } catch (const DataError& error) {
    return error.what();
  }
  return "none";
}

/// An archive that holds `value` as `name`.
template <class T>
std::map<std::string, Archive::Entry> entry(const std::string& name, T value) {
  Archive archive;
  archive(name, value);
  return archive.entries();
}

}  // namespace

TEST_CASE("archive: what is restored is what was stored, bit by bit, of every type") {
  Everything other;
  other.tensors.resize(5), other.leaves.resize(1), other.texts = {"x"};
  other.perhaps = 3;
  REQUIRE(bytes_of(other) != bytes_of(something()));
  Archive back = stored(something()).reversed();
  back("x", other);
  CHECK(bytes_of(other) == bytes_of(something()));
  CHECK(other.texts == something().texts);
  CHECK(other.leaves.size() == 2);
  CHECK(other.season == Season::autumn);

  Everything empty, full = something();
  Archive none = stored(empty).reversed();
  none("x", full);
  CHECK(bytes_of(full) == bytes_of(empty));
  CHECK(!full.perhaps);
  CHECK(!full.holiday);
  CHECK(full.narrow.body() == nullptr);  // as a tensor that was never set
}

TEST_CASE("archive: names are paths") {
  const Archive archive = stored(something());
  CHECK(archive.entries().contains("x.leaves.1.value"));
  CHECK(archive.entries().contains("x.leaves.count"));
  CHECK(archive.texts().at("x.leaves.0.name") == "one");
  Archive reader = archive.reversed();
  const Archive::Scope outer(reader, "x"), inner(reader, "leaves");
  CHECK(reader.names() == std::vector<std::string>{"0.value", "1.value", "count"});
}

TEST_CASE("archive: a class says what is kept of it") {
  Counter counter, other;
  counter.count(), counter.count(), other.count();
  Archive back = stored(counter).reversed();
  back("x", other);
  CHECK(other.count_so_far() == 2);
  CHECK(other.calls() == 1);

  const Archive archive = stored(Watched{.least = 3, .call = [] {}});
  CHECK(archive.entries().contains("x.least"));
  CHECK(archive.entries().size() == 1);
}

TEST_CASE("archive: a snapshot shares tensors and stays what it was when they change") {
  Tensor<double> tensor({2}, {1.0, 2.0});
  Archive archive;
  archive("x", tensor);
  CHECK(archive.entries().at("x").bytes.data() == reinterpret_cast<const char*>(tensor.data()));
  tensor.mutable_values()[0] = 5;
  Archive back = archive.reversed();
  back("x", tensor);
  CHECK(tensor.to_vector() == std::vector<double>{1, 2});
}

TEST_CASE("archive: what is missing, or of another type or shape, is named and changes nothing") {
  double number = 3;
  CHECK(refusal(number, {}) == "file: entry \"x\" is missing");
  CHECK(refusal(number, entry("y", 1.0)) == "file: entry \"x\" is missing");
  CHECK(refusal(number, entry("x", 1.0f)) == "file: entry \"x\" is F32 []; expected F64 []");
  CHECK(refusal(number, entry("x", std::vector<double>{1})) ==
        "file: entry \"x\" is F64 [1]; expected F64 []");
  CHECK(number == 3);

  std::vector<Index> wholes = {3};
  CHECK(refusal(wholes, entry("x", Index{1})) == "file: entry \"x\" is I64 []; expected I64 [n]");
  CHECK(refusal(wholes, entry("x", std::vector<double>{1})) ==
        "file: entry \"x\" is F64 [1]; expected I64 [n]");
  CHECK(wholes == std::vector<Index>{3});

  Tensor<float> tensor(3.0f);
  CHECK(refusal(tensor, entry("x", Tensor<double>(1.0))) ==
        "file: entry \"x\" is F64 []; expected F32");
  CHECK(tensor.item() == 3);

  std::string text = "kept";
  CHECK(refusal(text, entry("x", 1.0)) == "file: text \"x\" is missing");
  CHECK(text == "kept");
}

TEST_CASE("archive: numbers that the type does not have are refused and change nothing") {
  const char two = 2;
  bool flag = true;
  CHECK(refusal(flag, {{"x", {"U8", {}, {&two, 1}}}}) == "file: entry \"x\" is 2; expected 0 or 1");
  CHECK(flag);

  std::optional<double> perhaps = 3;
  CHECK(refusal(perhaps, entry("x", std::vector<double>{1, 2})) ==
        "file: entry \"x\" holds 2 numbers; expected one or none");
  CHECK(perhaps == 3);

  Season season = Season::winter;
  CHECK(refusal(season, entry("x", Index{4})) == "file: entry \"x\" is 4; expected 0 to 3");
  CHECK(refusal(season, entry("x", Index{-1})) == "file: entry \"x\" is -1; expected 0 to 3");
  CHECK(season == Season::winter);
  std::optional<Season> holiday = Season::winter;
  CHECK(refusal(holiday, entry("x", Index{-2})) == "file: entry \"x\" is -2; expected -1 to 3");
  CHECK(holiday == Season::winter);
  Phase phase = Phase::second;
  CHECK(refusal(phase, entry("x", Index{2})) == "file: entry \"x\" is 2; expected 0 to 1");

  std::vector<std::pair<std::string, double>> named_numbers = {{"loss", 1}};
  CHECK(refusal(named_numbers, {{"x.values", entry("v", std::vector<double>{1})["v"]},
                                {"x.names.count", entry("c", Index{0})["c"]}}) ==
        "file: entry \"x.values\" holds 1 numbers; expected one for each of 0 names");
  CHECK(named_numbers.size() == 1);

  Shape shape = {3};
  CHECK(refusal(shape, entry("x", std::vector<Index>{1, -2})) ==
        "file: entry \"x\" is no shape: Shape: size -2 is negative");
  CHECK(refusal(shape, entry("x", std::vector<Index>(9, 1))) ==
        "file: entry \"x\" is no shape: Shape: 9 axes given; at most 8 are supported");
  CHECK(shape == Shape{3});

  Random random(5);
  const std::string zeros(40, '\0');
  for (const Index words : {4, 5})
    CHECK(refusal(random, {{"x", {"U64", {words}, {zeros.data(), std::size_t(8 * words)}}}}) ==
          "file: entry \"x\" is no state of a random generator");
  CHECK(random == Random(5));
}

TEST_CASE("archive: more parts than there are cost no memory") {
  std::vector<Leaf> leaves;
  CHECK(refusal(leaves, entry("x.count", std::numeric_limits<Index>::max())) ==
        "file: text \"x.0.name\" is missing");
  CHECK(refusal(leaves, entry("x.count", Index{-1})) == "file: entry \"x.count\" is -1");
}

TEST_CASE("archive: a name is stored once") {
  Archive archive;
  double number = 0;
  std::string text;
  archive("x", number), archive("text", text);
  CHECK_THROWS_WITH_AS(archive("x", number), "archive: entry \"x\" is stored twice", ValueError);
  CHECK_THROWS_WITH_AS(archive("text", text), "archive: text \"text\" is stored twice", ValueError);
}
