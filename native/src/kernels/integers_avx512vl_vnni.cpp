// Kernels of weights of 8 bits for 256 bits of AVX-512 with VNNI and VL, beside AVX2. As in
// kernels_avx2.cpp, nothing that emits an inline function is included.
#include "kernels/instruction_set.h"
#include "kernels/table.h"
#include "simd/intrinsics.h"

namespace recurrent::integers_avx512vl_vnni {

constexpr kernels::InstructionSet kSet = avx2::kSet;

// As with 512 bits: there are as many registers.
constexpr int kAccumulators16 = 8;
constexpr int kAccumulators8 = 16;

#include "simd/vec_avx2.inl"

RECURRENT_INLINE IntVec dot_words(IntVec sum, IntVec unsigned_bytes, IntVec signed_bytes) {
#if defined(__GNUC__)
  // GCC 12 copies every sum before and after its intrinsic: 16 moves for 8 products.
  __asm__("vpdpbusd %2, %1, %0" : "+v"(sum.v) : "v"(unsigned_bytes.v), "v"(signed_bytes.v));
  return sum;
#else
  return {_mm256_dpbusd_epi32(sum.v, unsigned_bytes.v, signed_bytes.v)};
#endif
}

#include "simd/words_avx2.inl"

#include "simd/rounding_avx2.inl"

#include "simd/dot_vnni.inl"

#include "kernels/cells.inl"

#include "kernels/integers.inl"

}  // namespace recurrent::integers_avx512vl_vnni
