#include "model/model.h"

#include <algorithm>

#include "base/checked.h"
#include "base/error.h"
#include "cpu/caches.h"
#include "cpu/features.h"
#include "model/specification.h"

namespace recurrent {
namespace {

// A simple cell has one accumulator a row and panel: four panels side by side give the multiply-add
// units enough to do.
constexpr int64_t kSimplePanels = 4;

// Gated cells have three or four accumulators a panel. Two panels side by side fill the
// multiply-add units at batch 1 as long as the weights come from the first-level cache; from
// farther away reading them is the limit, and one is enough.
int64_t gated_panels(int64_t units, int width, int64_t floats_a_unit) {
  const int64_t panels = div_up(units, width);
  const int64_t bytes = panels * width * floats_a_unit * static_cast<int64_t>(sizeof(float));
  const int64_t l1d = cpu::caches().l1d > 0 ? cpu::caches().l1d : 32768;
  return bytes <= l1d && panels > 1 ? 2 : 1;
}

bool is(int32_t kind, const kernels::Activation& f) { return f.kind == kind; }

bool is_plain(const PackedLayer& layer, const PackedDirection& direction) {
  if (layer.clip != 0) return false;
  switch (layer.kind) {
    case RECURRENT_LAYER_SIMPLE_RNN:
      return is(RECURRENT_ACTIVATION_TANH, direction.activation);
    case RECURRENT_LAYER_LSTM:
      return layer.coupling == RECURRENT_GATE_COUPLING_NONE && direction.peephole.size() == 0 &&
             is(RECURRENT_ACTIVATION_SIGMOID, direction.gate) &&
             is(RECURRENT_ACTIVATION_TANH, direction.activation) &&
             is(RECURRENT_ACTIVATION_TANH, direction.output);
    case RECURRENT_LAYER_DENSE:
      return false;
    default:
      return is(RECURRENT_ACTIVATION_SIGMOID, direction.gate) &&
             is(RECURRENT_ACTIVATION_TANH, direction.activation);
  }
}

void pack_weights(const PackedLayer& layer, const CellTraits& traits,
                  const recurrent_direction_desc& desc, int width, PackedDirection& packed) {
  const int64_t units = layer.hidden_size;
  const int64_t terms = layer.input_size * traits.gates + layer.state_size * traits.state_gates;
  const int64_t panels = traits.gates == 1 ? kSimplePanels : gated_panels(units, width, terms);
  const WeightBlock blocks[] = {{desc.input_weights, layer.input_size, 0, traits.gates},
                                {desc.recurrent_weights, layer.state_size, 0, traits.state_gates}};
  packed.weights = PackedMatrix(units, width, panels, blocks, traits.recurrent ? 2 : 1);
  if (layer.kind == RECURRENT_LAYER_GRU_RESET_BEFORE) {
    const WeightBlock candidate{desc.recurrent_weights, layer.state_size, 2, 1};
    packed.candidate = PackedMatrix(units, width, kSimplePanels, &candidate, 1);
  }
  if (layer.projection_size > 0) {
    const WeightBlock projection{desc.projection, units, 0, 1};
    packed.projection = PackedMatrix(layer.projection_size, width, kSimplePanels, &projection, 1);
    packed.zero_bias = pack_vectors(layer.projection_size, width, 1, nullptr, nullptr, 0);
  }
}

void pack_biases(const PackedLayer& layer, const CellTraits& traits,
                 const recurrent_direction_desc& desc, int width, PackedDirection& packed) {
  // The candidate of a reset-after GRU keeps its two biases: r multiplies one of them.
  const bool split = layer.kind == RECURRENT_LAYER_GRU;
  const int64_t units = layer.hidden_size;
  packed.bias = pack_vectors(units, width, traits.gates, desc.input_bias, desc.recurrent_bias,
                             split ? 0b011u : 0b1111u);
  if (split)
    packed.state_bias =
        pack_vectors(units, width, 1,
                     desc.recurrent_bias ? desc.recurrent_bias + 2 * units : nullptr, nullptr, 0);
  if (desc.peephole) packed.peephole = pack_vectors(units, width, 3, desc.peephole, nullptr, 0);
}

PackedDirection pack(const PackedLayer& layer, const recurrent_direction_desc& desc, bool reverse,
                     int width) {
  const CellTraits& traits = cell_traits(layer.kind);
  PackedDirection packed;
  packed.reverse = reverse;
  packed.gate = {desc.gate_activation, desc.gate_alpha, desc.gate_beta};
  packed.activation = {desc.candidate_activation, desc.candidate_alpha, desc.candidate_beta};
  packed.output = {desc.output_activation, desc.output_alpha, desc.output_beta};
  pack_weights(layer, traits, desc, width, packed);
  pack_biases(layer, traits, desc, width, packed);
  packed.plain = is_plain(layer, packed);
  return packed;
}

int64_t bytes_of(const AlignedBuffer<float>& buffer) {
  return buffer.size() * static_cast<int64_t>(sizeof(float));
}

}  // namespace

int64_t PackedLayer::hidden_stride() const { return round_up(state_size, kRowPadding); }
int64_t PackedLayer::cell_stride() const { return round_up(hidden_size, kRowPadding); }

Model::Model(const recurrent_model_desc& desc) {
  validate(desc);
  kernels_ = kernels::table_for(cpu::resolve_isa(desc.isa));
  if (!kernels_)
    fail(RECURRENT_STATUS_UNAVAILABLE,
         "isa: expected one that this library was built with, found %d", desc.isa);
  layers_.reserve(static_cast<size_t>(desc.layer_count));
  for (int32_t i = 0; i < desc.layer_count; ++i) add_layer(desc.layers[i]);
}

void Model::add_layer(const recurrent_layer_desc& desc) {
  const CellTraits& traits = cell_traits(desc.kind);
  PackedLayer layer;
  layer.kind = desc.kind;
  layer.input_size = desc.input_size;
  layer.hidden_size = desc.hidden_size;
  layer.projection_size = desc.projection_size;
  layer.gates = traits.gates;
  layer.coupling = desc.gate_coupling;
  layer.output_peephole = desc.output_peephole;
  layer.clip = desc.clip;
  if (traits.recurrent)
    layer.state_size = desc.projection_size ? desc.projection_size : desc.hidden_size;
  layer.columns = div_up(layer.hidden_size, kernels_->width) * traits.gates * kernels_->width;

  if (desc.forward) layer.directions.push_back(pack(layer, *desc.forward, false, kernels_->width));
  if (desc.reverse) layer.directions.push_back(pack(layer, *desc.reverse, true, kernels_->width));
  if (desc.reverse) can_step_ = false;
  layer.output_size = static_cast<int64_t>(layer.directions.size()) *
                      (traits.recurrent ? layer.state_size : layer.hidden_size);

  for (PackedDirection& direction : layer.directions) {
    if (!traits.recurrent) break;
    direction.hidden_offset = padded_state_size_;
    padded_state_size_ += layer.hidden_stride();
    state_size_ += layer.state_size;
    if (!traits.has_cell) continue;
    direction.cell_offset = padded_state_size_;
    padded_state_size_ += layer.cell_stride();
    state_size_ += layer.hidden_size;
  }
  layers_.push_back(std::move(layer));
}

int64_t Model::packed_bytes() const {
  int64_t bytes = 0;
  for (const PackedLayer& layer : layers_)
    for (const PackedDirection& d : layer.directions)
      bytes += d.weights.bytes() + d.candidate.bytes() + d.projection.bytes() + bytes_of(d.bias) +
               bytes_of(d.state_bias) + bytes_of(d.peephole) + bytes_of(d.zero_bias) +
               bytes_of(d.gemm);
  return bytes;
}

void Model::use_mkl(size_t layer_index, size_t direction_index) {
  const PackedLayer& layer = layers_[layer_index];
  PackedDirection& direction = layers_[layer_index].directions[direction_index];
  const kernels::Grouping& grouping = direction.weights.grouping();
  const int64_t panel_floats = int64_t{layer.gates} * kernels_->width;
  direction.gemm =
      AlignedBuffer<float>(checked_mul(layer.input_size, layer.columns, "hidden_size"));
  for (int64_t first = 0; first < grouping.panels; first += grouping.panels_per_group) {
    const int64_t panels = std::min(grouping.panels_per_group, grouping.panels - first);
    const float* group = direction.weights.data() + first * direction.weights.panel_stride();
    for (int64_t k = 0; k < layer.input_size; ++k)
      std::copy_n(group + k * panels * panel_floats, panels * panel_floats,
                  direction.gemm.data() + k * layer.columns + first * panel_floats);
  }
}

void Model::drop_mkl(size_t layer, size_t direction) {
  layers_[layer].directions[direction].gemm = AlignedBuffer<float>();
}

bool Model::uses_mkl() const {
  return std::any_of(layers_.begin(), layers_.end(), [](const PackedLayer& layer) {
    return std::any_of(layer.directions.begin(), layer.directions.end(),
                       [](const PackedDirection& direction) { return direction.gemm.size() > 0; });
  });
}

}  // namespace recurrent
