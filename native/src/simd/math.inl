// exp, expm1, log, log1p, sigmoid and tanh, written once over Vec. Included inside a
// per-instruction-set namespace, after that set's vec_*.inl. The order of operations is part of the
// contract: the managed port (src/Recurrent/Reference/CanonicalMath.cs) repeats it and gives the
// same bits.
//
// Coefficients: native/tools/accuracy/fit_coefficients.py. Bounds over all inputs:
// docs/activations.md. A result whose magnitude would be below 2^-126 counts as zero.

// 1.5 * 2^23: adding it rounds to an integer, which then stands in the low mantissa bits. Adding an
// exponent bias to it as well leaves the biased exponent there, ready to be shifted into place.
inline constexpr float kRoundToInt = 12582912.0f;
inline constexpr float kRoundToExponent = 12582912.0f + 127.0f;

inline constexpr float kLog2E = 0x1.715476p+0f;
// ln 2 in two parts. n * kLn2High needs no more bits than the subtraction can hold for the n used
// here, so that x - n * kLn2High is exact and only the low part rounds.
inline constexpr float kLn2High = 0x1.62e430p-1f;
inline constexpr float kLn2Low = -0x1.05c610p-29f;

// (e^r - 1 - r) / r^2 on |r| <= ln(2) / 2: error 2^-26.1 relative to e^r - 1.
inline constexpr float kExp2 = 0.5f;
inline constexpr float kExp3 = 0x1.5554b0p-3f;
inline constexpr float kExp4 = 0x1.5554e4p-5f;
inline constexpr float kExp5 = 0x1.12279ap-7f;
inline constexpr float kExp6 = 0x1.6d51b6p-10f;

// 2^-60, added to r^2 where only the high coefficients see it: far below their last bit, and it
// keeps a small r from producing a denormal, which is slow on many processors.
inline constexpr float kNoUnderflow = 0x1p-60f;

// (log(1 + f) - f) / f^2 on sqrt(1/2) <= 1 + f <= sqrt(2): error 2^-27.7 relative to f.
inline constexpr float kLog2 = -0x1.fffff8p-2f;
inline constexpr float kLog3 = 0x1.55554ep-2f;
inline constexpr float kLog4 = -0x1.000414p-2f;
inline constexpr float kLog5 = 0x1.99a652p-3f;
inline constexpr float kLog6 = -0x1.542ea2p-3f;
inline constexpr float kLog7 = 0x1.223ce6p-3f;
inline constexpr float kLog8 = -0x1.0ebcc2p-3f;
inline constexpr float kLog9 = 0x1.098848p-3f;
inline constexpr float kLog10 = -0x1.3dcbecp-4f;

// sqrt(1/2) as a float's bits: taken away from those of a number, it leaves k of 2^k (1 + f).
inline constexpr int32_t kSqrtHalfBits = 0x3f3504f3;
// 2^25 makes a normal number of any denormal.
inline constexpr float kFromDenormal = 0x1p+25f;
inline constexpr float kFromDenormalExponent = 25.0f;

// The last inputs whose exp is neither above the largest float nor below 2^-126. The lower one is
// the last of sigmoid too.
inline constexpr float kExpHigh = 0x1.62e42ep+6f;
inline constexpr float kExpLow = -0x1.5d589ep+6f;
// Beyond these the rounded result no longer changes: sigmoid(17.4) = 1, tanh(9.02) = 1,
// expm1(-17.4) = -1.
inline constexpr float kSigmoidOne = 20.0f;
inline constexpr float kTanhOne = 10.0f;
inline constexpr float kExpm1MinusOne = -20.0f;
// expm1(89) overflows, and 89 still has a scale that is a float.
inline constexpr float kExpm1High = 89.0f;
// Below 2^-25 the next term of expm1 and log1p, x^2 / 2, is under a quarter of the last bit of x.
inline constexpr float kLinear = 0x1p-25f;

