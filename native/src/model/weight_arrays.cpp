#include "model/weight_arrays.h"

#include "model/specification.h"

namespace recurrent {

using Direction = recurrent_direction_desc;

std::vector<WeightArray> weight_arrays(const recurrent_layer_desc& layer) {
  const int64_t units = layer.hidden_size;
  switch (layer.kind) {
    case RECURRENT_LAYER_EMBEDDING:
      return {{RECURRENT_PARAMETER_TABLE, &Direction::input_weights, layer.input_size, units}};
    case RECURRENT_LAYER_SCALE:
    case RECURRENT_LAYER_LAYER_NORMALIZATION:
      return {{RECURRENT_PARAMETER_FACTORS, &Direction::input_weights, 1, units},
              {RECURRENT_PARAMETER_OFFSETS, &Direction::input_bias, 1, units}};
    default:
      break;
  }
  const bool is_convolution = layer.kind == RECURRENT_LAYER_CONVOLUTION;
  const int64_t state = layer.projection_size ? layer.projection_size : units;
  const int64_t rows = cell_traits(layer.kind).gates * units;
  const int64_t columns = is_convolution
                              ? int64_t{layer.kernel_size} * (layer.input_size / layer.groups)
                              : layer.input_size;
  return {{RECURRENT_PARAMETER_INPUT_WEIGHTS, &Direction::input_weights, rows, columns},
          {RECURRENT_PARAMETER_RECURRENT_WEIGHTS, &Direction::recurrent_weights, rows, state},
          {RECURRENT_PARAMETER_INPUT_BIAS, &Direction::input_bias, 1, rows},
          {RECURRENT_PARAMETER_RECURRENT_BIAS, &Direction::recurrent_bias, 1, rows},
          {RECURRENT_PARAMETER_PEEPHOLE, &Direction::peephole, 1, 3 * units},
          {RECURRENT_PARAMETER_PROJECTION, &Direction::projection, state, units},
          {RECURRENT_PARAMETER_INITIAL_HIDDEN, &Direction::initial_hidden, 1,
           is_convolution ? history_size(layer) : state},
          {RECURRENT_PARAMETER_INITIAL_CELL, &Direction::initial_cell, 1, units}};
}

}  // namespace recurrent
