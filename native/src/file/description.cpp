#include "file/description.h"

#include <algorithm>

#include "base/expect.h"
#include "file/refuse.h"
#include "file/remarks.h"
#include "model/graph.h"
#include "model/specification.h"
#include "model/weight_arrays.h"

namespace recurrent::file {
namespace {

using Direction = recurrent_direction_desc;

// In the order of their bits and of their records.
constexpr const float* Direction::*kFields[] = {
    &Direction::input_weights,  &Direction::recurrent_weights, &Direction::input_bias,
    &Direction::recurrent_bias, &Direction::peephole,          &Direction::projection,
    &Direction::initial_hidden, &Direction::initial_cell};
constexpr size_t kFieldCount = std::size(kFields);

constexpr uint32_t kForward = 1;
constexpr uint32_t kReverse = 2;

// The fewest bytes of a layer, an input and an output.
constexpr int64_t kLayerBytes = int64_t{23} * 4;
constexpr int64_t kInputBytes = 12;
constexpr int64_t kOutputBytes = 8;

// Stands for weights that have not been read: checks look at whether there are any.
constexpr float kPresent = 0;

}  // namespace

Description::Description(const Container& container) {
  const Section& model = container.get(SectionType::kModel);
  const Section& weights = container.get(SectionType::kWeights);
  const std::vector<unsigned char> bytes = container.read(model);
  Cursor cursor(bytes, model.offset);
  parse(cursor);
  cursor.expect_end();
  as_file([this] { check(); });
  // Layers that follow each other have one input.
  check_remarks(container, desc_.layer_count, std::max(1, desc_.input_count));
  expect_places(weights, arrays_);
}

void Description::read_weights(const Container& container) {
  read(container, std::vector<Wanted>(arrays_.size(), Wanted::kValues));
}

bool Description::read_weights_beside(const Container& container,
                                      const std::vector<PackedShape>& packed) {
  std::vector<bool> is_packed(directions_.size());
  for (const PackedShape& each : packed)
    is_packed[2 * static_cast<size_t>(each.layer) +
              (each.direction == RECURRENT_DIRECTION_REVERSE ? 1 : 0)] = true;
  std::vector<Wanted> wanted;
  for (const Owner& owner : owners_) {
    const bool is_matrix = owner.field == &Direction::input_weights ||
                           owner.field == &Direction::recurrent_weights ||
                           owner.field == &Direction::projection;
    wanted.push_back(is_matrix && is_packed[owner.direction] ? Wanted::kChecksum : Wanted::kValues);
  }
  return read(container, wanted);
}

bool Description::read(const Container& container, const std::vector<Wanted>& wanted) {
  values_ = read_arrays(container, container.get(SectionType::kWeights), arrays_, wanted);
  for (size_t i = 0; i < arrays_.size(); ++i)
    directions_[owners_[i].direction].*owners_[i].field =
        wanted[i] == Wanted::kValues ? values_.arrays[i].get() : &kPresent;
  const auto has_floats = [](const recurrent_layer_desc& layer) {
    return layer.input_weight_format == RECURRENT_WEIGHT_FORMAT_FLOAT32 &&
           layer.recurrent_weight_format == RECURRENT_WEIGHT_FORMAT_FLOAT32;
  };
  return !values_.has_extremes || std::all_of(layers_.begin(), layers_.end(), has_floats);
}

void Description::parse(Cursor& cursor) {
  const int32_t layers = cursor.count(RECURRENT_MAX_LAYERS, kLayerBytes, "layers");
  const int32_t inputs = cursor.count(RECURRENT_MAX_INPUTS, kInputBytes, "inputs");
  const int32_t outputs = cursor.count(RECURRENT_MAX_INPUTS, kOutputBytes, "outputs");
  desc_.struct_size = sizeof(desc_);
  desc_.isa = RECURRENT_ISA_AUTO;
  desc_.output = cursor.i32();
  desc_.masking = cursor.i32();
  desc_.mask_value = cursor.f32();
  layout_ = cursor.i32();
  empty_row_ = cursor.i32();
  parse_values(cursor, inputs, outputs);
  // Descriptions point into these: they never grow.
  layers_.resize(static_cast<size_t>(layers));
  directions_.resize(2 * layers_.size());
  reads_.resize(layers_.size());
  for (size_t i = 0; i < layers_.size(); ++i) parse_layer(cursor, i);
  desc_.layer_count = layers;
  desc_.layers = layers_.data();
}

void Description::parse_values(Cursor& cursor, int32_t inputs, int32_t outputs) {
  inputs_.resize(static_cast<size_t>(inputs));
  outputs_.resize(static_cast<size_t>(outputs));
  names_.reserve(inputs_.size() + outputs_.size());
  for (recurrent_input_desc& input : inputs_) {
    input.struct_size = sizeof(input);
    input.kind = cursor.i32();
    input.size = cursor.i32();
    names_.push_back(cursor.name());
    input.name = names_.back().c_str();
  }
  for (recurrent_output_desc& output : outputs_) {
    output.struct_size = sizeof(output);
    output.value = cursor.i32();
    names_.push_back(cursor.name());
    output.name = names_.back().c_str();
  }
  desc_.input_count = inputs;
  desc_.inputs = inputs == 0 ? nullptr : inputs_.data();
  desc_.output_count = outputs;
  desc_.outputs = outputs == 0 ? nullptr : outputs_.data();
}

void Description::parse_layer(Cursor& cursor, size_t index) {
  recurrent_layer_desc& layer = layers_[index];
  layer.struct_size = sizeof(layer);
  layer.kind = cursor.i32();
  layer.direction = cursor.i32();
  layer.input_size = cursor.i32();
  layer.hidden_size = cursor.i32();
  layer.projection_size = cursor.i32();
  layer.gate_coupling = cursor.i32();
  layer.output_peephole = cursor.i32();
  layer.clip = cursor.f32();
  layer.residual_span = cursor.i32();
  layer.first = cursor.i32();
  layer.steps = cursor.i32();
  layer.kernel_size = cursor.i32();
  layer.stride = cursor.i32();
  layer.dilation = cursor.i32();
  layer.groups = cursor.i32();
  layer.pad_before = cursor.i32();
  layer.pad_after = cursor.i32();
  layer.counts_padding = cursor.i32();
  layer.epsilon = cursor.f32();
  layer.input_weight_format = cursor.i32();
  layer.recurrent_weight_format = cursor.i32();
  const int32_t reads = cursor.count(RECURRENT_MAX_INPUTS, 4, "values that a layer reads");
  reads_[index].reserve(static_cast<size_t>(reads));
  for (int32_t i = 0; i < reads; ++i) reads_[index].push_back(cursor.i32());
  layer.input_count = reads;
  layer.inputs = reads == 0 ? nullptr : reads_[index].data();
  const int64_t place = cursor.place();
  const uint32_t directions = cursor.u32();
  if (directions > (kForward | kReverse))
    refuse(place, "expected directions of a layer from 0 to 3, found %u", directions);
  for (const bool reverse : {false, true}) {
    if ((directions & (reverse ? kReverse : kForward)) == 0) continue;
    const size_t direction = 2 * index + (reverse ? 1 : 0);
    (reverse ? layer.reverse : layer.forward) = &directions_[direction];
    parse_direction(cursor, direction);
  }
}

void Description::parse_direction(Cursor& cursor, size_t direction) {
  recurrent_direction_desc& weights = directions_[direction];
  weights.struct_size = sizeof(weights);
  weights.gate_activation = cursor.i32();
  weights.gate_alpha = cursor.f32();
  weights.gate_beta = cursor.f32();
  weights.candidate_activation = cursor.i32();
  weights.candidate_alpha = cursor.f32();
  weights.candidate_beta = cursor.f32();
  weights.output_activation = cursor.i32();
  weights.output_alpha = cursor.f32();
  weights.output_beta = cursor.f32();
  const int64_t place = cursor.place();
  const uint32_t present = cursor.u32();
  if (present >> kFieldCount != 0)
    refuse(place, "expected the weights of a direction as a number below %u, found %u",
           1u << kFieldCount, present);
  for (size_t i = 0; i < kFieldCount; ++i) {
    if ((present >> i & 1) == 0) continue;
    weights.*kFields[i] = &kPresent;
    owners_.push_back({direction, kFields[i]});
    parse_array(cursor);
  }
}

void Description::parse_array(Cursor& cursor) {
  StoredArray array;
  array.place = cursor.place();
  array.format = cursor.i32();
  if (array.format < RECURRENT_WEIGHT_FORMAT_FLOAT32 || array.format > RECURRENT_WEIGHT_FORMAT_INT8)
    refuse(array.place, "expected weights of a format from 0 to %d, found %d",
           RECURRENT_WEIGHT_FORMAT_INT8, array.format);
  const int64_t reserved = cursor.place();
  const uint32_t zero = cursor.u32();
  if (zero != 0) refuse(reserved, "expected 0, found %u", zero);
  // What is too large becomes negative, which is no layer's shape.
  array.rows = static_cast<int64_t>(cursor.u64());
  array.columns = static_cast<int64_t>(cursor.u64());
  array.offset = cursor.u64();
  arrays_.push_back(array);
}

void Description::check() const {
  expect_value("layout", layout_, RECURRENT_LAYOUT_TIME_MAJOR, RECURRENT_LAYOUT_BATCH_MAJOR);
  expect_value("empty_row", empty_row_, RECURRENT_EMPTY_ROW_KEEPS_STATE,
               RECURRENT_EMPTY_ROW_ZEROES_STATE);
  validate(desc_);
  const Graph graph(desc_);
  check_shapes();
}

// The model reads as many weights as its sizes say.
void Description::check_shapes() const {
  for (size_t i = 0; i < arrays_.size(); ++i) {
    const StoredArray& array = arrays_[i];
    const std::vector<WeightArray> all = weight_arrays(layers_[owners_[i].direction / 2]);
    const auto expected = std::find_if(all.begin(), all.end(), [&](const WeightArray& each) {
      return each.field == owners_[i].field;
    });
    if (expected == all.end())
      refuse(array.place, "expected no such weights of layer %zu", owners_[i].direction / 2);
    if (array.rows != expected->rows || array.columns != expected->columns)
      refuse(array.place, "expected weights of shape [%lld, %lld] of layer %zu, found [%lld, %lld]",
             wide(expected->rows), wide(expected->columns), owners_[i].direction / 2,
             wide(array.rows), wide(array.columns));
  }
}

}  // namespace recurrent::file
