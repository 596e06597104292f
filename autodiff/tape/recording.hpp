#pragma once
/// What a tape has recorded of tensors, to be looked at: by summaries of models, for example.
///
///     for (const RecordedOp& op : tape.recording())
///       fmt::print("{} makes {}\n", op.name, op.shape);          // matmul makes [32, 10]
///
/// Tensors on a tape are known by their positions, from 1 on.

#include <vector>

#include "thalweg/autodiff/tape/tape.hpp"

namespace thalweg {

/// A tensor on the tape that an op has read.
struct RecordedOperand {
  std::uint32_t position = 0;
  Index size = 0;
};

/// One statement of tensors. What is not on the tape is not among its operands.
struct RecordedOp {
  const char* name = "";     ///< "matmul"
  Location line;             ///< of the user's program
  std::uint32_t output = 0;  ///< position of the result; 0 if that is scalars
  Shape shape = {};          ///< of the result
  std::vector<RecordedOperand> operands = {};
};

}  // namespace thalweg
