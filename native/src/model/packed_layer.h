#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/checked.h"
#include "kernels/implementations.h"
#include "model/packing.h"
#include "model/state_layout.h"
#include "model/window.h"

namespace recurrent {

// What a phase reads as its h and writes as its h': the state that recurs, or what the first phase
// leaves for a projection.
enum class Slot : int32_t { kState, kUnprojected };

// A kernel, what it is always given, and what it takes from a step and gives to it. exec/bind.h
// puts memory in the place of slots.
struct Phase {
  Slot reads = Slot::kState;
  Slot writes = Slot::kState;
  bool takes_input = true;  // and its chains start where the step's do; else from its own bias
  bool puts_out = true;     // writes the layer's output
  bool records = true;      // has a place on the tape
  bool is_whole = true;     // a step's only one, of which all of the above is so

  kernels::CellFn function = nullptr;
  kernels::StepFn step = nullptr;  // the same for a single row
  // Training: what `constants.finish` is to be to fill the tape, and whether that gets gates'
  // values and not their pre-activations.
  kernels::FinishFn record = nullptr;
  bool records_values = false;
  kernels::CellConstants constants{};
};

// The phases of a step, in order: most cells have one. A projection is a second one, as is the
// candidate of a reset-before GRU, which needs all of `r * h`.
class Phases {
 public:
  static constexpr int kMost = 2;

  const Phase* begin() const { return items_; }
  const Phase* end() const { return items_ + count_; }
  int size() const { return count_; }
  const Phase& front() const { return items_[0]; }
  const Phase& back() const { return items_[count_ - 1]; }
  const Phase& operator[](int index) const { return items_[index]; }

  void clear() { count_ = 0; }
  // Makes them fill the tape.
  void record() {
    for (int i = 0; i < count_; ++i) items_[i].constants.finish = items_[i].record;
  }
  Phase& add() {
    Phase& phase = items_[count_++] = Phase{};
    for (int i = 0; i < count_; ++i) items_[i].is_whole = count_ == 1;
    return phase;
  }

 private:
  Phase items_[kMost];
  int count_ = 0;
};

// One direction of a layer, packed.
struct PackedDirection {
  bool reverse = false;
  Phases phases;
  StateSlot hidden;  // where its states are, of a recurrent layer
  StateSlot cell;

  // What the phases' constants point to.
  PackedMatrix weights;  // x terms and h terms; of n, if the reset is before, x only
  // The x terms, where they are in another format than the h terms; with as many groups.
  PackedMatrix input_weights;
  PackedMatrix second_weights;      // the projection, or h terms of n
  AlignedBuffer<float> bias;        // `[panel][gate][V]`
  AlignedBuffer<float> state_bias;  // reset-after GRU: b_hn
  AlignedBuffer<float> peephole;    // `[panel][i f o][V]`
  AlignedBuffer<float> zero_bias;   // where a projection's chains start
  AlignedBuffer<float> gemm;        // `[input_size][columns]`, only for products that MKL does

  // The product of the x terms, of a recurrent layer.
  kernels::ProductFn product = nullptr;

  // Whether a step cannot go through x terms and h terms in one kernel, so that even a single one
  // continues an input product.
  bool is_split() const { return input_weights.bytes() > 0; }
  const PackedMatrix& multiplied() const { return is_split() ? input_weights : weights; }
};

// What a layer without a product has: an activation, factors, a table.
struct PackedPointwise {
  kernels::Activation activation{};
  AlignedBuffer<float> factors;  // ones where there are none
  AlignedBuffer<float> offsets;  // zeros where there are none
  float epsilon = 0;             // layer normalization
  Window window;                 // pooling
  bool counts_padding = false;
  AlignedBuffer<float> table;    // embedding: `[input_size, output_size]`; none if it was left
  int64_t residual_source = -1;  // index of the layer whose input is added
};

// What a layer has whose product is over windows of steps: a convolution. Each group of its
// features is a dense layer of its own, over what the taps of a window see of the group, one tap
// after the other.
struct PackedConvolution {
  Window window;
  int64_t groups = 0;   // 0 in every other layer
  int64_t inputs = 0;   // of a group
  int64_t outputs = 0;  // of a group
  StateSlot history;    // of a causal one that looks back; else of size 0

  // Groups of so few outputs that vectors would be mostly empty are computed by lanes: each is an
  // output, and the inputs of a term are a vector too. `[term][lane_stride]`
  AlignedBuffer<float> lanes;
  int64_t lane_stride = 0;  // 0 where groups are matrices
  int64_t lane_vectors = 0;

