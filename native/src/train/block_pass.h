#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <vector>

#include "exec/slice.h"
#include "exec/team.h"
#include "kernels/table.h"
#include "model/packed_layer.h"
#include "train/arena.h"
#include "train/parameters.h"
#include "train/steps.h"

namespace recurrent {

// RecurrentPass for small layers: a row of the batch in each lane, in *blocks* of
// kernels::kBlockRows places. A block has memory of its own and goes through all steps alone.
//
// Threads share *parts*, a few blocks each, from the first step to the sums of gradients, of which
// every part has its own: what a core has written it reads again itself. There are as many parts
// as the batch asks for, whatever the number of threads, and nothing depends on that.
//
// The steps of a block follow each other, one more than it has: *entries*. An entry of `seen_` has
// what the chains of its step read, `[inputs, a one for the biases, states][rows]`, where the
// states are those before the step; what a step leaves is in the next entry.
class BlockPass {
 public:
  BlockPass(const kernels::KernelTable& kernels, Parameters& parameters, size_t layer,
            bool reverse);

  void set_weights(const PackedLayer& layer, const PackedDirection& direction);
  // Weights of a layer up to which blocks were the faster ones (docs/kernels.md).
  static constexpr int64_t kMostWeights = int64_t{32} * 1024;
  // Whether blocks serve these places: plain cells with few weights, and lanes that are filled as
  // well as those of units would be.
  bool serves(const Steps& steps) const;
  void plan(Arena& arena, const Steps& steps);
  // Once the plan is laid out.
  void take_places();

  // Rows of places `[places][stride]`.
  struct States {
    float* hidden;
    int64_t hidden_stride;
    float* cell;  // null if there is none
    int64_t cell_stride;
  };
  // From initial states to final ones; y is null if not wanted.
  void forward(Participant& participant, const Steps& steps, const float* x, const States& initial,
               const States& final, float* y, int64_t y_stride);
  // From gradients of final states to those of initial ones, in place; dy is null for 0, dx if not
  // wanted. Those of initial states are complete only if they are wanted.
  void backward(Participant& participant, const Steps& steps, const float* dy, int64_t dy_stride,
                const States& gradients, float* dx, int64_t dx_stride, bool of_start);
  // Adds the gradients of weights and biases.
  void add_gradients(Participant& participant);

  int64_t tape_bytes() const { return seen_.bytes() + cell_.bytes() + tape_.bytes(); }

 private:
  // Consecutive gates of the tape whose gradients go to the same parameters, each null if they have
  // none there.
  struct Segment {
    int64_t first;
    int64_t count;
    float* input_weights;
    float* recurrent_weights;
    float* input_bias;
    float* recurrent_bias;
  };

  int kind() const;
  int64_t units() const { return layer_->hidden_size; }
  int64_t inputs() const { return layer_->input_size; }
  int64_t tape_gates() const { return layer_->kind == RECURRENT_LAYER_GRU ? 4 : layer_->gates; }
  int64_t columns() const { return inputs() + 1 + units(); }
  const recurrent_direction_desc& weights() const;

  static int64_t blocks(const Steps& steps);
  // Calls `visit(part, blocks)` for a thread's own parts.
  template <class Visitor>
  void for_own_parts(const Participant& participant, int index, Visitor visit) const;
  static int64_t rows_of(const Steps& steps, int64_t step, int64_t block);
  // The entry of a block's first step; a block has one more than steps.
  int64_t entry(int64_t block) const { return entries_[static_cast<size_t>(block)]; }
  float* seen(int64_t entry) { return seen_.data() + entry * seen_size_; }
  float* states(int64_t entry) { return seen(entry) + (inputs() + 1) * kernels::kBlockRows; }
  float* cell(int64_t entry) { return cell_.data() + entry * units() * kernels::kBlockRows; }
  float* tape(int64_t entry) { return tape_.data() + entry * tape_size_; }

  void forward_block(const Steps& steps, int64_t block, const float* x, const States& initial,
                     const States& final, float* y, int64_t y_stride);
  void backward_block(const Steps& steps, int64_t block, const float* dy, int64_t dy_stride,
                      const States& gradients, float* dx, int64_t dx_stride, bool of_start);
  void multiply(const float* weights, const float* gates, int64_t terms, int64_t columns,
                float* out) const;
  std::vector<Segment> segments();
  void sum(const Segment& segment, int64_t part, Slice blocks);
  void add_sums(const Segment& segment, Slice rows);
  float* sums(int64_t part, int64_t gate) { return sums_.data() + (part * gates_ + gate) * width_; }

  const kernels::KernelTable& kernels_;
  Parameters& parameters_;
  const size_t index_;
  const bool reverse_;
  const PackedLayer* layer_ = nullptr;
  const PackedDirection* direction_ = nullptr;
  int64_t seen_size_ = 0;  // floats of an entry
  int64_t tape_size_ = 0;
  int64_t width_ = 0;  // columns of an entry and of sums
  int64_t gates_ = 0;  // rows of sums
  int64_t blocks_ = 0;
  int64_t parts_ = 0;

  Floats seen_;
  Floats cell_;  // LSTM: before each step, `[entry][units][rows]`
  Floats tape_;
  Floats scratch_;  // of each block: gradients of states, cell states, outputs and inputs
  Floats sums_;     // `[part][gates of the tape][columns]`
  std::vector<int64_t> entries_;
  std::vector<const float*> steps_seen_;  // of each step of all blocks
  std::vector<const float*> steps_tape_;
  std::vector<Segment> segments_;
};

}  // namespace recurrent
