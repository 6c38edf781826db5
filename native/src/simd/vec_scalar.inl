// The vector type of plain C++: one lane. Included inside the scalar namespace, after
// simd/intrinsics.h. The operations are those of vec_avx2.inl and vec_avx512.inl, bit for bit.

#include "simd/fma_scalar.inl"

#define RECURRENT_ONE_LANE 1  // for the preprocessor, which does not know kWidth

struct Mask {
  bool m;
};

struct IntVec {
  int32_t v;
};

struct Vec {
  static constexpr int kWidth = 1;
  float v;

  static RECURRENT_INLINE Vec load(const float* p) { return {*p}; }
  static RECURRENT_INLINE void store(float* p, Vec a) { *p = a.v; }
  // Lanes from n on read as +0, and memory beyond p[n - 1] is not touched.
  static RECURRENT_INLINE Vec load_partial(const float* p, int n) { return {n > 0 ? *p : 0.0f}; }
  static RECURRENT_INLINE void store_partial(float* p, Vec a, int n) {
    if (n > 0) *p = a.v;
  }
  // Brings a cache line nearer. Any address will do.
  static RECURRENT_INLINE void prefetch(const void*) {}
  static RECURRENT_INLINE Vec broadcast(float a) { return {a}; }
  static RECURRENT_INLINE Vec zero() { return {0.0f}; }
};

RECURRENT_INLINE Vec fma(Vec a, Vec b, Vec c) { return {fma_scalar(a.v, b.v, c.v)}; }
// c - a * b with one rounding.
RECURRENT_INLINE Vec neg_fma(Vec a, Vec b, Vec c) { return {fma_scalar(-a.v, b.v, c.v)}; }
RECURRENT_INLINE Vec add(Vec a, Vec b) { return {a.v + b.v}; }
RECURRENT_INLINE Vec sub(Vec a, Vec b) { return {a.v - b.v}; }
RECURRENT_INLINE Vec mul(Vec a, Vec b) { return {a.v * b.v}; }
RECURRENT_INLINE Vec div(Vec a, Vec b) { return {a.v / b.v}; }
RECURRENT_INLINE Vec sqrt(Vec a) { return {__builtin_sqrtf(a.v)}; }

RECURRENT_INLINE IntVec bits_of(Vec a) { return {__builtin_bit_cast(int32_t, a.v)}; }
RECURRENT_INLINE Vec from_bits(IntVec a) { return {__builtin_bit_cast(float, a.v)}; }

RECURRENT_INLINE IntVec load_bits(const unsigned char* p) {
  IntVec a;
  __builtin_memcpy(&a.v, p, sizeof(a.v));
  return a;
}
// The upper 16 bits of each lane, zeros below.
RECURRENT_INLINE IntVec upper_halves(IntVec a) {
  return {static_cast<int32_t>(static_cast<uint32_t>(a.v) & 0xffff0000u)};
}
RECURRENT_INLINE IntVec upper_halves_by_memory(IntVec a) { return upper_halves(a); }

RECURRENT_INLINE IntVec int_broadcast(int32_t a) { return {a}; }
// Integer lanes wrap, as the vector instructions do.
RECURRENT_INLINE IntVec int_add(IntVec a, IntVec b) {
  return {static_cast<int32_t>(static_cast<uint32_t>(a.v) + static_cast<uint32_t>(b.v))};
}
RECURRENT_INLINE IntVec int_sub(IntVec a, IntVec b) {
  return {static_cast<int32_t>(static_cast<uint32_t>(a.v) - static_cast<uint32_t>(b.v))};
}
template <int kBits>
RECURRENT_INLINE IntVec shift_left(IntVec a) {
  return {static_cast<int32_t>(static_cast<uint32_t>(a.v) << kBits)};
}
template <int kBits>
RECURRENT_INLINE IntVec shift_right_signed(IntVec a) {
  return {a.v >> kBits};
}
RECURRENT_INLINE Vec to_float(IntVec a) { return {static_cast<float>(a.v)}; }

RECURRENT_INLINE Vec neg(Vec a) { return {-a.v}; }
RECURRENT_INLINE Vec abs(Vec a) { return from_bits({bits_of(a).v & INT32_MAX}); }
// `magnitude` has to have a clear sign bit (a NaN excepted); it gets the sign of `sign`.
RECURRENT_INLINE Vec with_sign_of(Vec magnitude, Vec sign) {
  return from_bits({bits_of(magnitude).v | (bits_of(sign).v & INT32_MIN)});
}
// Bounds that let a NaN in `a` pass, and keep `a` on equality.
RECURRENT_INLINE Vec at_least(Vec bound, Vec a) { return {bound.v > a.v ? bound.v : a.v}; }
RECURRENT_INLINE Vec at_most(Vec bound, Vec a) { return {bound.v < a.v ? bound.v : a.v}; }

// Ordered, quiet comparisons: false where an operand is NaN.
RECURRENT_INLINE Mask lt(Vec a, Vec b) { return {a.v < b.v}; }
RECURRENT_INLINE Mask le(Vec a, Vec b) { return {a.v <= b.v}; }
RECURRENT_INLINE Mask gt(Vec a, Vec b) { return {a.v > b.v}; }
RECURRENT_INLINE Mask ge(Vec a, Vec b) { return {a.v >= b.v}; }
RECURRENT_INLINE Mask eq(Vec a, Vec b) { return {a.v == b.v}; }
RECURRENT_INLINE Mask is_nan(Vec a) { return {a.v != a.v}; }
RECURRENT_INLINE Vec select(Mask mask, Vec a, Vec b) { return {mask.m ? a.v : b.v}; }
RECURRENT_INLINE Vec zero_where(Mask mask, Vec a) { return {mask.m ? 0.0f : a.v}; }

// +0 where the mask is set, a / b elsewhere.
RECURRENT_INLINE Vec div_unless(Mask zero, Vec a, Vec b) { return {zero.m ? 0.0f : a.v / b.v}; }

// True where a is to become +0 because its magnitude is below 2^-126; +0 itself may be left out.
RECURRENT_INLINE Mask is_to_flush(Vec a) { return lt(abs(a), Vec::broadcast(0x1p-126f)); }
