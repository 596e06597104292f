#include "thalweg/autodiff/tape/tape.hpp"

#include <algorithm>
#include <cstdlib>

#include "thalweg/autodiff/base/error.hpp"
#include "thalweg/autodiff/tape/frames.hpp"

namespace thalweg {
namespace detail {

template class ScalarStatements<double>;
template class ScalarStatements<float>;
template SweepPosition ScalarStatements<double>::sweep(double*, SweepPosition, std::uint32_t) const;
template SweepPosition ScalarStatements<float>::sweep(float*, SweepPosition, std::uint32_t) const;

// ---- memory ----

Arena::~Arena() {
  for (const Chunk& chunk : chunks_) std::free(chunk.memory);
}

void* Arena::allocate(std::size_t bytes) {
  bytes = (bytes + 15) & ~std::size_t{15};
  while (chunk_ < chunks_.size() && used_ + bytes > chunks_[chunk_].bytes) {
    ++chunk_;
    used_ = 0;
  }
  if (chunk_ == chunks_.size()) {
    const std::size_t size = bytes > chunk_bytes ? bytes : chunk_bytes;
    char* const memory = static_cast<char*>(std::malloc(size));
    if (!memory) throw std::bad_alloc();
    chunks_.push_back({memory, size});
  }
  void* const result = chunks_[chunk_].memory + used_;
  used_ += bytes;
  return result;
}

void Arena::clear() {
  chunk_ = 0;
  used_ = 0;
}

std::size_t ParameterTable::slot(std::uint64_t identity) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = (identity * 0x9E3779B97F4A7C15u >> 32) & mask;
  while (slots_[at] != 0 && entries_[slots_[at] - 1].identity != identity) at = (at + 1) & mask;
  return at;
}

Body* ParameterTable::find(std::uint64_t identity) const {
  if (entries_.empty()) return nullptr;
  const std::uint32_t entry = slots_[slot(identity)];
  return entry == 0 ? nullptr : entries_[entry - 1].leaf;
}

void ParameterTable::insert(std::uint64_t identity, Body* leaf) {
  entries_.push_back({identity, leaf});
  if (2 * entries_.size() > slots_.size()) {
    slots_.assign(4 * entries_.size() <= 16 ? 16 : 2 * slots_.size(), 0);
    for (std::uint32_t k = 0; k + 1 < entries_.size(); ++k)
      slots_[slot(entries_[k].identity)] = k + 1;
  }
  slots_[slot(identity)] = static_cast<std::uint32_t>(entries_.size());
}

void ParameterTable::clear() {
  std::fill(slots_.begin(), slots_.end(), 0);
  entries_.clear();
}

// ---- the state of a tape ----

namespace {

std::atomic<std::uint32_t> last_generation{0};

// All states that exist, so that an error can tell a tape that has ended from one elsewhere.
std::mutex states_mutex;
std::vector<const TapeState*>& all_states() {
  static std::vector<const TapeState*>* const states = new std::vector<const TapeState*>;
  return *states;
}

bool held_by_a_tape(std::uint64_t parameter) {
  const std::lock_guard lock(states_mutex);
  for (const TapeState* state : all_states()) {
    const std::lock_guard table(state->parameters_mutex);
    if (state->lives() && state->parameters.find(parameter)) return true;
  }
  return false;
}

}  // namespace

bool lives(std::uint32_t generation) {
  if (!tapes_live()) return false;
  const std::lock_guard lock(states_mutex);
  for (const TapeState* state : all_states())
    if (state->generation.load(std::memory_order_relaxed) == generation) return state->lives();
  return false;
}

TapeState::TapeState() : Frame(this), nodes{nullptr}, first_scalar{0} {
  std::apply([&](auto&... of_type) { (statements.push_back(&of_type), ...); }, listed);
  const std::lock_guard lock(states_mutex);
  all_states().push_back(this);
}

TapeState::~TapeState() {
  for (std::size_t k = listed_types; k < statements.size(); ++k) delete statements[k];
  const std::lock_guard lock(states_mutex);
  std::erase(all_states(), this);
}

void TapeState::start() {
  std::uint32_t next_generation = add_to(last_generation, 1);
  if (next_generation == 0 || next_generation == UINT32_MAX)
    next_generation = add_to(last_generation, 1);
  generation.store(next_generation, std::memory_order_relaxed);
  for (AnyStatements* of_type : statements) of_type->restart(next_generation);
}

void TapeState::clear() {
  for (Record* record : records) record->~Record();
  records.clear();
  arena.clear();
  record_bytes = 0;
  if (!parameters.entries().empty()) {
    const std::lock_guard lock(parameters_mutex);
    for (const ParameterTable::Entry& entry : parameters.entries())
      if (entry.leaf->handles.decrement()) end_handles(entry.leaf);
    parameters.clear();
  }
  for (std::size_t id = 1; id < nodes.size(); ++id)
    if (nodes[id]->owners.decrement()) end_body(nodes[id]);
  nodes.resize(1);
  first_scalar.resize(1);
  labels.clear();
  trapping = false;
  reads_gradient = false;
}

std::uint32_t TapeState::add_node(Body* body) {
  const auto id = static_cast<std::uint32_t>(nodes.size());
  body->owners.increment();
  nodes.push_back(body);
  first_scalar.push_back(0);
  body->place = {id, generation.load(std::memory_order_relaxed)};
  return id;
}

// A new value of a parameter lies in new memory: the leaf holds the old one's.
static bool same_elements(const Body& a, const Body& b) {
  void* const data = a.data.load(std::memory_order_relaxed);
  if (data && data == b.data.load(std::memory_order_relaxed)) return true;
  return a.channels_last && a.channels_last.data() == b.channels_last.data();
}

Body* TapeState::leaf_of(std::uint64_t identity, Body* value) {
  if (Body* const known = parameters.find(identity)) {
    if (!same_elements(*known, *value)) [[unlikely]]
      throw TapeError(
          "Parameter: its value has changed while the tape holds it; a tape lasts one step: make "
          "it anew for the next one, or call clear()");
    return known;
  }
  Body* const leaf = share_body(*value);
  add_node(leaf);
  const std::lock_guard lock(parameters_mutex);
  parameters.insert(identity, leaf);
  return leaf;
}

AnyStatements* find_statements(TapeState& state, const NumberType& type) {
  for (AnyStatements* of_type : state.statements)
    if (&of_type->type == &type) return of_type;
  return nullptr;
}

void add_statements(TapeState& state, AnyStatements* made) {
  state.statements.push_back(made);
  made->restart(state.generation.load());
  if (recorder == &state) made->record_here(true);
}

// ---- what ops ask ----

void throw_full() { throw TapeError("Tape: full; a tape holds 4,294,967,294 scalar statements"); }

void throw_foreign(const char* what, std::uint32_t generation) {
  if (recorder && recorder->ended) {
    settle_recorder();
    throw TapeError(
        "Tape: the tape that recorded on this thread has ended on another one; it records no "
        "longer, so compute this statement again");
  }
  if (lives(generation))
    throw TapeError(fmt::format(
        "Tape: this {} was recorded on another tape; call detach() to use its value here", what));
  throw TapeError(
      fmt::format("Tape: this {} was recorded on a tape that has ended; call detach() "
                  "to carry its value over",
                  what));
}

[[noreturn]] static void throw_missed(const char* what, const char* cure) {
  throw TapeError(fmt::format(
      "Tape: this {} is on a tape of another thread, and nothing records on this one: its gradient "
      "would be lost; make a Tape on this thread, call {} to use its value, or say NoTape",
      what, cure));
}

void expect_not_missed(const char* what, Place place) {
  if (place.generation == 0) return;
  settle_recorder();
  if (paused || (recorder && recorder->generation.load() == place.generation)) return;
  if (recorder) throw_foreign(what, place.generation);  // it has nothing of this number type yet
  if (lives(place.generation)) throw_missed(what, "detach()");
}

static void expect_not_missed(std::uint64_t parameter) {
  if (!paused && tapes_live() && held_by_a_tape(parameter))
    throw_missed("parameter", "value().detach()");
}

bool any_active(std::span<const Operand> operands, Body* result) {
  Activity activity;
  for (const Operand& operand : operands) activity.add("tensor", operand.place);
  return activity.of(result);
}

void* record_memory(std::size_t bytes) {
  recorder->record_bytes += bytes;
  return recorder->arena.allocate(bytes);
}

void append(Record* record, Body* output) {
  recorder->records.push_back(record);
  record->reads_gradient = std::exchange(recorder->reads_gradient, false);
  if (output) record->output = recorder->add_node(output);
}

bool traps() { return recorder && recorder->trapping; }

Body* parameter_leaf(std::uint64_t identity, Body* value) {
  TapeState* const tape = living_recorder();
  if (!tape) expect_not_missed(identity);
  Body* const leaf = tape ? tape->leaf_of(identity, value) : value;
  leaf->handles.increment();
  return leaf;
}

bool made_of_gradients(Place place) {
  return recorder && made_of_gradients(place, recorder->generation.load());
}

void expect_loss(const TapeState& state, Place place) {
  if (place.generation == state.generation.load()) return;
  if (place.generation != 0) throw_foreign("loss", place.generation);
  if (made_of_gradients(place, state.generation.load()))
    throw TapeError(
        "backward: the loss is made of gradients alone, and gradients are not differentiated again "
        "yet; detach() makes constants of them, for a loss of what is recorded");
  throw TapeError(
      "backward: the loss was not recorded; compute it while the tape lives, from variables of "
      "this tape (tape.variable(...)) or parameters");
}

void expect_seeds(std::size_t results, std::size_t seeds) {
  if (results != seeds)
    throw ShapeError(
        fmt::format("backward: {} results and {} seeds; expected one each", results, seeds));
}

}  // namespace detail

