#include "naive_over_time.h"

#include <cfloat>
#include <cmath>
#include <limits>

#include "kernels/implementations.h"

namespace recurrent::test {
namespace {

float exp_of(float v) {
  float y = 0;
  kernels::table_for(RECURRENT_ISA_SCALAR)->exp(&v, &y, 1);
  return y;
}

void flush(std::vector<float>& values) {
  for (float& v : values) v = std::fabs(v) < FLT_MIN ? 0.0f : v;
}

// One feature of `steps` steps that are `stride` apart.
struct Feature {
  const float* first;
  size_t stride;
  size_t steps;

  float at(size_t t) const { return first[t * stride]; }
  float largest() const {
    float most = at(0);
    for (size_t t = 1; t < steps; ++t)
      most = at(t) > most ? at(t) : std::isnan(at(t)) ? at(t) : most;
    return most;
  }
  float sum() const {
    float sum = 0;
    for (size_t t = 0; t < steps; ++t) sum += at(t);
    return sum;
  }
  float weighted(const Feature& scores) const {
    const float most = scores.largest();
    float sum = 0;
    for (size_t t = 0; t < steps; ++t) sum += exp_of(scores.at(t) - most);
    float y = 0;
    for (size_t t = 0; t < steps; ++t) y = std::fma(exp_of(scores.at(t) - most) / sum, at(t), y);
    return y;
  }
};

}  // namespace

std::vector<float> naive_over_time(const recurrent_layer_desc& layer, std::vector<float> x,
                                   std::vector<float> scores, int64_t steps) {
  flush(x);
  flush(scores);
  const auto count = static_cast<size_t>(steps);
  const auto size = static_cast<size_t>(layer.input_size);
  if (count == 0) return std::vector<float>(static_cast<size_t>(layer.hidden_size), 0.0f);
  if (layer.kind == RECURRENT_LAYER_FLATTEN) return x;
  const size_t score_size = scores.size() / count;
  std::vector<float> y;
  for (size_t j = 0; j < size; ++j) {
    const Feature feature{x.data() + j, size, count};
    if (layer.kind == RECURRENT_LAYER_MEAN_OVER_TIME)
      y.push_back(feature.sum() / static_cast<float>(count));
    if (layer.kind == RECURRENT_LAYER_MAX_OVER_TIME) y.push_back(feature.largest());
    if (layer.kind == RECURRENT_LAYER_SOFTMAX_OVER_TIME)
      y.push_back(feature.weighted({scores.data() + (score_size == 1 ? 0 : j), score_size, count}));
  }
  return y;
}

std::vector<float> naive_pooling(const recurrent_layer_desc& layer, std::vector<float> x,
                                 int64_t steps) {
  flush(x);
  std::vector<float> y;
  const int64_t extent = int64_t{layer.kernel_size - 1} * layer.dilation;
  // The last window ends where the padding does.
  for (int64_t first = -layer.pad_before; steps > 0 && first + extent < steps + layer.pad_after;
       first += layer.stride)
    for (int64_t j = 0; j < layer.input_size; ++j) {
      std::vector<float> seen;
      for (int64_t t = first; t <= first + extent; t += layer.dilation)
        if (t >= 0 && t < steps) seen.push_back(x[static_cast<size_t>(t * layer.input_size + j)]);
      const Feature feature{seen.data(), 1, seen.size()};
      if (seen.empty())
        y.push_back(layer.kind == RECURRENT_LAYER_MAX_POOLING
                        ? -std::numeric_limits<float>::infinity()
                        : 0.0f);
      else if (layer.kind == RECURRENT_LAYER_MAX_POOLING)
        y.push_back(feature.largest());
      else
        y.push_back(feature.sum() / static_cast<float>(layer.counts_padding
                                                           ? static_cast<size_t>(layer.kernel_size)
                                                           : seen.size()));
    }
  return y;
}

}  // namespace recurrent::test
