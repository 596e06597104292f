#pragma once
/// Reverse-mode automatic differentiation of scalars and tensors: the table of contents.

// clang-format off
#include "thalweg/autodiff/base/error.hpp"     // the exceptions
#include "thalweg/autodiff/base/shape.hpp"     // sizes of tensors, broadcasting
#include "thalweg/autodiff/base/memory.hpp"    // the pool that tensors come from
#include "thalweg/autodiff/base/random.hpp"    // random numbers with a visible state
#include "thalweg/autodiff/base/parallel.hpp"  // set_threads
#include "thalweg/autodiff/base/fields.hpp"    // the members of a struct with their names

#include "thalweg/autodiff/scalar/var.hpp"            // scalars on a tape
#include "thalweg/autodiff/tensor/tensor.hpp"         // arrays that do
#include "thalweg/autodiff/tensor/parameter.hpp"      // tensors that are learned
#include "thalweg/autodiff/tensor/creation.hpp"       // zeros ones arange normal ...
#include "thalweg/autodiff/statement/expression.hpp"  // what operators return: a name is a node
#include "thalweg/autodiff/tape/tape.hpp"             // recording, and the backward pass
#include "thalweg/autodiff/tape/gradients.hpp"        // its result
#include "thalweg/autodiff/tensor/print.hpp"          // fmt and operator<<

#include "thalweg/autodiff/ops/arithmetic.hpp"     // + − · /
#include "thalweg/autodiff/ops/exponential.hpp"    // exp log sqrt pow ...
#include "thalweg/autodiff/ops/trigonometric.hpp"  // sin tanh atan2 hypot ...
#include "thalweg/autodiff/ops/special.hpp"        // erf lgamma digamma
#include "thalweg/autodiff/ops/activation.hpp"     // sigmoid relu gelu ...
#include "thalweg/autodiff/ops/compare.hpp"        // < == ...
#include "thalweg/autodiff/ops/select.hpp"         // abs maximum clamp where ...
#include "thalweg/autodiff/ops/cmath.hpp"          // fmod copysign lerp isnan ...: the rest of <cmath>
#include "thalweg/autodiff/ops/vectors.hpp"        // sum dot logsumexp of a std::vector<Var>

#include "thalweg/autodiff/ops/reduce.hpp"      // sum mean norm var logsumexp prod
#include "thalweg/autodiff/ops/extrema.hpp"     // max min argmax argmin
#include "thalweg/autodiff/ops/scan.hpp"        // cumsum
#include "thalweg/autodiff/ops/predicates.hpp"  // any all allclose

#include "thalweg/autodiff/ops/matmul.hpp"          // matmul dot outer linear
#include "thalweg/autodiff/ops/linear_algebra.hpp"  // solve inverse det logdet cholesky
#include "thalweg/autodiff/ops/views.hpp"           // reshape transpose permute broadcast_to ...
#include "thalweg/autodiff/ops/slice.hpp"           // slice row
#include "thalweg/autodiff/ops/join.hpp"            // concat stack split
#include "thalweg/autodiff/ops/indexing.hpp"        // gather embedding one_hot
#include "thalweg/autodiff/ops/cast.hpp"            // between number types
#include "thalweg/autodiff/ops/stop_gradient.hpp"   // a value without its history

#include "thalweg/autodiff/ops/softmax.hpp"        // softmax log_softmax
#include "thalweg/autodiff/ops/cross_entropy.hpp"  // from logits, in one pass
#include "thalweg/autodiff/ops/convolution.hpp"    // conv1d conv2d conv_transpose2d
#include "thalweg/autodiff/ops/pooling.hpp"        // max_pool2d avg_pool2d ...
#include "thalweg/autodiff/ops/normalise.hpp"      // batch_norm layer_norm rms_norm group_norm
#include "thalweg/autodiff/ops/dropout.hpp"        // dropout
#include "thalweg/autodiff/ops/recurrent.hpp"      // rnn lstm gru over whole sequences
#include "thalweg/autodiff/ops/attention.hpp"      // scaled_dot_product_attention, rotary

#include "thalweg/autodiff/derive/custom.hpp"          // an op from two functions of your own
#include "thalweg/autodiff/derive/differentiate.hpp"   // gradients and Jacobians of functions
#include "thalweg/autodiff/derive/check_gradient.hpp"  // the tape against central differences
