#pragma once
/// What RNN, LSTM and GRU are: layers of a cell on top of each other, and one step of it alone.
///
///     nn::LSTM<float> lstm{96, 128, random};                      // {.layers = 2}, random
///     auto [y, state] = lstm(x, mode);                            // from zeros
///     auto [z, later] = lstm(next_x, state, mode);                // goes on
///     auto [padded, last] = lstm(x, {}, {5, 3, 9}, mode);
///
/// The output is the last layer's h at every step, the state that after the last one; to train on a
/// long text in pieces, detach() the state in between. With lengths, steps beyond a sequence's own
/// end do not count: output zero there, the state is that at the end, a reversed direction starts
/// there. Equations and cost: autodiff/ops/recurrent.hpp. The mode matters for dropout, which is
/// between layers only.
///
/// A cell (nn/layers/lstm.hpp has one) says what differs:
///
///     name, step_name           of the layer and of the single step, which begin their messages
///     Options                   RecurrentOptions or more
///     State<Real>               of the layer; Result<Real>: output and state
///     Lstm(const Options&)      from the layer's options
///     kind()                    which of op::recurrent it is

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

/// The parameters of one direction of one layer; the biases may be empty.
template <class RealType>
struct RecurrentParameters {
  using Real = RealType;

  /// All uniform on (−k, k), k = 1/√hidden. Throws ValueError, which begins with `name`, for sizes
  /// below 1.
  RecurrentParameters(const char* name, op::Cell cell, Index in, Index hidden, bool bias,
                      Random& random);
  /// From given values. Throws ShapeError unless they are two matrices and two vectors or none.
  RecurrentParameters(const char* name, const RecurrentWeights<Real>& weights);

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
};

/// One or several layers of a cell over a batch of sequences.
///
///     x [batch, time, in]    output [batch, time, directions · hidden]
///     state, or its h and c  [layers · directions, batch, hidden]
///
/// Parameters are named weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, weight_ih_l0_reverse,
/// …, weight_ih_l1, …
template <class RealType, class CellType>
class Recurrent {
 public:
  using Real = RealType;
  using Cell = CellType;
  using Options = typename Cell::Options;
  using State = typename Cell::template State<Real>;
  using Result = typename Cell::template Result<Real>;
  static constexpr std::string_view type_name = Cell::name;

  /// Uniform on (−k, k), k = 1/√hidden. Throws ValueError for sizes or layers below 1 or a dropout
  /// outside of [0, 1).
  Recurrent(Index in, Index hidden, const Options& options, Random& random);
  Recurrent(Index in, Index hidden, Random& random) : Recurrent(in, hidden, {}, random) {}
  /// From given weights, layer by layer, forward before reverse; whether there are biases is found
  /// out. Throws ShapeError for another number of them.
  explicit Recurrent(const std::vector<RecurrentWeights<Real>>& weights,
                     const Options& options = {});

  /// Throws ShapeError, or ValueError for lengths outside of 1 … time.
  Result operator()(const Tensor<Real>& x, Mode mode, Location where = Location::current()) const {
    return (*this)(x, State{}, IndexTensor(), mode, where);
  }
  Result operator()(const Tensor<Real>& x, const State& state, Mode mode,
                    Location where = Location::current()) const {
    return (*this)(x, state, IndexTensor(), mode, where);
  }
  Result operator()(const Tensor<Real>& x, const State& state, const Indices& lengths, Mode mode,
                    Location where = Location::current()) const;
  template <class X>
  void operator()(const X&) const = delete;  // in training or not? lstm(x, mode)

  Index in() const { return parts_[0].ih.shape()[1]; }
  Index hidden() const { return parts_[0].hh.shape()[1]; }
  const Options& options() const { return options_; }
  Cell cell() const { return options_; }
  Index directions() const { return options_.bidirectional ? 2 : 1; }
  /// Of a layer below options().layers; direction 1 is the reverse one.
  const RecurrentParameters<Real>& part(Index layer, Index direction) const {
    return parts_[layer * directions() + direction];
  }

  template <class Self, class F>
  static void visit_parts(Self& self, F&& f) {
    for (std::size_t k = 0; k < self.parts_.size(); ++k)
      RecurrentParameters<Real>::visit(self.parts_[k], self.suffix(k), f);
  }

 private:
  std::string suffix(std::size_t part) const;

  Options options_;
  std::vector<RecurrentParameters<Real>> parts_;
};

/// One step of a cell, for generation: state = step(x, state). The same numbers as Recurrent with
/// time = 1.
///
///     x [batch, in]    state, or its h and c [batch, hidden]; zeros at first if empty
///
/// Parameters weight_ih, weight_hh, bias_ih, bias_hh.
template <class RealType, class CellType>
class RecurrentStep : public RecurrentParameters<RealType> {
 public:
  using Real = RealType;
  using Cell = CellType;
  using State = typename Cell::template State<Real>;
  static constexpr std::string_view type_name = Cell::step_name;

  RecurrentStep(Index in, Index hidden, Random& random, Cell cell = {}, bool bias = true)
      : RecurrentParameters<Real>(Cell::step_name, cell.kind(), in, hidden, bias, random),
        cell_(cell) {}
  RecurrentStep(Index in, Index hidden, Random& random, bool bias)
      : RecurrentStep(in, hidden, random, Cell(), bias) {}
  explicit RecurrentStep(const RecurrentWeights<Real>& weights, Cell cell = {})
      : RecurrentParameters<Real>(Cell::step_name, weights), cell_(cell) {}

  State operator()(const Tensor<Real>& x, const State& state = {},
                   Location where = Location::current()) const;

  Cell cell() const { return cell_; }

 private:
  Cell cell_;
};

}  // namespace thalweg::nn
