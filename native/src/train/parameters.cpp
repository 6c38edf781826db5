#include "train/parameters.h"

#include <algorithm>

#include "base/checked.h"
#include "model/specification.h"
#include "model/weight_arrays.h"

namespace recurrent {

namespace {

// All checks of a description come before its weights are read: sizes that do not fit each other
// would be read past the end.
Graph checked_graph(const recurrent_model_desc& desc) {
  validate(desc);
  expect_floats(desc, "a trainer");
  return Graph(desc);
}

}  // namespace

Parameters::Parameters(const recurrent_model_desc& desc)
    : desc_(desc), graph_(checked_graph(desc)) {
  layers_.assign(desc.layers, desc.layers + desc.layer_count);
  directions_.resize(2 * layers_.size());
  for (size_t i = 0; i < layers_.size(); ++i)
    for (const bool reverse : {false, true}) {
      const recurrent_direction_desc*& own = reverse ? layers_[i].reverse : layers_[i].forward;
      if (!own) continue;
      recurrent_direction_desc& copy = directions_[2 * i + (reverse ? 1 : 0)];
      copy = *own;
      own = &copy;
      add_direction(static_cast<int32_t>(i),
                    reverse ? RECURRENT_DIRECTION_REVERSE : RECURRENT_DIRECTION_FORWARD, copy);
    }
  desc_.layers = layers_.data();
  take_values();
}

// Copies the weights, and makes the description point to the copies.
void Parameters::take_values() {
  const int64_t count =
      blocks_.empty() ? 0 : blocks_.back().offset + blocks_.back().rows * blocks_.back().columns;
  memory_ = AlignedBuffer<float>(count);
  values_.reserve(blocks_.size());
  for (size_t i = 0; i < blocks_.size(); ++i) {
    float* to = memory_.data() + blocks_[i].offset;
    std::copy_n(*sources_[i], blocks_[i].rows * blocks_[i].columns, to);
    *sources_[i] = to;
    values_.emplace_back(to, sources_[i], blocks_[i].rows, blocks_[i].columns);
  }
  sources_.clear();
  gradients_.lay_out(blocks_);
}

void Parameters::get(float* values) const {
  for (size_t i = 0; i < blocks_.size(); ++i)
    std::copy_n(values_[i].values(), values_[i].size(), values + blocks_[i].offset);
}

void Parameters::set(const float* values) {
  for (ParameterBlock& block : values_) block.reserve_whole();
  for (size_t i = 0; i < blocks_.size(); ++i)
    std::copy_n(values + blocks_[i].offset, values_[i].size(), values_[i].rewrite().to);
}

void Parameters::keep(bool keeps) {
  keeps_ = keeps;
  for (ParameterBlock& block : values_) keeps ? block.keep() : block.give_up();
}

void Parameters::add_direction(int32_t layer, int32_t direction, recurrent_direction_desc& w) {
  for (const WeightArray& array : weight_arrays(layers_[static_cast<size_t>(layer)]))
    add(layer, direction, array.role, w.*array.field, array.rows, array.columns);
}

// Until all blocks are known, a weight points to where the caller has it.
void Parameters::add(int32_t layer, int32_t direction, int32_t role, const float*& data,
                     int64_t rows, int64_t columns) {
  if (!data) return;
  const int64_t offset =
      blocks_.empty() ? 0 : blocks_.back().offset + blocks_.back().rows * blocks_.back().columns;
  recurrent_parameter_block block{};
  block.struct_size = sizeof(block);
  block.layer = layer;
  block.direction = direction;
  block.role = role;
  block.offset = offset;
  block.rows = rows;
  block.columns = columns;
  blocks_.push_back(block);
  sources_.push_back(&data);
}

int64_t Parameters::find(size_t layer, int32_t direction, int32_t role) const {
  for (size_t i = 0; i < blocks_.size(); ++i)
    if (blocks_[i].layer == static_cast<int32_t>(layer) && blocks_[i].direction == direction &&
        blocks_[i].role == role)
      return static_cast<int64_t>(i);
  return -1;
}

float* Parameters::gradient(size_t layer, bool reverse, int32_t role) {
  const int64_t block =
      find(layer, reverse ? RECURRENT_DIRECTION_REVERSE : RECURRENT_DIRECTION_FORWARD, role);
  return block < 0 ? nullptr : gradients_.block(static_cast<size_t>(block));
}

TouchedRows& Parameters::touched(size_t layer) {
  return *gradients_.touched(
      static_cast<size_t>(find(layer, RECURRENT_DIRECTION_FORWARD, RECURRENT_PARAMETER_TABLE)));
}

}  // namespace recurrent
