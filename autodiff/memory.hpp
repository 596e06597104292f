#pragma once
/// Buffers: reference-counted, 64-byte-aligned memory from a caching pool.
///
/// A buffer that is released goes to a free list of the thread that released it and is handed out
/// again without touching the system: a training loop allocates nothing after its first step.
/// Sizes are rounded up to four classes per power of two (at most 25 % waste).

#include <atomic>
#include <cstddef>
#include <cstdint>

#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#endif

namespace thalweg {

/// Bytes that the pool of this thread holds for reuse, and a way to give them back to the system.
std::size_t cached_bytes();
void release_cached_memory();

namespace detail {

/// A counter of owners. While the process has one thread, plain arithmetic suffices.
class Count {
 public:
  explicit Count(std::uint32_t value) : value_(value) {}
  void increment() {
    if (alone())
      value_.store(get() + 1, std::memory_order_relaxed);
    else
      value_.fetch_add(1, std::memory_order_relaxed);
  }
  /// True if that was the last owner.
  bool decrement() {
    if (alone()) {
      const std::uint32_t left = get() - 1;
      value_.store(left, std::memory_order_relaxed);
      return left == 0;
    }
    return value_.fetch_sub(1, std::memory_order_acq_rel) == 1;
  }
  std::uint32_t get() const { return value_.load(std::memory_order_relaxed); }
  std::uint32_t acquire() const { return value_.load(std::memory_order_acquire); }

 private:
  static bool alone() {
#if __has_include(<sys/single_threaded.h>)
    return __libc_single_threaded;
#else
    return false;
#endif
  }
  std::atomic<std::uint32_t> value_;
};

/// The head of a buffer; its data follow 64 bytes after.
struct alignas(64) Block {
  Count owners{1};
  std::uint32_t size_class;
  Block* next;
  void* data() { return reinterpret_cast<char*>(this) + 64; }
};
static_assert(sizeof(Block) == 64);

/// At least `bytes` bytes, uninitialised. Throws std::bad_alloc.
Block* allocate(std::size_t bytes);
void recycle(Block* block) noexcept;

/// One share in a buffer, or none.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::size_t bytes) : block_(allocate(bytes)) {}
  Buffer(const Buffer& other) : block_(other.block_) {
    if (block_) block_->owners.increment();
  }
  Buffer(Buffer&& other) noexcept : block_(other.block_) { other.block_ = nullptr; }
  Buffer& operator=(Buffer other) noexcept {
    Block* const mine = block_;
    block_ = other.block_;
    other.block_ = mine;
    return *this;
  }
  ~Buffer() {
    if (block_ && block_->owners.decrement()) recycle(block_);
  }

  explicit operator bool() const { return block_ != nullptr; }
  void* data() const { return block_ ? block_->data() : nullptr; }
  bool shared() const { return block_ && block_->owners.acquire() > 1; }

 private:
  Block* block_ = nullptr;
};

}  // namespace detail
}  // namespace thalweg
