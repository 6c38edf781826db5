#pragma once

#include <vector>

#include "exec/team.h"
#include "train/layer_pass.h"
#include "train/recurrent_pass.h"

namespace recurrent {

// A recurrent layer: one or two directions over the same steps.
class RecurrentLayerPass final : public LayerPass {
 public:
  RecurrentLayerPass(PassContext& context, int32_t node);

  void set_weights() override;
  void plan(Arena& arena) override;
  int64_t wide() const override { return wide_floats(); }
  void take_places() override;
  void begin() override;
  int64_t tape_bytes() const override;
  StatePass* states(int32_t direction) override { return &this->direction(direction); }

  const Steps& steps() const { return values().steps(puts()); }
  std::vector<RecurrentPass>& directions() { return directions_; }
  const std::vector<RecurrentPass>& directions() const { return directions_; }
  RecurrentPass& direction(int32_t direction) {
    return direction == RECURRENT_DIRECTION_REVERSE ? directions_.back() : directions_.front();
  }

 private:
  void forward(Participant& participant) override;
  void backward(Participant& participant) override;
  bool puts_down() const override;
  void forward_direction(Participant& participant, RecurrentPass& pass, int64_t first_feature);
  void backward_direction(Participant& participant, RecurrentPass& pass, int64_t first_feature);
  bool learns_initial(bool reverse) const;
  bool reads_states() const { return layer().reads_states(); }
  static int32_t state_read(size_t i) {
    return i == 1 ? RECURRENT_STATE_HIDDEN : RECURRENT_STATE_CELL;
  }
  void start_states(Participant& participant);
  void give_states(Participant& participant);

  std::vector<RecurrentPass> directions_;
  Floats reversed_;  // what a reverse direction reads and puts out, in its own order
  Floats reversed_output_;
};

}  // namespace recurrent
