// The vector type of AVX2 + FMA: eight lanes. Included inside the avx2 namespace, after
// simd/intrinsics.h. The operations are those of vec_scalar.inl and vec_avx512.inl, bit for bit.

struct Mask {
  __m256 m;
};

struct IntVec {
  __m256i v;
};

struct Vec {
  static constexpr int kWidth = 8;
  __m256 v;

  static RECURRENT_INLINE Vec load(const float* p) { return {_mm256_loadu_ps(p)}; }
  static RECURRENT_INLINE void store(float* p, Vec a) { _mm256_storeu_ps(p, a.v); }
  // Lanes from n on read as +0, and memory beyond p[n - 1] is not touched.
  static RECURRENT_INLINE Vec load_partial(const float* p, int n) {
    return {_mm256_maskload_ps(p, first_lanes(n))};
  }
  static RECURRENT_INLINE void store_partial(float* p, Vec a, int n) {
    _mm256_maskstore_ps(p, first_lanes(n), a.v);
  }
  // Brings a cache line nearer. Any address will do.
  static RECURRENT_INLINE void prefetch(const void* p) {
    _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T0);
  }
  static RECURRENT_INLINE Vec broadcast(float a) { return {_mm256_set1_ps(a)}; }
  static RECURRENT_INLINE Vec zero() { return {_mm256_setzero_ps()}; }

 private:
  static RECURRENT_INLINE __m256i first_lanes(int n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
};

RECURRENT_INLINE Vec fma(Vec a, Vec b, Vec c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }
// c - a * b with one rounding.
RECURRENT_INLINE Vec neg_fma(Vec a, Vec b, Vec c) { return {_mm256_fnmadd_ps(a.v, b.v, c.v)}; }
RECURRENT_INLINE Vec add(Vec a, Vec b) { return {_mm256_add_ps(a.v, b.v)}; }
RECURRENT_INLINE Vec sub(Vec a, Vec b) { return {_mm256_sub_ps(a.v, b.v)}; }
RECURRENT_INLINE Vec mul(Vec a, Vec b) { return {_mm256_mul_ps(a.v, b.v)}; }
RECURRENT_INLINE Vec div(Vec a, Vec b) { return {_mm256_div_ps(a.v, b.v)}; }
RECURRENT_INLINE Vec sqrt(Vec a) { return {_mm256_sqrt_ps(a.v)}; }

RECURRENT_INLINE IntVec bits_of(Vec a) { return {_mm256_castps_si256(a.v)}; }
RECURRENT_INLINE Vec from_bits(IntVec a) { return {_mm256_castsi256_ps(a.v)}; }

RECURRENT_INLINE IntVec load_bits(const unsigned char* p) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))};
}
// The upper 16 bits of each lane, zeros below.
RECURRENT_INLINE IntVec upper_halves(IntVec a) {
  return {_mm256_and_si256(a.v, _mm256_set1_epi32(static_cast<int>(0xffff0000u)))};
}
alignas(32) constexpr uint32_t kUpperHalves[] = {0xffff0000u, 0xffff0000u, 0xffff0000u,
                                                 0xffff0000u, 0xffff0000u, 0xffff0000u,
                                                 0xffff0000u, 0xffff0000u};
// The same where no register is left for the mask: GCC gives it one all the same, and puts sums
// into memory, with which a batch took twice as long.
RECURRENT_INLINE IntVec upper_halves_by_memory(IntVec a) {
  const __m256i* mask = reinterpret_cast<const __m256i*>(kUpperHalves);
#if defined(__GNUC__)
  __asm__("vpand %1, %0, %0" : "+x"(a.v) : "m"(*mask));
  return a;
#else
  return {_mm256_and_si256(a.v, _mm256_load_si256(mask))};
#endif
}

RECURRENT_INLINE IntVec int_broadcast(int32_t a) { return {_mm256_set1_epi32(a)}; }
RECURRENT_INLINE IntVec int_add(IntVec a, IntVec b) { return {_mm256_add_epi32(a.v, b.v)}; }
RECURRENT_INLINE IntVec int_sub(IntVec a, IntVec b) { return {_mm256_sub_epi32(a.v, b.v)}; }
template <int kBits>
RECURRENT_INLINE IntVec shift_left(IntVec a) {
  return {_mm256_slli_epi32(a.v, kBits)};
}
template <int kBits>
RECURRENT_INLINE IntVec shift_right_signed(IntVec a) {
  return {_mm256_srai_epi32(a.v, kBits)};
}
RECURRENT_INLINE Vec to_float(IntVec a) { return {_mm256_cvtepi32_ps(a.v)}; }

