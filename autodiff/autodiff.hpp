#pragma once
/// Reverse-mode automatic differentiation of scalars and tensors: the table of contents.

// clang-format off
#include "autodiff/error.hpp"              // the exceptions
#include "autodiff/shape.hpp"              // sizes of tensors, broadcasting
#include "autodiff/memory.hpp"             // the pool that tensors come from
#include "autodiff/random.hpp"             // random numbers with a visible state
#include "autodiff/kernels/parallel.hpp"   // set_threads

#include "autodiff/var.hpp"                // scalars that remember how they were computed
#include "autodiff/tensor.hpp"             // arrays that do
#include "autodiff/parameter.hpp"          // tensors that are learned
#include "autodiff/creation.hpp"           // zeros ones arange normal ...
#include "autodiff/expression.hpp"         // what operators return: a name is a node
#include "autodiff/tape.hpp"               // recording, and the backward pass
#include "autodiff/gradients.hpp"          // its result
#include "autodiff/print.hpp"              // fmt and operator<<

#include "autodiff/ops/arithmetic.hpp"     // + − · /
#include "autodiff/ops/exponential.hpp"    // exp log sqrt pow ...
#include "autodiff/ops/trigonometric.hpp"  // sin tanh atan2 hypot ...
#include "autodiff/ops/special.hpp"        // erf lgamma digamma
#include "autodiff/ops/activation.hpp"     // sigmoid relu gelu ...
#include "autodiff/ops/compare.hpp"        // < == ...
#include "autodiff/ops/select.hpp"         // abs maximum clamp where ...

#include "autodiff/ops/reduce.hpp"         // sum mean norm var logsumexp prod
#include "autodiff/ops/extrema.hpp"        // max min argmax argmin
#include "autodiff/ops/scan.hpp"           // cumsum
#include "autodiff/ops/predicates.hpp"     // any all allclose

#include "autodiff/ops/matmul.hpp"         // matmul dot outer linear
#include "autodiff/ops/linear_algebra.hpp" // solve inverse det logdet cholesky
#include "autodiff/ops/views.hpp"          // reshape transpose permute broadcast_to ...
#include "autodiff/ops/slice.hpp"          // slice row
#include "autodiff/ops/join.hpp"           // concat stack split
#include "autodiff/ops/indexing.hpp"       // gather embedding one_hot
#include "autodiff/ops/cast.hpp"           // between number types
#include "autodiff/ops/stop_gradient.hpp"  // a value without its history

#include "autodiff/ops/softmax.hpp"        // softmax log_softmax
#include "autodiff/ops/cross_entropy.hpp"  // from logits, in one pass
#include "autodiff/ops/convolution.hpp"    // conv1d conv2d conv_transpose2d
#include "autodiff/ops/pooling.hpp"        // max_pool2d avg_pool2d ...
#include "autodiff/ops/normalise.hpp"      // batch_norm layer_norm rms_norm group_norm
#include "autodiff/ops/dropout.hpp"        // dropout
#include "autodiff/ops/recurrent.hpp"      // rnn lstm gru over whole sequences
#include "autodiff/ops/attention.hpp"      // scaled_dot_product_attention, rotary

#include "autodiff/custom.hpp"             // an op from two functions of your own
#include "autodiff/differentiate.hpp"      // gradients and Jacobians of functions
#include "autodiff/check_gradient.hpp"     // the tape against central differences
