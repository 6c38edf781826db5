// The vector type of AArch64's Advanced SIMD (NEON): four lanes. Included inside the neon
// namespace, after simd/intrinsics.h. The operations are those of vec_scalar.inl, vec_avx2.inl and
// vec_avx512.inl, bit for bit.

struct Mask {
  uint32x4_t m;
};

struct IntVec {
  int32x4_t v;
};

struct Vec {
  static constexpr int kWidth = 4;
  float32x4_t v;

  static RECURRENT_INLINE Vec load(const float* p) { return {vld1q_f32(p)}; }
  static RECURRENT_INLINE void store(float* p, Vec a) { vst1q_f32(p, a.v); }
  // Lanes from n on read as +0, and memory beyond p[n - 1] is not touched.
  static RECURRENT_INLINE Vec load_partial(const float* p, int n) {
    if (n >= 4) return load(p);
    float32x4_t a = vdupq_n_f32(0.0f);
    if (n >= 1) a = vld1q_lane_f32(p, a, 0);
    if (n >= 2) a = vld1q_lane_f32(p + 1, a, 1);
    if (n >= 3) a = vld1q_lane_f32(p + 2, a, 2);
    return {a};
  }
  static RECURRENT_INLINE void store_partial(float* p, Vec a, int n) {
    if (n >= 4) return store(p, a);
    if (n >= 1) vst1q_lane_f32(p, a.v, 0);
    if (n >= 2) vst1q_lane_f32(p + 1, a.v, 1);
    if (n >= 3) vst1q_lane_f32(p + 2, a.v, 2);
  }
  // Brings a cache line nearer. Any address will do.
  static RECURRENT_INLINE void prefetch(const void* p) { __builtin_prefetch(p); }
  static RECURRENT_INLINE Vec broadcast(float a) { return {vdupq_n_f32(a)}; }
  static RECURRENT_INLINE Vec zero() { return {vdupq_n_f32(0.0f)}; }
};

RECURRENT_INLINE Vec fma(Vec a, Vec b, Vec c) { return {vfmaq_f32(c.v, a.v, b.v)}; }
// c - a * b with one rounding.
RECURRENT_INLINE Vec neg_fma(Vec a, Vec b, Vec c) { return {vfmsq_f32(c.v, a.v, b.v)}; }
RECURRENT_INLINE Vec add(Vec a, Vec b) { return {vaddq_f32(a.v, b.v)}; }
RECURRENT_INLINE Vec sub(Vec a, Vec b) { return {vsubq_f32(a.v, b.v)}; }
RECURRENT_INLINE Vec mul(Vec a, Vec b) { return {vmulq_f32(a.v, b.v)}; }
RECURRENT_INLINE Vec div(Vec a, Vec b) { return {vdivq_f32(a.v, b.v)}; }
RECURRENT_INLINE Vec sqrt(Vec a) { return {vsqrtq_f32(a.v)}; }

RECURRENT_INLINE IntVec bits_of(Vec a) { return {vreinterpretq_s32_f32(a.v)}; }
RECURRENT_INLINE Vec from_bits(IntVec a) { return {vreinterpretq_f32_s32(a.v)}; }

RECURRENT_INLINE IntVec load_bits(const unsigned char* p) {
  return {vreinterpretq_s32_u8(vld1q_u8(p))};
}
// The upper 16 bits of each lane, zeros below.
RECURRENT_INLINE IntVec upper_halves(IntVec a) {
  return {vandq_s32(a.v, vdupq_n_s32(static_cast<int32_t>(0xffff0000u)))};
}
RECURRENT_INLINE IntVec upper_halves_by_memory(IntVec a) { return upper_halves(a); }

RECURRENT_INLINE IntVec int_broadcast(int32_t a) { return {vdupq_n_s32(a)}; }
RECURRENT_INLINE IntVec int_add(IntVec a, IntVec b) { return {vaddq_s32(a.v, b.v)}; }
RECURRENT_INLINE IntVec int_sub(IntVec a, IntVec b) { return {vsubq_s32(a.v, b.v)}; }
template <int kBits>
RECURRENT_INLINE IntVec shift_left(IntVec a) {
  return {vshlq_n_s32(a.v, kBits)};
}
template <int kBits>
RECURRENT_INLINE IntVec shift_right_signed(IntVec a) {
  return {vshrq_n_s32(a.v, kBits)};
}
RECURRENT_INLINE Vec to_float(IntVec a) { return {vcvtq_f32_s32(a.v)}; }