RECURRENT_INLINE Vec neg(Vec a) { return {_mm256_xor_ps(a.v, _mm256_set1_ps(-0.0f))}; }
RECURRENT_INLINE Vec abs(Vec a) { return {_mm256_andnot_ps(_mm256_set1_ps(-0.0f), a.v)}; }
// `magnitude` has to have a clear sign bit (a NaN excepted); it gets the sign of `sign`.
RECURRENT_INLINE Vec with_sign_of(Vec magnitude, Vec sign) {
  return {_mm256_or_ps(magnitude.v, _mm256_and_ps(sign.v, _mm256_set1_ps(-0.0f)))};
}
// Bounds that let a NaN in `a` pass: the instructions return the second operand when either is NaN.
RECURRENT_INLINE Vec at_least(Vec bound, Vec a) { return {_mm256_max_ps(bound.v, a.v)}; }
RECURRENT_INLINE Vec at_most(Vec bound, Vec a) { return {_mm256_min_ps(bound.v, a.v)}; }

// Ordered, quiet comparisons: false where an operand is NaN.
RECURRENT_INLINE Mask lt(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_LT_OQ)}; }
RECURRENT_INLINE Mask le(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_LE_OQ)}; }
RECURRENT_INLINE Mask gt(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_GT_OQ)}; }
RECURRENT_INLINE Mask ge(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_GE_OQ)}; }
RECURRENT_INLINE Mask eq(Vec a, Vec b) { return {_mm256_cmp_ps(a.v, b.v, _CMP_EQ_OQ)}; }
RECURRENT_INLINE Mask is_nan(Vec a) { return {_mm256_cmp_ps(a.v, a.v, _CMP_UNORD_Q)}; }
RECURRENT_INLINE Vec select(Mask mask, Vec a, Vec b) {
  return {_mm256_blendv_ps(b.v, a.v, mask.m)};
}
RECURRENT_INLINE Vec zero_where(Mask mask, Vec a) { return {_mm256_andnot_ps(mask.m, a.v)}; }

// +0 where the mask is set, a / b elsewhere.
RECURRENT_INLINE Vec div_unless(Mask zero, Vec a, Vec b) {
  return zero_where(zero, div(zero_where(zero, a), b));
}

// True where a is to become +0 because its magnitude is below 2^-126; +0 itself may be left out.
RECURRENT_INLINE Mask is_to_flush(Vec a) { return lt(abs(a), Vec::broadcast(0x1p-126f)); }

// Lane i is the sum of the lanes of a[i].
RECURRENT_INLINE Vec sums_of(const Vec* a) {
  const __m256 low = _mm256_hadd_ps(_mm256_hadd_ps(a[0].v, a[1].v), _mm256_hadd_ps(a[2].v, a[3].v));
  const __m256 high =
      _mm256_hadd_ps(_mm256_hadd_ps(a[4].v, a[5].v), _mm256_hadd_ps(a[6].v, a[7].v));
  return {_mm256_add_ps(_mm256_permute2f128_ps(low, high, 0x20),
                        _mm256_permute2f128_ps(low, high, 0x31))};
}

// Lane i of a[j] becomes lane j of a[i].
RECURRENT_INLINE void transpose(Vec* a) {
  __m256 fours[8];
#pragma GCC unroll 2
  for (int i = 0; i < 8; i += 4) {
    const __m256d low_0 = _mm256_castps_pd(_mm256_unpacklo_ps(a[i].v, a[i + 1].v));
    const __m256d high_0 = _mm256_castps_pd(_mm256_unpackhi_ps(a[i].v, a[i + 1].v));
    const __m256d low_1 = _mm256_castps_pd(_mm256_unpacklo_ps(a[i + 2].v, a[i + 3].v));
    const __m256d high_1 = _mm256_castps_pd(_mm256_unpackhi_ps(a[i + 2].v, a[i + 3].v));
    fours[i] = _mm256_castpd_ps(_mm256_unpacklo_pd(low_0, low_1));
    fours[i + 1] = _mm256_castpd_ps(_mm256_unpackhi_pd(low_0, low_1));
    fours[i + 2] = _mm256_castpd_ps(_mm256_unpacklo_pd(high_0, high_1));
    fours[i + 3] = _mm256_castpd_ps(_mm256_unpackhi_pd(high_0, high_1));
  }
#pragma GCC unroll 4
  for (int c = 0; c < 4; ++c) {
    a[c].v = _mm256_permute2f128_ps(fours[c], fours[4 + c], 0x20);
    a[4 + c].v = _mm256_permute2f128_ps(fours[c], fours[4 + c], 0x31);
  }
}
