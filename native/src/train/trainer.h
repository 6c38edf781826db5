#pragma once

#include <recurrent/recurrent.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "exec/missing_steps.h"
#include "exec/strategy.h"
#include "exec/team.h"
#include "model/model.h"
#include "train/arena.h"
#include "train/crew.h"
#include "train/dense_pass.h"
#include "train/parameters.h"
#include "train/recurrent_pass.h"
#include "train/steps.h"

namespace recurrent {

// A model that learns: parameters, gradients, and the tape of the last forward pass. One caller at
// a time. Every operation throws Error before it changes anything.
//
// Between layers are *boundaries*: number b is what layer b reads, flushed, and the last one is
// what the model puts out. A value there has the rows of all steps (see Steps), or, behind the one
// step that a model puts out, one row for each place that has a step.
class Trainer {
 public:
  Trainer(const recurrent_model_desc& model, const recurrent_trainer_desc& desc);
  ~Trainer();

  const Parameters& parameters() const { return parameters_; }
  const Model& model() const { return *model_; }
  int64_t tape_bytes() const;

  void set_parameters(const float* values, int64_t count);
  void get_parameters(float* values, int64_t count) const;
  void get_gradients(float* values, int64_t count) const;
  void zero_gradients();
  double regularize(int32_t block, double l1, double l2);
  double gradient_norm(int32_t block) const;
  void update(const recurrent_update_args& args);
  void keep(bool keeps);
  void restore();
  void moments(float* values, int64_t count, bool sets);

  void forward(const recurrent_forward_args& args);
  void backward(const recurrent_backward_args& args);

  // For tests and measurements: see Crew.
  void force(std::optional<bool> together) {
    if (crew_) crew_->force(together);
  }
  int64_t passes_together() const { return crew_ ? crew_->runs_together() : 0; }

 private:
  struct Layer {
    std::vector<RecurrentPass> directions;
    std::unique_ptr<DensePass> dense;
    float rates[3] = {0, 0, 0};  // by Drop
    Floats value;                // at the boundary in front
    Floats gradient;
    Floats dropped;   // the value with elements dropped
    Floats reversed;  // what a reverse direction reads and puts out, in its own order
    Floats reversed_output;
  };
  struct Batch {
    int64_t time = 0;
    int64_t rows = 0;
    bool time_major = true;
    bool masked = false;
    bool drops = false;
    bool given_states = false;
    bool empty_row_zeroes = false;
    uint64_t seed = 0;
    bool whole = false;  // rows of steps are where the caller has them
  };

  // trainer.cpp
  void take_weights(size_t layer);

  // trainer_parameters.cpp
  void pack_changed();
  void check_block(int32_t block) const;
  void check_sparse(const recurrent_update_args& args);

  // trainer_forward.cpp
  void order_rows(const recurrent_forward_args& args);
  void plan();
  void predict();
  void gather(const recurrent_forward_args& args);
  void start_states(const float* states);
  void choose_dropped_states();
  void forward_layers(Shift& shift);
  void forward_layer(Shift& shift, size_t index);
  void forward_direction(Shift& shift, size_t index, RecurrentPass& pass, size_t direction);
  void forward_pointwise(size_t index);
  void drop_input(size_t index);
  void drop_rows(size_t index, float* values);
  void pick();
  void deliver(float* y);
  void deliver_states(float* states);

  // trainer_backward.cpp
  // Whether the gradient at the boundary in front of a layer is a sum, or what the layer gives.
  bool adds_up(size_t boundary) const;
  void clear_gradients(bool of_input);
  void take_gradients(const float* dy);
  void take_state_gradients(const float* states);
  // Gradients that somebody reads, beside those of parameters.
  struct Wanted {
    bool input;
    bool states;
  };
  void backward_layers(Shift& shift, Wanted wanted);
  void backward_layer(Shift& shift, size_t index, Wanted wanted);
  void backward_direction(Shift& shift, size_t index, RecurrentPass& pass, size_t direction,
                          Wanted wanted);
  void backward_pointwise(size_t index, bool of_input);
  float* input_gradient_of(size_t index);
  void give_to_input(Shift& shift, size_t index, bool reverse);
  void unpick();
  void set_aside(size_t index);
  void take_back(size_t index);
  void give_input_gradients(float* dx) const;
  void add_initial_states();
  void give_state_gradients(float* states);

