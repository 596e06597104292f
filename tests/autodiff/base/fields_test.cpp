#include "thalweg/autodiff/base/fields.hpp"

#include <doctest/doctest.h>

#include <any>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

using namespace thalweg;
using Names = std::vector<std::string_view>;

namespace {

template <class T>
Names names() {
  return {field_names<T>.begin(), field_names<T>.end()};
}

template <class T>
Names visited(T& object) {
  Names result;
  for_each_field(object, [&](std::string_view name, auto&) { result.push_back(name); });
  return result;
}

struct Pair {
  int a, b;
};
struct Flag {};
struct Pinned {  // neither copied nor moved, and not without an argument
  explicit Pinned(int n) : size(n) {}
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
  int size;
};
struct Greedy {  // made of anything
  Greedy() = default;
  template <class T>
  Greedy(T&&) {}
};
struct ExplicitlyGreedy {
  ExplicitlyGreedy() = default;
  template <class T>
  explicit ExplicitlyGreedy(T&&) {}
};
struct AnyArguments {
  template <class... T>
  explicit AnyArguments(T&&...) {}
};
struct ExplicitDefault {
  explicit ExplicitDefault() = default;
  explicit ExplicitDefault(int, int = 0) {}
};

class Linear {
 public:
  Linear(std::size_t in, std::size_t out) : weight_(in * out), bias_(out) {}
  double operator()(double x) const { return x; }

 private:
  std::vector<float> weight_, bias_;

 public:
  static constexpr auto fields = named("weight", &Linear::weight_, "bias", &Linear::bias_);
};

struct Silent {
  explicit Silent(int n) : size(n) {}
  int size;
  static constexpr auto fields = named();
};

struct Partly {
  int shown, hidden;
  static constexpr auto fields = named("shown", &Partly::shown);
};

struct Model {
  Linear hidden{64, 32};
  Linear output{32, 10};
  double dropout = 0.5;

  double operator()(double x) const { return output(hidden(x)); }
};

}  // namespace

TEST_CASE("fields are visited in order, by the names they were declared with") {
  Model model;
  CHECK(names<Model>() == Names{"hidden", "output", "dropout"});
  CHECK(visited(model) == names<Model>());
}

TEST_CASE("fields are visited by reference: what is assigned stays") {
  Pair pair{1, 2};
  for_each_field(pair, [](std::string_view, int& field) { field *= 10; });
  CHECK(pair.a == 10);
  CHECK(pair.b == 20);
}

TEST_CASE("fields of a const object are const") {
  const Pair pair{1, 2};
  int sum = 0;
  for_each_field(pair, [&](std::string_view, auto& field) {
    static_assert(std::is_same_v<decltype(field), const int&>);
    sum += field;
  });
  CHECK(sum == 3);
}

TEST_CASE("a const field is const") {
  struct Layer {
    const int size = 3;
    int used = 0;
  } layer;
  int constants = 0;
  for_each_field(layer, [&]<class T>(std::string_view, T&) { constants += std::is_const_v<T>; });
  CHECK(constants == 1);
}

TEST_CASE("a struct without members has no fields") {
  Flag flag;
  CHECK(visited(flag).empty());
}

TEST_CASE("a field that is itself an aggregate is one field") {
  struct Nested {
    Pair pair;
    Flag flag;
    std::array<Pair, 3> pairs;
    struct {
      int x, y;
    } unnamed;
    float last;
  } nested{};
  CHECK(visited(nested) == Names{"pair", "flag", "pairs", "unnamed", "last"});
}

TEST_CASE("an aggregate that comes last is one field") {
  struct Last {
    int first;
    Pair pair;
  };
  struct Only {
    Pair pair;
  };
  struct OnlyArray {
    std::array<float, 4> values;
  };
  CHECK(names<Last>() == Names{"first", "pair"});
  CHECK(names<Only>() == Names{"pair"});
  CHECK(names<OnlyArray>() == Names{"values"});
}

