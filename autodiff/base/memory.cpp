#include "thalweg/autodiff/base/memory.hpp"

#include <cstdlib>

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

constexpr std::size_t huge_page = std::size_t{1} << 21;

constinit thread_local bool ended = false;

void release(Pool& mine) {
  for (Block*& list : mine.free)
    while (Block* const block = list) {
      list = block->next;
      std::free(block);
    }
  mine.bytes = 0;
}

// Owns this thread's pool; buffers that outlive it go straight back to the system.
struct Owner {
  Owner() { pool = new Pool; }
  ~Owner() {
    release(*pool);
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
  const std::size_t bytes = bytes_of_class(size_class);
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

Block* allocate_slowly(std::uint32_t size_class) {
  if (size_class >= Pool::classes) throw std::bad_alloc();
  if (!pool) make_pool();
  return fresh(size_class);
}

void recycle_slowly(Block* block) noexcept {
  if (make_pool())
    recycle(block);
  else
    std::free(block);
}

}  // namespace detail

std::size_t cached_bytes() { return detail::pool ? detail::pool->bytes : 0; }

void release_cached_memory() {
  if (detail::pool) detail::release(*detail::pool);
}

}  // namespace thalweg
