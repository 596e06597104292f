#pragma once
/// What RNN, LSTM and GRU share: options, parameters and their names, layers on top of each other.

#include "thalweg/autodiff/base/random.hpp"
#include "thalweg/autodiff/ops/recurrent.hpp"
#include "thalweg/nn/model/module.hpp"

namespace thalweg::nn {

struct RecurrentOptions {
  Index layers = 1;            ///< each reads the outputs of the one below
  bool bidirectional = false;  ///< a second direction, from the end to the beginning
  bool bias = true;            ///< are there bias_ih and bias_hh?
  double dropout = 0;          ///< share of the numbers between two layers zeroed in training, < 1
};

/// What computes one layer; c stays empty where there is none.
template <class Real>
using RecurrentLayer = LstmResult<Real> (*)(const Tensor<Real>& x,
                                            const std::vector<RecurrentWeights<Real>>& directions,
                                            const LstmState<Real>& state, const Indices& lengths,
                                            Location where);

/// The parameters of one direction of one layer; the biases may be empty.
template <class RealType>
struct RecurrentParameters {
  using Real = RealType;

  /// All uniform on (−k, k), k = 1/√hidden. Throws ValueError, which begins with `op`, for sizes
  /// below 1.
  RecurrentParameters(const char* op, Index gates, Index in, Index hidden, bool bias,
                      Random& random);
  /// From given values. Throws ShapeError unless they are two matrices and two vectors or none.
  RecurrentParameters(const char* op, const RecurrentWeights<Real>& weights);

  RecurrentWeights<Real> weights() const;
  bool has_bias() const { return bias_ih.size() > 0; }

  Parameter<Real> ih, hh, bias_ih, bias_hh;

  template <class Self, class F>
  static void visit_parts(Self& self, F&& f) {
    visit(self, "", f);
  }
  /// f(name + suffix, parameter), as PyTorch names and orders them.
  template <class Self, class F>
  static void visit(Self& self, const std::string& suffix, F&& f) {
    f("weight_ih" + suffix, self.ih);
    f("weight_hh" + suffix, self.hh);
    if (!self.has_bias()) return;
    f("bias_ih" + suffix, self.bias_ih);
    f("bias_hh" + suffix, self.bias_hh);
  }

 protected:
  /// The state after one step of x [batch, in] from a state [batch, hidden].
  LstmState<Real> step(const char* op, RecurrentLayer<Real> layer, const Tensor<Real>& x,
                       const LstmState<Real>& state, Location where) const;
};

/// Layers on top of each other. Parameters are named weight_ih_l0, weight_hh_l0, bias_ih_l0,
/// bias_hh_l0, weight_ih_l0_reverse, …, weight_ih_l1, …
template <class RealType>
class RecurrentStack {
 public:
  using Real = RealType;

  Index in() const { return parts_[0].ih.shape()[1]; }
  Index hidden() const { return parts_[0].hh.shape()[1]; }
  const RecurrentOptions& options() const { return options_; }
  Index directions() const { return options_.bidirectional ? 2 : 1; }
  /// Of a layer below options().layers; direction 1 is the reverse one.
  const RecurrentParameters<Real>& part(Index layer, Index direction) const {
    return parts_[static_cast<std::size_t>(layer * directions() + direction)];
  }

  template <class Self, class F>
  static void visit_parts(Self& self, F&& f) {
    for (std::size_t k = 0; k < self.parts_.size(); ++k)
      RecurrentParameters<Real>::visit(self.parts_[k], self.suffix(k), f);
  }

 protected:
  /// `op` begins the messages. Throws ValueError for sizes or layers below 1, or a dropout outside
  /// of [0, 1).
  RecurrentStack(const char* op, Index gates, Index in, Index hidden,
                 const RecurrentOptions& options, Random& random);
  /// Layer by layer, direction by direction. Throws ShapeError unless there are layers ·
  /// directions of them, each two matrices and two biases or none; `options.bias` is found out.
  RecurrentStack(const char* op, const std::vector<RecurrentWeights<Real>>& weights,
                 const RecurrentOptions& options);

  LstmResult<Real> run(const char* op, RecurrentLayer<Real> layer, const Tensor<Real>& x,
                       const LstmState<Real>& state, const Indices& lengths, Mode mode,
                       Location where) const;

 private:
  std::string suffix(std::size_t part) const;

  RecurrentOptions options_;
  std::vector<RecurrentParameters<Real>> parts_;
};

extern template struct RecurrentParameters<float>;
extern template struct RecurrentParameters<double>;
extern template class RecurrentStack<float>;
extern template class RecurrentStack<double>;

}  // namespace thalweg::nn
