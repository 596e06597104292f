#include "thalweg/autodiff/tape/recording.hpp"

#include "thalweg/autodiff/tape/tape_state.hpp"

namespace thalweg {

std::vector<RecordedOp> Tape::recording() const {
  const std::uint32_t generation = state_->generation.load();
  std::vector<RecordedOp> ops;
  for (const detail::Record* record : state_->records) {
    RecordedOp op{.name = record->name, .line = record->where, .output = record->output};
    if (op.output != 0) op.shape = state_->nodes[op.output]->shape;
    for (const detail::Operand& operand : record->operands())
      if (operand.place.generation == generation)
        op.operands.push_back({operand.place.id, operand.size});
    ops.push_back(std::move(op));
  }
  return ops;
}

template <class Real>
std::uint32_t Tape::position(const Parameter<Real>& parameter) const {
  const detail::Body* const leaf = state_->parameters.find(parameter.identity());
  return leaf ? leaf->place.id : 0;
}

#define THALWEG_INSTANTIATE(Real) \
  template std::uint32_t Tape::position(const Parameter<Real>&) const;
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)

}  // namespace thalweg
