#pragma once

#include <algorithm>

#include "model/model.h"

namespace recurrent {

// Whether a layer makes a row of all steps of what it reads, and one of a step's size.
inline bool is_reduction(int32_t kind) {
  return kind == RECURRENT_LAYER_MEAN_OVER_TIME || kind == RECURRENT_LAYER_MAX_OVER_TIME ||
         kind == RECURRENT_LAYER_SOFTMAX_OVER_TIME;
}
inline bool is_over_time(int32_t kind) {
  return is_reduction(kind) || kind == RECURRENT_LAYER_FLATTEN;
}

// One row of a softmax over time. Features are taken some at a time, so that what is kept for them
// needs no scratch memory; the weights of a step are computed again where they are used again.
template <class RowOf>
void softmax_over_time(const kernels::KernelTable& kernels, const PackedLayer& layer, int64_t steps,
                       RowOf row_of, float* y) {
  constexpr int64_t kMost = 256;
  float most[kMost];
  float sum[kMost];
  float weight[kMost];
  const bool has_own_scores = layer.reads[1].size == layer.output_size;
  std::fill_n(y, layer.output_size, 0.0f);
  for (int64_t first = 0; first < layer.output_size; first += kMost) {
    const int64_t count = std::min(kMost, layer.output_size - first);
    const int64_t scores = has_own_scores ? count : 1;
    const auto scores_of = [&](int64_t step) {
      return row_of(1, step) + (has_own_scores ? first : 0);
    };
    kernels.flush(scores_of(0), most, scores);
    for (int64_t t = 1; t < steps; ++t) kernels.keep_largest(scores_of(t), most, scores);
    std::fill_n(sum, scores, 0.0f);
    for (int64_t t = 0; t < steps; ++t) {
      kernels.exp_below(scores_of(t), most, weight, scores);
      for (int64_t i = 0; i < scores; ++i) sum[i] += weight[i];
    }
    for (int64_t t = 0; t < steps; ++t) {
      kernels.exp_below(scores_of(t), most, weight, scores);
      for (int64_t i = 0; i < scores; ++i) weight[i] /= sum[i];
      if (!has_own_scores) std::fill_n(weight + 1, count - 1, weight[0]);
      kernels.accumulate_product(row_of(0, t) + first, weight, y + first, count);
    }
  }
}

// One row of a layer over time: y `[output_size]` of `steps` steps, `row_of(i, t)` being step t of
// what it reads as its value i. Without steps it is 0.
template <class RowOf>
void compute_over_time(const kernels::KernelTable& kernels, const PackedLayer& layer, int64_t steps,
                       RowOf row_of, float* y) {
  const int64_t width = layer.input_size;
  if (steps == 0) {
    std::fill_n(y, layer.output_size, 0.0f);
    return;
  }
  switch (layer.kind) {
    case RECURRENT_LAYER_MEAN_OVER_TIME:
      std::fill_n(y, width, 0.0f);
      for (int64_t t = 0; t < steps; ++t) kernels.accumulate(row_of(0, t), y, width);
      for (int64_t i = 0; i < width; ++i) y[i] /= static_cast<float>(steps);
      break;
    case RECURRENT_LAYER_MAX_OVER_TIME:
      kernels.flush(row_of(0, 0), y, width);
      for (int64_t t = 1; t < steps; ++t) kernels.keep_largest(row_of(0, t), y, width);
      break;
    case RECURRENT_LAYER_SOFTMAX_OVER_TIME:
      softmax_over_time(kernels, layer, steps, row_of, y);
      break;
    default:  // flatten
      for (int64_t t = 0; t < steps; ++t) kernels.flush(row_of(0, t), y + t * width, width);
      break;
  }
}

}  // namespace recurrent
