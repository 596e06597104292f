#pragma once
/// What `fit` has to know of the user's types; the rest of it is compiled once.

#include <vector>

#include "thalweg/autodiff/base/parallel.hpp"
#include "thalweg/autodiff/number/any_of.hpp"
#include "thalweg/autodiff/statement/expression.hpp"
#include "thalweg/autodiff/tape/tape.hpp"
#include "thalweg/nn/training/model_state.hpp"
#include "thalweg/nn/training/options.hpp"

namespace thalweg::nn::detail {

using AnyParameters = AnyOf<ParameterList>;

/// The mean loss of some examples.
struct Measured {
  double loss = 0;
  Index rows = 0;
};

/// A model, a loss and the data: gradients of the next batch, losses of the validation data.
class Learner {
 public:
  virtual ~Learner() = default;

  virtual Index batches() const = 0;  // of the epoch
  virtual Index left() const = 0;
  virtual void next_epoch() = 0;
  /// Takes the next batch: its loss, gradients and metrics.
  virtual Measured differentiate(Random& random, Gradients& gradients, MetricList& metrics) = 0;
  virtual bool validates() const = 0;
  virtual Measured validate(MetricList& metrics) = 0;
  virtual void archive_loader(optim::Archive& archive) = 0;
};

/// Calls body(context, part) for part = 0 … parts − 1, each in a thread.
template <class F>
void in_threads(Index parts, F&& body) {
  kernels::run_parts(
      parts,
      [](void* context, Index part) { (*static_cast<std::remove_reference_t<F>*>(context))(part); },
      &body);
}

/// The rows of part p when n rows are cut into `parts` that differ by one row at most.
std::vector<Index> rows_of_part(Index n, Index parts, Index p);
/// Σ gₚ nₚ / n, added in this order.
Gradients weighted_mean(std::vector<Gradients>& gradients, const std::vector<Measured>& parts);
Measured mean_of(const std::vector<Measured>& parts);
[[noreturn]] void refuse_threads();
[[noreturn]] void refuse_validation();
void expect_validation(Index examples);
[[noreturn]] void refuse_metric(const std::string& name);

/// The step of training, as one would write it.
template <class Model, class Loss, class Loader>
class ModelLearner final : public Learner {
 public:
  using Batch = typename Loader::Batch;

  ModelLearner(Model& model, Loss& loss, Loader& loader, const FitOptions& options)
      : model_(model), loss_(loss), loader_(loader), threads_(options.threads) {
    if (options.validation) validation_ = validation_of(options);
  }

  Index batches() const override { return loader_.size(); }
  Index left() const override { return loader_.left(); }
  void next_epoch() override { loader_.next_epoch(); }
  void archive_loader(optim::Archive& archive) override { archive("loader", loader_); }

  Measured differentiate(Random& random, Gradients& gradients, MetricList& metrics) override {
    const Batch batch = loader_.next();
    if (threads_ > 1 && batch.size() > 1) return in_parts(batch, random, gradients, metrics);
    auto [loss, prediction] = forward_backward(batch, training(random), gradients);
    note(metrics, prediction, batch.y);
    return {loss, batch.size()};
  }

  bool validates() const override { return validation_.has_value(); }
  Measured validate(MetricList& metrics) override {
    const NoTape pause;
    std::vector<Measured> parts;
    for (const Batch& batch : *validation_) {
      const auto prediction = settled(call(model_, batch.x, evaluation));
      parts.push_back({value_of(loss_(prediction, batch.y)), batch.size()});
      note(metrics, prediction, batch.y);
    }
    return mean_of(parts);
  }

 private:
  template <class L>
  static double value_of(const L& loss) {
    return static_cast<double>(settled(loss).item());
  }
  template <class P, class Y>
  static void note(MetricList& metrics, const P& prediction, const Y& target) {
    if (metrics.empty()) return;
    if constexpr (requires { metrics.add(prediction, target); })
      metrics.add(prediction, target);
    else
      refuse_metric(metrics[0].name());
  }
  template <class P>
  static P detached(const P& prediction) {
    if constexpr (is_tensor<P>)
      return prediction.detach();
    else
      return prediction;
  }

  using Prediction =
      decltype(settled(call(std::declval<Model&>(), std::declval<const Batch&>().x, evaluation)));

  /// A share of a batch's rows, and what came of it.
  struct Part {
    Batch batch = {};
    Gradients gradients = {};
    std::optional<std::pair<double, Prediction>> found = {};
  };

  /// The loss and the prediction; the gradients of share · loss.
  std::pair<double, Prediction> forward_backward(const Batch& batch, Mode mode,
                                                 Gradients& gradients, double share = 1) {
    Tape tape;
    const auto prediction = settled(call(model_, batch.x, mode));
    const auto loss = settled(loss_(prediction, batch.y));
    using Scalar = std::remove_const_t<decltype(loss)>;
    if (share == 1)
      gradients = tape.backward(loss);
    else
      gradients = tape.backward(loss, Scalar(static_cast<typename Scalar::Real>(share)));
    return {static_cast<double>(loss.item()), detached(prediction)};
  }

  /// The same with the rows dealt out to threads, each with a tape and a generator of its own.
  Measured in_parts(const Batch& batch, Random& random, Gradients& gradients, MetricList& metrics) {
    if constexpr (!HasRows<Batch>) {
      refuse_threads();
    } else {
      const Index n = batch.size(), count = std::min<Index>(threads_, n);
      std::vector<Random> randoms;
      for (Index p = 0; p < count; ++p) randoms.push_back(random.split());
      parts_.resize(count);
      in_threads(count, [&](Index p) {
        Part& part = parts_[p];
        part = {};  // the last step's memory goes back to the thread that will ask for as much
        part.batch = batch.rows(rows_of_part(n, count, p));
        const Mode mode = training(randoms[p]);
        part.found =
            forward_backward(part.batch, p == 0 ? mode : mode.without_statistics(), part.gradients,
                             static_cast<double>(part.batch.size()) / static_cast<double>(n));
      });
      return joined(gradients, metrics);
    }
  }
  Measured joined(Gradients& gradients, MetricList& metrics) {
    std::vector<Measured> measured;
    for (const Part& part : parts_) {
      measured.push_back({part.found->first, part.batch.size()});
      note(metrics, part.found->second, part.batch.y);
    }
    gradients = std::move(parts_[0].gradients);
    for (std::size_t k = 1; k < parts_.size(); ++k) gradients += parts_[k].gradients;
    return mean_of(measured);
  }

  static Loader validation_of(const FitOptions& options) {
    using Source = typename Loader::SourceType;
    const Source* source = options.validation.get<Source>();
    if (!source) refuse_validation();
    expect_validation(source->size());
    return Loader(*source,
                  {.batch = options.validation_batch ? options.validation_batch : options.batch});
  }

  Model& model_;
  Loss& loss_;
  Loader& loader_;
  std::optional<Loader> validation_;
  std::vector<Part> parts_;
  Index threads_;
};

}  // namespace thalweg::nn::detail
