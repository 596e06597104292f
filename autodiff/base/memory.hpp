#pragma once
/// Storage: reference-counted, 64-byte-aligned memory from a caching pool.
///
/// A block that is released goes to a free list of the thread that released it and is handed out
/// again without touching the system: a training loop allocates nothing after its first step.
/// Sizes are rounded up to four classes per power of two (at most 25 % waste).

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#endif

namespace thalweg {

/// Bytes that the pool of this thread holds for reuse, and a way to give them back to the system.
std::size_t cached_bytes();
void release_cached_memory();

namespace detail {

/// While the process has one thread, plain arithmetic does for an atomic number.
inline bool single_threaded() {
#if __has_include(<sys/single_threaded.h>)
  return __libc_single_threaded;
#else
  return false;
#endif
}

/// Adds; the new value. In one order for all threads.
template <class Number>
Number add_to(std::atomic<Number>& number, std::type_identity_t<Number> term) {
  if (!single_threaded()) return number.fetch_add(term) + term;
  const Number sum = number.load(std::memory_order_relaxed) + term;
  number.store(sum, std::memory_order_relaxed);
  return sum;
}

/// A counter of owners.
class Count {
 public:
  constexpr explicit Count(std::uint32_t value) : value_(value) {}
  void increment() {
    if (single_threaded())
      value_.store(get() + 1, std::memory_order_relaxed);
    else
      value_.fetch_add(1, std::memory_order_relaxed);
  }
  /// True if that was the last owner.
  bool decrement() {
    if (single_threaded()) {
      const std::uint32_t left = get() - 1;
      value_.store(left, std::memory_order_relaxed);
      return left == 0;
    }
    return value_.fetch_sub(1, std::memory_order_acq_rel) == 1;
  }
  std::uint32_t get() const { return value_.load(std::memory_order_relaxed); }
  std::uint32_t acquire() const { return value_.load(std::memory_order_acquire); }

 private:
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

/// Class 4 e + q holds blocks of (4 + q) / 4 · 2ᵉ · 128 bytes.
constexpr std::uint32_t size_class_of(std::size_t bytes) {
  if (bytes <= 128) return 0;
  const std::size_t units = (bytes - 1) / 32;  // at least 4
  const int exponent = 61 - __builtin_clzll(units);
  return static_cast<std::uint32_t>(4 * exponent) + static_cast<std::uint32_t>(units >> exponent) -
         3;
}
constexpr std::size_t bytes_of_class(std::uint32_t size_class) {
  return (std::size_t{4} + size_class % 4) << (size_class / 4) << 5;
}

/// This thread's free lists, by size class.
struct Pool {
  static constexpr int classes = 4 * 57;
  Block* free[classes] = {};
  std::size_t bytes = 0;
};
constinit inline thread_local Pool* pool = nullptr;

Block* allocate_slowly(std::uint32_t size_class);
void recycle_slowly(Block* block) noexcept;

/// At least `bytes` bytes, uninitialised. Throws std::bad_alloc.
inline Block* allocate(std::size_t bytes) {
  const std::uint32_t size_class = size_class_of(bytes + sizeof(Block));
  Pool* const mine = pool;
  if (!mine || bytes >= std::size_t{1} << 59 || !mine->free[size_class]) [[unlikely]]
    return allocate_slowly(bytes >= std::size_t{1} << 59 ? Pool::classes : size_class);
  Block* const block = mine->free[size_class];
  mine->free[size_class] = block->next;
  mine->bytes -= bytes_of_class(size_class);
  return new (block) Block{Count{1}, size_class, nullptr};
}
inline void recycle(Block* block) noexcept {
  Pool* const mine = pool;
  if (!mine) [[unlikely]]
    return recycle_slowly(block);
  block->next = mine->free[block->size_class];
  mine->free[block->size_class] = block;
  mine->bytes += bytes_of_class(block->size_class);
}

/// For vectors that come and go with every backward pass: memory of this thread's pool.
template <class T>
struct PoolAllocator {
  using value_type = T;
  PoolAllocator() = default;
  template <class Other>
  PoolAllocator(const PoolAllocator<Other>&) {}
  T* allocate(std::size_t count) {
    return static_cast<T*>(detail::allocate(count * sizeof(T))->data());
  }
  void deallocate(T* elements, std::size_t) noexcept {
    recycle(reinterpret_cast<Block*>(reinterpret_cast<char*>(elements) - sizeof(Block)));
  }
  friend bool operator==(PoolAllocator, PoolAllocator) { return true; }
};

/// One share in a buffer, or none.
class Storage {
 public:
  Storage() = default;
  explicit Storage(std::size_t bytes) : block_(allocate(bytes)) {}
  Storage(const Storage& other) : block_(other.block_) {
    if (block_) block_->owners.increment();
  }
  Storage(Storage&& other) noexcept : block_(other.block_) { other.block_ = nullptr; }
  Storage& operator=(Storage other) noexcept {
    Block* const mine = block_;
    block_ = other.block_;
    other.block_ = mine;
    return *this;
  }
  ~Storage() {
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
