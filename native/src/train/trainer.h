#pragma once

#include <recurrent/recurrent.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "exec/run_arguments.h"
#include "exec/strategy.h"
#include "model/model.h"
#include "train/arena.h"
#include "train/batch_rows.h"
#include "train/crew.h"
#include "train/layer_pass.h"
#include "train/parameters.h"
#include "train/recurrent_layer_pass.h"
#include "train/values.h"

namespace recurrent {

// A model that learns: parameters, gradients, and the tape of the last forward pass. One caller at
// a time. Every operation throws Error before it changes anything.
//
// A pass goes through the layers in the order of the graph, each of which reads and puts out values
// (see Values), and back.
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
  void get_moments(float* values, int64_t count) const;
  void set_moments(const float* values, int64_t count);

  void forward(const recurrent_forward_args& args);
  void backward(const recurrent_backward_args& args);

  // For tests and measurements: see Crew.
  void force(std::optional<bool> together) {
    if (crew_) crew_->force(together);
  }
  int64_t passes_together() const { return crew_ ? crew_->runs_together() : 0; }

 private:
  // trainer.cpp
  void make_passes(const recurrent_trainer_desc& desc);
  void check_rates(size_t layer, const float (&rates)[3]) const;

  // trainer_parameters.cpp
  void pack_changed();
  void check_block(int32_t block) const;
  void check_sparse(const recurrent_update_args& args);

  // trainer_forward.cpp
  void put_out_directly(const Run& run);
  void plan();
  void predict();
  void gather(const Run& run);
  void gather_input(int32_t input, const float* x);
  void gather_rows(int32_t input, const float* x);
  void gather_indices(int32_t input, const int32_t* indices);
  void start_states(const float* states);
  void scatter_output(size_t output, float* y);
  void scatter_row(size_t output, int64_t sorted_row, float* y);
  void scatter_steps(size_t output, int64_t sorted_row, float* y);
  void scatter_states(float* states);

  // trainer_backward.cpp
  void take_callers(const float* const* dy, float* const* dx);
  void take_gradients(size_t output, const float* dy);
  void take_state_gradients(const float* states);
  void give_input_gradient(int32_t input, float* dx);
  void add_initial_states();
  void give_state_gradients(float* states);

  int32_t value_of(size_t output) const { return model_->graph().outputs()[output].value; }
  int64_t width_of(size_t output) const { return values_->width(value_of(output)); }
  size_t outputs() const { return model_->outputs().size(); }
  // The row of a sorted row's last step among those of an output.
  int64_t last_row(size_t output, int64_t sorted_row) const;
  // What an output repeats at missing steps of the caller's row, and its gradient.
  float* repeated(size_t output, int64_t row) {
    return repeated_[output].data() + row * width_of(output);
  }
  float* repeated_gradient(size_t output, int64_t row) {
    return repeated_gradient_[output].data() + row * width_of(output);
  }
  // Whether the caller's row is empty and ends with a state of 0, whatever it started from.
  bool loses_state(int64_t row) const { return empty_row_zeroes_ && rows_->given(row) == 0; }
  // Calls `visit(slot, pass, steps)` for the states of all layers.
  template <class Visitor>
  void for_each_state(Visitor visit) {
    for (const StateSlot& slot : model_->states().slots()) {
      if (slot.id.kind == kRepeatedOutput) continue;
      StatePass& pass = *passes_[static_cast<size_t>(slot.id.layer)]->states(slot.id.direction);
      visit(slot, pass, values_->steps(model_->graph().node(slot.id.layer).value));
    }
  }

  Parameters parameters_;
  std::unique_ptr<Model> model_;  // layers are packed anew when their parameters change
  std::unique_ptr<BatchRows> rows_;
  std::unique_ptr<Values> values_;
  std::unique_ptr<PassContext> context_;
  std::vector<std::unique_ptr<LayerPass>> passes_;  // by node
  std::vector<LayerPass*> order_;                   // in the order of a pass
  std::vector<uint8_t> changed_;                    // layers whose parameters have changed
  std::unique_ptr<Crew> crew_;                      // null for one thread
  AlignedBuffer<float> moments_;                    // `[2, count]`, none before the first update

  Arena arena_;  // has all Floats of this, the values, the layers and their passes
  std::unique_ptr<Buffers> buffers_;            // of a call to forward()
  std::vector<const float*> output_gradients_;  // of a call to backward()
  std::vector<float*> input_gradients_;
  bool empty_row_zeroes_ = false;
  bool ran_forward_ = false;
  Workload predicted_;  // what the time below is for
  std::chrono::nanoseconds alone_{0};
  std::vector<std::vector<float>> repeated_;  // by output: `[rows, size]`, before the first step
  std::vector<std::vector<float>> repeated_gradient_;
};

}  // namespace recurrent
