#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <vector>

#include "kernels/table.h"
#include "model/packed_layer.h"

namespace recurrent {

// A chain of layers with packed weights. Immutable, so any number of threads may use it.
class Model {
 public:
  // Validates and packs; throws Error.
  explicit Model(const recurrent_model_desc& desc);

  const kernels::KernelTable& kernels() const { return *kernels_; }
  const std::vector<PackedLayer>& layers() const { return layers_; }
  // Features of an input step; 1 for a model that takes indices.
  int64_t input_size() const { return input_size_; }
  // Indices that it knows; 0 if it takes features.
  int64_t vocabulary_size() const { return vocabulary_size_; }
  int64_t output_size() const { return output_size_; }
  bool can_step() const { return can_step_; }
  // Whether all layers multiply and every step is put out: what all ways to divide a call can do.
  bool is_plain() const { return is_plain_; }

  // A sequence gives one step of output: that of the last step, or of the final states. Layers from
  // tail_begin() on are then computed for that step only; the one before is recurrent where it is
  // the final states that count.
  bool puts_out_one_step() const { return output_ != RECURRENT_OUTPUT_EVERY_STEP; }
  bool puts_out_final_state() const { return output_ == RECURRENT_OUTPUT_FINAL_STATE; }
  int64_t tail_begin() const { return tail_begin_; }

  // Steps may be missing, and how they are recognised and put out.
  bool masks() const { return masking_ != RECURRENT_MASKING_NONE; }
  bool repeats() const { return masking_ == RECURRENT_MASKING_REPEAT; }
  float mask_value() const { return mask_value_; }

  bool uses_mkl() const;
  int64_t packed_bytes() const;
  const StateLayout& states() const { return states_; }
  // The states that a sequence starts from, a row as it is stored; empty if all are zero.
  const AlignedBuffer<float>& initial_states() const { return initial_states_; }
  // The output that is repeated at missing steps; null if none is.
  const StateSlot* repeated_output() const { return repeats() ? &states_.slots().back() : nullptr; }

  // Buffers between layers, `PackedLayer::output_slot` being one of them: two take turns, and an
  // output that a residual connection needs later has one of its own.
  int64_t slots() const { return slots_; }

  // For a trainer, which owns its model: takes other weights, nothing else of the description being
  // different. Throws nothing.
  void set_weights(const recurrent_model_desc& desc);

  // For the provider of large products (gemm/), while the model is made: gives a direction the
  // weights in the order that MKL takes, which makes its products go there, and takes them away
  // again.
  void use_mkl(size_t layer, size_t direction);
  void drop_mkl(size_t layer, size_t direction);

 private:
  void place_states(PackedLayer& layer, int32_t index);
  void place_outputs(const recurrent_model_desc& desc);
  void keep_initial_states(const recurrent_model_desc& desc);
  void fill_gemm(const PackedLayer& layer, PackedDirection& direction) const;

  const kernels::KernelTable* kernels_;
  std::vector<PackedLayer> layers_;
  int64_t input_size_ = 0;
  int64_t vocabulary_size_ = 0;
  int64_t output_size_ = 0;
  StateLayout states_;
  AlignedBuffer<float> initial_states_;
  int64_t slots_ = 2;
  int64_t tail_begin_ = 0;
  int32_t output_ = RECURRENT_OUTPUT_EVERY_STEP;
  int32_t masking_ = RECURRENT_MASKING_NONE;
  float mask_value_ = 0;
  bool can_step_ = true;
  bool is_plain_ = true;
};

}  // namespace recurrent