  bool is_by_lanes() const { return lane_stride > 0; }
  // Each output sees one input alone: the steps that are read are such vectors as they are.
  bool is_depthwise() const { return is_by_lanes() && inputs == 1 && outputs == 1; }
};

// Where a value is while a model is computed.
struct Location {
  int32_t input = -1;   // of this input of the model, in the caller's memory
  bool is_row = false;  // else in one of the buffers of rows, or
  int64_t slot = 0;     // of those of steps: which
  int64_t size = 0;     // features
};

// One layer, packed. Immutable once made.
struct PackedLayer {
  int32_t kind = 0;
  int64_t input_size = 0;
  int64_t hidden_size = 0;
  int64_t projection_size = 0;
  int64_t state_size = 0;   // what recurs: the projection, or the hidden size; 0 for a dense layer
  int64_t output_size = 0;  // of all directions together
  int64_t columns = 0;      // floats of a row of pre-activations: panels * gates * V
  int gates = 0;
  std::vector<PackedDirection> directions;  // forward before reverse; none in a pointwise layer
  PackedPointwise pointwise;
  PackedConvolution convolution;
  int64_t terms = 0;  // inputs that an output of the first phase is a sum over
  int64_t first = 0;  // slice: the first feature that it takes

  // What it reads and puts out, set by the model: of runs, and of single steps, which go through
  // implied layers unchanged.
  std::vector<Location> reads;
  std::vector<Location> step_reads;
  Location step_read;  // the first one, all that most layers have
  Location puts;
  int32_t base = 0;          // the time base of what it puts out, or picks from
  bool is_row = false;       // computes rows, not steps
  bool reads_state = false;  // in a step: what it reads is a state, so without denormals
  // Which output of the model it is, and whether other layers read all its steps as well; of a step
  // likewise.
  int32_t output = -1;
  bool is_read = false;
  int32_t step_output = -1;
  bool is_read_in_step = false;

  bool is_pointwise() const { return directions.empty(); }
  bool recurrent() const { return state_size > 0; }
  // Its product is over windows of steps, of which it may have to remember the last ones.
  bool has_windows() const { return convolution.groups > 0; }
  bool has_history() const { return convolution.history.size > 0; }
  bool has_state() const { return recurrent() || has_history(); }
  // Its states start from rows that it reads.
  bool reads_states() const { return recurrent() && reads.size() > 1; }
  bool has_cell() const { return kind == RECURRENT_LAYER_LSTM; }
  // Floats of a row of the state that recurs, and of anything that has the hidden size.
  int64_t hidden_stride() const { return hidden_stride_; }
  int64_t cell_stride() const { return cell_stride_; }
  void set_strides() {
    hidden_stride_ = round_up(state_size, kRowPadding);
    cell_stride_ = round_up(hidden_size, kRowPadding);
  }

 private:
  // Every step reads them.
  int64_t hidden_stride_ = 0;
  int64_t cell_stride_ = 0;
};

// Whether the table of an embedding is packed or left where it is.
enum class Tables { kPacked, kLeft };

// Packs a layer that has been validated, anew or again with other weights: then memory is used
// again, and what it is given stays where it is. The slots of states are left to the model. From a
// source what packed_shapes() names is taken, and these weights of the layer are not looked at.
void pack_layer(const recurrent_layer_desc& desc, const kernels::KernelChoice& kernels,
                Tables tables, PackedLayer& layer, PackedSource* source = nullptr);

// What of a layer is packed in buffers that a file may have.
enum class PackedBuffer : int32_t { kWeights = 1, kInputWeights, kSecondWeights, kTable };

struct PackedShape {
  int32_t layer;
  int32_t direction;  // recurrent_direction
  PackedBuffer buffer;
  MatrixShape shape;
};

// The version of all that decides what lies where in a buffer: of packing.cpp, chain_packing.cpp
// and what kernels read. A test has the checksums of some buffers; who changes one raises it.
inline constexpr uint32_t kPackedVersion = 1;

// How the buffers of a model that has been validated lie here, in the order in which its layers are
// packed. Weights are not looked at. Vectors, and convolutions that are computed by lanes, are not
// among them: they are packed from what is given.
std::vector<PackedShape> packed_shapes(const recurrent_model_desc& desc,
                                       const kernels::KernelChoice& kernels);

// A buffer of a layer that is packed, and its bytes.
struct PackedContents {
  PackedShape packed;
  const void* data;
};
// All of a layer's, in the order of packed_shapes().
std::vector<PackedContents> packed_contents(int32_t index, const PackedLayer& layer);

}  // namespace recurrent
