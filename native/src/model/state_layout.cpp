#include "model/state_layout.h"

#include "base/checked.h"

namespace recurrent {

StateSlot StateLayout::add(StateId id, int64_t size) {
  const StateSlot slot{id, size, round_up(size, kRowPadding), size_, stride_};
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
