#include "exec/pointwise.h"

#include <cfloat>
#include <cmath>

namespace recurrent {

void apply_pointwise(const kernels::KernelTable& kernels, const PackedLayer& layer, const float* x,
                     float* y) {
  const PackedPointwise& p = layer.pointwise;
  const int64_t count = layer.output_size;
  switch (layer.kind) {
    case RECURRENT_LAYER_ACTIVATION:
      apply_elementwise(
          kernels, layer, [x](size_t) { return x; }, y, count);
      break;
    case RECURRENT_LAYER_SOFTMAX:
      kernels.softmax(x, y, count);
      break;
    case RECURRENT_LAYER_LOG_SOFTMAX:
      kernels.log_softmax(x, y, count);
      break;
    case RECURRENT_LAYER_LAYER_NORMALIZATION:
      kernels.normalize(p.factors.data(), p.offsets.data(), p.epsilon, x, y, count);
      break;
    case RECURRENT_LAYER_SCALE:
      kernels.scale(p.factors.data(), p.offsets.data(), x, y, count);
      break;
    default:
      kernels.flush(x + layer.first, y, count);
      break;
  }
}

void add_to(const float* x, float* y, int64_t count) {
  for (int64_t i = 0; i < count; ++i) y[i] += std::fabs(x[i]) < FLT_MIN ? 0.0f : x[i];
}

const float* embedded(const PackedLayer& layer, int32_t index) {
  return layer.pointwise.table.data() + index * layer.output_size;
}

}  // namespace recurrent