  size_t layers() const { return layers_.size(); }
  size_t head_end() const;  // the layer behind which there is one step only
  bool is_one_step() const { return model_->puts_out_one_step(); }
  // Whether anybody reads what a layer puts out, and not its final states only.
  bool is_read(size_t layer) const {
    return !(is_last_of_head(layer) && model_->puts_out_final_state());
  }
  bool gives_rows_as_they_are() const {
    return batch_.whole && !is_one_step() && !model_->repeats();
  }
  bool is_last_of_head(size_t layer) const { return is_one_step() && layer + 1 == head_end(); }
  const PackedLayer& packed(size_t layer) const { return model_->layers()[layer]; }
  int64_t width_at(size_t boundary) const;
  int64_t padded_width_at(size_t boundary) const {
    return round_up(width_at(boundary), kRowPadding);
  }
  int64_t rows_at(size_t boundary) const;
  float* value_at(size_t boundary);
  float* gradient_at(size_t boundary);
  float* output_of(size_t layer);
  const float* output_gradient_of(size_t layer);
  const float* read_by(size_t layer);
  bool drops(size_t layer, Drop what) const;
  int64_t caller_time(int64_t step, int64_t place) const;
  int64_t caller_row(int64_t place) const { return order_[static_cast<size_t>(place)]; }
  // Elements in front of a step of the caller's row, of so many features each.
  int64_t caller_offset(int64_t time, int64_t row, int64_t width) const;
  // Whether the caller's row is empty and ends with a state of 0, whatever it started from.
  bool loses_state(int64_t row) const {
    return batch_.empty_row_zeroes && given_[static_cast<size_t>(row)] == 0;
  }
  // Calls `visit(slot, pass)` for the states of all layers.
  template <class Visitor>
  void for_each_state(Visitor visit) {
    for (const StateSlot& slot : model_->states().slots()) {
      if (slot.id.kind == kRepeatedOutput) continue;
      auto& passes = layers_[static_cast<size_t>(slot.id.layer)].directions;
      visit(slot,
            slot.id.direction == RECURRENT_DIRECTION_REVERSE ? passes.back() : passes.front());
    }
  }

  Parameters parameters_;
  std::unique_ptr<Model> model_;  // layers are packed anew when their parameters change
  std::vector<Layer> layers_;
  std::vector<uint8_t> changed_;  // layers whose parameters have changed
  std::unique_ptr<Crew> crew_;    // null for one thread
  AlignedBuffer<float> moments_;  // `[2, count]`, none before the first update

  Arena arena_;  // has all Floats of this, the layers and their passes
  Batch batch_;
  bool ran_forward_ = false;
  Workload predicted_;  // what the time below is for
  std::chrono::nanoseconds alone_{0};
  MissingSteps missing_;
  Steps steps_;
  std::vector<int32_t> order_;    // the caller's row at each place
  std::vector<int32_t> given_;    // steps of the caller's rows, missing ones included
  std::vector<int32_t> indices_;  // read by an embedding, by row
  std::vector<float> repeated_;   // `[rows, output]`, put out before the first step
  std::vector<float> repeated_gradient_;
  Floats output_;  // at the last boundary
  Floats output_gradient_;
  // The caller's memory in place of that of the first and the last boundary, within a call.
  float* direct_y_ = nullptr;
  const float* direct_dy_ = nullptr;
  float* direct_dx_ = nullptr;
  Floats head_output_;  // all steps of what the one step is picked from
  Floats head_gradient_;
  Floats wide_;     // the gradient of an input, in whole vectors
  Floats aside_;    // the gradient that a residual connection brings, beside a layer's dropout
  Floats scratch_;  // a row
};

}  // namespace recurrent
