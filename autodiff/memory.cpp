#include "autodiff/memory.hpp"

#include <bit>
#include <cstdlib>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace thalweg {
namespace detail {
namespace {

// A sanitizer must see every allocation end, so under one nothing is kept.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool keeps_blocks = false;
#elif defined(__has_feature)
constexpr bool keeps_blocks = !__has_feature(address_sanitizer);
#else
constexpr bool keeps_blocks = true;
#endif

constexpr std::size_t smallest = 128;
constexpr std::size_t huge_page = std::size_t{1} << 21;
constexpr int class_count = 4 * 57;

// Class 4 e + q holds blocks of (4 + q) / 4 · 2ᵉ · 128 bytes.
std::uint32_t class_of(std::size_t bytes) {
  if (bytes <= smallest) return 0;
  const std::size_t units = (bytes + smallest / 4 - 1) / (smallest / 4);  // of 32 bytes, at least 5
  const int exponent = static_cast<int>(std::bit_width(units - 1)) - 3;
  const std::size_t quarter = ((units - 1) >> exponent) - 4 + 1;
  return static_cast<std::uint32_t>(4 * exponent + static_cast<int>(quarter));
}

std::size_t bytes_of(std::uint32_t size_class) {
  return (std::size_t{4} + size_class % 4) << (size_class / 4) << 5;
}

struct Pool {
  Block* free[class_count] = {};
  std::size_t bytes = 0;

  void release() {
    for (Block*& list : free)
      while (Block* const block = list) {
        list = block->next;
        std::free(block);
      }
    bytes = 0;
  }
};

constinit thread_local Pool* pool = nullptr;
constinit thread_local bool ended = false;

// Owns this thread's pool; buffers that outlive it go straight back to the system.
struct Owner {
  Owner() { pool = new Pool; }
  ~Owner() {
    pool->release();
    delete pool;
    pool = nullptr;
    ended = true;
  }
};

Pool* make_pool() {
  if (ended || !keeps_blocks) return nullptr;
  static thread_local Owner owner;
  return pool;
}

Block* fresh(std::uint32_t size_class) {
  const std::size_t bytes = bytes_of(size_class);
  const bool large = bytes >= huge_page;
  const std::size_t alignment = large ? huge_page : 64;
  void* const memory = std::aligned_alloc(alignment, (bytes + alignment - 1) & ~(alignment - 1));
  if (!memory) throw std::bad_alloc();
#if defined(__linux__)
  // A fresh page costs 2 μs, a page of a huge one a tenth of that.
  if (large) madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  Block* const block = new (memory) Block;
  block->size_class = size_class;
  return block;
}

}  // namespace

Block* allocate(std::size_t bytes) {
  if (bytes > std::size_t{1} << 60) throw std::bad_alloc();
  const std::uint32_t size_class = class_of(bytes + sizeof(Block));
  Pool* const mine = pool ? pool : make_pool();
  if (!mine || !mine->free[size_class]) return fresh(size_class);
  Block* const block = mine->free[size_class];
  mine->free[size_class] = block->next;
  mine->bytes -= bytes_of(size_class);
  return new (block) Block{Count{1}, size_class, nullptr};
}

void recycle(Block* block) noexcept {
  Pool* const mine = pool ? pool : make_pool();
  if (!mine) {
    std::free(block);
    return;
  }
  block->next = mine->free[block->size_class];
  mine->free[block->size_class] = block;
  mine->bytes += bytes_of(block->size_class);
}

}  // namespace detail

std::size_t cached_bytes() { return detail::pool ? detail::pool->bytes : 0; }

void release_cached_memory() {
  if (detail::pool) detail::pool->release();
}

}  // namespace thalweg
