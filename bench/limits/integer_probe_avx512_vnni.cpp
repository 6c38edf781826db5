#include <immintrin.h>

#include "limits/probe.h"

namespace {

typedef int Vector __attribute__((vector_size(64)));

// Bytes; an input of 16 bits is two of them.
constexpr int kProductsPerVector = 64;

inline Vector multiply_add_once(Vector sum, Vector a, Vector b) {
  return (Vector)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)a, (__m512i)b);
}

}  // namespace

#include "limits/integer_probe.inl"

namespace limits {

const IntegerProbe& avx512_vnni_integer_probe() {
  static const IntegerProbe probe{"vpdpbusd", multiply_add, kOperationsPerRound, 2};
  return probe;
}

}  // namespace limits
