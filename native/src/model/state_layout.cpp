#include "model/state_layout.h"

#include "base/checked.h"

namespace recurrent {

StateSlot StateLayout::add(StateId id, int64_t size) {
  return append({id, size, round_up(size, kRowPadding), 0, 0, 0, 0});
}

// Twice a ring of one step more, and its place.
StateSlot StateLayout::add_history(StateId id, int64_t steps, int64_t width) {
  const int64_t stored = kRowPadding + round_up(2 * (steps + 1) * width, kRowPadding);
  return append({id, steps * width, stored, width, 0, 0, 0});
}

StateSlot StateLayout::append(StateSlot slot) {
  slot.saved = size_;
  slot.offset = stride_;
  slot.renewed = renewed_;
  if (slot.width == 0) renewed_ += slot.stride;
  slots_.push_back(slot);
  size_ += slot.size;
  stride_ += slot.stride;
  return slot;
}

const StateSlot* StateLayout::find(StateId id) const {
  for (const StateSlot& slot : slots_)
    if (slot.id.layer == id.layer && slot.id.direction == id.direction && slot.id.kind == id.kind)
      return &slot;
  return nullptr;
}

}  // namespace recurrent
