#include "base/expect.h"

#include <gtest/gtest.h>
#include <recurrent/recurrent.h>

#include <cstdint>
#include <functional>
#include <string>

#include "base/error.h"

namespace recurrent {
namespace {

// The message of what a check throws; empty if it throws nothing.
std::string message_of(const std::function<void()>& check) {
  try {
    check();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), RECURRENT_STATUS_INVALID_ARGUMENT);
    return error.message();
  }
  return "";
}

TEST(Expect, RangesIncludeTheirEnds) {
  EXPECT_EQ(message_of([] { expect_range("time", 1, 1, 5); }), "");
  EXPECT_EQ(message_of([] { expect_range("time", 5, 1, 5); }), "");
  EXPECT_EQ(message_of([] { expect_range("time", 0, 1, 5); }), "time: expected 1 to 5, found 0");
  EXPECT_EQ(message_of([] { expect_range("time", 6, 1, 5, "steps"); }),
            "time: expected 1 to 5 steps, found 6");
  EXPECT_EQ(message_of([] { expect_range("pin_threads", 2, 0, 1); }),
            "pin_threads: expected 0 or 1, found 2");
  EXPECT_EQ(message_of([] { expect_range("reserved", 2, 0, 0); }), "reserved: expected 0, found 2");
  EXPECT_EQ(message_of([] { expect_range("step", 0, 1, INT64_MAX); }),
            "step: expected 1 or more, found 0");
}

TEST(Expect, ValuesOfAnEnumerationAreNamed) {
  EXPECT_EQ(message_of([] { expect_value("kind", 9, 0, 9); }), "");
  EXPECT_EQ(message_of([] { expect_value("kind", 10, 0, 9); }),
            "kind: expected a value from 0 to 9, found 10");
}

TEST(Expect, StructsHaveTheirSize) {
  recurrent_run_args args{};
  args.struct_size = sizeof(args);
  EXPECT_EQ(message_of([&] { expect_struct_size(args); }), "");
  args.struct_size = 7;
  EXPECT_EQ(message_of([&] { expect_struct_size(args); }),
            "struct_size: expected " + std::to_string(sizeof(args)) +
                ", found 7; was the caller built for another version?");
  EXPECT_EQ(
      message_of([] { expect_struct_size("layers[1].", 3, 8); }),
      "layers[1].struct_size: expected 8, found 3; was the caller built for another version?");
}

TEST(Expect, ArraysHaveTheirElements) {
  const int some[3] = {};
  EXPECT_EQ(message_of([&] { expect_array("x", some, 3, 3); }), "");
  EXPECT_EQ(message_of([&] { expect_array("x", some, 4, 3); }), "");
  EXPECT_EQ(message_of([] { expect_array("x", nullptr, 0, 0); }), "");
  EXPECT_EQ(message_of([&] { expect_array("x", some, 2, 3); }), "x: expected 3 elements, found 2");
  EXPECT_EQ(message_of([] { expect_array("x", nullptr, 3, 3); }),
            "x: expected 3 elements, found null");
  EXPECT_EQ(message_of([&] { expect_exactly("x", some, 4, 3); }),
            "x: expected exactly 3 elements, found 4");
  EXPECT_EQ(message_of([] { expect_no_count("x_count", 0, "x"); }), "");
  EXPECT_EQ(message_of([] { expect_no_count("x_count", 2, "x"); }),
            "x_count: expected 0, because x is null, found 2");
}

TEST(Expect, OutputsAreApartFromInputs) {
  const float memory[8] = {};
  const int32_t* const others = reinterpret_cast<const int32_t*>(memory);
  const float* const none = nullptr;
  EXPECT_EQ(message_of([&] { expect_apart("y", memory, 4, "x", memory + 4, 4); }), "");
  EXPECT_EQ(message_of([&] { expect_apart("y", memory + 4, 4, "x", memory, 4); }), "");
  EXPECT_EQ(message_of([&] { expect_apart("y", memory, 5, "x", memory + 4, 4); }),
            "y: expected memory that does not overlap x");
  EXPECT_EQ(message_of([&] { expect_apart("y", memory + 7, 1, "indices", others, 8); }),
            "y: expected memory that does not overlap indices");
  EXPECT_EQ(message_of([&] { expect_apart("y", none, 5, "x", memory, 4); }), "");
  EXPECT_EQ(message_of([&] { expect_apart("y", memory, 5, "x", none, 4); }), "");
}

}  // namespace
}  // namespace recurrent
