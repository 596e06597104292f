#pragma once
/// What optimizers around another optimizer share. They nest:
///
///     optim::SkipNonfinite optimizer{
///         optim::Clipped{optim::AdamW{{.rate = 3e-4}}, {.global_norm = 1}}};
///     optimizer.step(parameters, tape.backward(loss));
///     optimizer.inner().inner().set_groups({{.pattern = "*.bias", .weight_decay = 0}});

#include <concepts>

#include "thalweg/optim/rules/optimizer.hpp"

namespace thalweg::optim {

namespace detail {
/// Throws DataError if what is restored was around another kind of optimizer.
void archive_inner_kind(Archive& archive, const char* wrapper, const char* inner);
}  // namespace detail

/// `Derived` has a kind and `template <class Real> void step_with(parameters, gradients)`.
template <class Derived, std::derived_from<Optimizer> Inner>
class Wrapper : public Optimizer {
 public:
  /// The optimizer inside, with its options, state and groups.
  Inner& inner() { return inner_; }
  const Inner& inner() const { return inner_; }

  double rate() const override { return inner_.rate(); }
  void set_rate(double rate) override { inner_.set_rate(rate); }
  /// Updates that the inner optimizer has made.
  Index steps() const override { return inner_.steps(); }

  void archive(Archive& archive) override {
    detail::archive_inner_kind(archive, this->kind(), inner_.kind());
    archive("inner", inner_);
    archive_own(archive);
  }
  std::unique_ptr<Optimizer> clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived&>(*this));
  }

 protected:
  explicit Wrapper(Inner inner) : inner_(std::move(inner)) {}
  /// Options and state beside the inner optimizer's.
  virtual void archive_own(Archive&) {}
  void step_any(Optimizer::AnyParameters parameters, const Gradients& gradients) override {
    std::visit([&](const auto* list) { static_cast<Derived&>(*this).step_with(*list, gradients); },
               parameters);
  }

  Inner inner_;
};

}  // namespace thalweg::optim
