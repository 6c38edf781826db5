#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

#include "base/aligned_buffer.h"
#include "base/checked.h"
#include "base/error.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RECURRENT_TEST_SANITIZED 1
#else
#define RECURRENT_TEST_SANITIZED 0
#endif

namespace recurrent {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

// Runs something that has to throw an Error, and gives the Error.
template <class Function>
Error error_of(Function function) {
  try {
    function();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(RECURRENT_STATUS_OK, "");
}

bool is_aligned(const void* address, size_t alignment) {
  return reinterpret_cast<std::uintptr_t>(address) % alignment == 0;
}

TEST(AlignedBufferTest, IsZeroedAndAlignedToACacheLine) {
  for (const int64_t count : {1, 15, 16, 17, 1000, 100000}) {
    // Dirties memory of the same size first, which the allocator is likely to hand out again.
    {
      AlignedBuffer<float> dirty(count);
      std::fill(dirty.begin(), dirty.end(), 1.0f);
    }
    AlignedBuffer<float> buffer(count);
    EXPECT_EQ(buffer.size(), count);
    EXPECT_TRUE(is_aligned(buffer.data(), kCacheLineBytes)) << count;
    EXPECT_TRUE(std::all_of(buffer.begin(), buffer.end(), [](float value) { return value == 0; }))
        << count;
  }
}

TEST(AlignedBufferTest, IsAlignedToAHugePageFromOneHugePageOn) {
  const auto floats = static_cast<int64_t>(kHugePageBytes / sizeof(float));
  for (const int64_t count : {floats, floats + 1, 3 * floats - 1}) {
    AlignedBuffer<float> buffer(count);
    EXPECT_TRUE(is_aligned(buffer.data(), kHugePageBytes)) << count;
    EXPECT_TRUE(std::all_of(buffer.begin(), buffer.end(), [](float value) { return value == 0; }));
  }
}

TEST(AlignedBufferTest, HoldsNothingForACountOfZero) {
  AlignedBuffer<float> buffer(0);
  EXPECT_EQ(buffer.size(), 0);
  EXPECT_EQ(buffer.begin(), buffer.end());
  EXPECT_EQ(AlignedBuffer<float>().size(), 0);
}

TEST(AlignedBufferTest, MovesItsMemoryAndCannotBeCopied) {
  static_assert(!std::is_copy_constructible_v<AlignedBuffer<float>>);
  static_assert(!std::is_copy_assignable_v<AlignedBuffer<float>>);
  AlignedBuffer<float> first(8);
  first[3] = 5.0f;
  const float* memory = first.data();

  AlignedBuffer<float> second(std::move(first));
  EXPECT_EQ(second.data(), memory);
  // NOLINTBEGIN(bugprone-use-after-move,clang-analyzer-cplusplus.Move): it is empty afterwards.
  EXPECT_EQ(first.data(), nullptr);
  EXPECT_EQ(first.size(), 0);

  AlignedBuffer<float> third(4);
  third = std::move(second);
  EXPECT_EQ(third.data(), memory);
  EXPECT_EQ(third.size(), 8);
  EXPECT_EQ(third[3], 5.0f);
  EXPECT_EQ(second.data(), nullptr);
  // NOLINTEND(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
}

TEST(AlignedBufferTest, RefusesCountsWhoseBytesCannotBeCounted) {
  EXPECT_THROW(AlignedBuffer<float>{-1}, std::bad_alloc);
  EXPECT_THROW(AlignedBuffer<float>{kMax}, std::bad_alloc);
  EXPECT_THROW(AlignedBuffer<float>{kMax / 4 + 1}, std::bad_alloc);
  // Would be 0 bytes if the multiplication wrapped around.
  EXPECT_THROW(AlignedBuffer<float>{int64_t{1} << 62}, std::bad_alloc);
}

TEST(AlignedBufferTest, ThrowsWhenThereIsNotEnoughMemory) {
  if (RECURRENT_TEST_SANITIZED)
    GTEST_SKIP() << "the sanitizer's allocator ends the process instead of refusing";
  EXPECT_THROW(AlignedBuffer<float>{kMax / 8}, std::bad_alloc);
}

TEST(CheckedTest, MultipliesAndAddsWhatFits) {
  EXPECT_EQ(checked_mul(0, kMax, "n"), 0);
  EXPECT_EQ(checked_mul(kMax, 0, "n"), 0);
  EXPECT_EQ(checked_mul(kMax, 1, "n"), kMax);
  EXPECT_EQ(checked_mul(int64_t{1} << 31, int64_t{1} << 31, "n"), int64_t{1} << 62);
  EXPECT_EQ(checked_add(kMax, 0, "n"), kMax);
  EXPECT_EQ(checked_add(kMax - 7, 7, "n"), kMax);
}

TEST(CheckedTest, NamesTheArgumentOfAProductThatOverflows) {
  const Error error =
      error_of([] { checked_mul(int64_t{1} << 32, int64_t{1} << 31, "hidden_size"); });
  EXPECT_EQ(error.status(), RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_EQ(error.message(),
            "hidden_size: expected sizes whose product is below 2^63, found 4294967296 * "
            "2147483648");
  EXPECT_THROW(checked_mul(kMax, kMax, "n"), Error);
  EXPECT_THROW(checked_mul(-1, 1, "n"), Error);
  EXPECT_THROW(checked_mul(1, -1, "n"), Error);
}

TEST(CheckedTest, NamesTheArgumentOfASumThatOverflows) {
  const Error error = error_of([] { checked_add(kMax, 1, "time"); });
  EXPECT_EQ(error.status(), RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_EQ(error.message(),
            "time: expected sizes whose sum is below 2^63, found 9223372036854775807 + 1");
  EXPECT_THROW(checked_add(-1, 1, "n"), Error);
  EXPECT_THROW(checked_add(1, -1, "n"), Error);
}

TEST(CheckedTest, RoundsUpWithoutOverflowOnTheWay) {
  EXPECT_EQ(div_up(0, 8), 0);
  EXPECT_EQ(div_up(1, 8), 1);
  EXPECT_EQ(div_up(8, 8), 1);
  EXPECT_EQ(div_up(9, 8), 2);
  EXPECT_EQ(div_up(kMax, 2), (int64_t{1} << 62));
  EXPECT_EQ(round_up(0, 16), 0);
  EXPECT_EQ(round_up(1, 16), 16);
  EXPECT_EQ(round_up(16, 16), 16);
  EXPECT_EQ(round_up(17, 16), 32);
  EXPECT_EQ(round_up(kMax, 1), kMax);
}

TEST(ErrorTest, FormatsItsMessageAndKeepsItsStatus) {
  const Error error =
      error_of([] { fail(RECURRENT_STATUS_BUSY, "%s runs %d of %lld", "a call", 2, 3LL); });
  EXPECT_EQ(error.status(), RECURRENT_STATUS_BUSY);
  EXPECT_EQ(error.message(), "a call runs 2 of 3");
  EXPECT_STREQ(error.what(), "a call runs 2 of 3");
}

TEST(ErrorTest, NamesTheInvalidArgument) {
  const Error error = error_of(
      [] { invalid("time", "expected 0 or more, found %lld", static_cast<long long>(-3)); });
  EXPECT_EQ(error.status(), RECURRENT_STATUS_INVALID_ARGUMENT);
  EXPECT_EQ(error.message(), "time: expected 0 or more, found -3");
}

TEST(ErrorTest, DoesNotCutLongMessages) {
  const std::string text(5000, 'x');
  EXPECT_EQ(error_of([&] { fail(RECURRENT_STATUS_INTERNAL, "%s!", text.c_str()); }).message(),
            text + "!");
}

}  // namespace
}  // namespace recurrent
