#pragma once

#include <cstdint>
#include <span>

#include "base/aligned_buffer.h"
#include "kernels/table.h"
#include "model/state_layout.h"

namespace recurrent {

// Rows of a batch.
struct RowRange {
  int64_t first;
  int64_t count;
};

// Where the states of `capacity` rows are, `[slot][capacity][stride]`, whoever owns the memory. How
// many of the rows a call is about is not said here.
struct StateRows {
  float* data;
  int64_t capacity;

  float* row(const StateSlot& slot, int64_t row) const {
    return data + capacity * slot.offset + row * slot.stride;
  }
};

// Between a state of a row as it is stored and as a caller sees it. A state that is put has no
// denormals afterwards, an output to repeat is as it was.
void get_state(const StateSlot& slot, const float* stored, float* state);
void put_state(const StateSlot& slot, const float* state, float* stored,
               const kernels::KernelTable& kernels);

// The states of some rows. What a caller gives loses its denormals, as whenever a state is stored.
class States {
 public:
  // All of them zero. Throws Error (INVALID_ARGUMENT) naming `batch` if they cannot be counted.
  States(const StateLayout& layout, int64_t capacity);

  int64_t capacity() const { return rows_.capacity; }
  const StateRows& rows() { return rows_; }
  float* row(const StateSlot& slot, int64_t row) { return rows_.row(slot, row); }
  const float* row(const StateSlot& slot, int64_t row) const { return rows_.row(slot, row); }
  // All floats, for somebody who puts them back.
  std::span<float> contents() { return {memory_.begin(), memory_.end()}; }
  int64_t bytes() const { return memory_.size() * static_cast<int64_t>(sizeof(float)); }

  void zero(RowRange rows);
  // To those of a row that is stored, `[layout.stride()]`; null for zeros.
  void reset(RowRange rows, const float* initial);
  // `[count, layout.size()]`
  void save(RowRange rows, float* states) const;
  void load(RowRange rows, const float* states, const kernels::KernelTable& kernels);
  // Makes a row what another one is, which stays as it is.
  void move(int64_t from, int64_t to);

 private:
  const StateLayout& layout_;
  AlignedBuffer<float> memory_;
  const StateRows rows_;
};

}  // namespace recurrent
