#include "model/model.h"

#include <algorithm>

#include "base/checked.h"
#include "base/error.h"
#include "kernels/implementations.h"
#include "model/specification.h"

namespace recurrent {
namespace {

int64_t bytes_of(const AlignedBuffer<float>& buffer) {
  return buffer.size() * static_cast<int64_t>(sizeof(float));
}

}  // namespace

Model::Model(const recurrent_model_desc& desc) {
  validate(desc);
  kernels_ = kernels::table_for(kernels::resolve_isa(desc.isa));
  layers_.reserve(static_cast<size_t>(desc.layer_count));
  for (int32_t i = 0; i < desc.layer_count; ++i) {
    pack_layer(desc.layers[i], *kernels_, layers_.emplace_back());
    place_states(layers_.back(), i);
    if (desc.layers[i].reverse) can_step_ = false;
    if (layers_.back().is_pointwise()) is_plain_ = false;
  }
  const PackedLayer& first = layers_.front();
  const bool takes_indices = first.kind == RECURRENT_LAYER_EMBEDDING;
  input_size_ = takes_indices ? 1 : first.input_size;
  vocabulary_size_ = takes_indices ? first.input_size : 0;
  output_size_ = layers_.back().output_size;
  place_outputs(desc);
  masking_ = desc.masking;
  mask_value_ = desc.mask_value;
  if (repeats())
    states_.add({desc.layer_count, RECURRENT_DIRECTION_FORWARD, kRepeatedOutput}, output_size());
  keep_initial_states(desc);
}

void Model::set_weights(const recurrent_model_desc& desc) {
  for (size_t i = 0; i < layers_.size(); ++i) {
    pack_layer(desc.layers[i], *kernels_, layers_[i]);
    for (PackedDirection& direction : layers_[i].directions)
      if (direction.gemm.size() > 0) fill_gemm(layers_[i], direction);
  }
  keep_initial_states(desc);
}

void Model::place_outputs(const recurrent_model_desc& desc) {
  const auto count = static_cast<int64_t>(layers_.size());
  for (int64_t i = 0; i < count; ++i) layers_[static_cast<size_t>(i)].output_slot = i % 2;
  for (int64_t i = 0; i < count; ++i) {
    const int32_t span = desc.layers[i].residual_span;
    if (span == 0) continue;
    const int64_t source = i - span;
    layers_[static_cast<size_t>(i)].pointwise.residual_source = source;
    // The model's own input stays where it is.
    if (source == 0) continue;
    int64_t& slot = layers_[static_cast<size_t>(source - 1)].output_slot;
    if (slot < 2) slot = slots_++;
  }
  output_ = desc.output;
  if (output_ == RECURRENT_OUTPUT_EVERY_STEP) return;
  is_plain_ = false;
  // Without layers that need all steps, the last one stands for them.
  tail_begin_ = recurrent::tail_begin(desc);
  if (tail_begin_ == 0) tail_begin_ = count;
  // What a forward layer puts out last is its final state, and need not be put out before.
  const PackedLayer& last = layers_[static_cast<size_t>(tail_begin_ - 1)];
  if (last.recurrent() && last.directions.size() == 1 && !last.directions.front().reverse)
    output_ = RECURRENT_OUTPUT_FINAL_STATE;
}

void Model::keep_initial_states(const recurrent_model_desc& desc) {
  const auto keep = [&](const float* state, const StateSlot& slot) {
    if (!state) return;
    if (initial_states_.size() == 0) initial_states_ = AlignedBuffer<float>(states_.stride());
    kernels_->flush(state, initial_states_.data() + slot.offset, slot.size);
  };
  for (size_t i = 0; i < layers_.size(); ++i)
    for (const PackedDirection& direction : layers_[i].directions) {
      const recurrent_direction_desc& from =
          direction.reverse ? *desc.layers[i].reverse : *desc.layers[i].forward;
      keep(from.initial_hidden, direction.hidden);
      keep(from.initial_cell, direction.cell);
    }
}

void Model::place_states(PackedLayer& layer, int32_t index) {
  if (!layer.recurrent()) return;
  for (PackedDirection& direction : layer.directions) {
    const int32_t way =
        direction.reverse ? RECURRENT_DIRECTION_REVERSE : RECURRENT_DIRECTION_FORWARD;
    direction.hidden = states_.add({index, way, RECURRENT_STATE_HIDDEN}, layer.state_size);
    if (layer.has_cell())
      direction.cell = states_.add({index, way, RECURRENT_STATE_CELL}, layer.hidden_size);
  }
}

int64_t Model::packed_bytes() const {
  int64_t bytes = 0;
  for (const PackedLayer& layer : layers_) {
    const PackedPointwise& p = layer.pointwise;
    bytes += bytes_of(p.factors) + bytes_of(p.offsets) + bytes_of(p.table);
    for (const PackedDirection& d : layer.directions)
      bytes += d.weights.bytes() + d.second_weights.bytes() + bytes_of(d.bias) +
               bytes_of(d.state_bias) + bytes_of(d.peephole) + bytes_of(d.zero_bias) +
               bytes_of(d.gemm);
  }
  return bytes;
}

void Model::use_mkl(size_t layer_index, size_t direction_index) {
  const PackedLayer& layer = layers_[layer_index];
  PackedDirection& direction = layers_[layer_index].directions[direction_index];
  direction.gemm =
      AlignedBuffer<float>(checked_mul(layer.input_size, layer.columns, "hidden_size"));
  fill_gemm(layer, direction);
}

void Model::fill_gemm(const PackedLayer& layer, PackedDirection& direction) const {
  const kernels::Grouping& grouping = direction.weights.grouping();
  const int64_t panel_floats = int64_t{layer.gates} * kernels_->width;
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
