#include "gemm/provider.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <mutex>
#include <tuple>

#include "base/error.h"
#include "gemm/mkl.h"

namespace recurrent {
namespace {

void multiply_builtin(const InputProduct& product, int64_t group_begin, int64_t group_end) {
  const PackedMatrix& weights = product.direction.multiplied();
  const kernels::ProductArgs args{{product.rows, group_begin, group_end, 0},
                                  weights.grouping(),
                                  weights.data(),
                                  weights.panel_stride(),
                                  product.layer.gates,
                                  product.direction.bias.data(),
                                  product.x,
                                  product.layer.input_size,
                                  product.layer.input_size,
                                  product.out,
                                  product.layer.columns,
                                  product.rounded};
  product.direction.product(args);
}

void multiply_mkl(const Mkl& mkl, const InputProduct& product, int64_t group_begin,
                  int64_t group_end) {
  // A thread for which there are no groups.
  if (group_begin == group_end) return;
  const PackedLayer& layer = product.layer;
  const kernels::Grouping& grouping = product.direction.weights.grouping();
  const int64_t panel_floats = layer.columns / grouping.panels;
  const int64_t begin = group_begin * grouping.panels_per_group * panel_floats;
  const int64_t end =
      std::min(group_end * grouping.panels_per_group, grouping.panels) * panel_floats;
  for (int64_t row = 0; row < product.rows; ++row)
    std::copy(product.direction.bias.data() + begin, product.direction.bias.data() + end,
              product.out + row * layer.columns + begin);
  mkl.sgemm(product.rows, end - begin, layer.input_size, product.x, layer.input_size,
            product.direction.gemm.data() + begin, layer.columns, 1.0f, product.out + begin,
            layer.columns);
}

// Microseconds of the fastest of a few products of this shape.
double measure(const InputProduct& product) {
  double best = 1e30;
  for (int i = 0; i < 4; ++i) {
    const auto start = std::chrono::steady_clock::now();
    multiply(product, 0, product.direction.weights.groups());
    best = std::min(
        best, std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
                  .count());
  }
  return best;
}

// Shapes whose sizes have the same power of two behave alike; each class is measured once a
// process.
using ShapeClass = std::tuple<int, int, int>;

ShapeClass shape_class(const Model& model, const PackedLayer& layer) {
  const auto log2 = [](int64_t n) {
    int bits = 0;
    while (n >>= 1) ++bits;
    return bits;
  };
  return {model.kernels().isa, log2(layer.input_size), log2(layer.columns)};
}

ProductTimes times_of(Model& model, size_t layer_index, size_t direction_index) {
  static std::mutex mutex;
  static std::map<ShapeClass, ProductTimes> measured;
  const PackedLayer& layer = model.layers()[layer_index];
  const std::lock_guard lock(mutex);
  const ShapeClass key = shape_class(model, layer);
  const auto found = measured.find(key);
  if (found != measured.end()) return found->second;

  constexpr int64_t kRows = 96;
  AlignedBuffer<float> x(kRows * layer.input_size);
  AlignedBuffer<float> out(kRows * layer.columns);
  std::fill(x.begin(), x.end(), 0.5f);
  const PackedDirection& direction = layer.directions[direction_index];
  const InputProduct product{model, layer, direction, x.data(), out.data(), kRows};
  ProductTimes times;
  times.rows = kRows;
  times.builtin_us = measure(product);
  model.use_mkl(layer_index, direction_index);
  times.mkl_us = measure(product);
  model.drop_mkl(layer_index, direction_index);
  return measured.emplace(key, times).first->second;
}

// It multiplies floats alone.
bool can_use_mkl(const PackedDirection& direction) {
  return !direction.is_split() && direction.weights.format() == kernels::WeightFormat::kFloat32;
}

}  // namespace

ProductChoices choose_provider(Model& model, int32_t provider) {
  ProductChoices choices;
  for (const PackedLayer& layer : model.layers())
    choices.emplace_back(layer.recurrent() ? layer.directions.size() : 0);
  if (provider == RECURRENT_GEMM_BUILTIN) return choices;
  if (!mkl()) {
    if (provider == RECURRENT_GEMM_AUTO) return choices;
    fail(RECURRENT_STATUS_UNAVAILABLE, "gemm_provider: Intel MKL was asked for, but %s",
         mkl_description().c_str());
  }
  for (size_t l = 0; l < choices.size(); ++l)
    for (size_t d = 0; d < choices[l].size(); ++d) {
      if (!can_use_mkl(model.layers()[l].directions[d])) continue;
      if (provider == RECURRENT_GEMM_AUTO) choices[l][d] = times_of(model, l, d);
      if (provider == RECURRENT_GEMM_MKL || choices[l][d].mkl_is_faster()) model.use_mkl(l, d);
    }
  return choices;
}

void multiply(const InputProduct& product, int64_t group_begin, int64_t group_end) {
  if (product.direction.gemm.size() > 0)
    multiply_mkl(*mkl(), product, group_begin, group_end);
  else
    multiply_builtin(product, group_begin, group_end);
}

}  // namespace recurrent
