#pragma once

#include <recurrent/recurrent.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "exec/slice.h"
#include "exec/team.h"
#include "model/model.h"
#include "train/arena.h"
#include "train/block_pass.h"
#include "train/dropout.h"
#include "train/outer_product.h"
#include "train/parameters.h"
#include "train/state_pass.h"
#include "train/steps.h"
#include "train/transposed.h"

namespace recurrent {

// One direction of a recurrent layer, forward with a tape and back along it. Inputs and outputs are
// in the order in which the direction takes its steps, states by sorted row; see Steps.
class RecurrentPass final : public StatePass {
 public:
  RecurrentPass(const Model& model, Parameters& parameters, size_t layer, bool reverse);

  // Takes the weights after they have changed. What is packed belongs to the caller.
  void set_weights(const PackedLayer& layer, const PackedDirection& direction);

  // The memory for a batch.
  void plan(Arena& arena, const Steps& steps, int threads, bool drops_state);
  // Once the plan is laid out.
  void take_places();
  // Rows as they are stored.
  float* initial_state(int32_t kind, int64_t sorted_row) override {
    return is_cell(kind) ? initial_cell_.data() + sorted_row * cell_stride()
                         : initial_hidden_.data() + sorted_row * hidden_stride();
  }
  int64_t hidden_stride() const { return layer_->hidden_stride(); }
  int64_t cell_stride() const { return layer_->cell_stride(); }

  // x `[total, input_size]` is kept by the caller until backward(); y rows are `y_stride` apart, y
  // is null if it is not wanted.
  void forward(Participant& participant, const Steps& steps, const float* x, float* y,
               int64_t y_stride);
  // What a sorted row has come to.
  const float* final_state(int32_t kind, const Steps& steps, int64_t sorted_row) const;
  void get_final_state(int32_t kind, const Steps& steps, int64_t sorted_row,
                       float* state) const override {
    std::copy_n(final_state(kind, steps, sorted_row), size_of(kind), state);
  }

  void clear_states(const Steps& steps) override;
  float* state_gradient(int32_t kind, int64_t sorted_row) override {
    return is_cell(kind) ? cell_gradient_.data() + sorted_row * cell_stride()
                         : hidden_gradient_.data() + sorted_row * hidden_stride();
  }

  // From the gradients of outputs, null for 0, to those on the tape; dx `[total, dx_stride]`
  // receives that of the input, if it is not null: whole vectors of columns. The initial states'
  // are complete only if they are wanted.
  void backward(Participant& participant, const Steps& steps, const float* dy, int64_t dy_stride,
                float* dx, int64_t dx_stride, bool of_start);

  // Afterwards, once: adds the gradients of weights and biases, for which x is read again.
  void add_gradients(Participant& participant, const Steps& steps, const float* x);

  int64_t input_size() const { return layer_->input_size; }
  int64_t state_size() const { return layer_->state_size; }
  int64_t size_of(int32_t kind) const { return is_cell(kind) ? units() : state_size(); }
  bool is_reverse() const override { return reverse_; }
  float initial_gradient(int32_t kind, int64_t sorted_row, int64_t unit) const override {
    if (is_cell(kind)) return cell_gradient_.data()[sorted_row * cell_stride() + unit];
    const int64_t at = sorted_row * hidden_stride() + unit;
    return hidden_gradient_.data()[at] + (is_gru() ? direct_gradient_.data()[at] : 0.0f);
  }
  // Whoever takes that of a state leaves 0.
  void clear_initial_gradient(int32_t kind, int64_t sorted_row) {
    std::fill_n(state_gradient(kind, sorted_row), size_of(kind), 0.0f);
    if (is_gru())
      std::fill_n(direct_gradient_.data() + sorted_row * hidden_stride(), state_size(), 0.0f);
  }
  int64_t tape_bytes() const;

  // Drops states of places; null for none. `rows` are the caller's rows of the places.
  void drop(std::optional<Dropout> dropout, const std::vector<int32_t>* rows) {
    dropout_ = dropout;
    dropped_rows_ = rows;
  }

