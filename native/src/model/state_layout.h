#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <vector>

namespace recurrent {

// Rows of states and scratch are padded to whole vectors of the widest instruction set.
inline constexpr int64_t kRowPadding = 16;

// What is remembered from call to call and is no recurrent_state_kind: the output to repeat at a
// missing step. It is kept as it was put out, denormals included.
inline constexpr int32_t kRepeatedOutput = -1;

// Which state of which layer.
struct StateId {
  int32_t layer;
  int32_t direction;  // recurrent_direction
  int32_t kind;       // recurrent_state_kind, or kRepeatedOutput
};

// One state of a model.
struct StateSlot {
  StateId id{0, 0, kRepeatedOutput};
  int64_t size = 0;     // floats that a row has, as a caller sees them
  int64_t stride = 0;   // as they are stored
  int64_t width = 0;    // of a history (see HistoryRow): floats of a step; else 0
  int64_t saved = 0;    // floats before it in a row that is saved
  int64_t offset = 0;   // floats before it in a row that is stored
  int64_t renewed = 0;  // the same in a row without histories, which are never written anew
};

// The states of a row, which follow each other: layers in order, in each forward before reverse,
// hidden before cell, or a history; then the output to repeat.
class StateLayout {
 public:
  // Appends a state, and the history of a layer, of so many steps.
  StateSlot add(StateId id, int64_t size);
  StateSlot add_history(StateId id, int64_t steps, int64_t width);

  const std::vector<StateSlot>& slots() const { return slots_; }
  // Null if there is no such state.
  const StateSlot* find(StateId id) const;

  // Floats of a row that is saved, and of one that is stored.
  int64_t size() const { return size_; }
  int64_t stride() const { return stride_; }
  // Of a row that is stored, without histories.
  int64_t renewed_stride() const { return renewed_; }

 private:
  StateSlot append(StateSlot slot);

  std::vector<StateSlot> slots_;
  int64_t size_ = 0;
  int64_t stride_ = 0;
  int64_t renewed_ = 0;
};

}  // namespace recurrent
