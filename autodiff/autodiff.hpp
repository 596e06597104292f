#pragma once
/// Reverse-mode automatic differentiation of scalars and tensors: the table of contents.

#include "autodiff/error.hpp"      // the exceptions
#include "autodiff/shape.hpp"      // sizes of tensors, broadcasting

#include "autodiff/var.hpp"        // scalars that remember how they were computed
#include "autodiff/tensor.hpp"     // arrays that do
#include "autodiff/parameter.hpp"  // tensors that are learned
#include "autodiff/expression.hpp" // what operators return: a name is a node
#include "autodiff/tape.hpp"       // recording, and the backward pass
#include "autodiff/gradients.hpp"  // its result
#include "autodiff/print.hpp"      // fmt and operator<<

#include "autodiff/ops/arithmetic.hpp"   // + − · /
#include "autodiff/ops/exponential.hpp"  // exp log sqrt pow ...
