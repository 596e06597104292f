#pragma once
/// Neural networks: the table of contents.

// clang-format off
#include "nn/module.hpp"            // a model is a plain struct: its parameters and their names
#include "nn/fields.hpp"            // how its members are found
#include "nn/buffer.hpp"            // what is saved with it but not learned
#include "nn/mode.hpp"              // training or evaluation
#include "nn/linear.hpp"            // y = x Wᵀ + b
#include "nn/conv.hpp"              // Conv1d, Conv2d, ConvTranspose2d
#include "nn/pooling.hpp"           // maxima and means over windows
#include "nn/batch_norm.hpp"        // BatchNorm1d, BatchNorm2d
#include "nn/layer_norm.hpp"        // LayerNorm
#include "nn/rms_norm.hpp"          // RMSNorm
#include "nn/group_norm.hpp"        // GroupNorm
#include "nn/dropout.hpp"           // Dropout, Dropout2d
#include "nn/embedding.hpp"         // rows of a learned table
#include "nn/activations.hpp"       // ReLU, GELU, … as layers
#include "nn/prelu.hpp"             // the activation with a learned slope
#include "nn/sequential.hpp"        // one after the other
#include "nn/residual.hpp"          // y = x + f(x)
#include "nn/flatten.hpp"           // images to features
#include "nn/lambda.hpp"            // a function as a layer
#include "nn/freeze.hpp"            // parameters that stay as they are
#include "nn/summary.hpp"           // a model as a table and as a graph
#include "nn/init.hpp"              // what weights start from
#include "nn/losses.hpp"            // cross_entropy, mse_loss
#include "nn/check_gradient.hpp"    // a model's gradient against central differences

#include "nn/csv.hpp"               // tables from files
#include "nn/dataset.hpp"           // splitting, scaling, mini-batches

#include "nn/metrics.hpp"           // accuracy
#include "nn/confusion_matrix.hpp"  // which classes are taken for which
#include "nn/progress.hpp"          // training as it happens
#include "nn/report.hpp"            // what it came to, as one HTML file