// ---- Tape ----

using detail::recorder;
using detail::TapeState;

Tape::Tape() : state_(detail::begin_tape(this)) {}
Tape::~Tape() { detail::end_tape(state_); }

void Tape::expect_here(const char* what) const {
  if (state_->thread == &detail::paused && !state_->orphaned) return;
  throw TapeError(fmt::format(
      "{}: this tape records on the thread that made it, and this is another one; make a tape of "
      "its own on this thread",
      what));
}

void Tape::clear() {
  expect_here("clear");
  const bool trapping = state_->trapping;
  state_->clear();
  state_->start();
  trap_nonfinite(trapping);
}

Tape* Tape::current() {
  const TapeState* const state = detail::living_recorder();
  return state ? state->owner : nullptr;
}

template <class Real>
Tensor<Real> Tape::variable(const Tensor<Real>& value) {
  if (recorder != state_) expect_here("variable");
  Tensor<Real> copy = value.body() ? value.detach() : Tensor<Real>::uninitialised({0});
  state_->add_node(copy.body());
  return copy;
}
#define THALWEG_INSTANTIATE(Real) template Tensor<Real> Tape::variable(const Tensor<Real>&);
THALWEG_FOR_NUMBER_TYPES(THALWEG_INSTANTIATE)
#undef THALWEG_INSTANTIATE

