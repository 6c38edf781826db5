#include <immintrin.h>

#include "limits/probe.h"

namespace {

typedef int Vector __attribute__((vector_size(32)));

// Weights are made words, as inputs of either width are.
constexpr int kProductsPerVector = 16;

inline Vector multiply_add_once(Vector sum, Vector a, Vector b) {
  return (Vector)_mm256_add_epi32((__m256i)sum, _mm256_madd_epi16((__m256i)a, (__m256i)b));
}

}  // namespace

#include "limits/integer_probe.inl"

namespace limits {

const IntegerProbe& avx2_integer_probe() {
  static const IntegerProbe probe{"vpmaddwd", multiply_add, kOperationsPerRound, 1};
  return probe;
}

}  // namespace limits
