// Tape::to_dot: the recording as a graph in the language of Graphviz.

#include "thalweg/autodiff/tape/tape_state.hpp"

namespace thalweg {
namespace detail {
namespace {

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n')
      result += "\\n";
    else
      result += c;
  }
  return result;
}

/// Writes the nodes and edges of one tape.
class Picture {
 public:
  explicit Picture(const TapeState& state)
      : state_(state), generation_(state.generation.load()), ops_(state.nodes.size()) {}

  std::string text() {
    text_ =
        "digraph tape {\n  node [shape=box, fontname=\"sans-serif\"]\n"
        "  edge [fontname=\"sans-serif\", fontsize=10]\n";
    for (const Record* record : state_.records)
      if (record->output != 0) ops_[record->output] = record->name;
    tensors();
    std::apply([&](const auto&... of_type) { (scalars(of_type), ...); }, state_.listed);
    for (const Record* record : state_.records) operands(*record);
    return std::move(text_) + "}\n";
  }

 private:
  /// "t3 [label="w\nmatmul\n[2, 3]"]"
  void node(const std::string& id, Place place, const NumberType* scalar, const std::string& what,
            const char* style) {
    const auto label = state_.labels.find({scalar, place.id});
    const std::string name = label == state_.labels.end() ? "" : escaped(label->second) + "\\n";
    text_ += fmt::format("  {} [label=\"{}{}\"{}]\n", id, name, what, style);
  }

  void tensors() {
    std::vector<bool> is_parameter(state_.nodes.size());
    for (const ParameterTable::Entry& entry : state_.parameters.entries())
      is_parameter[entry.leaf->place.id] = true;
    for (std::uint32_t id = 1; id < state_.nodes.size(); ++id) {
      const char* const op = ops_[id] ? ops_[id] : is_parameter[id] ? "parameter" : "variable";
      const char* const style = is_parameter[id] ? ", style=filled, fillcolor=\"#ffe0b0\""
                                : ops_[id]       ? ""
                                                 : ", style=filled, fillcolor=\"#d0e4ff\"";
      const Body& body = *state_.nodes[id];
      node(fmt::format("t{}", id), body.place, nullptr,
           fmt::format("{}\\n{}", escaped(op), to_string(body.shape)), style);
    }
  }

  /// "s" for doubles, "f" for floats.
  static const char* prefix_of(const NumberType& type) {
    return &type == &number_type<double> ? "s" : "f";
  }

  /// A node per statement; the partials on the edges.
  template <class Real>
  void scalars(const ScalarStatements<Real>& statements) {
    const char* const prefix = prefix_of(statements.type);
    const std::string input = std::is_same_v<Real, double>
                                  ? "variable"
                                  : fmt::format("variable ({})", statements.type.name);
    std::size_t argument = 0;
    for (std::uint32_t id = 1; id <= statements.last(); ++id) {
      const int count = statements.count(id);
      node(fmt::format("{}{}", prefix, id), {id, generation_}, &statements.type,
           count == 0 ? input : fmt::format("{}{}", prefix, id),
           count == 0 ? ", shape=ellipse, style=filled, fillcolor=\"#d0e4ff\"" : ", shape=ellipse");
      for (int k = 0; k < count; ++k, ++argument)
        if (const std::uint32_t from = statements.ids()[argument]; from != 0)  // it was chosen
          text_ += fmt::format("  {}{} -> {}{} [label=\"{:.4g}\"]\n", prefix, from, prefix, id,
                               statements.partials()[argument]);
    }
  }

  void operands(const Record& record) {
    for (const Operand& operand : record.operands())
      if (operand.place.generation == generation_ && record.output != 0)
        text_ += fmt::format("  t{} -> t{}\n", operand.place.id, record.output);
    const Bridge bridge = record.bridge();
    const char* const prefix = bridge.type ? prefix_of(*bridge.type) : "s";
    for (Index k = 0; k < bridge.made; ++k)
      text_ += fmt::format("  t{} -> {}{} [style=dashed]\n", record.operands()[0].place.id, prefix,
                           bridge.first + k);
    for (const std::uint32_t id : bridge.read)
      if (id != 0)
        text_ += fmt::format("  {}{} -> t{} [style=dashed]\n", prefix, id, record.output);
  }

  const TapeState& state_;
  std::uint32_t generation_;
  std::vector<const char*> ops_;  // by node; null for what no record made
  std::string text_;
};

}  // namespace
}  // namespace detail

std::string Tape::to_dot() const { return detail::Picture(*state_).text(); }

}  // namespace thalweg