RECURRENT_INLINE Vec neg(Vec a) { return {vnegq_f32(a.v)}; }
RECURRENT_INLINE Vec abs(Vec a) { return {vabsq_f32(a.v)}; }
// `magnitude` has to have a clear sign bit (a NaN excepted); it gets the sign of `sign`.
RECURRENT_INLINE Vec with_sign_of(Vec magnitude, Vec sign) {
  return {vbslq_f32(vdupq_n_u32(0x80000000u), sign.v, magnitude.v)};
}
// Bounds that let a NaN in `a` pass, and keep `a` on equality: FMAX takes +0 for the larger zero.
RECURRENT_INLINE Vec at_least(Vec bound, Vec a) {
  return {vbslq_f32(vcgtq_f32(bound.v, a.v), bound.v, a.v)};
}
RECURRENT_INLINE Vec at_most(Vec bound, Vec a) {
  return {vbslq_f32(vcltq_f32(bound.v, a.v), bound.v, a.v)};
}

// Ordered, quiet comparisons: false where an operand is NaN. (FCMGT signals, which is masked.)
RECURRENT_INLINE Mask lt(Vec a, Vec b) { return {vcltq_f32(a.v, b.v)}; }
RECURRENT_INLINE Mask le(Vec a, Vec b) { return {vcleq_f32(a.v, b.v)}; }
RECURRENT_INLINE Mask gt(Vec a, Vec b) { return {vcgtq_f32(a.v, b.v)}; }
RECURRENT_INLINE Mask ge(Vec a, Vec b) { return {vcgeq_f32(a.v, b.v)}; }
RECURRENT_INLINE Mask eq(Vec a, Vec b) { return {vceqq_f32(a.v, b.v)}; }
RECURRENT_INLINE Mask is_nan(Vec a) { return {vmvnq_u32(vceqq_f32(a.v, a.v))}; }
RECURRENT_INLINE Vec select(Mask mask, Vec a, Vec b) { return {vbslq_f32(mask.m, a.v, b.v)}; }
RECURRENT_INLINE Vec zero_where(Mask mask, Vec a) {
  return {vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(a.v), mask.m))};
}

// +0 where the mask is set, a / b elsewhere.
RECURRENT_INLINE Vec div_unless(Mask zero, Vec a, Vec b) {
  return zero_where(zero, div(zero_where(zero, a), b));
}

// True where a is to become +0 because its magnitude is below 2^-126; +0 itself may be left out.
RECURRENT_INLINE Mask is_to_flush(Vec a) { return lt(abs(a), Vec::broadcast(0x1p-126f)); }

// Lane i is the sum of the lanes of a[i].
RECURRENT_INLINE Vec sums_of(const Vec* a) {
  return {vpaddq_f32(vpaddq_f32(a[0].v, a[1].v), vpaddq_f32(a[2].v, a[3].v))};
}

// Lane i of a[j] becomes lane j of a[i].
RECURRENT_INLINE void transpose(Vec* a) {
  const float64x2_t low_0 = vreinterpretq_f64_f32(vtrn1q_f32(a[0].v, a[1].v));
  const float64x2_t low_1 = vreinterpretq_f64_f32(vtrn2q_f32(a[0].v, a[1].v));
  const float64x2_t high_0 = vreinterpretq_f64_f32(vtrn1q_f32(a[2].v, a[3].v));
  const float64x2_t high_1 = vreinterpretq_f64_f32(vtrn2q_f32(a[2].v, a[3].v));
  a[0].v = vreinterpretq_f32_f64(vzip1q_f64(low_0, high_0));
  a[1].v = vreinterpretq_f32_f64(vzip1q_f64(low_1, high_1));
  a[2].v = vreinterpretq_f32_f64(vzip2q_f64(low_0, high_0));
  a[3].v = vreinterpretq_f32_f64(vzip2q_f64(low_1, high_1));
}
