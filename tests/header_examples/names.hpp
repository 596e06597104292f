#pragma once
/// What the examples in comments of headers leave out: names that are used there as a reader
/// expects them to be. In a namespace called after a header stand those of its examples alone, and
/// `Host`, from which the class is derived that a member belongs to.

#include <cassert>
#include <iostream>
#include <thalweg/nn.hpp>
#include <thalweg/nn/data/csv_scanner.hpp>
#include <thalweg/nn/onnx/onnx.hpp>

namespace examples {

using namespace thalweg;
struct Host {};

extern Tape tape;
extern Random random;
extern nn::Mode mode;

// A model, what it learns from, and what it learns by.
struct Model {
  nn::Linear<float> encoder, output;
  template <class X>
  Tensor<float> operator()(const X& x) const;
  template <class X>
  Tensor<float> operator()(const X& x, nn::Mode mode) const;
};
extern Model model;
extern ParameterList<float> parameters;
extern Tensor<float> x, y, w, b, loss;
extern IndexTensor labels;
extern nn::Dataset<float> train, test;
extern nn::Table table;
extern optim::Adam adam;
extern optim::Sgd sgd;
extern Gradients gradients, other;
struct Batch {
  Tensor<float> x;
  IndexTensor labels;
};
extern std::vector<Batch> batches;
extern Index step, epoch, epochs;
extern double validation_loss;

// A function to minimise, and residuals.
struct Rosenbrock {
  template <class X>
  auto operator()(const X& x) const {
    auto a = 1 - x[0];
    auto b = x[1] - x[0] * x[0];
    return a * a + 100 * b * b;
  }
};
extern Rosenbrock rosenbrock, f;
extern std::vector<double> start, x0;
struct Residuals {
  std::vector<Var<double>> operator()(const std::vector<Var<double>>& b) const;
};
extern Residuals residuals;

// autodiff
namespace autodiff_base_fields {
struct Host {
  Tensor<float> weight_, bias_;
};
using Affine = Host;
}  // namespace autodiff_base_fields
namespace autodiff_base_random {
extern std::vector<float> weights;
}
struct Squares {
  template <class... X>
  auto operator()(const X&... x) const {
    return (sum(x * x) + ...);
  }
};
namespace autodiff_derive_arguments {
extern Squares f;
}
namespace autodiff_derive_check_gradient {
extern Squares loss;
extern Tensor<double> w, b, large;
}  // namespace autodiff_derive_check_gradient
namespace autodiff_derive_custom {
extern Var<double> b;
}
namespace autodiff_derive_differentiate {
extern Squares loss;
struct Two {
  std::vector<Var<double>> operator()(const std::vector<Var<double>>& x) const;
};
extern Two f;
}  // namespace autodiff_derive_differentiate
namespace autodiff_derive_packing_struct {
extern Tensor<double> x, y, w, b;
}
namespace autodiff_ops_attention {
extern Tensor<float> q, k, v, qkv;
extern Index heads;
}  // namespace autodiff_ops_attention
namespace autodiff_ops_convolution {
extern Tensor<float> weight, bias;
}
namespace autodiff_ops_cross_entropy {
extern Tensor<float> pixels;
}
namespace autodiff_ops_ctc {
extern Tensor<float> audio;
extern IndexTensor letters;
extern std::vector<Index> lengths;
}  // namespace autodiff_ops_ctc
namespace autodiff_ops_indexing {
extern Tensor<float> logits, table;
extern IndexTensor tokens;
}  // namespace autodiff_ops_indexing
namespace autodiff_ops_join {
extern Tensor<float> a, c;
extern std::vector<Tensor<float>> rows;
}  // namespace autodiff_ops_join
namespace autodiff_ops_linear_algebra {
extern Tensor<double> a, b, covariance, r;
}
namespace autodiff_ops_normalise {
extern Tensor<float> weight, bias;
}
namespace autodiff_ops_operand {
namespace rule = nn::rule;
extern double delta;
extern Tensor<float> p;
extern Location where;
}  // namespace autodiff_ops_operand
namespace autodiff_ops_recurrent {
extern RecurrentWeights<float> weights, forward, backward;
extern Tensor<float> more;
extern std::vector<Index> lengths;
}  // namespace autodiff_ops_recurrent
namespace autodiff_ops_reduce {
extern Tensor<float> p;
}
namespace autodiff_ops_vectors {
extern std::vector<double> weights;
}
namespace autodiff_statement_expression {
extern Tensor<float> a, c;
}
namespace autodiff_tape_record {
extern Tensor<double> a, b, c;
void left(const double* a, const double* adjoint, bool accumulate, double* to);
void right(const double* adjoint, const double* b, bool accumulate, double* to);
}  // namespace autodiff_tape_record
namespace autodiff_tape_tape {
extern Var<double> x;
extern std::vector<Var<double>> ys;
extern std::vector<Lanes<double>> seeds;
extern double accuracy;
double measure(const Model& model);
}  // namespace autodiff_tape_tape

// optim
namespace optim_smooth_lbfgs_b {
extern double infinity;
}
namespace optim_plot_line_chart {
extern std::vector<double> slow, fast;
}
namespace optim_plot_page {
extern optim::plot::Surface surface, bowl, valley;
}
namespace optim_plot_surface {
double f(double x, double y);
extern std::vector<optim::plot::PlanePoint> points;
}  // namespace optim_plot_surface
namespace optim_progress_progress {
extern Index batches;
extern double loss, mean_loss, accuracy;
}  // namespace optim_progress_progress
namespace optim_rules_muon {
extern ParameterList<float> parameters;
}
namespace optim_smooth_levenberg_marquardt {
extern std::vector<double> t, y;
}
namespace optim_state_archive {
using optim::Archive;
struct SearchOptions {
  Index elites = 2;
};
}  // namespace optim_state_archive
namespace optim_state_checkpoint {
extern optim::Plateau plateau;
}
namespace optim_run_early_stopping {
extern nn::CrossEntropyLoss loss;
extern nn::Dataset<float> data;
}  // namespace optim_run_early_stopping

// nn
namespace nn_data_combine {
extern nn::Dataset<float> images;
}
namespace nn_data_csv_scanner {
extern nn::detail::CsvScanner scanner;
void use(std::string_view cell);
}  // namespace nn_data_csv_scanner
namespace nn_data_folds {
extern nn::Dataset<float> data;
Model new_model(Random& random);
extern double accuracy;
}  // namespace nn_data_folds
namespace nn_data_table_encoder {
extern nn::TableEncoder encoder;
nn::Linear<float> make_model(const nn::TableEncoder& encoder, Random& random);
}  // namespace nn_data_table_encoder
namespace nn_data_text {
extern IndexTensor generated;
}
namespace nn_layers_attention {
extern nn::MultiHeadAttention<float> attention;
extern Tensor<float> row, memory;
}  // namespace nn_layers_attention
namespace nn_layers_gru {
extern Tensor<float> h;
}
namespace nn_layers_lstm {
extern LstmState<float> state;
}
namespace nn_layers_positional {
extern nn::Embedding<float> embed;
extern IndexTensor words, word;
extern nn::KeyValueCache<float> cache;
}  // namespace nn_layers_positional
namespace nn_layers_recurrent {
extern Tensor<float> next_x;
}
namespace nn_layers_rnn {
extern Tensor<float> h;
}
namespace nn_layers_transformer {
extern nn::TransformerEncoder<float> encoder;
}
namespace nn_losses_elementwise {
using op::Slopes;
extern double delta;
extern Tensor<float> p;
extern Reduction reduction;
extern Location where;
}  // namespace nn_losses_elementwise
namespace nn_losses_embedding {
extern Tensor<float> anchor, positive, negative;
Tensor<float> f(const Tensor<float>& x);
}  // namespace nn_losses_embedding
namespace nn_metrics_mean {
extern Tensor<float> batch_loss;
extern Index batch_size;
}  // namespace nn_metrics_mean
namespace nn_metrics_perplexity {
extern Index padding;
}
namespace nn_model_buffer {
extern Index channels;
extern Tensor<float> mean;
}  // namespace nn_model_buffer
namespace nn_model_module {
struct Host {
  std::vector<std::pair<std::string, nn::Linear<float>>> layers_;
};
}  // namespace nn_model_module
namespace nn_onnx_onnx {
extern nn::Linear<float> model;
}
namespace nn_onnx_graph {
struct Host {
  nn::Conv2d<float> conv;
  nn::Linear<float> output;
};
}  // namespace nn_onnx_graph
namespace nn_onnx_recurrent {
struct Host {
  nn::LSTM<float> lstm;
};
}  // namespace nn_onnx_recurrent
namespace nn_report_report {
extern std::vector<double> losses;
extern nn::ConfusionMatrix confusion;
extern std::vector<nn::Picture> pictures;
}  // namespace nn_report_report
namespace nn_training_checkpoints {
extern nn::CrossEntropyLoss loss;
extern nn::History history;
}  // namespace nn_training_checkpoints
namespace nn_training_history {
extern nn::CrossEntropyLoss loss;
}
namespace nn_training_observer {
extern nn::CrossEntropyLoss loss;
}
namespace nn_training_tensorboard {
extern nn::CrossEntropyLoss loss;
}
namespace nn_training_training_report {
extern nn::CrossEntropyLoss loss;
}
namespace nn_weights_model_file {
using Recipe = nn::TableEncoder;
extern Recipe recipe;
nn::Linear<float> make_model(const Recipe& recipe, Random& random);
}  // namespace nn_weights_model_file
namespace optim_objective_check_gradient {
struct Sphere : optim::Objective {
  Sphere();
  double evaluate(std::span<const double> x) const override;
  double differentiate(std::span<const double> x, std::span<double> gradient) const override;
};
}  // namespace optim_objective_check_gradient

}  // namespace examples
