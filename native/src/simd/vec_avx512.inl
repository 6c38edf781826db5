// The vector type of AVX-512 (F, and DQ for classes of numbers): sixteen lanes. Included inside the
// avx512 namespace, after simd/intrinsics.h. The operations are those of vec_scalar.inl and
// vec_avx2.inl, bit for bit.

struct Mask {
  __mmask16 m;
};

struct IntVec {
  __m512i v;
};

struct Vec {
  static constexpr int kWidth = 16;
  __m512 v;

  static RECURRENT_INLINE Vec load(const float* p) { return {_mm512_loadu_ps(p)}; }
  static RECURRENT_INLINE void store(float* p, Vec a) { _mm512_storeu_ps(p, a.v); }
  // Lanes from n on read as +0, and memory beyond p[n - 1] is not touched.
  static RECURRENT_INLINE Vec load_partial(const float* p, int n) {
    return {_mm512_maskz_loadu_ps(first_lanes(n), p)};
  }
  static RECURRENT_INLINE void store_partial(float* p, Vec a, int n) {
    _mm512_mask_storeu_ps(p, first_lanes(n), a.v);
  }
  // Brings a cache line nearer. Any address will do.
  static RECURRENT_INLINE void prefetch(const void* p) {
    _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T0);
  }
  static RECURRENT_INLINE Vec broadcast(float a) { return {_mm512_set1_ps(a)}; }
  static RECURRENT_INLINE Vec zero() { return {_mm512_setzero_ps()}; }

 private:
  static RECURRENT_INLINE __mmask16 first_lanes(int n) {
    return static_cast<__mmask16>((1u << n) - 1u);
  }
};

RECURRENT_INLINE Vec fma(Vec a, Vec b, Vec c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
// c - a * b with one rounding.
RECURRENT_INLINE Vec neg_fma(Vec a, Vec b, Vec c) { return {_mm512_fnmadd_ps(a.v, b.v, c.v)}; }
RECURRENT_INLINE Vec add(Vec a, Vec b) { return {_mm512_add_ps(a.v, b.v)}; }
RECURRENT_INLINE Vec sub(Vec a, Vec b) { return {_mm512_sub_ps(a.v, b.v)}; }
RECURRENT_INLINE Vec mul(Vec a, Vec b) { return {_mm512_mul_ps(a.v, b.v)}; }
RECURRENT_INLINE Vec div(Vec a, Vec b) { return {_mm512_div_ps(a.v, b.v)}; }
RECURRENT_INLINE Vec sqrt(Vec a) { return {_mm512_sqrt_ps(a.v)}; }

RECURRENT_INLINE IntVec bits_of(Vec a) { return {_mm512_castps_si512(a.v)}; }
RECURRENT_INLINE Vec from_bits(IntVec a) { return {_mm512_castsi512_ps(a.v)}; }

RECURRENT_INLINE IntVec load_bits(const unsigned char* p) { return {_mm512_loadu_si512(p)}; }
// The upper 16 bits of each lane, zeros below.
RECURRENT_INLINE IntVec upper_halves(IntVec a) {
  return {_mm512_and_si512(a.v, _mm512_set1_epi32(static_cast<int>(0xffff0000u)))};
}
RECURRENT_INLINE IntVec upper_halves_by_memory(IntVec a) { return upper_halves(a); }

RECURRENT_INLINE IntVec int_broadcast(int32_t a) { return {_mm512_set1_epi32(a)}; }
RECURRENT_INLINE IntVec int_add(IntVec a, IntVec b) { return {_mm512_add_epi32(a.v, b.v)}; }
RECURRENT_INLINE IntVec int_sub(IntVec a, IntVec b) { return {_mm512_sub_epi32(a.v, b.v)}; }
template <int kBits>
RECURRENT_INLINE IntVec shift_left(IntVec a) {
  return {_mm512_slli_epi32(a.v, kBits)};
}
template <int kBits>
RECURRENT_INLINE IntVec shift_right_signed(IntVec a) {
  return {_mm512_srai_epi32(a.v, kBits)};
}
RECURRENT_INLINE Vec to_float(IntVec a) { return {_mm512_cvtepi32_ps(a.v)}; }

RECURRENT_INLINE Vec neg(Vec a) {
  return from_bits({_mm512_xor_si512(bits_of(a).v, _mm512_set1_epi32(INT32_MIN))});
}
RECURRENT_INLINE Vec abs(Vec a) {
  return from_bits({_mm512_and_si512(bits_of(a).v, _mm512_set1_epi32(INT32_MAX))});
}
// `magnitude` has to have a clear sign bit (a NaN excepted); it gets the sign of `sign`.
RECURRENT_INLINE Vec with_sign_of(Vec magnitude, Vec sign) {
  constexpr int kOrWithAnd = 0xF8;  // a | (b & c)
  return from_bits({_mm512_ternarylogic_epi32(bits_of(magnitude).v, bits_of(sign).v,
                                              _mm512_set1_epi32(INT32_MIN), kOrWithAnd)});
}
// Bounds that let a NaN in `a` pass: the instructions return the second operand when either is NaN.
RECURRENT_INLINE Vec at_least(Vec bound, Vec a) { return {_mm512_max_ps(bound.v, a.v)}; }
RECURRENT_INLINE Vec at_most(Vec bound, Vec a) { return {_mm512_min_ps(bound.v, a.v)}; }

// Ordered, quiet comparisons: false where an operand is NaN.
RECURRENT_INLINE Mask lt(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ)}; }
RECURRENT_INLINE Mask le(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LE_OQ)}; }
RECURRENT_INLINE Mask gt(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_GT_OQ)}; }
RECURRENT_INLINE Mask ge(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_GE_OQ)}; }
RECURRENT_INLINE Mask eq(Vec a, Vec b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_EQ_OQ)}; }
RECURRENT_INLINE Mask is_nan(Vec a) { return {_mm512_cmp_ps_mask(a.v, a.v, _CMP_UNORD_Q)}; }
RECURRENT_INLINE Vec select(Mask mask, Vec a, Vec b) {
  return {_mm512_mask_blend_ps(mask.m, b.v, a.v)};
}
// A blend with zero: a mask that keeps would first have to be inverted.
RECURRENT_INLINE Vec zero_where(Mask mask, Vec a) { return select(mask, Vec::zero(), a); }

