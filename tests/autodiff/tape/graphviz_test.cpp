// Tape::to_dot: the recording as a picture.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/ops/arithmetic.hpp"
#include "thalweg/autodiff/ops/exponential.hpp"
#include "thalweg/autodiff/tape/tape.hpp"

using namespace thalweg;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
auto count(const std::string& text, char c) { return std::count(text.begin(), text.end(), c); }

/// Graphviz reads it, where it is installed. Otherwise: braces and brackets close.
bool is_graph(const std::string& text) {
  if (std::system("dot -V >/dev/null 2>&1") != 0)
    return text.starts_with("digraph tape {\n") && text.ends_with("}\n") &&
           count(text, '{') == count(text, '}');
  const auto path = std::filesystem::temp_directory_path() /
                    ("thalweg_graph_" + std::to_string(std::hash<std::string>{}(text)) + ".dot");
  std::ofstream(path) << text;
  const std::string command = "dot -Tsvg '" + path.string() + "' >/dev/null 2>&1";
  const bool fine = std::system(command.c_str()) == 0;
  std::filesystem::remove(path);
  return fine;
}

}  // namespace

TEST_CASE("an empty tape is an empty graph") {
  const Tape tape;
  const std::string text = tape.to_dot();
  CHECK_FALSE(has(text, "->"));
  CHECK(is_graph(text));
}

TEST_CASE("scalar statements are nodes, their partials on the edges") {
  Tape tape;
  Var x = tape.variable(2.0), z = tape.variable(3.0);
  auto u = x * z;
  Var y = u * 0.5 + x;
  tape.label(x, "x");
  tape.label(u, "u = \"x z\"");
  tape.label(y, "back\\slash\nand line");
  const std::string text = tape.to_dot();
  CHECK(has(text, "s1 [label=\"x\\nvariable\""));
  CHECK(has(text, "s2 [label=\"variable\""));
  CHECK(has(text, "s3 [label=\"u = \\\"x z\\\"\\ns3\""));
  CHECK(has(text, "s4 [label=\"back\\\\slash\\nand line\\ns4\""));
  CHECK(has(text, "s1 -> s3 [label=\"3\"]"));
  CHECK(has(text, "s2 -> s3 [label=\"2\"]"));
  CHECK(has(text, "s3 -> s4 [label=\"0.5\"]"));
  CHECK(has(text, "s1 -> s4 [label=\"1\"]"));
  CHECK(is_graph(text));
}

TEST_CASE("tensor nodes have their op, name and shape; parameters are marked") {
  const Parameter<double> p(Tensor<double>{1, 2, 3});
  Tape tape;
  auto w = tape.variable(Tensor<double>{{1, 2, 3}, {4, 5, 6}});
  auto u = w * p;
  Tensor y = exp(u) + 1;
  tape.label(p, "bias");
  tape.label(u, "u");
  tape.label(w, "w");
  const std::string text = tape.to_dot();
  CHECK(has(text, "[label=\"w\\nvariable\\n[2, 3]\""));
  CHECK(has(text, "[label=\"bias\\nparameter\\n[3]\", style=filled"));
  CHECK(has(text, "[label=\"u\\nmul\\n[2, 3]\"]"));
  CHECK(has(text, "[label=\"add\\n[2, 3]\"]"));
  CHECK(has(text, "t1 -> t3"));
  CHECK(has(text, "t2 -> t3"));
  CHECK(has(text, "t3 -> t4"));
  CHECK(is_graph(text));
}

TEST_CASE("bridges between scalars and tensors are dashed edges") {
  Tape tape;
  auto w = tape.variable(Tensor<float>{1, 2});
  Var y = w(0) * w(1);
  const Tensor t(std::vector<Var<float>>{y, 3.0f, w(1)});
  const std::string text = tape.to_dot();
  CHECK(has(text, "t1 -> f1 [style=dashed]"));
  CHECK(has(text, "t1 -> f2 [style=dashed]"));
  CHECK(has(text, "f3 -> t2 [style=dashed]"));
  CHECK(has(text, "f2 -> t2 [style=dashed]"));
  CHECK(t.size() == 3);
  CHECK(is_graph(text));
}

TEST_CASE("only nodes of this tape have labels") {
  Tape outer;
  Var x = outer.variable(1.0);
  Tape tape;
  CHECK_THROWS_WITH_AS(tape.label(Var(2.0), "constant"),
                       "label: this was never recorded, so it is no node of the graph", TapeError);
  CHECK_THROWS_AS(tape.label(x, "x"), TapeError);
}

TEST_CASE("labels and nodes end with the recording") {
  Tape tape;
  Var x = tape.variable(1.0);
  tape.label(x, "old");
  tape.clear();
  Var z = tape.variable(1.0);
  CHECK(z.value() == 1);
  CHECK_FALSE(has(tape.to_dot(), "old"));
}