inline constexpr float kSmallestNormal = 0x1p-126f;
inline constexpr float kLargest = 0x1.fffffep+127f;

RECURRENT_INLINE Vec constant(float value) { return Vec::broadcast(value); }
RECURRENT_INLINE Vec infinity() { return from_bits(int_broadcast(0x7f800000)); }
RECURRENT_INLINE Vec quiet_nan() { return from_bits(int_broadcast(0x7fc00000)); }

// Magnitudes below 2^-126 become +0. A NaN stays.
RECURRENT_INLINE Vec flush(Vec x) { return zero_where(is_to_flush(x), x); }

// a < low ? low : a > high ? high : a, where a NaN stays.
RECURRENT_INLINE Vec clamp(float low, float high, Vec a) {
  return at_most(constant(high), at_least(constant(low), a));
}

// exp(kFactor * x) = 2^n * (1 + kFactor * fraction), where `exponent` holds n as `round` left it.
struct ExpParts {
  IntVec exponent;
  Vec fraction;
};

// kFactor is 1, -1 or -2: it scales every constant exactly, so that no operation is spent on the
// sign or the double.
template <int kFactor>
RECURRENT_INLINE ExpParts exp_parts(Vec x, float round) {
  constexpr float k = static_cast<float>(kFactor);
  const Vec shifted = fma(x, constant(k * kLog2E), constant(round));
  const Vec n = sub(shifted, constant(round));
  Vec r = fma(n, constant(-kLn2High / k), x);
  r = fma(n, constant(-kLn2Low / k), r);
  // (e^(k r) - 1) / k = r + r * (r * (c2 k + c3 k^2 r + ...)), the coefficients by Estrin's scheme
  // to keep the chain short.
  const Vec r2 = fma(r, r, constant(kNoUnderflow));
  const Vec low = fma(constant(kExp3 * k * k), r, constant(kExp2 * k));
  Vec high = fma(constant(kExp5 * k * k * k * k), r, constant(kExp4 * k * k * k));
  high = fma(constant(kExp6 * k * k * k * k * k), r2, high);
  const Vec tail = mul(r, fma(high, r2, low));
  return {bits_of(shifted), fma(r, tail, r)};
}

// 2^n of parts that were made with kRoundToExponent (plus an integer for a multiple).
RECURRENT_INLINE Vec scale_of(ExpParts parts) { return from_bits(shift_left<23>(parts.exponent)); }

RECURRENT_INLINE Vec exp(Vec x) {
  // n is added to the exponent field, because 2^n itself overflows at the upper end where the
  // result does not.
  const ExpParts parts = exp_parts<1>(x, kRoundToInt);
  const Vec mantissa = add(parts.fraction, constant(1.0f));
  Vec y = from_bits(int_add(bits_of(mantissa), shift_left<23>(parts.exponent)));
  y = select(le(x, constant(kExpHigh)), y, add(x, infinity()));
  return zero_where(lt(x, constant(kExpLow)), y);
}

RECURRENT_INLINE Vec expm1(Vec x) {
  // Half of 2^n (1 + u) - 1, doubled at the end, so that n = 128 has a scale.
  const Vec bounded = clamp(kExpm1MinusOne, kExpm1High, x);
  const ExpParts parts = exp_parts<1>(bounded, kRoundToExponent - 1.0f);
  const Vec half_scale = scale_of(parts);
  const Vec half = fma(half_scale, parts.fraction, sub(half_scale, constant(0.5f)));
  return select(lt(abs(x), constant(kLinear)), x, add(half, half));
}

// exponent ln 2 + log(1 + f) for sqrt(1/2) <= 1 + f <= sqrt(2).
RECURRENT_INLINE Vec log_of(Vec exponent, Vec f) {
  Vec q = fma(constant(kLog10), f, constant(kLog9));
  q = fma(q, f, constant(kLog8));
  q = fma(q, f, constant(kLog7));
  q = fma(q, f, constant(kLog6));
  q = fma(q, f, constant(kLog5));
  q = fma(q, f, constant(kLog4));
  q = fma(q, f, constant(kLog3));
  q = fma(q, f, constant(kLog2));
  const Vec log_f = fma(f, mul(f, q), f);
  return fma(exponent, constant(kLn2High), fma(exponent, constant(kLn2Low), log_f));
}

