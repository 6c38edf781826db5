#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <vector>

#include "base/aligned_buffer.h"
#include "kernels/table.h"
#include "model/packing.h"

namespace recurrent {

// Rows of states and scratch are padded to whole vectors of the widest instruction set.
inline constexpr int64_t kRowPadding = 16;

// One direction of a layer, packed.
struct PackedDirection {
  bool reverse = false;
  bool plain = false;      // the default activations and no option: the tuned kernels apply
  PackedMatrix weights;    // x terms and h terms of all gates (of r and z, and the x terms of n, if
                           // the reset is before)
  PackedMatrix candidate;  // reset-before GRU: h terms of n
  PackedMatrix projection;
  AlignedBuffer<float> bias;        // `[panel][gate][V]`
  AlignedBuffer<float> state_bias;  // reset-after GRU: b_hn
  AlignedBuffer<float> peephole;    // `[panel][i f o][V]`
  AlignedBuffer<float> zero_bias;   // where the projection's chains start
  AlignedBuffer<float> gemm;  // `[input_size][panels * gates * V]`, only for products that MKL does
  kernels::Activation gate{};
  kernels::Activation activation{};
  kernels::Activation output{};
  int64_t hidden_offset =
      0;  // floats before this direction's states in a row's padded states, see Session
  int64_t cell_offset = 0;
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
  int32_t coupling = 0;
  int32_t output_peephole = 0;
  float clip = 0;
  std::vector<PackedDirection> directions;  // forward before reverse

  bool recurrent() const { return state_size > 0; }
  bool has_cell() const { return kind == RECURRENT_LAYER_LSTM; }
  int64_t hidden_stride() const;
  int64_t cell_stride() const;
};

// A chain of layers with packed weights. Immutable, so any number of threads may use it.
class Model {
 public:
  // Validates and packs; throws Error.
  explicit Model(const recurrent_model_desc& desc);

  const kernels::KernelTable& kernels() const { return *kernels_; }
  const std::vector<PackedLayer>& layers() const { return layers_; }
  int64_t input_size() const { return layers_.front().input_size; }
  int64_t output_size() const { return layers_.back().output_size; }
  bool can_step() const { return can_step_; }
  bool uses_mkl() const;
  int64_t packed_bytes() const;
  // Floats of a row's states, as the caller sees them and as they are stored.
  int64_t state_size() const { return state_size_; }
  int64_t padded_state_size() const { return padded_state_size_; }

  // For the provider of large products (gemm/), while the model is made: gives a direction the
  // weights in the order that MKL takes, which makes its products go there, and takes them away
  // again.
  void use_mkl(size_t layer, size_t direction);
  void drop_mkl(size_t layer, size_t direction);

 private:
  void add_layer(const recurrent_layer_desc& desc);

  const kernels::KernelTable* kernels_;
  std::vector<PackedLayer> layers_;
  int64_t state_size_ = 0;
  int64_t padded_state_size_ = 0;
  bool can_step_ = true;
};

}  // namespace recurrent
