#pragma once
/// Transformers: layers of attention and a network on each row, and stacks of them.
///
///     struct Writer {                                    // a language model
///       nn::Embedding<float> embed;
///       nn::TransformerEncoder<float> body;              // with .causal: a "decoder-only" one
///       nn::Linear<float> output;
///       auto operator()(const IndexTensor& words, nn::Mode mode) const {
///         return output(body(embed(words), mode));       // [b, t, words]
///       }
///     };
///     Writer model{{96, 128, random},
///                  {128, 4, random, {.heads = 4, .causal = true, .rotary = true}},
///                  {128, 96, random}};
///
/// Names, sizes and starting values of the parameters are those of PyTorch's classes, with
/// batch_first. Source: A. Vaswani et al., "Attention is all you need", 2017.

#include <vector>

#include "thalweg/nn/layers/attention.hpp"
#include "thalweg/nn/layers/dropout.hpp"
#include "thalweg/nn/layers/layer_norm.hpp"

namespace thalweg::nn {

enum class TransformerActivation { relu, gelu };

struct TransformerOptions {
  Index heads = 8;
  Index feedforward = 0;  ///< width of the network on each row; 0 stands for 4 e
  double dropout = 0.1;   ///< of the weights of attention, inside the network and before each sum
  TransformerActivation activation = TransformerActivation::relu;
  bool norm_first = false;  ///< x + f(norm x) instead of norm(x + f x): trains deep stacks better
  bool causal = false;      ///< encoder: row i sees rows 0 … i. Decoders always are.
  bool rotary = false;      ///< self attention turns queries and keys by their positions
  double epsilon = 1e-5;    ///< of the norms
};

/// Self attention, then linear2(activation(linear1 x)), each added to its input.
///
///     x, y [b, t, e]
///
///     norm_first:   x ← x + self_attn(norm1 x),   y = x + linear2(activation(linear1(norm2 x)))
///     otherwise:    x ← norm1(x + self_attn x),   y = norm2(x + linear2(activation(linear1 x)))
template <class RealType>
class TransformerEncoderLayer {
 public:
  using Real = RealType;
  using Input = AttentionInput<Real>;

  /// Throws ValueError as its parts do.
  TransformerEncoderLayer(Index e, Random& random, const TransformerOptions& options = {});

  Tensor<Real> operator()(const Tensor<Real>& x, const Input& input, Mode mode) const;
  Tensor<Real> operator()(const Tensor<Real>& x, Mode mode) const {
    return (*this)(x, Input{}, mode);
  }
  void operator()(const Tensor<Real>& x) const = delete;  // in training or not? say the mode

  const TransformerOptions& options() const { return options_; }

  MultiHeadAttention<Real> self_attn;
  Linear<Real> linear1, linear2;
  LayerNorm<Real> norm1, norm2;

  static constexpr auto fields =
      named("self_attn", &TransformerEncoderLayer::self_attn, "linear1",
            &TransformerEncoderLayer::linear1, "linear2", &TransformerEncoderLayer::linear2,
            "norm1", &TransformerEncoderLayer::norm1, "norm2", &TransformerEncoderLayer::norm2);

 private:
  TransformerOptions options_;
};

/// The same with attention to `memory`, what an encoder made, in between; self attention is causal.
///
///     x, y [b, t, e]    memory [b, s, e]
template <class RealType>
class TransformerDecoderLayer {
 public:
  using Real = RealType;
  using Input = AttentionInput<Real>;

  TransformerDecoderLayer(Index e, Random& random, const TransformerOptions& options = {});

  /// `input` is of the rows of x, `memory_input` of those of memory.
  Tensor<Real> operator()(const Tensor<Real>& x, const Tensor<Real>& memory, const Input& input,
                          const Input& memory_input, Mode mode) const;
  Tensor<Real> operator()(const Tensor<Real>& x, const Tensor<Real>& memory, Mode mode) const {
    return (*this)(x, memory, Input{}, Input{}, mode);
  }

  MultiHeadAttention<Real> self_attn, multihead_attn;
  Linear<Real> linear1, linear2;
  LayerNorm<Real> norm1, norm2, norm3;

  static constexpr auto fields =
      named("self_attn", &TransformerDecoderLayer::self_attn, "multihead_attn",
            &TransformerDecoderLayer::multihead_attn, "linear1", &TransformerDecoderLayer::linear1,
            "linear2", &TransformerDecoderLayer::linear2, "norm1", &TransformerDecoderLayer::norm1,
            "norm2", &TransformerDecoderLayer::norm2, "norm3", &TransformerDecoderLayer::norm3);

 private:
  TransformerOptions options_;
};

/// The caches of a stack, one per layer; made by its first call.
template <class Real>
using StackCache = std::vector<KeyValueCache<Real>>;

/// Layer after layer; if norm_first, a last norm.
///
///     nn::StackCache<float> cache;
///     Tensor y = encoder.next(x, cache);                 // x: the rows after those seen before
template <class RealType>
class TransformerEncoder {
 public:
  using Real = RealType;
  using Input = AttentionInput<Real>;

  /// Throws ValueError unless there is at least one layer, and as the layers do.
  TransformerEncoder(Index e, Index layers, Random& random, const TransformerOptions& options = {});

  /// Throws ValueError for a cache in `input`: a stack needs one per layer.
  Tensor<Real> operator()(const Tensor<Real>& x, const Input& input, Mode mode) const;
  Tensor<Real> operator()(const Tensor<Real>& x, Mode mode) const {
    return (*this)(x, Input{}, mode);
  }
  void operator()(const Tensor<Real>& x) const = delete;  // in training or not? say the mode
  /// Generation: the outputs of x, as if the rows before were there too. In evaluation, causal.
  Tensor<Real> next(const Tensor<Real>& x, StackCache<Real>& cache) const;

  const TransformerOptions& options() const { return options_; }

  std::vector<TransformerEncoderLayer<Real>> layers;
  LayerNorm<Real> norm;

  template <class Self, class F>
  static void visit_parts(Self& self, F&& f) {
    f("layers", self.layers);
    if (self.options_.norm_first) f("norm", self.norm);
  }

 private:
  TransformerOptions options_;
};

/// Layer after layer, all with the same memory; if norm_first, a last norm.
template <class RealType>
class TransformerDecoder {
 public:
  using Real = RealType;
  using Input = AttentionInput<Real>;

  TransformerDecoder(Index e, Index layers, Random& random, const TransformerOptions& options = {});

  Tensor<Real> operator()(const Tensor<Real>& x, const Tensor<Real>& memory, const Input& input,
                          const Input& memory_input, Mode mode) const;
  Tensor<Real> operator()(const Tensor<Real>& x, const Tensor<Real>& memory, Mode mode) const {
    return (*this)(x, memory, Input{}, Input{}, mode);
  }

  std::vector<TransformerDecoderLayer<Real>> layers;
  LayerNorm<Real> norm;

  template <class Self, class F>
  static void visit_parts(Self& self, F&& f) {
    f("layers", self.layers);
    if (self.options_.norm_first) f("norm", self.norm);
  }

 private:
  TransformerOptions options_;
};

extern template class TransformerEncoderLayer<float>;
extern template class TransformerEncoderLayer<double>;
extern template class TransformerDecoderLayer<float>;
extern template class TransformerDecoderLayer<double>;
extern template class TransformerEncoder<float>;
extern template class TransformerEncoder<double>;
extern template class TransformerDecoder<float>;
extern template class TransformerDecoder<double>;

}  // namespace thalweg::nn
