#pragma once
/// Losses: the table of contents.
///
///     Tensor loss = nn::cross_entropy(model(x), labels);      // of a classifier
///     Tensor error = nn::mse_loss(model(x), y);               // of a regression
///
///     nn::CrossEntropyLoss function{{.label_smoothing = 0.1}};    // the same, to be handed on
///     function(model(x), labels);
///
/// Names, formulas and defaults are PyTorch's; the classes are on the last axis.

// clang-format off
#include "thalweg/nn/losses/regression.hpp"      // mse, l1, huber, poisson_nll, ...
#include "thalweg/nn/losses/classification.hpp"  // cross_entropy, nll, kl_div, hinge, ...
#include "thalweg/nn/losses/embedding.hpp"       // margin_ranking, triplet_margin, ...
#include "thalweg/nn/losses/ctc.hpp"             // ctc_loss of sequences without an alignment
#include "thalweg/nn/losses/objects.hpp"         // CrossEntropyLoss, ...: as values
