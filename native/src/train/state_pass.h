#pragma once

#include <cstdint>

#include "train/steps.h"

namespace recurrent {

// A layer, or a direction of one, that starts from states and leaves others. States are by sorted
// row (see Steps), as a caller sees them; `kind` is a recurrent_state_kind.
class StatePass {
 public:
  StatePass() = default;
  virtual ~StatePass() = default;
  StatePass(const StatePass&) = default;
  StatePass(StatePass&&) = default;
  StatePass& operator=(const StatePass&) = delete;

  virtual bool is_reverse() const { return false; }
  // What forward() is to start from, and what a sorted row has then come to.
  virtual float* initial_state(int32_t kind, int64_t sorted_row) = 0;
  virtual void get_final_state(int32_t kind, const Steps& steps, int64_t sorted_row,
                               float* state) const = 0;
  // Gradients: before backward() of the final states, prepared by clear_states(); afterwards of the
  // initial ones.
  virtual void clear_states(const Steps& steps) = 0;
  virtual float* state_gradient(int32_t kind, int64_t sorted_row) = 0;
  virtual float initial_gradient(int32_t kind, int64_t sorted_row, int64_t element) const = 0;
};

}  // namespace recurrent
