#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "exec/slice.h"
#include "exec/team.h"
#include "model/model.h"
#include "train/arena.h"
#include "train/batch_rows.h"
#include "train/dropout.h"
#include "train/parameters.h"
#include "train/state_pass.h"
#include "train/values.h"

namespace recurrent {

class RecurrentLayerPass;

// Gradients of a batch that somebody reads, beside those of parameters and of the model's inputs.
struct PassOptions {
  bool drops = false;
  uint64_t seed = 0;
  bool given_states = false;   // the batch has started from states of the caller
  bool wants_initial = false;  // and the gradients of states are wanted
};

// What the passes of all layers have in common.
struct PassContext {
  const Model& model;
  Parameters& parameters;
  Values& values;
  const BatchRows& rows;
  int threads = 1;
  PassOptions options;
  std::vector<std::vector<int32_t>> indices;   // by input: of its rows
  std::vector<RecurrentLayerPass*> recurrent;  // by node; null for others

  // Scratch that no two layers use at the same time.
  Floats wide;   // the gradient of an input, in whole vectors
  Floats aside;  // what a layer gives to its input in front of dropout
  Floats row;
};

// A layer on the way forward, keeping what the way back needs, and back. Every thread of a pass
// goes through the stages of all layers.
class LayerPass {
 public:
  LayerPass(PassContext& context, int32_t node);
  virtual ~LayerPass() = default;
  LayerPass(const LayerPass&) = delete;
  LayerPass& operator=(const LayerPass&) = delete;

  // Takes the packed weights after they have changed.
  virtual void set_weights() {}
  // Rates of dropout by Drop, which have been checked.
  void set_rates(const float (&rates)[3]);

  // The memory for a batch. Wide and aside: how much of the scratch in common it needs.
  virtual void plan(Arena& arena);
  virtual int64_t wide() const { return 0; }
  int64_t aside() const { return drops_input() ? values().count(reads()) : 0; }
  virtual void take_places() {}
  // Before the threads begin, see choose().
  virtual void begin() {}

  void run_forward(Participant& participant);
  void run_backward(Participant& participant);

  // Whether it puts the gradient of what it reads down in one call, if nobody else reads it.
  bool gives_alone() const { return puts_down() && !drops_input(); }
  virtual int64_t tape_bytes() const { return dropped_.bytes(); }
  // What its states are in; null for a layer without any. `direction` is a recurrent_direction.
  virtual StatePass* states(int32_t /*direction*/) { return nullptr; }

 protected:
  virtual void forward(Participant& participant) = 0;
  virtual void backward(Participant& participant) = 0;
  virtual bool puts_down() const { return false; }

  const Node& node() const { return context_.model.graph().node(index_); }
  int32_t index() const { return index_; }
  const PackedLayer& layer() const { return context_.model.layer(index_); }
  const kernels::KernelTable& kernels() const { return context_.model.kernels(); }
  Values& values() const { return context_.values; }
  const BatchRows& rows() const { return context_.rows; }
  PassContext& context() const { return context_; }

  // Numbers of what it reads and puts out.
  int32_t reads(size_t i = 0) const { return node().reads[i]; }
  int32_t puts() const { return node().value; }
  // What it reads, with what is dropped; null for the gradient if that is not wanted.
  const float* input(size_t i = 0) const {
    return i == 0 && drops_input() ? dropped_.data() : values().read(reads(i));
  }
  float* input_gradient(size_t i = 0) const {
    if (!values().wants_gradient(reads(i))) return nullptr;
    return i == 0 && drops_input() ? context_.aside.data() : values().gradient(reads(i));
  }
  float* output() const { return values().at(puts()); }
  const float* output_gradient() const { return values().output_gradient(puts()); }

  bool drops(Drop what) const {
    return context_.options.drops && rates_[static_cast<size_t>(what)] != 0;
  }
  Dropout dropout(Drop what, bool reverse) const;

  // Calls `visit(row)` for this thread's share of rows, in a stage.
  template <class Visitor>
  void for_rows(Participant& participant, int64_t count, Visitor visit) const {
    participant.stage([&](int slice) {
      const Slice own = slice_of(count, slice, participant.size());
      for (int64_t row = own.begin; row < own.end; ++row) visit(row);
    });
  }

  // Rows of products, which are put down in whole vectors: there, if they fit and nobody adds to
  // them, or beside, from where give_wide() takes them. Null if no gradient is wanted.
  float* wide_gradient() const;
  void give_wide(Participant& participant, bool reverse) const;
  int64_t wide_floats() const;

 private:
  bool drops_input() const { return drops(Drop::kElements) || drops(Drop::kInput); }
  void drop_rows(float* at) const;

  PassContext& context_;
  const int32_t index_;
  float rates_[3] = {0, 0, 0};  // by Drop
  Floats dropped_;              // what is read with elements dropped
};

// The pass of a layer: the one place that knows all kinds. Throws Error (NOT_SUPPORTED).
std::unique_ptr<LayerPass> make_layer_pass(PassContext& context, int32_t node);

}  // namespace recurrent
