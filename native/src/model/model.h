#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/table.h"
#include "model/graph.h"
#include "model/packed_layer.h"

namespace recurrent {

// An output of a model.
struct ModelOutput {
  Location location;
  int32_t base = 0;                     // of a sequence
  int32_t layer = 0;                    // that puts it out
  const StateSlot* repeated = nullptr;  // what a missing step puts out; null if nothing is repeated
};

// Layers with packed weights, and where their values are. Immutable, so any number of threads may
// use it.
class Model {
 public:
  // Validates and packs; throws Error.
  explicit Model(const recurrent_model_desc& desc);
  // Takes packed buffers instead of packing: those of packed_shapes(), whose weights the
  // description has without their values.
  Model(const recurrent_model_desc& desc, PackedSource& packed);
  // For a trainer: packs a description that has been validated. Tables of embeddings are not
  // packed: the trainer reads rows from its parameters.
  struct OfTrainer {
    const Graph& graph;  // of the description
  };
  Model(const recurrent_model_desc& desc, OfTrainer of);

  const kernels::KernelTable& kernels() const { return kernels_.table; }
  const kernels::KernelChoice& kernel_choice() const { return kernels_; }
  const Graph& graph() const { return graph_; }
  // The caller's layers in their order, then an implied one, see Graph.
  const std::vector<PackedLayer>& layers() const { return layers_; }
  const PackedLayer& layer(int32_t index) const { return layers_[static_cast<size_t>(index)]; }
  // The caller's, in the order of a single step.
  const std::vector<const PackedLayer*>& step_order() const { return step_order_; }

  const std::vector<Port>& inputs() const { return graph_.inputs(); }
  const Value& input(size_t index) const { return graph_.value(inputs()[index].value); }
  const std::vector<ModelOutput>& outputs() const { return outputs_; }
  bool has_input_rows() const { return has_input_rows_; }
  // Whether a layer is none of the caller's, and which one puts out what a layer reads first.
  bool is_implied(const PackedLayer& layer) const {
    return &layer - layers_.data() >= graph_.layer_count();
  }
  int32_t maker_of(const PackedLayer& layer) const {
    const Node& node = graph_.nodes()[static_cast<size_t>(&layer - layers_.data())];
    return graph_.maker(node.reads.front());
  }
  // Where rows that the model is given are put in order; of no other input.
  const Location& input_row(size_t index) const { return input_rows_[index]; }

  // Of the first input and output: features of a step, 1 for indices; how many indices there are, 0
  // for features.
  int64_t input_size() const { return input_size_; }
  int64_t vocabulary_size() const { return vocabulary_size_; }
  int64_t output_size() const { return output_size_; }
  // Whether there is no other input and output.
  bool has_one_of_each() const { return has_one_of_each_; }
  bool can_step() const { return graph_.can_step(); }
  // Whether it is a chain in which all layers multiply and every step is put out: what all ways to
  // divide a call can do.
  bool is_plain() const { return is_plain_; }

  // Of a chain. A sequence gives one step of output: that of the last step, or of the final states.
  // Layers from tail_begin() on are then computed for that step only; the one before is recurrent
  // where it is the final states that count.
  bool puts_out_one_step() const { return output_ != RECURRENT_OUTPUT_EVERY_STEP; }
  bool puts_out_final_state() const { return output_ == RECURRENT_OUTPUT_FINAL_STATE; }
  int64_t tail_begin() const { return tail_begin_; }

  // Steps may be missing, and how they are recognized and put out.
  bool masks() const { return masking_ != RECURRENT_MASKING_NONE; }
  bool repeats() const { return masking_ == RECURRENT_MASKING_REPEAT; }
  float mask_value() const { return mask_value_; }

  bool uses_mkl() const;
  int64_t packed_bytes() const;
  const StateLayout& states() const { return states_; }
  // The states that a sequence starts from, a row as it is stored; empty if all are zero.
  const AlignedBuffer<float>& initial_states() const { return initial_states_; }
  // The first output that is repeated at missing steps; null if none is.
  const StateSlot* repeated_output() const { return outputs_.front().repeated; }

  // Buffers between layers: of steps, which take turns as soon as nobody reads what is in them, and
  // of rows.
  int64_t slots() const { return slots_; }
  int64_t row_slots() const { return row_slots_; }

  // For a trainer, which owns its model: takes other weights of a layer, nothing else of the
  // description being different. Throws nothing.
  void set_weights(const recurrent_model_desc& desc, size_t layer);

  // For the provider of large products (gemm/), while the model is made: gives a direction the
  // weights in the order that MKL takes, which makes its products go there, and takes them away
  // again.
  void use_mkl(size_t layer, size_t direction);
  void drop_mkl(size_t layer, size_t direction);

 private:
  Model(const recurrent_model_desc& desc, Tables tables, Graph graph,
        PackedSource* packed = nullptr);
  void place_states(PackedLayer& layer, int32_t index);
  void place_values();
  void place_steps();
  void place_outputs();
  void summarize_chain(const recurrent_model_desc& desc);
  void keep_initial_states(const recurrent_layer_desc& desc, size_t layer);
  void fill_gemm(const PackedLayer& layer, PackedDirection& direction) const;

  std::shared_ptr<const void> keeper_;  // of buffers that are not its own
  kernels::KernelChoice kernels_;
  Graph graph_;
  std::vector<PackedLayer> layers_;
  std::vector<const PackedLayer*> step_order_;
  std::vector<ModelOutput> outputs_;
  std::vector<Location> input_rows_;
  StateLayout states_;
  AlignedBuffer<float> initial_states_;
  int64_t slots_ = 0;
  int64_t row_slots_ = 0;
  int64_t tail_begin_ = 0;
  int32_t output_ = RECURRENT_OUTPUT_EVERY_STEP;
  int32_t masking_ = RECURRENT_MASKING_NONE;
  float mask_value_ = 0;
  int64_t input_size_ = 0;
  int64_t vocabulary_size_ = 0;
  int64_t output_size_ = 0;
  bool has_one_of_each_ = true;
  bool has_input_rows_ = false;
  bool is_plain_ = true;
};

}  // namespace recurrent
