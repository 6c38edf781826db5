// fma_scalar(a, b, c): a * b + c with one rounding, for one float at a time. Included inside a
// namespace, after simd/intrinsics.h.
//
// `software_fma` is the correctly rounded fallback for machines without the instruction. The
// product of two floats is exact in double (2 * 24 <= 53 bits, exponents in range), and only the
// double sum rounds. Rounding that to float again is wrong only if the double is a midpoint of two
// floats and the exact sum is not. For a normal result the midpoints are the doubles whose last 29
// bits are 10...0: any other sum is done. A rare midpoint or a small result is rounded to odd
// first: the sum's error is recovered exactly by Knuth's TwoSum, and an inexact sum with an even
// last bit steps one unit towards the exact value. A double has more than two bits beyond a float's
// 24, so rounding the odd sum to float equals rounding the exact value once (Boldo and Melquiond,
// "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd", 2008),
// denormal results included. An infinite or NaN sum has no error that compares as positive or
// negative and is left alone; a sum of zero is exact and has IEEE's sign already.

RECURRENT_INLINE float software_fma(float a, float b, float c) {
  constexpr uint64_t kBelowFloat = 0x1fffffff;
  constexpr uint64_t kMidpoint = 0x10000000;
  constexpr uint64_t kSmallestNormalFloat = uint64_t{1023 - 126} << 52;
  constexpr uint64_t kSign = uint64_t{1} << 63;

  const double product = static_cast<double>(a) * static_cast<double>(b);
  const double addend = static_cast<double>(c);
  const double sum = product + addend;
  uint64_t bits = __builtin_bit_cast(uint64_t, sum);
  if ((bits & kBelowFloat) != kMidpoint && (bits & ~kSign) >= kSmallestNormalFloat)
    return static_cast<float>(sum);
  const double product_part = sum - addend;
  const double error = (product - product_part) + (addend - (sum - product_part));
  if ((bits & 1) == 0 && (error > 0.0 || error < 0.0)) {
    const bool grows = (error > 0.0) == (sum > 0.0);
    bits = grows ? bits + 1 : bits - 1;
  }
  return static_cast<float>(__builtin_bit_cast(double, bits));
}

RECURRENT_INLINE float fma_scalar(float a, float b, float c) {
#if defined(__FMA__) || defined(__aarch64__)
  return __builtin_fmaf(a, b, c);
#else
  return software_fma(a, b, c);
#endif
}
