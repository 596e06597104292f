#pragma once
/// Neural networks: the table of contents.

// clang-format off
#include "nn/module.hpp"            // a model is a plain struct: its parameters and their names
#include "nn/fields.hpp"            // how its members are found
#include "nn/buffer.hpp"            // what is saved with it but not learned
#include "nn/mode.hpp"              // training or evaluation
#include "nn/linear.hpp"            // y = x Wᵀ + b
#include "nn/init.hpp"              // what weights start from
#include "nn/losses.hpp"            // cross_entropy, mse_loss
#include "nn/check_gradient.hpp"    // a model's gradient against central differences

#include "nn/csv.hpp"               // tables from files
#include "nn/dataset.hpp"           // splitting, scaling, mini-batches

#include "nn/metrics.hpp"           // accuracy
#include "nn/confusion_matrix.hpp"  // which classes are taken for which
#include "nn/progress.hpp"          // training as it happens
#include "nn/report.hpp"            // what it came to, as one HTML file
