#include "train/pointwise_pass.h"

#include <algorithm>

namespace recurrent {
namespace {

void add(const float* from, float* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] += from[i];
}

// `dx[j] = y[j] * (dy[j] - sum over i of y[i] * dy[i])`
void softmax_row(const float* y, const float* dy, float* dx, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += static_cast<double>(y[i]) * static_cast<double>(dy[i]);
  for (int64_t i = 0; i < count; ++i) dx[i] += y[i] * (dy[i] - static_cast<float>(sum));
}

void scale_row(const PackedLayer& layer, const float* x, const float* dy, float* dx, float* factors,
               float* offsets) {
  for (int64_t i = 0; i < layer.output_size; ++i) {
    dx[i] += layer.pointwise.factors[i] * dy[i];
    factors[i] += x[i] * dy[i];
    if (offsets) offsets[i] += dy[i];
  }
}

}  // namespace

void pointwise_backward(const kernels::KernelTable& kernels, const PackedLayer& layer, size_t index,
                        Parameters& parameters, const PointwiseBackward& args, float* scratch) {
  const int64_t size = layer.output_size;
  const kernels::Activation& f = layer.pointwise.activation;
  float* table = parameters.gradient(index, false, RECURRENT_PARAMETER_TABLE);
  float* factors = parameters.gradient(index, false, RECURRENT_PARAMETER_FACTORS);
  float* offsets = parameters.gradient(index, false, RECURRENT_PARAMETER_OFFSETS);
  for (int64_t row = 0; row < args.rows; ++row) {
    const float* dy = args.dy + row * size;
    switch (layer.kind) {
      case RECURRENT_LAYER_ACTIVATION:
        kernels.slope(f.kind, f.alpha, f.beta, args.x + row * size, dy, scratch, size);
        add(scratch, args.dx + row * size, size);
        break;
      case RECURRENT_LAYER_SOFTMAX:
        softmax_row(args.y + row * size, dy, args.dx + row * size, size);
        break;
      case RECURRENT_LAYER_SCALE:
        scale_row(layer, args.x + row * size, dy, args.dx + row * size, factors, offsets);
        break;
      case RECURRENT_LAYER_RESIDUAL:
        add(dy, args.dx + row * size, size);
        if (args.source) add(dy, args.source + row * args.source_stride, size);
        break;
      default:
        parameters.touched(index).add(args.indices[row]);
        add(dy, table + args.indices[row] * size, size);
    }
  }
}

}  // namespace recurrent