std::size_t Tape::statements() const {
  std::size_t count = state_->nodes.size() - 1;
  for (const detail::AnyStatements* of_type : state_->statements) count += of_type->last();
  return count;
}

std::size_t Tape::arguments() const {
  std::size_t count = 0;
  for (const detail::AnyStatements* of_type : state_->statements) count += of_type->arguments();
  return count;
}

std::size_t Tape::bytes() const {
  const std::size_t per_node = sizeof(detail::Body*) + sizeof(std::uint32_t);
  std::size_t bytes = state_->record_bytes + state_->records.size() * sizeof(detail::Record*) +
                      (state_->nodes.size() - 1) * per_node;
  for (const detail::AnyStatements* of_type : state_->statements) bytes += of_type->bytes();
  return bytes;
}

void Tape::trap_nonfinite(bool on) {
  state_->trapping = on;
  for (detail::AnyStatements* of_type : state_->statements) of_type->trap(on);
}

void Tape::label_place(Place place, const NumberType* scalar, std::string name) {
  if (place.generation == 0)
    throw TapeError("label: this was never recorded, so it is no node of the graph");
  if (place.generation != state_->generation.load())
    detail::throw_foreign("variable", place.generation);
  state_->labels[{scalar, place.id}] = std::move(name);
}

NoTape::NoTape() : frame_(detail::begin_pause()) {}
NoTape::~NoTape() { detail::end(frame_); }

}  // namespace thalweg
