#include "thalweg/nn/data/loader_prefetch.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

namespace thalweg::nn::detail {

struct Prefetch::Shared {
  Make make;
  std::size_t ahead;

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::shared_ptr<void>> ready;
  std::exception_ptr failure;
  bool ended = false;
  std::thread thread;

  void run(Index first, Index last) {
    for (Index k = first; k < last; ++k) {
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return ended || ready.size() < ahead; });
        if (ended) return;
      }
      std::shared_ptr<void> made;
      try {
        made = make(k);
      } catch (...) {
        const std::lock_guard lock(mutex);
        failure = std::current_exception();
        changed.notify_all();
        return;
      }
      const std::lock_guard lock(mutex);
      ready.push_back(std::move(made));
      changed.notify_all();
    }
  }
};

Prefetch::Prefetch(Make make, Index first, Index last, Index ahead)
    : shared_(std::make_unique<Shared>()) {
  shared_->make = std::move(make);
  shared_->ahead = static_cast<std::size_t>(ahead);
  shared_->thread =
      std::thread([shared = shared_.get(), first, last] { shared->run(first, last); });
}

Prefetch::~Prefetch() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->ended = true;
  }
  shared_->changed.notify_all();
  shared_->thread.join();
}

std::shared_ptr<void> Prefetch::take() {
  std::unique_lock lock(shared_->mutex);
  shared_->changed.wait(lock, [&] { return !shared_->ready.empty() || shared_->failure; });
  // What was made before the failure comes first.
  if (shared_->ready.empty()) std::rethrow_exception(shared_->failure);
  std::shared_ptr<void> taken = std::move(shared_->ready.front());
  shared_->ready.pop_front();
  shared_->changed.notify_all();
  return taken;
}

}  // namespace thalweg::nn::detail
