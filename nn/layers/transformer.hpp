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

#include "thalweg/autodiff/ops/arithmetic.hpp"
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

/// What layers are made of: blocks, each a function f of the rows that is added to its input.
///
///     norm_first:   y = x + drop(f(norm x)),      otherwise:   y = norm(x + drop(f x))
template <class RealType>
class TransformerBlocks {
 public:
  using Real = RealType;
  using Input = AttentionInput<Real>;

  const TransformerOptions& options() const { return options_; }

 protected:
  /// Throws ValueError, which begins with `layer`, for a width e below 1 or a negative feedforward.
  TransformerBlocks(const char* layer, Index e, const TransformerOptions& options);

  /// Parts with their starting values.
  MultiHeadAttention<Real> attention(Random& random, bool rotary) const;
  Linear<Real> to_hidden(Random& random) const { return {e_, hidden(), random}; }
  Linear<Real> from_hidden(Random& random) const { return {hidden(), e_, random}; }
  LayerNorm<Real> norm() const { return LayerNorm<Real>(e_, {.epsilon = options_.epsilon}); }

  /// The block of a function of rows.
  template <class F>
  Tensor<Real> block(const Tensor<Real>& x, const LayerNorm<Real>& norm, Mode mode, F f) const {
    const Dropout drop{options_.dropout};
    if (options_.norm_first) return x + drop(f(norm(x)), mode);
    return norm(x + drop(f(x), mode));
  }
  /// The block of linear2(drop(activation(linear1 ·)))
  Tensor<Real> feed_forward(const Tensor<Real>& x, const LayerNorm<Real>& norm,
                            const Linear<Real>& linear1, const Linear<Real>& linear2,
                            Mode mode) const;

 private:
  Index hidden() const { return options_.feedforward > 0 ? options_.feedforward : 4 * e_; }

  Index e_;
  TransformerOptions options_;
};

/// Two blocks: self attention, then a network on each row.
///
///     x, y [b, t, e]
///
///     norm_first:   x ← x + self_attn(norm1 x),   y = x + linear2(activation(linear1(norm2 x)))
///     otherwise:    x ← norm1(x + self_attn x),   y = norm2(x + linear2(activation(linear1 x)))
template <class RealType>
class TransformerEncoderLayer : public TransformerBlocks<RealType> {
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

  MultiHeadAttention<Real> self_attn;
  Linear<Real> linear1, linear2;
  LayerNorm<Real> norm1, norm2;

  static constexpr auto fields =
      named("self_attn", &TransformerEncoderLayer::self_attn, "linear1",
            &TransformerEncoderLayer::linear1, "linear2", &TransformerEncoderLayer::linear2,
            "norm1", &TransformerEncoderLayer::norm1, "norm2", &TransformerEncoderLayer::norm2);
};

/// Three blocks: between those two, attention to `memory`, what an encoder made. Self attention is
/// causal.
///
///     x, y [b, t, e]    memory [b, s, e]
template <class RealType>
class TransformerDecoderLayer : public TransformerBlocks<RealType> {
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
};

/// Layer after layer; if norm_first, a last norm.
template <class Layer>
class TransformerStack {
 public:
  using Real = typename Layer::Real;
  using Input = typename Layer::Input;

  const TransformerOptions& options() const { return options_; }

  std::vector<Layer> layers;
  LayerNorm<Real> norm;

  template <class Self, class F>
  static void visit_parts(Self& self, F&& f) {
    f("layers", self.layers);
    if (self.options_.norm_first) f("norm", self.norm);
  }

 protected:
  /// Throws ValueError, which begins with `name`, unless there is at least one layer.
  TransformerStack(const char* name, Index e, Index count, Random& random,
                   const TransformerOptions& options);

  /// h = call(layer k, h) for each layer, from x, then the norm.
  template <class Call>
  Tensor<Real> through(const Tensor<Real>& x, Call call) const {
    Tensor<Real> h = x;
    for (std::size_t k = 0; k < layers.size(); ++k) h = call(k, h);
    return options_.norm_first ? norm(h) : h;
  }

 private:
  TransformerOptions options_;
};

/// The caches of a stack, one per layer; made by its first call.
template <class Real>
using StackCache = std::vector<KeyValueCache<Real>>;

/// A stack of encoder layers.
///
///     nn::StackCache<float> cache;
///     Tensor y = encoder.next(x, cache);                 // x: the rows after those seen before
template <class RealType>
class TransformerEncoder : public TransformerStack<TransformerEncoderLayer<RealType>> {
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
};

/// A stack of decoder layers, all with the same memory.
template <class RealType>
class TransformerDecoder : public TransformerStack<TransformerDecoderLayer<RealType>> {
 public:
  using Real = RealType;
  using Input = AttentionInput<Real>;

  TransformerDecoder(Index e, Index layers, Random& random, const TransformerOptions& options = {});

  Tensor<Real> operator()(const Tensor<Real>& x, const Tensor<Real>& memory, const Input& input,
                          const Input& memory_input, Mode mode) const;
  Tensor<Real> operator()(const Tensor<Real>& x, const Tensor<Real>& memory, Mode mode) const {
    return (*this)(x, memory, Input{}, Input{}, mode);
  }
};

#define THALWEG_DECLARE(Real)                          \
  extern template class TransformerBlocks<Real>;       \
  extern template class TransformerEncoderLayer<Real>; \
  extern template class TransformerDecoderLayer<Real>; \
  extern template class TransformerEncoder<Real>;      \
  extern template class TransformerDecoder<Real>;
THALWEG_FOR_NUMBER_TYPES(THALWEG_DECLARE)
#undef THALWEG_DECLARE

}  // namespace thalweg::nn