// +0 where the mask is set, a / b elsewhere.
RECURRENT_INLINE Vec div_unless(Mask zero, Vec a, Vec b) {
  return {_mm512_maskz_div_ps(_mm512_knot(zero.m), a.v, b.v)};
}

// True where a is to become +0 because its magnitude is below 2^-126; +0 itself may be left out.
RECURRENT_INLINE Mask is_to_flush(Vec a) {
  constexpr int kNegativeZero = 0x04;
  constexpr int kDenormal = 0x20;
  return {_mm512_fpclass_ps_mask(a.v, kNegativeZero | kDenormal)};
}

// Lane i is the sum of the lanes of a[i].
RECURRENT_INLINE Vec sums_of(const Vec* a) {
  __m512 four[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    const Vec* b = a + 4 * i;
    const __m512d x = _mm512_castps_pd(
        _mm512_add_ps(_mm512_unpacklo_ps(b[0].v, b[1].v), _mm512_unpackhi_ps(b[0].v, b[1].v)));
    const __m512d y = _mm512_castps_pd(
        _mm512_add_ps(_mm512_unpacklo_ps(b[2].v, b[3].v), _mm512_unpackhi_ps(b[2].v, b[3].v)));
    four[i] = _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(x, y)),
                            _mm512_castpd_ps(_mm512_unpackhi_pd(x, y)));
  }
  constexpr int kEven = 0x88;
  constexpr int kOdd = 0xDD;
  const __m512 low = _mm512_add_ps(_mm512_shuffle_f32x4(four[0], four[1], kEven),
                                   _mm512_shuffle_f32x4(four[0], four[1], kOdd));
  const __m512 high = _mm512_add_ps(_mm512_shuffle_f32x4(four[2], four[3], kEven),
                                    _mm512_shuffle_f32x4(four[2], four[3], kOdd));
  return {
      _mm512_add_ps(_mm512_shuffle_f32x4(low, high, kEven), _mm512_shuffle_f32x4(low, high, kOdd))};
}

// Lane i of a[j] becomes lane j of a[i].
RECURRENT_INLINE void transpose(Vec* a) {
  __m512 pairs[16];
#pragma GCC unroll 8
  for (int i = 0; i < 16; i += 2) {
    pairs[i] = _mm512_unpacklo_ps(a[i].v, a[i + 1].v);
    pairs[i + 1] = _mm512_unpackhi_ps(a[i].v, a[i + 1].v);
  }
  // Four rows each: `fours[4 * g + c]` has, in each quarter q, column 4 * q + c of rows 4 * g on.
  __m512 fours[16];
#pragma GCC unroll 4
  for (int i = 0; i < 16; i += 4) {
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
      const __m512d x = _mm512_castps_pd(pairs[i + half]);
      const __m512d y = _mm512_castps_pd(pairs[i + half + 2]);
      fours[i + 2 * half] = _mm512_castpd_ps(_mm512_unpacklo_pd(x, y));
      fours[i + 2 * half + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(x, y));
    }
  }
  constexpr int kEven = 0x88;
  constexpr int kOdd = 0xDD;
#pragma GCC unroll 4
  for (int c = 0; c < 4; ++c) {
    const __m512 even_low = _mm512_shuffle_f32x4(fours[c], fours[4 + c], kEven);
    const __m512 even_high = _mm512_shuffle_f32x4(fours[8 + c], fours[12 + c], kEven);
    const __m512 odd_low = _mm512_shuffle_f32x4(fours[c], fours[4 + c], kOdd);
    const __m512 odd_high = _mm512_shuffle_f32x4(fours[8 + c], fours[12 + c], kOdd);
    a[c].v = _mm512_shuffle_f32x4(even_low, even_high, kEven);
    a[8 + c].v = _mm512_shuffle_f32x4(even_low, even_high, kOdd);
    a[4 + c].v = _mm512_shuffle_f32x4(odd_low, odd_high, kEven);
    a[12 + c].v = _mm512_shuffle_f32x4(odd_low, odd_high, kOdd);
  }
}
