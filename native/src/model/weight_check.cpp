#include "model/weight_check.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "base/error.h"
#include "model/rounding.h"
#include "model/specification.h"
#include "model/weight_format.h"
#include "model/window.h"

namespace recurrent {
namespace {

using kernels::WeightFormat;

// Rows of weights of one format.
struct Matrix {
  const char* name;
  const float* data;
  int64_t rows;
  int64_t terms;
  int32_t format;
};

[[noreturn]] void refuse(const std::string& path, const Matrix& matrix, int64_t index,
                         const char* expected) {
  invalid((path + matrix.name).c_str(), "expected %s in %s, found %g in row %lld, column %lld",
          expected, name_of_format(matrix.format), static_cast<double>(matrix.data[index]),
          static_cast<long long>(index / matrix.terms),
          static_cast<long long>(index % matrix.terms));
}

void check_halves(const std::string& path, const Matrix& matrix) {
  for (int64_t i = 0; i < matrix.rows * matrix.terms; ++i)
    if (std::isinf(from_bfloat16(to_bfloat16(matrix.data[i]))))
      refuse(path, matrix, i, "weights that do not round to infinity");
}

void check_integers(const std::string& path, const Matrix& matrix) {
  for (int64_t row = 0; row < matrix.rows; ++row) {
    const float* const weights = matrix.data + row * matrix.terms;
    int64_t largest = 0;
    for (int64_t k = 0; k < matrix.terms; ++k) {
      if (!std::isfinite(weights[k]))
        refuse(path, matrix, row * matrix.terms + k, "finite weights");
      if (std::fabs(weights[k]) > std::fabs(weights[largest])) largest = k;
    }
    if (!std::isfinite(127.0f * integer_scale(weights, matrix.terms)))
      refuse(path, matrix, row * matrix.terms + largest,
             "rows 127 times whose scale, the largest weight's 127th part rounded up, is finite");
  }
}

void check_matrix(const std::string& path, const Matrix& matrix) {
  if (!matrix.data) return;
  switch (static_cast<WeightFormat>(matrix.format)) {
    case WeightFormat::kFloat32:
      break;
    case WeightFormat::kBfloat16:
      check_halves(path, matrix);
      break;
    default:
      check_integers(path, matrix);
      break;
  }
}

void check_direction(const std::string& path, const recurrent_layer_desc& layer,
                     const recurrent_direction_desc& direction) {
  const CellTraits& traits = cell_traits(layer.kind);
  if (traits.pointwise) return;
  const int64_t rows = int64_t{layer.hidden_size} * traits.gates;
  const int64_t inputs = traits.has_windows
                             ? int64_t{layer.kernel_size} * (layer.input_size / layer.groups)
                             : layer.input_size;
  const int64_t state = layer.projection_size ? layer.projection_size : layer.hidden_size;
  check_matrix(path,
               {"input_weights", direction.input_weights, rows, inputs, layer.input_weight_format});
  check_matrix(path, {"recurrent_weights", direction.recurrent_weights, rows, state,
                      layer.recurrent_weight_format});
  check_matrix(path, {"projection", direction.projection, layer.projection_size, layer.hidden_size,
                      layer.recurrent_weight_format});
}

}  // namespace

void check_weights(const recurrent_model_desc& desc, const std::vector<PackedShape>& packed) {
  for (int32_t i = 0; i < desc.layer_count; ++i) {
    const recurrent_layer_desc& layer = desc.layers[i];
    const std::string path = "layers[" + std::to_string(i) + "].";
    const auto is_packed = [&](int32_t direction) {
      return std::any_of(packed.begin(), packed.end(), [&](const PackedShape& each) {
        return each.layer == i && each.direction == direction;
      });
    };
    if (layer.forward && !is_packed(RECURRENT_DIRECTION_FORWARD))
      check_direction(path + "forward.", layer, *layer.forward);
    if (layer.reverse && !is_packed(RECURRENT_DIRECTION_REVERSE))
      check_direction(path + "reverse.", layer, *layer.reverse);
  }
}

}  // namespace recurrent
