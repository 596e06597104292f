#pragma once
/// What a tape consists of; private to the library.

#include <atomic>
#include <map>
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

struct TapeState {
  std::atomic<std::uint32_t> generation{0};  // 0 while no tape uses it
  OfNumberTypes<ListedStatements> listed;    // of the types that every tape has
  std::vector<AnyStatements*> statements;    // these, and those made for other types
  Arena arena;
  std::vector<Record*> records;
  std::vector<Body*> nodes;                 // by position; nodes[0] is none
  std::vector<std::uint32_t> first_scalar;  // of a node that was taken apart, or 0
  ParameterTable parameters;
  // By the scalars' number type (null: tensors) and position.
  std::map<std::pair<const NumberType*, std::uint32_t>, std::string> labels;
  std::size_t record_bytes = 0;
  bool trapping = false;
  TapeState* enclosing = nullptr;  // the tape that recorded before
  Tape* owner = nullptr;
  TapeState* next = nullptr;  // in the thread's list of spare states

  TapeState();
  ~TapeState();
  void start();
  void clear();
  std::uint32_t add_node(Body* body);
  /// The leaf of a parameter on this tape.
  Body* leaf_of(std::uint64_t identity, Body* value);
};

/// Directs what this thread records to `state`, or nowhere.
void record_to(TapeState* state);

}  // namespace thalweg::detail
