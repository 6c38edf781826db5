// What rounding inputs to integers needs of AVX2's vectors beside vec_avx2.inl.

RECURRENT_INLINE IntVec int_max(IntVec a, IntVec b) { return {_mm256_max_epi32(a.v, b.v)}; }
RECURRENT_INLINE int32_t largest_lane(IntVec a) {
  const __m128i four = _mm_max_epi32(_mm256_castsi256_si128(a.v), _mm256_extracti128_si256(a.v, 1));
  const __m128i two = _mm_max_epi32(four, _mm_shuffle_epi32(four, 0x4e));
  return _mm_cvtsi128_si32(_mm_max_epi32(two, _mm_shuffle_epi32(two, 0xb1)));
}
// All lanes, which have to fit, in 16 bits, one after the other.
RECURRENT_INLINE void store_halves(unsigned char* p, IntVec a) {
  const __m256i twice = _mm256_packs_epi32(a.v, a.v);  // 0-3 0-3 4-7 4-7
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p),
                   _mm256_castsi256_si128(_mm256_permute4x64_epi64(twice, 0x08)));
}