 private:
  static bool is_cell(int32_t kind) { return kind == RECURRENT_STATE_CELL; }
  bool is(int32_t kind) const { return layer_->kind == kind; }
  bool is_gru() const { return is(RECURRENT_LAYER_GRU) || is(RECURRENT_LAYER_GRU_RESET_BEFORE); }
  bool resets_before() const { return is(RECURRENT_LAYER_GRU_RESET_BEFORE); }
  bool uses_mkl() const { return direction_->gemm.size() > 0; }
  bool projects() const { return layer_->projection_size > 0; }
  int64_t units() const { return layer_->hidden_size; }

  BlockPass::States states(Floats& hidden, Floats& cell) {
    return {hidden.data(), hidden_stride(), cell.data(), cell_stride()};
  }
  const float* state_before(const Steps& steps, int64_t step) const;
  const float* cell_before(const Steps& steps, int64_t step) const;
  // Whether threads share the rows of a batch, each going through all steps alone, and not the
  // units of each step: the gradients of biases are then summed by sorted row, so it must not
  // depend on the number of threads.
  bool shares_sorted_rows(const Steps& steps) const;
  void transpose_weights();
  void multiply_inputs(Participant& participant, const float* x, int64_t rows, float* out);
  void multiply_input_gradients(Participant& participant, int64_t rows, float* dx,
                                int64_t dx_stride) const;
  // Of the places in `own`, the step's own: those that have it. `init`, `y` and `dy` are the
  // first one's.
  void step(Participant& participant, const Steps& steps, int64_t step, Slice own,
            const float* init, float* y, int64_t y_stride);
  static void call(const Phase& phase, kernels::CellArgs args, int index, int slices);
  void drop_state(Participant& participant, const Steps& steps, int64_t step, Slice own);
  void drop_gradients(Participant& participant, Slice own);

  void step_back(Participant& participant, const Steps& steps, int64_t step, Slice own,
                 const float* dy, int64_t dy_stride, bool of_before);
  void unproject(Participant& participant, const Steps& steps, int64_t step, Slice own,
                 const float* dy, int64_t dy_stride);
  void turn(Participant& participant, kernels::Backward cell,
            const kernels::BackwardArgs& args) const;
  void add_weights(Participant& participant, const Steps& steps, const float* x);
  void add_biases(const Steps& steps);

  const Model& model_;
  const kernels::KernelTable& kernels_;
  Parameters& parameters_;
  const size_t index_;
  const bool reverse_;
  const PackedLayer* layer_ = nullptr;
  const PackedDirection* direction_ = nullptr;
  Phases recording_;  // the direction's, which fill the tape
  BlockPass blocks_;
  bool in_blocks_ = false;  // since plan(): blocks_ has the tape
  int64_t tape_stride_ = 0;
  int64_t input_columns_ = 0;  // gates of the tape, times units, that x feeds: the first ones
  std::optional<Dropout> dropout_;
  const std::vector<int32_t>* dropped_rows_ = nullptr;

  bool is_transposed_ = false;  // since the weights have changed; blocks read them as they are
  Transposed input_weights_;
  Transposed recurrent_weights_;  // of a reset-before GRU r and z
  Transposed candidate_weights_;  // reset-before GRU
  Transposed projection_;

  Floats product_;         // `[chunk][columns]`
  Floats tape_;            // `[total][tape_stride]`, see kernels::BackwardArgs
  Floats hidden_;          // `[total][hidden_stride]` after each step
  Floats dropped_;         // the same before each step, where states are dropped
  Floats cell_;            // `[total][cell_stride]` after each step
  Floats unprojected_;     // `[total][cell_stride]`
  Floats reset_;           // reset-before GRU: s = r * h, `[total][cell_stride]`
  Floats scratch_;         // reset-before GRU: z and the candidate of a step
  Floats initial_hidden_;  // `[places][stride]`
  Floats initial_cell_;
  Floats final_hidden_;  // of blocks
  Floats final_cell_;
  Floats hidden_gradient_;
  Floats cell_gradient_;
  Floats direct_gradient_;              // GRU: what of the state's needs no product
  Floats unprojected_gradient_;         // `[places][cell_stride]`; of s in a reset-before GRU
  Floats projected_gradient_;           // `[total][hidden_stride]`
  Floats bias_gradient_;                // `[tape_stride]`, or that of each sorted row
  Floats peephole_gradient_;            // `[places][3 * units]`, where places are shared
  std::vector<const float*> previous_;  // the state that each row of a step has read
  OuterProduct outer_;
};

}  // namespace recurrent
