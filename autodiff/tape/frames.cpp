#include "thalweg/autodiff/tape/frames.hpp"

#include <utility>

namespace thalweg::detail {
namespace {

constinit thread_local Frame* innermost = nullptr;
constinit thread_local TapeState* spare = nullptr;  // of ended tapes, with their memory
constinit thread_local bool thread_ends = false;
std::mutex orphans_mutex;  // between a thread that ends and one that ends its frames

// A quick answer to whether any lives.
std::atomic<std::uint32_t> living_tapes{0};

// Threads' `recording` that are null until a tape lives, or their NoTape ends.
struct Unwatched {
  const bool* thread;
  RecordingSlot slot;
};
std::mutex unwatched_mutex;
std::atomic<std::size_t> unwatched_count{0};
constinit thread_local bool some_unwatched = false;
std::vector<Unwatched>& unwatched() {
  static std::vector<Unwatched>* const all = new std::vector<Unwatched>;
  return *all;
}

// Those of one thread, or of all.
void watch_again(const bool* thread) {
  const std::lock_guard lock(unwatched_mutex);
  std::erase_if(unwatched(), [&](const Unwatched& each) {
    if (thread && each.thread != thread) return false;
    each.slot.watch(each.slot.slot, true);
    return true;
  });
  unwatched_count = unwatched().size();
}

// Its memory is used again: a state's by this thread's next tape.
void release(Frame* frame) {
  if (TapeState* const state = frame->tape) {
    state->clear();
    state->generation.store(0, std::memory_order_relaxed);
    if (thread_ends) return delete state;
    state->next = spare;
    spare = state;
  } else {
    frame->~Frame();
    PoolAllocator<Frame>().deallocate(frame, 1);
  }
}

template <class... Real>
void slots_of_this_thread(TypeList<Real...>, RecordingSlot* to) {
  ((*to++ = {&recording<Real>, watch_slot<Real>}), ...);
}
template <class... Real>
void watch_this_thread(TypeList<Real...>, bool on) {
  ((recording<Real> = on ? &nowhere<Real> : nullptr), ...);
}

void follow_innermost() {
  if (std::exchange(some_unwatched, false)) watch_again(&paused);
  paused = innermost && !innermost->tape;
  if (recorder)  // what follows says it for the types of the list
    for (std::size_t k = listed_types; k < recorder->statements.size(); ++k)
      recorder->statements[k]->record_here(false);
  recorder = innermost ? innermost->tape : nullptr;
  if (recorder)
    for (AnyStatements* of_type : recorder->statements) of_type->record_here(true);
  else
    watch_this_thread(NumberTypes{}, !paused);
}

// Takes a frame out of this thread's, if it is one of them.
void leave(const Frame* frame) {
  for (Frame** link = &innermost; *link; link = &(*link)->enclosing)
    if (*link == frame) {
      *link = frame->enclosing;
      break;
    }
  follow_innermost();
}

// Takes away what was innermost and has ended on another thread.
void leave_ended() {
  while (innermost && innermost->ended.load(std::memory_order_acquire)) {
    Frame* const over = innermost;
    leave(over);
    release(over);
  }
}

// When a thread ends, what it has not ended belongs to whoever will.
struct ThreadEnd {
  bool begun = false;
  ~ThreadEnd() {
    settle_recorder();
    watch_again(&paused);
    {
      const std::lock_guard lock(orphans_mutex);
      for (Frame* frame = innermost; frame; frame = frame->enclosing) frame->orphaned = true;
    }
    thread_ends = true;
    while (TapeState* const state = spare) {
      spare = state->next;
      delete state;
    }
  }
};
thread_local ThreadEnd thread_end;

void enter(Frame* frame) {
  if (!thread_ends) thread_end.begun = true;
  leave_ended();
  frame->enclosing = innermost;
  frame->thread = &paused;
  if (!frame->tape) slots_of_this_thread(NumberTypes{}, frame->slots);
  frame->ended.store(false, std::memory_order_relaxed);
  frame->orphaned = false;
  innermost = frame;
  follow_innermost();
}

}  // namespace

// A NoTape around it that ended elsewhere has put this thread's `recording` to `nowhere`.
void settle_recorder() {
  leave_ended();
  if (recorder) follow_innermost();
}

void watch_no_more(const RecordingSlot& slot) {
  if (recorder || thread_ends || (!paused && living_tapes != 0)) return;
  thread_end.begun = true;
  const std::lock_guard lock(unwatched_mutex);
  ++unwatched_count;  // either a tape that begins now sees this, or it is seen here
  if (!paused && living_tapes != 0) {
    --unwatched_count;
    return;
  }
  unwatched().push_back({&paused, slot});
  some_unwatched = true;
  slot.watch(slot.slot, false);
}

void end(Frame* frame) {
  if (frame->thread != &paused) {
    const std::lock_guard lock(orphans_mutex);
    if (!frame->orphaned) {
      frame->ended.store(true, std::memory_order_release);
      if (frame->tape) return;
      for (const RecordingSlot& each : frame->slots) each.watch(each.slot, true);  // then it looks
      return watch_again(frame->thread);
    }
  }
  leave(frame);
  release(frame);
  leave_ended();
}

TapeState* begin_tape(Tape* owner) {
  leave_ended();
  TapeState* const state = spare ? std::exchange(spare, spare->next) : new TapeState;
  state->owner = owner;
  state->start();
  add_to(living_tapes, 1u);
  if (unwatched_count != 0) watch_again(nullptr);
  enter(state);
  return state;
}

void end_tape(TapeState* state) {
  add_to(living_tapes, -1u);
  end(state);
}

Frame* begin_pause() {
  Frame* const frame = new (PoolAllocator<Frame>().allocate(1)) Frame(nullptr);
  enter(frame);
  return frame;
}

bool tapes_live() { return living_tapes != 0; }

}  // namespace thalweg::detail
