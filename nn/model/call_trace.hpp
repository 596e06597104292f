#pragma once
/// Which layers a Sequential called, for nn/model/summary.hpp.

#include <vector>

#include "thalweg/autodiff/statement/expression.hpp"

namespace thalweg::nn::detail {

/// Tells objects of different types at one address apart.
template <class T>
inline constexpr char layer_key = 0;

/// The layers that were called, and the shapes they made.
struct CallTrace {
  struct Call {
    const void* layer;
    const void* key;
    Shape output;
  };
  std::vector<Call> calls;
};

/// What this thread's calls are noted in; mostly nothing.
constinit inline thread_local CallTrace* call_trace = nullptr;

template <class Layer, class Y>
void note_call(const Layer& layer, const Y& y) {
  if constexpr (TensorLike<Y>)
    if (call_trace) [[unlikely]]
      call_trace->calls.push_back({&layer, &layer_key<Layer>, y.shape()});
}

}  // namespace thalweg::nn::detail
