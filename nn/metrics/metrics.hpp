#pragma once
/// How good predictions are, counted over batches: the table of contents.
///
///     nn::Accuracy accuracy;
///     for (const auto& batch : batches) accuracy.add(model(batch.x), batch.labels);
///     fmt::print("{} {:.3f}\n", accuracy.name(), accuracy.value());
///
/// A metric is a small value: `add` a batch, ask for the `value`, `reset`; `a += b` adds what
/// another has counted, so that threads can count parts. The value of the whole is that of the
/// parts added, however the examples were cut into batches. NaN before the first example. None of
/// these has a gradient; each throws before it counts anything of a batch that does not fit.

// clang-format off
#include "thalweg/nn/metrics/metric.hpp"            // what a metric is; lists of them
#include "thalweg/nn/metrics/accuracy.hpp"          // Accuracy, TopK, BinaryAccuracy
#include "thalweg/nn/metrics/precision_recall.hpp"  // Precision, Recall, F1, by class or averaged
#include "thalweg/nn/metrics/auc.hpp"               // Auc: the area under the ROC curve
#include "thalweg/nn/metrics/perplexity.hpp"        // Perplexity of a language model
#include "thalweg/nn/metrics/regression.hpp"        // MeanAbsoluteError, R2, ...
#include "thalweg/nn/metrics/mean.hpp"              // Mean of losses
