// What rounding inputs to integers needs of AVX-512's vectors beside vec_avx512.inl.

RECURRENT_INLINE IntVec int_max(IntVec a, IntVec b) { return {_mm512_max_epi32(a.v, b.v)}; }
RECURRENT_INLINE int32_t largest_lane(IntVec a) { return _mm512_reduce_max_epi32(a.v); }
// The lower halves of all lanes, one after the other.
RECURRENT_INLINE void store_halves(unsigned char* p, IntVec a) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi32_epi16(a.v));
}