TEST_CASE("a C array is one field, wherever it stands") {
  struct Arrays {
    float first[3];
    int middle;
    Pair pairs[2];
    float last[2][2];
  };
  struct OfPinned {
    Pinned pinned[2];
    Pair pair;
  };
  CHECK(names<Arrays>() == Names{"first", "middle", "pairs", "last"});
  CHECK(names<OfPinned>() == Names{"pinned", "pair"});
}

TEST_CASE("a field that cannot be moved or made without arguments is found") {
  struct Fixed {
    int before;
    Pinned pinned;
    std::array<Pinned, 2> pair;
    std::unique_ptr<int> owner;
    Pinned last;
  } fixed{1, Pinned{2}, {Pinned{3}, Pinned{4}}, nullptr, Pinned{5}};
  CHECK(visited(fixed) == Names{"before", "pinned", "pair", "owner", "last"});
}

TEST_CASE("a field that takes anything in its constructor is one field") {
  struct Hungry {
    Greedy greedy;
    ExplicitlyGreedy explicit_greedy;
    AnyArguments arguments;
    ExplicitDefault explicit_default;
    std::any any;
    Greedy last;
  };
  struct HungryBeforePinned {
    Greedy greedy;
    Pinned pinned;
  };
  CHECK(names<Hungry>() ==
        Names{"greedy", "explicit_greedy", "arguments", "explicit_default", "any", "last"});
  CHECK(names<HungryBeforePinned>() == Names{"greedy", "pinned"});
}

TEST_CASE("containers and vocabulary types are one field each") {
  struct Library {
    std::string string;
    std::vector<Pair> vector;
    std::map<int, std::string> map;
    std::optional<Pinned> optional;
    std::variant<int, std::string> variant;
    std::function<int(int)> function;
    std::shared_ptr<Model> shared;
    std::pair<int, double> pair;
    std::tuple<int, double> tuple;
    Model model;
    int* pointer;
    void (*callback)(int);
    enum class Kind { one } kind;
    bool flag;
  };
  CHECK(names<Library>() == Names{"string", "vector", "map", "optional", "variant", "function",
                                  "shared", "pair", "tuple", "model", "pointer", "callback", "kind",
                                  "flag"});
}

TEST_CASE("names may hold digits, underscores and letters beyond ASCII") {
  struct Symbols {
    int w1, _x, y_2_, σ;
  };
  CHECK(names<Symbols>() == Names{"w1", "_x", "y_2_", "σ"});
}

TEST_CASE("24 fields are visited") {
  struct Wide {
    int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x;
  } wide{};
  CHECK(visited(wide).size() == 24);
  CHECK(visited(wide).back() == "x");
}

TEST_CASE("a class with constructors is visited by its table, private members included") {
  Linear linear{2, 3};
  CHECK(visited(linear) == Names{"weight", "bias"});
  std::size_t size = 0;
  for_each_field(std::as_const(linear), [&](auto, const auto& field) { size += field.size(); });
  CHECK(size == 9);
}

TEST_CASE("a table that names nothing says that there are no fields") {
  Silent silent{3};
  CHECK(visited(silent).empty());
}

TEST_CASE("an aggregate's table goes before its members") {
  CHECK(names<Partly>() == Names{"shown"});
}

TEST_CASE("a class that adds no members inherits the table") {
  struct Output : Linear {
    using Linear::Linear;
  } output{2, 3};
  CHECK(visited(output) == Names{"weight", "bias"});
}

TEST_CASE("a data member called fields is a member like any other") {
  struct Farm {
    int fields, barns;
  };
  CHECK(names<Farm>() == Names{"fields", "barns"});
}

TEST_CASE("HasFields says what can be visited") {
  static_assert(HasFields<Model> && HasFields<Linear> && HasFields<Flag>);
  static_assert(!HasFields<int> && !HasFields<Pinned> && !HasFields<std::string>);
}

TEST_CASE("fields can be visited while compiling") {
  constexpr int sum = [] {
    int total = 0;
    Pair pair{3, 4};
    for_each_field(pair, [&](std::string_view, int field) { total += field; });
    return total;
  }();
  static_assert(sum == 7);
}
