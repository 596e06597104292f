#include "thalweg/nn/model/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <ostream>

#include "thalweg/autodiff/tape/recording.hpp"

namespace thalweg::nn {
namespace detail {
namespace {

/// "layers.0" of "layers.0.weight".
std::string owner(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? "" : name.substr(0, dot);
}

/// Does `path` lie within `outer`?
bool within(const std::string& path, const std::string& outer) {
  return outer.empty() ? !path.empty() : path.starts_with(outer + ".");
}

Index element_bytes(const NamedState& named) {
  return std::visit(
      [](const auto* part) {
        if constexpr (requires { part->value().data()[0]; })
          return static_cast<Index>(sizeof(part->value().data()[0]));
      },
      named.part);
}

/// The place on the tape of a parameter that was used; 0 elsewhere.
std::uint32_t node_of(const NamedState& named) {
  std::uint32_t node = 0;
  with_parameter(named,
                 [&](const auto& parameter) { node = Tape::current()->position(parameter); });
  return node;
}

/// Where an operation on the tape read a parameter last, and what it made.
struct Use {
  std::size_t record = 0;
  Shape output;
};

/// The last use of each node. What is made of one node alone and is as large, a reshaped or
/// transposed weight, is a use of that node as long as it is used itself.
std::map<std::uint32_t, Use> last_uses(const Tape& tape) {
  std::map<std::uint32_t, Use> uses;
  std::map<std::uint32_t, std::uint32_t> origin;
  std::size_t k = 0;
  for (const RecordedOp& op : tape.recording()) {
    ++k;
    if (op.output == 0) continue;
    std::uint32_t read = 0;
    Index size = 0;
    for (const RecordedOperand& operand : op.operands) {
      const auto known = origin.find(operand.position);
      read = known == origin.end() ? operand.position : known->second;
      uses[read] = {k, op.shape};
      size = operand.size;
    }
    if (op.operands.size() == 1 && size == op.shape.size()) origin[op.output] = read;
  }
  return uses;
}

/// Parameters of each layer, by its name, and what became of the last that was used.
std::map<std::string, SummaryRow> layers_of(const StateList& state,
                                            const std::vector<bool>& frozen) {
  std::map<std::string, SummaryRow> layers;
  std::map<std::string, std::size_t> last;
  const auto uses = last_uses(*Tape::current());
  auto is_frozen = frozen.begin();
  for (const NamedState& named : state) {
    if (!named.learned()) continue;
    const std::string name = owner(named.name);
    SummaryRow& row = layers[name];
    row.name = name;
    (*is_frozen++ ? row.frozen : row.learned) += named.shape().size();
    const auto use = uses.find(node_of(named));
    if (use == uses.end() || use->second.record <= last[name]) continue;
    last[name] = use->second.record;
    row.output = use->second.output;
  }
  return layers;
}

/// Without those that have no parameters, but layers within them.
std::vector<SummaryRow> innermost(const std::vector<SummaryRow>& rows) {
  std::vector<SummaryRow> kept;
  for (const SummaryRow& row : rows) {
    const bool holds = std::any_of(rows.begin(), rows.end(), [&](const SummaryRow& other) {
      return within(other.name, row.name);
    });
    if (row.learned + row.frozen > 0 || !holds) kept.push_back(row);
  }
  return kept;
}

/// 54090 as "54,090".
std::string grouped(Index number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

std::string sized(Index bytes) {
  const char* const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  double amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (amount >= 1024 && unit < 4) amount /= 1024, ++unit;
  return unit == 0 ? fmt::format("{} bytes", bytes) : fmt::format("{:.1f} {}", amount, units[unit]);
}

}  // namespace

std::string short_type(std::string_view spelled) {
  std::size_t begin = spelled.find("T = ");
  begin = begin == std::string_view::npos ? 0 : begin + 4;
  const std::size_t end = spelled.find_first_of("<;]", begin);
  std::string_view type = spelled.substr(begin, end - begin);
  const std::size_t colon = type.rfind(':');
  return std::string(colon == std::string_view::npos ? type : type.substr(colon + 1));
}

Look::Look(StateList state) : state_(std::move(state)), before_(call_trace) {
  for (const NamedState& named : state_)
    with_parameter(named, [&](auto& parameter) {
      frozen_.push_back(parameter.frozen());
      parameter.freeze(false);
    });
  call_trace = &trace_;
}

Look::~Look() {
  call_trace = before_;
  auto frozen = frozen_.begin();
  for (const NamedState& named : state_)
    with_parameter(named, [&](auto& parameter) { parameter.freeze(*frozen++); });
}

Summary Look::summary(const std::vector<Part>& parts) const {
  std::map<std::string, SummaryRow> layers = layers_of(state_, frozen_);
  for (const Part& part : parts)
    for (const CallTrace::Call& call : trace_.calls)
      if (call.layer == part.address && call.key == part.key)
        layers[part.path].name = part.path, layers[part.path].output = call.output;

  std::vector<SummaryRow> rows;     // in the order of the parts; what points and what it points to
  for (const Part& part : parts) {  // have one name, and the latter's type
    const auto layer = layers.find(part.path);
    if (layer == layers.end()) continue;
    if (rows.empty() || rows.back().name != part.path) rows.push_back(layer->second);
    rows.back().type = short_type(part.type);
  }
  Summary summary{.rows = innermost(rows)};
  for (const SummaryRow& row : rows) summary.learned += row.learned, summary.frozen += row.frozen;
  for (const NamedState& named : state_) {
    summary.bytes += named.shape().size() * element_bytes(named);
    if (!named.learned()) summary.buffers += named.shape().size();
  }
  return summary;
}

std::string Look::drawing() const {
  for (const NamedState& named : state_)
    if (node_of(named) != 0)
      with_parameter(named,
                     [&](const auto& parameter) { Tape::current()->label(parameter, named.name); });
  return Tape::current()->to_dot();
}

}  // namespace detail
std::string to_string(const Summary& summary) {
  std::vector<std::array<std::string, 5>> table{{"layer", "type", "output", "parameters", ""}};
  for (const SummaryRow& row : summary.rows) {
    const char* const mark = row.frozen == 0    ? ""
                             : row.learned == 0 ? "  frozen"
                                                : "  partly frozen";
    table.push_back({row.name, row.type, row.output ? to_string(*row.output) : "not used",
                     detail::grouped(row.learned + row.frozen), mark});
  }
  std::array<std::size_t, 4> width{};
  for (const auto& line : table)
    for (std::size_t k = 0; k < 4; ++k) width[k] = std::max(width[k], line[k].size());
  std::string text;
  for (const auto& line : table)
    text += fmt::format("{:{}}  {:{}}  {:{}}  {:>{}}{}\n", line[0], width[0], line[1], width[1],
                        line[2], width[2], line[3], width[3], line[4]);
  return text + fmt::format("learned {}, frozen {}, in buffers {}; {}",
                            detail::grouped(summary.learned), detail::grouped(summary.frozen),
                            detail::grouped(summary.buffers), detail::sized(summary.bytes));
}

std::ostream& operator<<(std::ostream& stream, const Summary& summary) {
  return stream << to_string(summary);
}

}  // namespace thalweg::nn
