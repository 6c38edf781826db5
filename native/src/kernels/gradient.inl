// Gradients of weights: products of two matrices over all rows of all steps. Both come packed, one
// term after the other: `a` with the rows of a tile, `b` with its columns.

constexpr int kGradientVectors = 2;
constexpr int kGradientRows = kSet.accumulators / kGradientVectors;

void gradient_tile(const float* a, const float* b, int64_t terms, float* c, int64_t c_stride) {
  Vec acc[static_cast<size_t>(kGradientRows)][kGradientVectors];
#pragma GCC unroll 12
  for (int r = 0; r < kGradientRows; ++r)
#pragma GCC unroll 2
    for (int j = 0; j < kGradientVectors; ++j) acc[r][j] = Vec::zero();
  for (int64_t k = 0; k < terms; ++k) {
    const Vec b0 = Vec::load(b);
    const Vec b1 = Vec::load(b + Vec::kWidth);
#pragma GCC unroll 12
    for (int r = 0; r < kGradientRows; ++r) {
      const Vec value = Vec::broadcast(a[r]);
      acc[r][0] = fma(b0, value, acc[r][0]);
      acc[r][1] = fma(b1, value, acc[r][1]);
    }
    a += kGradientRows;
    b += kGradientVectors * Vec::kWidth;
  }
#pragma GCC unroll 12
  for (int r = 0; r < kGradientRows; ++r)
#pragma GCC unroll 2
    for (int j = 0; j < kGradientVectors; ++j) {
      float* to = c + r * c_stride + j * Vec::kWidth;
      Vec::store(to, add(Vec::load(to), acc[r][j]));
    }
}
