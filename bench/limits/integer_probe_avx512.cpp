#include <immintrin.h>

#include "limits/probe.h"

namespace {

typedef int Vector __attribute__((vector_size(64)));

// Weights are made words, as inputs of either width are.
constexpr int kProductsPerVector = 32;

inline Vector multiply_add_once(Vector sum, Vector a, Vector b) {
  return (Vector)_mm512_add_epi32((__m512i)sum, _mm512_madd_epi16((__m512i)a, (__m512i)b));
}

}  // namespace

#include "limits/integer_probe.inl"

namespace limits {

const IntegerProbe& avx512_integer_probe() {
  static const IntegerProbe probe{"vpmaddwd", multiply_add, kOperationsPerRound, 1};
  return probe;
}

}  // namespace limits
