#include "naive_matrix.h"

#include <recurrent/recurrent.h>

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <limits>

namespace recurrent::test {
namespace {

constexpr size_t kBlock = 512;

float flush(float v) { return std::fabs(v) < FLT_MIN ? 0.0f : v; }

// To the nearest of the floats whose lower half is zero.
float nearest_half(float v) {
  if (!std::isfinite(v)) return v;
  const float down = std::bit_cast<float>(std::bit_cast<uint32_t>(v) & 0xffff0000u);
  const float up = std::bit_cast<float>((std::bit_cast<uint32_t>(v) & 0xffff0000u) + 0x10000u);
  const double below = std::fabs(static_cast<double>(v) - static_cast<double>(down));
  const double above = std::fabs(static_cast<double>(up) - static_cast<double>(v));
  if (below != above) return below < above ? down : up;
  return (std::bit_cast<uint32_t>(down) >> 16) % 2 == 0 ? down : up;
}

}  // namespace

NaiveMatrix::NaiveMatrix(const float* weights, size_t rows, size_t terms, int32_t format)
    : terms_(terms), format_(format), values_(weights, weights + rows * terms), scales_(rows) {
  for (float& value : values_) value = flush(value);
  if (format == RECURRENT_WEIGHT_FORMAT_BFLOAT16)
    for (float& value : values_) value = nearest_half(value);
  if (!has_integers()) return;
  integers_.resize(values_.size());
  for (size_t row = 0; row < rows; ++row) round_row(row);
}

bool NaiveMatrix::has_integers() const { return format_ >= RECURRENT_WEIGHT_FORMAT_INT8; }

void NaiveMatrix::round_row(size_t row) {
  float* const w = values_.data() + row * terms_;
  float most = 0x1p-40f;
  for (size_t k = 0; k < terms_; ++k) most = std::max(most, std::fabs(w[k]));
  // most = f 2^e with 1/2 <= f < 1.
  const int e = std::ilogb(most) + 1;
  float scale = 0;
  for (const int power : {e - 8, e - 7}) {
    bool loses = false;
    for (size_t k = 0; k < terms_; ++k) {
      const double q = std::ldexp(static_cast<double>(w[k]), -power);
      loses |= q != std::floor(q) || q < -128 || q > 127;
    }
    if (!loses && scale == 0) scale = static_cast<float>(std::ldexp(1.0, power));
  }
  if (scale == 0) {
    const uint32_t bits = std::bit_cast<uint32_t>(most / 127.0f);
    scale = std::bit_cast<float>((bits % 256 == 0 ? bits : bits / 256 * 256 + 256));
  }
  scales_[row] = scale;
  for (size_t k = 0; k < terms_; ++k) {
    const float q = std::nearbyint(w[k] / scale);
    integers_[row * terms_ + k] = static_cast<int32_t>(q);
    w[k] = q * scale;
  }
}

float NaiveMatrix::chain(float a, size_t row, const std::vector<float>& x) const {
  if (!has_integers()) {
    for (size_t k = 0; k < terms_; ++k) a = std::fma(values_[row * terms_ + k], x[k], a);
    return a;
  }
  const NaiveVector v(x, format_ == RECURRENT_WEIGHT_FORMAT_INT8 ? 32767.0f : 127.0f);
  const float scale = scales_[row] * v.scale;
  for (size_t begin = 0; begin < terms_; begin += kBlock) {
    int64_t sum = 0;
    for (size_t k = begin; k < std::min(terms_, begin + kBlock); ++k)
      sum += int64_t{integers_[row * terms_ + k]} * v.integers[k];
    a = std::fma(static_cast<float>(sum), scale, a);
  }
  return a;
}

NaiveVector::NaiveVector(const std::vector<float>& x, float most) : integers(x.size()) {
  float largest = 0x1p-64f;
  bool is_finite = true;
  for (const float v : x) {
    is_finite &= std::isfinite(v);
    largest = std::max(largest, std::fabs(v));
  }
  scale = is_finite ? largest / most : std::numeric_limits<float>::quiet_NaN();
  const float inverse = most / largest;
  for (size_t k = 0; is_finite && k < x.size(); ++k)
    integers[k] = static_cast<int32_t>(std::nearbyint(x[k] * inverse));
}

}  // namespace recurrent::test
