#include "model/states.h"

#include <algorithm>

#include "base/checked.h"
#include "model/history.h"

namespace recurrent {

void get_state(const StateSlot& slot, const float* stored, float* state) {
  if (slot.width > 0)
    ConstHistory(stored, slot).get(state);
  else
    std::copy_n(stored, slot.size, state);
}

void put_state(const StateSlot& slot, const float* state, float* stored,
               const kernels::KernelTable& kernels) {
  if (slot.id.kind == kRepeatedOutput) {
    std::copy_n(state, slot.size, stored);
    return;
  }
  if (slot.width == 0) return kernels.flush(state, stored, slot.size);
  const History history(stored, slot);
  kernels.flush(state, history.refill(), slot.size);
  history.complete();
}

States::States(const StateLayout& layout, int64_t capacity)
    : layout_(layout),
      memory_(checked_mul(capacity, layout.stride(), "batch")),
      rows_{memory_.data(), capacity} {}

void States::zero(RowRange rows) {
  for (const StateSlot& slot : layout_.slots())
    std::fill_n(row(slot, rows.first), rows.count * slot.stride, 0.0f);
}

void States::reset(RowRange rows, const float* initial) {
  if (!initial) return zero(rows);
  for (const StateSlot& slot : layout_.slots())
    for (int64_t r = rows.first; r < rows.first + rows.count; ++r)
      std::copy_n(initial + slot.offset, slot.stride, row(slot, r));
}

void States::save(RowRange rows, float* states) const {
  for (int64_t r = rows.first; r < rows.first + rows.count; ++r, states += layout_.size())
    for (const StateSlot& slot : layout_.slots())
      get_state(slot, row(slot, r), states + slot.saved);
}

void States::load(RowRange rows, const float* states, const kernels::KernelTable& kernels) {
  for (int64_t r = rows.first; r < rows.first + rows.count; ++r, states += layout_.size())
    for (const StateSlot& slot : layout_.slots())
      put_state(slot, states + slot.saved, row(slot, r), kernels);
}

void States::move(int64_t from, int64_t to) {
  if (from == to) return;
  for (const StateSlot& slot : layout_.slots())
    std::copy_n(row(slot, from), slot.stride, row(slot, to));
}

}  // namespace recurrent
