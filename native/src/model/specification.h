#pragma once

#include <recurrent/recurrent.h>

namespace recurrent {

// What follows from a layer's kind alone.
struct CellTraits {
  const char* name;
  int gates;                 // rows of weights, biases: gates * hidden_size
  int state_gates;           // gates that the recurrent weights feed in the first phase of a step
  bool recurrent;            // has a state
  bool has_cell;             // has a cell state as well
  bool pointwise;            // multiplies no matrix
  int32_t least_inputs = 1;  // values that it reads
  int32_t most_inputs = 1;
  bool needs_steps = false;  // cannot read a row
  bool has_windows = false;  // of steps, see Window
};

// `kind` is a recurrent_layer_kind.
const CellTraits& cell_traits(int32_t kind);

// Whether a layer makes a row of the states that a recurrent one has ended with.
bool is_final_state(int32_t kind);

// Features that a layer puts out.
int64_t output_size(const recurrent_layer_desc& layer);

// Floats of a row of a causal convolution's history; 0 for every other layer.
int64_t history_size(const recurrent_layer_desc& layer);

// Of a chain: the first of the layers that can be computed for a single step of a sequence, because
// neither they nor a residual connection that ends behind it need anything of other steps;
// `layer_count` if there is none.
int32_t tail_begin(const recurrent_model_desc& desc);

// Throws Error (INVALID_ARGUMENT) naming the first field that is not well formed, as
// `layers[i].field`. How layers go together is the Graph's affair.
void validate(const recurrent_model_desc& desc);

// Throws Error (NOT_SUPPORTED) naming the first format of weights that is not float32, which is all
// that `who` takes.
void expect_floats(const recurrent_model_desc& desc, const char* who);

}  // namespace recurrent
