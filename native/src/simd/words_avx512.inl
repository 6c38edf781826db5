// What dot_vnni.inl needs of AVX-512 with VNNI.

// The sums and the values of two rows by four gates, the weights and the chains of floats: 29 of 32
// registers. (3 and 6 rows were much slower.) Of 8 bits, twice as many rows.
constexpr int kAccumulators16 = 8;
constexpr int kAccumulators8 = 16;

RECURRENT_INLINE IntVec dot_words(IntVec sum, IntVec unsigned_bytes, IntVec signed_bytes) {
#if defined(__GNUC__)
  // GCC 12 copies every sum before and after its intrinsic: 16 moves for 8 products.
  __asm__("vpdpbusd %2, %1, %0" : "+v"(sum.v) : "v"(unsigned_bytes.v), "v"(signed_bytes.v));
  return sum;
#else
  return {_mm512_dpbusd_epi32(sum.v, unsigned_bytes.v, signed_bytes.v)};
#endif
}
RECURRENT_INLINE void store_lowest_bytes(unsigned char* p, IntVec a) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(a.v));
}
// The two lower bytes of each lane, the second one moved up by 128.
RECURRENT_INLINE void store_bytes(unsigned char* first, unsigned char* second, IntVec a) {
  store_lowest_bytes(first, a);
  store_lowest_bytes(second,
                     {_mm512_xor_si512(_mm512_srli_epi32(a.v, 8), _mm512_set1_epi32(0x80))});
}
