#pragma once
/// Neural networks: the table of contents.

// clang-format off
// Models.
#include "nn/module.hpp"                    // a model is a plain struct: parameters by name
#include "nn/fields.hpp"                    // how its members are found
#include "nn/buffer.hpp"                    // what is saved with it but not learned
#include "nn/mode.hpp"                      // training or evaluation
#include "nn/init.hpp"                      // what weights start from
#include "nn/freeze.hpp"                    // parameters that stay as they are
#include "nn/summary.hpp"                   // a model as a table and as a graph
#include "nn/check_gradient.hpp"            // its gradient against central differences
#include "nn/weights.hpp"                   // safetensors and npz; see also nn/onnx.hpp

// Layers.
#include "nn/linear.hpp"                    // y = x Wᵀ + b
#include "nn/conv.hpp"                      // Conv1d, Conv2d, ConvTranspose2d
#include "nn/pooling.hpp"                   // maxima and means over windows
#include "nn/batch_norm.hpp"                // BatchNorm1d, BatchNorm2d
#include "nn/layer_norm.hpp"                // LayerNorm
#include "nn/rms_norm.hpp"                  // RMSNorm
#include "nn/group_norm.hpp"                // GroupNorm
#include "nn/dropout.hpp"                   // Dropout, Dropout2d
#include "nn/embedding.hpp"                 // rows of a learned table
#include "nn/rnn.hpp"                       // RNN
#include "nn/lstm.hpp"                      // LSTM
#include "nn/gru.hpp"                       // GRU
#include "nn/attention.hpp"                 // MultiHeadAttention, with a cache for generation
#include "nn/transformer.hpp"               // encoders and decoders of it
#include "nn/positional.hpp"                // where in a sequence: sinusoidal, learned
#include "nn/activations.hpp"               // ReLU, GELU, … as layers
#include "nn/prelu.hpp"                     // the activation with a learned slope
#include "nn/sequential.hpp"                // one after the other
#include "nn/residual.hpp"                  // y = x + f(x)
#include "nn/flatten.hpp"                   // images to features
#include "nn/lambda.hpp"                    // a function as a layer

// What is minimised, and what is measured.
#include "nn/losses.hpp"                    // cross_entropy, mse_loss, …
#include "nn/metrics.hpp"                   // accuracy, F1, AUC, …, over batches
#include "nn/confusion_matrix.hpp"          // which classes are taken for which

// Data.
#include "nn/data/dataset.hpp"              // examples in memory: splitting, scaling, mini-batches
#include "nn/data/csv.hpp"                  // tables from files
#include "nn/data/table_encoder.hpp"        // tables as tensors
#include "nn/data/idx.hpp"                  // the MNIST family
#include "nn/data/npy.hpp"                  // NumPy's arrays
#include "nn/data/npz.hpp"                  // and archives of them
#include "nn/data/image.hpp"                // PNG and JPEG
#include "nn/data/image_folder.hpp"         // a folder of them for each class
#include "nn/data/text.hpp"                 // characters and bytes
#include "nn/data/combine.hpp"              // joined and mapped datasets
#include "nn/data/folds.hpp"                // k folds
#include "nn/data/augment.hpp"              // images changed at random
#include "nn/data/sampler.hpp"              // in which order
#include "nn/data/loader.hpp"               // in mini-batches, made ahead, resumable

// Training.
#include "nn/training/fit.hpp"              // the loop
#include "nn/training/progress_bar.hpp"     // as it happens
#include "nn/training/history.hpp"          // as CSV and JSON lines
#include "nn/training/early_stopping.hpp"   // when it gets no better
#include "nn/training/keep_best.hpp"        // the best model
#include "nn/training/checkpoints.hpp"      // runs that survive being stopped
#include "nn/training/tensorboard.hpp"      // its event files
#include "nn/training/training_report.hpp"  // what it came to, as one HTML file
#include "nn/progress.hpp"                  // for loops of one's own
#include "nn/report.hpp"
