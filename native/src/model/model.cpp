#include "model/model.h"

#include <algorithm>
#include <utility>

#include "base/checked.h"
#include "base/error.h"
#include "kernels/implementations.h"
#include "model/specification.h"
#include "model/states.h"
#include "model/weight_check.h"

namespace recurrent {
namespace {

int64_t bytes_of(const AlignedBuffer<float>& buffer) {
  return buffer.size() * static_cast<int64_t>(sizeof(float));
}

const recurrent_model_desc& validated(const recurrent_model_desc& desc) {
  validate(desc);
  return desc;
}

}  // namespace

Model::Model(const recurrent_model_desc& desc)
    : Model(desc, Tables::kPacked, Graph(validated(desc))) {}

Model::Model(const recurrent_model_desc& desc, PackedSource& packed)
    : Model(desc, Tables::kPacked, Graph(validated(desc)), &packed) {}

Model::Model(const recurrent_model_desc& desc, OfTrainer of)
    : Model(desc, Tables::kLeft, of.graph) {}

Model::Model(const recurrent_model_desc& desc, Tables tables, Graph graph, PackedSource* packed)
    : keeper_(packed ? packed->keeper() : nullptr),
      kernels_(kernels::choose_kernels(kernels::resolve_isa(desc.isa))),
      graph_(std::move(graph)),
      masking_(desc.masking),
      mask_value_(desc.mask_value) {
  check_weights(desc, packed ? packed_shapes(desc, kernels_) : std::vector<PackedShape>());
  layers_.resize(graph_.nodes().size());
  is_plain_ = graph_.is_chain();
  for (int32_t i = 0; i < desc.layer_count; ++i) {
    PackedLayer& layer = layers_[static_cast<size_t>(i)];
    pack_layer(desc.layers[i], kernels_, tables, layer, packed);
    place_states(layer, i);
    if (layer.is_pointwise()) is_plain_ = false;
  }
  place_values();
  place_steps();
  place_outputs();
  summarize_chain(desc);
  for (int32_t i = 0; i < desc.layer_count; ++i)
    keep_initial_states(desc.layers[i], static_cast<size_t>(i));
}

void Model::set_weights(const recurrent_model_desc& desc, size_t layer) {
  pack_layer(desc.layers[layer], kernels_, Tables::kLeft, layers_[layer]);
  for (PackedDirection& direction : layers_[layer].directions)
    if (direction.gemm.size() > 0) fill_gemm(layers_[layer], direction);
  keep_initial_states(desc.layers[layer], layer);
}

// Gives every value a buffer: of steps, one that nobody reads from any more.
void Model::place_values() {
  const size_t count = graph_.values().size();
  std::vector<Location> locations(count);
  for (size_t i = 0; i < count; ++i) locations[i].size = graph_.values()[i].size;
  input_rows_.resize(inputs().size());
  for (size_t i = 0; i < inputs().size(); ++i) {
    has_input_rows_ |= graph_.values()[i].is_row();
    if (graph_.values()[i].is_row())
      input_rows_[i] = locations[i] = {-1, true, row_slots_++, graph_.values()[i].size};
    else
      locations[i].input = static_cast<int32_t>(i);
  }
  // Where in the order of computation a value is read last. An output is there to the end of its
  // section, which brings it to the caller, and so is what a last step is picked from.
  std::vector<int32_t> order;
  std::vector<int32_t> section_end;
  for (const Section& section : graph_.sections()) {
    order.insert(order.end(), section.nodes.begin(), section.nodes.end());
    section_end.resize(order.size(), static_cast<int32_t>(order.size()) - 1);
  }
  std::vector<int32_t> last_use(count, -1);
  std::vector<int32_t> made(count, -1);
  for (size_t at = 0; at < order.size(); ++at)
    made[static_cast<size_t>(graph_.node(order[at]).value)] = static_cast<int32_t>(at);
  for (size_t at = 0; at < order.size(); ++at)
    for (const int32_t number : graph_.node(order[at]).reads) {
      int32_t& use = last_use[static_cast<size_t>(number)];
      use = std::max(use, static_cast<int32_t>(at));
    }
  const auto keep_to_end_of_section = [&](int32_t number) {
    const int32_t at = made[static_cast<size_t>(number)];
    int32_t& use = last_use[static_cast<size_t>(number)];
    if (at >= 0) use = std::max(use, section_end[static_cast<size_t>(at)]);
  };
  for (const Port& output : graph_.outputs()) keep_to_end_of_section(output.value);
  for (const Node& node : graph_.nodes())
    if (node.kind == RECURRENT_LAYER_LAST_STEP) keep_to_end_of_section(node.reads.front());
  std::vector<int32_t> used_until;  // of each buffer of steps
  for (size_t at = 0; at < order.size(); ++at) {
    const Node& node = graph_.node(order[at]);
    const auto number = static_cast<size_t>(node.value);
    Location& location = locations[number];
    location.is_row = graph_.values()[number].is_row();
    if (location.is_row) {
      location.slot = row_slots_++;
      continue;
    }
    const auto free = std::find_if(used_until.begin(), used_until.end(), [at](int32_t until) {
      return until < static_cast<int32_t>(at);
    });
    location.slot = free - used_until.begin();
    const int32_t until = std::max(last_use[number], static_cast<int32_t>(at));
    if (free == used_until.end())
      used_until.push_back(until);
    else
      *free = until;
  }
  slots_ = static_cast<int64_t>(used_until.size());
  for (size_t i = 0; i < layers_.size(); ++i) {
    const Node& node = graph_.nodes()[i];
    PackedLayer& layer = layers_[i];
    layer.kind = node.kind;
    layer.puts = locations[static_cast<size_t>(node.value)];
    for (const int32_t number : node.reads)
      layer.reads.push_back(locations[static_cast<size_t>(number)]);
    if (graph_.is_implied(static_cast<int32_t>(i)))
      layer.input_size = layer.hidden_size = layer.output_size = layer.puts.size;
    const Value& value = graph_.value(node.value);
    layer.is_row = value.is_row();
    layer.base = graph_.value(layer.is_row ? node.reads.front() : node.value).base;
    // The final state is read from the session, not from the layer's steps.
    for (const Node& other : graph_.nodes())
      if (!is_final_state(other.kind) &&
          std::find(other.reads.begin(), other.reads.end(), node.value) != other.reads.end())
        layer.is_read = true;
  }
}

// What a single step reads and puts out, which goes through an implied layer unchanged.
void Model::place_steps() {
  const auto seen = [this](int32_t number) {
    const int32_t maker = graph_.maker(number);
    return maker >= 0 && graph_.is_implied(maker) ? graph_.node(maker).reads.front() : number;
  };
  for (const Section& section : graph_.sections())
    for (const int32_t index : section.nodes) {
      if (graph_.is_implied(index)) continue;
      PackedLayer& layer = layers_[static_cast<size_t>(index)];
      step_order_.push_back(&layer);
      const Node& node = graph_.node(index);
      for (size_t i = 0; i < node.reads.size(); ++i) {
        const int32_t number = seen(node.reads[i]);
        const int32_t maker = graph_.maker(number);
        if (maker < 0) {
          layer.step_reads.push_back({number, false, 0, graph_.value(number).size});
          continue;
        }
        PackedLayer& from = layers_[static_cast<size_t>(maker)];
        from.is_read_in_step = true;
        layer.step_reads.push_back(from.puts);
        layer.reads_state = from.recurrent();
      }
      layer.step_read = layer.step_reads.front();
    }
  for (size_t i = 0; i < graph_.outputs().size(); ++i) {
    const int32_t maker = graph_.maker(seen(graph_.outputs()[i].value));
    layers_[static_cast<size_t>(maker)].step_output = static_cast<int32_t>(i);
  }
}

void Model::place_outputs() {
  const int32_t layers = graph_.layer_count();
  for (size_t i = 0; i < graph_.outputs().size(); ++i) {
    const int32_t maker = graph_.maker(graph_.outputs()[i].value);
    PackedLayer& layer = layers_[static_cast<size_t>(maker)];
    layer.output = static_cast<int32_t>(i);
    outputs_.push_back({layer.puts, layer.base, maker, nullptr});
    if (repeats())
      states_.add({layers + static_cast<int32_t>(i), RECURRENT_DIRECTION_FORWARD, kRepeatedOutput},
                  layer.puts.size);
  }
  const Value& first_input = input(0);
  if (first_input.kind == RECURRENT_VALUE_INDICES) vocabulary_size_ = first_input.size;
  input_size_ = vocabulary_size_ > 0 ? 1 : first_input.size;
  output_size_ = outputs_.front().location.size;
  has_one_of_each_ = inputs().size() == 1 && outputs_.size() == 1;
  if (!repeats()) return;
  const size_t first = states_.slots().size() - outputs_.size();
  for (size_t i = 0; i < outputs_.size(); ++i) outputs_[i].repeated = &states_.slots()[first + i];
}

// What a trainer asks of a chain.
void Model::summarize_chain(const recurrent_model_desc& desc) {
  for (int32_t i = 0; i < desc.layer_count; ++i)
    if (desc.layers[i].residual_span > 0)
      layers_[static_cast<size_t>(i)].pointwise.residual_source = i - desc.layers[i].residual_span;
  output_ = desc.output;
  if (output_ == RECURRENT_OUTPUT_EVERY_STEP) return;
  tail_begin_ = recurrent::tail_begin(desc);
  if (tail_begin_ == 0) tail_begin_ = desc.layer_count;
  if (graph_.nodes().back().kind == RECURRENT_LAYER_FINAL_STATE)
    output_ = RECURRENT_OUTPUT_FINAL_STATE;
}

void Model::keep_initial_states(const recurrent_layer_desc& desc, size_t layer) {
  const auto keep = [&](const float* state, const StateSlot& slot) {
    if (!state) return;
    if (initial_states_.size() == 0) initial_states_ = AlignedBuffer<float>(states_.stride());
    put_state(slot, state, initial_states_.data() + slot.offset, kernels());
  };
  if (layers_[layer].has_history())
    keep(desc.forward->initial_hidden, layers_[layer].convolution.history);
  if (!layers_[layer].recurrent()) return;
  for (const PackedDirection& direction : layers_[layer].directions) {
    const recurrent_direction_desc& from = direction.reverse ? *desc.reverse : *desc.forward;
    keep(from.initial_hidden, direction.hidden);
    keep(from.initial_cell, direction.cell);
  }
}

void Model::place_states(PackedLayer& layer, int32_t index) {
  PackedConvolution& convolution = layer.convolution;
  if (layer.has_windows() && convolution.window.is_causal() && convolution.window.extent() > 0)
    convolution.history =
        states_.add_history({index, RECURRENT_DIRECTION_FORWARD, RECURRENT_STATE_HISTORY},
                            convolution.window.extent(), layer.input_size);
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
    bytes += bytes_of(p.factors) + bytes_of(p.offsets) + bytes_of(p.table) +
             bytes_of(layer.convolution.lanes);
    for (const PackedDirection& d : layer.directions)
      bytes += d.weights.bytes() + d.input_weights.bytes() + d.second_weights.bytes() +
               bytes_of(d.bias) + bytes_of(d.state_bias) + bytes_of(d.peephole) +
               bytes_of(d.zero_bias) + bytes_of(d.gemm);
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
  const int64_t panel_floats = int64_t{layer.gates} * kernels().width;
  for (int64_t first = 0; first < grouping.panels; first += grouping.panels_per_group) {
    const int64_t panels = std::min(grouping.panels_per_group, grouping.panels - first);
    const float* group = direction.weights.floats() + first * direction.weights.panel_elements();
    for (int64_t k = 0; k < layer.input_size; ++k)
      std::copy_n(group + k * panels * panel_floats, panels * panel_floats,
                  direction.gemm.data() + k * layer.columns + first * panel_floats);
  }
}

void Model::drop_mkl(size_t layer, size_t direction) {
  layers_[layer].directions[direction].gemm = AlignedBuffer<float>();
}

bool Model::uses_mkl() const {
  return std::any_of(
      layers_.begin(), layers_.end(),
      [](const PackedLayer& layer) {
        return std::any_of(
            layer.directions.begin(), layer.directions.end(),
            [](const PackedDirection& direction) { return direction.gemm.size() > 0; });
      });
}

}  // namespace recurrent
