#pragma once
/// Neural networks: the table of contents.

// clang-format off
#include "thalweg/optim.hpp"  // what models learn by, and what they are written with

// Models.
#include "thalweg/nn/model/module.hpp"          // a model is a plain struct: parameters by name
#include "thalweg/nn/model/buffer.hpp"          // what is saved with it but not learned
#include "thalweg/nn/model/mode.hpp"            // training or evaluation
#include "thalweg/nn/model/init.hpp"            // what weights start from
#include "thalweg/nn/model/freeze.hpp"          // parameters that stay as they are
#include "thalweg/nn/model/summary.hpp"         // a model as a table and as a graph
#include "thalweg/nn/model/check_gradient.hpp"  // its gradient against central differences
#include "thalweg/nn/weights/weights.hpp"       // safetensors and npz; see also nn/onnx/onnx.hpp
#include "thalweg/nn/weights/model_file.hpp"    // with what the model is built from

// Layers.
#include "thalweg/nn/layers/linear.hpp"       // y = x Wᵀ + b
#include "thalweg/nn/layers/conv.hpp"         // Conv1d, Conv2d, ConvTranspose2d
#include "thalweg/nn/layers/pooling.hpp"      // maxima and means over windows
#include "thalweg/nn/layers/batch_norm.hpp"   // BatchNorm1d, BatchNorm2d
#include "thalweg/nn/layers/layer_norm.hpp"   // LayerNorm
#include "thalweg/nn/layers/rms_norm.hpp"     // RMSNorm
#include "thalweg/nn/layers/group_norm.hpp"   // GroupNorm
#include "thalweg/nn/layers/dropout.hpp"      // Dropout, Dropout2d
#include "thalweg/nn/layers/embedding.hpp"    // rows of a learned table
#include "thalweg/nn/layers/rnn.hpp"          // RNN
#include "thalweg/nn/layers/lstm.hpp"         // LSTM
#include "thalweg/nn/layers/gru.hpp"          // GRU
#include "thalweg/nn/layers/attention.hpp"    // MultiHeadAttention, with a cache for generation
#include "thalweg/nn/layers/transformer.hpp"  // encoders and decoders of it
#include "thalweg/nn/layers/positional.hpp"   // where in a sequence: sinusoidal, learned
#include "thalweg/nn/layers/activations.hpp"  // ReLU, GELU, … as layers
#include "thalweg/nn/layers/prelu.hpp"        // the activation with a learned slope
#include "thalweg/nn/layers/sequential.hpp"   // one after the other
#include "thalweg/nn/layers/residual.hpp"     // y = x + f(x)
#include "thalweg/nn/layers/flatten.hpp"      // images to features
#include "thalweg/nn/layers/lambda.hpp"       // a function as a layer

// What is minimised, and what is measured.
#include "thalweg/nn/losses/losses.hpp"             // cross_entropy, mse_loss, …
#include "thalweg/nn/metrics/metrics.hpp"           // accuracy, F1, AUC, …, over batches
#include "thalweg/nn/metrics/confusion_matrix.hpp"  // which classes are taken for which

// Data.
#include "thalweg/nn/data/dataset.hpp"        // examples in memory: split, scaled, in batches
#include "thalweg/nn/data/statistics.hpp"     // of the finite ones among numbers
#include "thalweg/nn/data/csv.hpp"            // tables from files
#include "thalweg/nn/data/table_encoder.hpp"  // tables as tensors
#include "thalweg/nn/data/idx.hpp"            // the MNIST family
#include "thalweg/nn/data/npy.hpp"            // NumPy's arrays
#include "thalweg/nn/data/npz.hpp"            // and archives of them
#include "thalweg/nn/data/image.hpp"          // PNG and JPEG
#include "thalweg/nn/data/image_folder.hpp"   // a folder of them for each class
#include "thalweg/nn/data/text.hpp"           // characters and bytes
#include "thalweg/nn/data/combine.hpp"        // joined and mapped datasets
#include "thalweg/nn/data/folds.hpp"          // k folds
#include "thalweg/nn/data/augment.hpp"        // images changed at random
#include "thalweg/nn/data/sampler.hpp"        // in which order
#include "thalweg/nn/data/loader.hpp"         // in mini-batches, made ahead, resumable

// Training.
#include "thalweg/nn/training/fit.hpp"              // the loop
#include "thalweg/nn/training/progress_bar.hpp"     // as it happens
#include "thalweg/nn/training/history.hpp"          // as CSV and JSON lines
#include "thalweg/nn/training/early_stopping.hpp"   // when it gets no better
#include "thalweg/nn/training/keep_best.hpp"        // the best model
#include "thalweg/nn/training/checkpoints.hpp"      // runs that survive being stopped
#include "thalweg/nn/training/tensorboard.hpp"      // its event files
#include "thalweg/nn/training/training_report.hpp"  // what it came to, as one HTML file
#include "thalweg/nn/report/progress.hpp"           // for loops of one's own
#include "thalweg/nn/report/report.hpp"
