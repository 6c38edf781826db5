// The software fma of the scalar code against exact results, and against the C library's fmaf
// (which is one rounding too).
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include "simd/intrinsics.h"

namespace recurrent {
namespace {

#include "simd/fma_scalar.inl"

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kLargest = std::numeric_limits<float>::max();

testing::AssertionResult agrees(float a, float b, float c, float expected) {
  const float actual = software_fma(a, b, c);
  if (std::bit_cast<uint32_t>(actual) == std::bit_cast<uint32_t>(expected) ||
      (std::isnan(actual) && std::isnan(expected)))
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << std::hexfloat << "fma(" << a << ", " << b << ", " << c
                                     << ") = " << actual << ", expected " << expected;
}

TEST(SoftwareFma, RoundsOnceWhereTheDoubleSumHidesTheProduct) {
  // (1 + 2^-23)(1 - 2^-23) = 1 - 2^-46: times 2^-24 it ends so close below half a step that the
  // double sum shows the tie itself, whose even neighbour is the wrong float.
  EXPECT_TRUE(agrees(0x1.000002p-24f, 0x1.fffffcp-1f, 0x1.000002p+0f, 0x1.000002p+0f));
  EXPECT_TRUE(agrees(-0x1.000002p-24f, 0x1.fffffcp-1f, -0x1.000002p+0f, -0x1.000002p+0f));
  EXPECT_TRUE(agrees(-0x1.000002p-24f, 0x1.fffffcp-1f, 0x1.000004p+0f, 0x1.000004p+0f));
  EXPECT_TRUE(agrees(-0x1.000002p-24f, 0x1.fffffcp-1f, 0x1.000006p+0f, 0x1.000006p+0f));
  // A true tie, and a product that is far below everything.
  EXPECT_TRUE(agrees(0x1p-24f, 1.0f, 0x1.000002p+0f, 0x1.000004p+0f));
  EXPECT_TRUE(agrees(0x1p-60f, 0x1p-60f, 1.0f, 1.0f));
}

TEST(SoftwareFma, DistantAddendsBreakTies) {
  // The exact product is a midpoint of two floats; the addend is far below the double sum's last
  // bit.
  const float a = 0x1.001p+0f;  // a * a = 1 + 2^-11 + 2^-24
  EXPECT_TRUE(agrees(a, a, 0.0f, 0x1.002p+0f));
  EXPECT_TRUE(agrees(a, a, 0x1p-100f, 0x1.002002p+0f));
  EXPECT_TRUE(agrees(a, a, -0x1p-100f, 0x1.002p+0f));
  EXPECT_TRUE(agrees(-a, a, -0x1p-100f, -0x1.002002p+0f));
  EXPECT_TRUE(agrees(-a, a, 0x1p-100f, -0x1.002p+0f));
  const float b = 0x1.003p+0f;  // b * b = 1 + 3 * 2^-11 + 9 * 2^-24, a midpoint above an odd float
  EXPECT_TRUE(agrees(b, b, 0.0f, 0x1.006008p+0f));
  EXPECT_TRUE(agrees(b, b, 0x1p-149f, 0x1.00600ap+0f));
}

TEST(SoftwareFma, RoundsOnceInTheDenormalRange) {
  EXPECT_TRUE(agrees(0x1p-75f, 0x1p-75f, 0.0f, 0.0f));  // 2^-150, a tie to even
  EXPECT_TRUE(agrees(0x1p-75f, 0x1.000002p-75f, 0.0f, 0x1p-149f));
  EXPECT_TRUE(agrees(0x1p-75f, 0x1p-75f, 0x1p-149f, 0x1p-148f));
  EXPECT_TRUE(agrees(0x1.8p-75f, 0x1p-74f, 0.0f, 0x1p-148f));
  EXPECT_TRUE(agrees(0x1p-126f, 0x1.fffffep-1f, 0.0f, 0x1p-126f));
  EXPECT_TRUE(agrees(-0x1p-149f, 0x1p-149f, 0x1p-126f, 0x1p-126f));
  EXPECT_TRUE(agrees(-0x1p-149f, 0x1p-149f, 0.0f, -0.0f));
}

TEST(SoftwareFma, ZerosHaveTheSignOfIeee) {
  EXPECT_TRUE(agrees(0.0f, 1.0f, -0.0f, 0.0f));
  EXPECT_TRUE(agrees(-0.0f, 1.0f, -0.0f, -0.0f));
  EXPECT_TRUE(agrees(1.0f, 1.0f, -1.0f, 0.0f));
  EXPECT_TRUE(agrees(-1.0f, 0.0f, 0.0f, 0.0f));
}

TEST(SoftwareFma, InfinitiesAndOverflow) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(agrees(kInfinity, 1.0f, 1.0f, kInfinity));
  EXPECT_TRUE(agrees(kInfinity, 0.0f, 1.0f, nan));
  EXPECT_TRUE(agrees(kInfinity, 1.0f, -kInfinity, nan));
  EXPECT_TRUE(agrees(1.0f, 1.0f, nan, nan));
  EXPECT_TRUE(agrees(nan, 1.0f, 1.0f, nan));
  EXPECT_TRUE(agrees(kLargest, 2.0f, -kLargest, kLargest));
  EXPECT_TRUE(agrees(kLargest, 2.0f, 0.0f, kInfinity));
  EXPECT_TRUE(agrees(kLargest, -2.0f, kInfinity, kInfinity));
  // The largest float and half a step more is a tie and overflows; anything less does not.
  EXPECT_TRUE(agrees(0x1p51f, 0x1p52f, kLargest, kInfinity));
  EXPECT_TRUE(agrees(0x1p51f, 0x1.fffffep+51f, kLargest, kLargest));
}

TEST(SoftwareFma, AgreesWithTheCLibraryOnRandomBits) {
  constexpr int kCount = 2'000'000;
  constexpr uint32_t kSeed = 20260101;
  std::mt19937 engine(kSeed);
  const auto random = [&] { return static_cast<uint32_t>(engine()); };
  // Exponents of c near those of the product, where cancellation and ties are; mantissas that are
  // short half of the time, because only those make ties.
  const auto draw = [&](int exponent) {
    uint32_t mantissa = random() & 0x7fffffu;
    if (random() & 1u) mantissa &= ~0u << (random() % 23u);
    const int biased = exponent < 0 ? 0 : exponent > 254 ? 254 : exponent;
    return std::bit_cast<float>((random() & 0x80000000u) | static_cast<uint32_t>(biased) << 23 |
                                mantissa);
  };
  for (int i = 0; i < kCount; ++i) {
    const int a_exponent = static_cast<int>(random() % 255u);
    const int b_exponent = static_cast<int>(random() % 255u);
    const int offset = static_cast<int>(random() % 101u) - 50;
    const float a = draw(a_exponent);
    const float b = draw(b_exponent);
    const float c = draw(a_exponent + b_exponent - 127 + offset);
    ASSERT_TRUE(agrees(a, b, c, std::fmaf(a, b, c))) << "case " << i << " of seed " << kSeed;
  }
}

TEST(SoftwareFma, AgreesWithTheCLibraryNearTies) {
  constexpr int kCount = 500'000;
  constexpr uint32_t kSeed = 20260102;
  std::mt19937 engine(kSeed);
  const auto random = [&] { return static_cast<uint32_t>(engine()); };
  for (int i = 0; i < kCount; ++i) {
    // 12 times 13 bits, both odd: 25 bits, of which the last is half a step, or 24.
    const float a = static_cast<float>(0x801u | (random() & 0x7feu));
    const float b = static_cast<float>(0x1001u | (random() & 0xffeu));
    const float sign = (random() & 1u) != 0 ? -1.0f : 1.0f;
    const float c = std::ldexp(sign, -static_cast<int>(random() % 140u));
    ASSERT_TRUE(agrees(a, b, c, std::fmaf(a, b, c))) << "case " << i << " of seed " << kSeed;
    ASSERT_TRUE(agrees(-a, b, c, std::fmaf(-a, b, c))) << "case " << i << " of seed " << kSeed;
  }
}

}  // namespace
}  // namespace recurrent
