#pragma once
/// What a tape consists of; private to the library.

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "thalweg/autodiff/tape/tape.hpp"

namespace thalweg::detail {

/// Memory for records: handed out in order, given back all at once.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  ~Arena();
  void* allocate(std::size_t bytes);
  void clear();

 private:
  static constexpr std::size_t chunk_bytes = 1 << 16;
  struct Chunk {
    char* memory;
    std::size_t bytes;
  };
  std::vector<Chunk> chunks_;
  std::size_t chunk_ = 0;  // the one in use
  std::size_t used_ = 0;   // of it
};

/// Parameters that are on the tape, by identity: a table with open addressing.
class ParameterTable {
 public:
  struct Entry {
    std::uint64_t identity;
    Body* leaf;
  };
  Body* find(std::uint64_t identity) const;
  void insert(std::uint64_t identity, Body* leaf);
  void clear();
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::size_t slot(std::uint64_t identity) const;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  // 1 + position in entries_, or 0
};

template <class... Real>
using ListedStatements = std::tuple<ScalarStatements<Real>...>;
inline constexpr std::size_t listed_types = std::tuple_size_v<OfNumberTypes<ListedStatements>>;

/// What directs a thread's recording: a tape, or a NoTape. It ends where it was made, as a rule,
/// and in any order. One that ends on another thread is only marked there, and taken away by its
/// own thread, which alone may touch what it records with.
struct Frame {
  explicit Frame(TapeState* state) : tape(state) {}
  TapeState* const tape;                   // null: nothing records
  Frame* enclosing = nullptr;              // what directed before
  const bool* thread = nullptr;            // whose it is: the address of its `paused`
  RecordingSlot slots[listed_types] = {};  // of that thread
  std::atomic<bool> ended{false};          // elsewhere
  bool orphaned = false;                   // the thread has ended
};

struct TapeState : Frame {
  std::atomic<std::uint32_t> generation{0};  // 0 while no tape uses it
  OfNumberTypes<ListedStatements> listed;    // of the types that every tape has
  std::vector<AnyStatements*> statements;    // these, and those made for other types
  Arena arena;
  std::vector<Record*> records;
  std::vector<Body*> nodes;                 // by position; nodes[0] is none
  std::vector<std::uint32_t> first_scalar;  // of a node that was taken apart, or 0
  ParameterTable parameters;
  mutable std::mutex parameters_mutex;  // for changes, and for readers on other threads
  // By the scalars' number type (null: tensors) and position.
  std::map<std::pair<const NumberType*, std::uint32_t>, std::string> labels;
  std::size_t record_bytes = 0;
  bool trapping = false;
  bool reads_gradient = false;  // the record that comes next does
  Tape* owner = nullptr;
  TapeState* next = nullptr;  // in the thread's list of spare states

  TapeState();
  ~TapeState();
  void start();
  void clear();
  std::uint32_t add_node(Body* body);
  /// The leaf of a parameter on this tape. Throws TapeError if it has another value by now.
  Body* leaf_of(std::uint64_t identity, Body* value);
  bool lives() const { return generation.load(std::memory_order_relaxed) != 0 && !ended; }
};

/// True while a NoTape says that nothing records on this thread: then nothing is missed.
constinit inline thread_local bool paused = false;

/// The tape that records on this thread, or null.
inline TapeState* living_recorder() {
  if (!recorder || recorder->ended.load(std::memory_order_acquire)) [[unlikely]]
    settle_recorder();
  return recorder;
}

/// What operands mean for their statement.
class Activity {
 public:
  /// Throws TapeError if this thread's tape is not the operand's.
  void add(const char* what, Place place) {
    if ((place.generation | place.id) == 0) return;  // a plain number
    if (!tape_) return expect_not_missed(what, place);
    if (place.generation == generation_)
      active_ = true;
    else if (place.generation != 0)
      throw_foreign(what, place.generation);
    else if (made_of_gradients(place, generation_))
      of_gradients_ = true;
  }
  /// True if it is to be recorded: an operand is active. The record of one that reads gradients
  /// beside it, and a result of gradients alone, will say so.
  bool of(Body* result) const {
    if (of_gradients_ && active_)
      tape_->reads_gradient = true;
    else if (of_gradients_ && result && result->place.id == 0)
      result->place.id = generation_;
    return active_;
  }

 private:
  TapeState* const tape_ = living_recorder();
  const std::uint32_t generation_ = tape_ ? tape_->generation.load(std::memory_order_relaxed) : 0;
  bool active_ = false;
  bool of_gradients_ = false;
};

/// "file:line", or that it is not known.
std::string line_of(Location where);

/// Does a tape of this generation live, on whichever thread?
bool lives(std::uint32_t generation);

}  // namespace thalweg::detail