RECURRENT_INLINE Vec log1p(Vec x) {
  // 1 + x = 2^k (1 + f): k from the rounded sum, f from x itself with one rounding. The scale 2^-k
  // is kept four times as large, so that k = 128 has one too.
  const IntVec k = shift_right_signed<23>(
      int_sub(bits_of(add(x, constant(1.0f))), int_broadcast(kSqrtHalfBits)));
  const Vec scale = from_bits(shift_left<23>(int_sub(int_broadcast(127 + 2), k)));
  const Vec quarter = constant(0.25f);
  const Vec f = fma(scale, mul(x, quarter), fma(scale, quarter, constant(-1.0f)));
  Vec y = log_of(to_float(k), f);
  y = select(gt(x, constant(kLargest)), x, y);
  y = select(eq(x, constant(-1.0f)), neg(infinity()), y);
  y = select(lt(x, constant(-1.0f)), quiet_nan(), y);
  return select(lt(abs(x), constant(kLinear)), x, y);
}

RECURRENT_INLINE Vec log(Vec x) {
  // x = 2^k (1 + f) with f exact, and the polynomial of log1p. A denormal is brought among the
  // normal numbers first.
  const Mask is_denormal = lt(x, constant(kSmallestNormal));
  const Vec normal = select(is_denormal, mul(x, constant(kFromDenormal)), x);
  const IntVec k = shift_right_signed<23>(int_sub(bits_of(normal), int_broadcast(kSqrtHalfBits)));
  const Vec f = sub(from_bits(int_sub(bits_of(normal), shift_left<23>(k))), constant(1.0f));
  const Vec exponent =
      sub(to_float(k), select(is_denormal, constant(kFromDenormalExponent), Vec::zero()));
  Vec y = log_of(exponent, f);
  y = select(le(x, constant(kLargest)), y, x);
  y = select(eq(x, Vec::zero()), neg(infinity()), y);
  return select(lt(x, Vec::zero()), quiet_nan(), y);
}

// 1 / (1 + e^-x).
RECURRENT_INLINE Vec sigmoid(Vec x) {
  // What lies below the last input is garbage until the end, where it becomes 0.
  const ExpParts parts = exp_parts<-1>(at_most(constant(kSigmoidOne), x), kRoundToExponent);
  const Vec scale = scale_of(parts);
  const Vec one = constant(1.0f);
  // fraction is (1 - e^-r): the denominator 1 + 2^n - 2^n * fraction rounds once where 1 + 2^n is
  // exact.
  const Vec denominator = neg_fma(scale, parts.fraction, add(scale, one));
  // Not even divided where the result counts as zero: a denormal quotient takes some processors a
  // hundred clocks.
  return div_unless(lt(x, constant(kExpLow)), one, denominator);
}

// (1 - e^-2|x|) / (1 + e^-2|x|), with the sign of x.
RECURRENT_INLINE Vec tanh(Vec x) {
  const Vec magnitude = at_most(constant(kTanhOne), abs(x));
  const ExpParts parts = exp_parts<-2>(magnitude, kRoundToExponent);
  const Vec scale = scale_of(parts);
  const Vec half = constant(0.5f);
  // Half the numerator and half the denominator: fraction is (1 - e^-2r) / 2. Near 0 the numerator
  // is the fraction itself, so that small results keep their relative accuracy.
  const Vec numerator = fma(scale, parts.fraction, fma(scale, constant(-0.5f), half));
  const Vec denominator = neg_fma(scale, parts.fraction, fma(scale, half, half));
  return with_sign_of(div(numerator, denominator), x);
}
