// What dot_vnni.inl needs of 256 bits; dot_words() is that of an encoding.

// The bytes of all lanes: first the lowest ones, then those above them, and so on, eight of each.
RECURRENT_INLINE __m256i planes_of(IntVec a) {
  const __m256i turned = _mm256_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 0,
                                          4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const __m256i halves = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  return _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(a.v, turned), halves);
}
RECURRENT_INLINE void store_lowest_bytes(unsigned char* p, IntVec a) {
  _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm256_castsi256_si128(planes_of(a)));
}
// The two lower bytes of each lane, the second one moved up by 128.
RECURRENT_INLINE void store_bytes(unsigned char* first, unsigned char* second, IntVec a) {
  const __m128i both = _mm256_castsi256_si128(planes_of(a));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(first), both);
  _mm_storel_epi64(reinterpret_cast<__m128i*>(second),
                   _mm_xor_si128(_mm_unpackhi_epi64(both, both), _mm_set1_epi8(-128)));
}
