// What recurrent_last_error() keeps of a message: a reader's terminal and log have to bear it.

#include <gtest/gtest.h>

#include <string>

#include "api/guard.h"

namespace recurrent::test {
namespace {

constexpr size_t kMost = 500;

std::string remembered(const std::string& message) {
  EXPECT_EQ(api::remember(RECURRENT_STATUS_INTERNAL, message.c_str()), RECURRENT_STATUS_INTERNAL);
  return api::last_error();
}

TEST(Message, IsKeptAsItIsUpToItsGreatestLength) {
  EXPECT_EQ(remembered(""), "");
  EXPECT_EQ(remembered("time: expected 1"), "time: expected 1");
  const std::string longest(kMost, 'x');
  EXPECT_EQ(remembered(longest), longest);
}

TEST(Message, EndsWithAnEllipsisWhereItIsCut) {
  EXPECT_EQ(remembered(std::string(kMost + 1, 'x')), std::string(kMost - 3, 'x') + "...");
  EXPECT_EQ(remembered(std::string(1 << 20, 'x')), std::string(kMost - 3, 'x') + "...");
}

TEST(Message, IsNotCutInTheMiddleOfACharacter) {
  for (size_t shift = 0; shift < 4; ++shift) {
    std::string message(shift, 'x');
    while (message.size() < 2 * kMost) message += "\xF0\x9F\x98\x80";
    const std::string kept = remembered(message);
    ASSERT_LE(kept.size(), kMost);
    EXPECT_EQ(kept.substr(kept.size() - 3), "...");
    EXPECT_EQ((kept.size() - 3 - shift) % 4, 0u) << "shift " << shift;
  }
}

TEST(Message, HoldsNothingThatControlsATerminal) {
  EXPECT_EQ(remembered("found '\x1b[2J\n\x7f\xC2\x9B"
                       "0m'"),
            "found '?[2J????0m'");
  EXPECT_EQ(remembered("caf\xC3\xA9 \xC2\xB5s"), "caf\xC3\xA9 \xC2\xB5s");
}

}  // namespace
}  // namespace recurrent::test
