#include "model/states.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/error.h"
#include "kernels/implementations.h"

namespace recurrent {
namespace {

// An LSTM of 20 units that go to 3, a reverse GRU of 17, and the output to repeat.
StateLayout layout() {
  StateLayout states;
  states.add({0, RECURRENT_DIRECTION_FORWARD, RECURRENT_STATE_HIDDEN}, 3);
  states.add({0, RECURRENT_DIRECTION_FORWARD, RECURRENT_STATE_CELL}, 20);
  states.add({2, RECURRENT_DIRECTION_REVERSE, RECURRENT_STATE_HIDDEN}, 17);
  states.add({3, RECURRENT_DIRECTION_FORWARD, kRepeatedOutput}, 2);
  return states;
}

// `[rows, size]`, all different.
std::vector<float> numbered(int64_t rows, int64_t size) {
  std::vector<float> values;
  for (int64_t i = 0; i < rows * size; ++i) values.push_back(static_cast<float>(i + 1));
  return values;
}

class StatesTest : public testing::Test {
 protected:
  static constexpr int64_t kRows = 3;

  std::vector<float> saved(int64_t row) const {
    std::vector<float> values(static_cast<size_t>(layout_.size()));
    states_.save({row, 1}, values.data());
    return values;
  }
  void load_all(const std::vector<float>& values) {
    states_.load({0, kRows}, values.data(), *kernels::table_for(RECURRENT_ISA_SCALAR));
  }
  std::vector<float> given(int64_t row) const {
    const std::vector<float> all = numbered(kRows, layout_.size());
    return {all.begin() + row * layout_.size(), all.begin() + (row + 1) * layout_.size()};
  }

  const StateLayout layout_ = layout();
  States states_{layout_, kRows};
};

TEST(StateLayout, PlacesStatesOneAfterTheOther) {
  const StateLayout states = layout();
  EXPECT_EQ(states.size(), 3 + 20 + 17 + 2);
  EXPECT_EQ(states.stride(), 16 + 32 + 32 + 16);
  int64_t saved = 0;
  int64_t offset = 0;
  for (const StateSlot& slot : states.slots()) {
    EXPECT_EQ(slot.saved, saved);
    EXPECT_EQ(slot.offset, offset);
    EXPECT_EQ(slot.stride % kRowPadding, 0);
    EXPECT_EQ(states.find(slot.id), &slot);
    saved += slot.size;
    offset += slot.stride;
  }
  EXPECT_EQ(states.find({0, RECURRENT_DIRECTION_REVERSE, RECURRENT_STATE_HIDDEN}), nullptr);
  EXPECT_EQ(states.find({2, RECURRENT_DIRECTION_REVERSE, RECURRENT_STATE_CELL}), nullptr);
}

TEST_F(StatesTest, RowsOfAStateAreSideBySideAndAsFarApartAsItsStride) {
  for (const StateSlot& slot : layout_.slots()) {
    EXPECT_EQ(states_.row(slot, 2) - states_.row(slot, 0), 2 * slot.stride);
    EXPECT_EQ(states_.rows().row(slot, 1), states_.row(slot, 1));
  }
}

TEST_F(StatesTest, SaveGivesWhatWasLoaded) {
  load_all(numbered(kRows, layout_.size()));
  for (int64_t row = 0; row < kRows; ++row) EXPECT_EQ(saved(row), given(row));
}

TEST_F(StatesTest, LoadRemovesDenormalsOfStatesAndNotOfAnOutput) {
  std::vector<float> values(static_cast<size_t>(kRows * layout_.size()), 1e-39f);
  load_all(values);
  std::vector<float> expected(static_cast<size_t>(layout_.size()), 0.0f);
  expected[expected.size() - 1] = expected[expected.size() - 2] = 1e-39f;
  EXPECT_EQ(saved(1), expected);
}

TEST_F(StatesTest, ResetTouchesItsRowsAlone) {
  load_all(numbered(kRows, layout_.size()));
  states_.reset({1, 1}, nullptr);
  EXPECT_EQ(saved(0), given(0));
  EXPECT_EQ(saved(1), std::vector<float>(static_cast<size_t>(layout_.size()), 0.0f));
  EXPECT_EQ(saved(2), given(2));
}

TEST_F(StatesTest, ResetTakesARowAsItIsStored) {
  const std::vector<float> initial = numbered(1, layout_.stride());
  states_.reset({0, 2}, initial.data());
  for (const StateSlot& slot : layout_.slots())
    for (int64_t i = 0; i < slot.size; ++i) {
      EXPECT_EQ(states_.row(slot, 1)[i], initial[static_cast<size_t>(slot.offset + i)]);
      EXPECT_EQ(states_.row(slot, 2)[i], 0.0f);
    }
}

TEST_F(StatesTest, MoveMakesARowWhatAnotherOneIs) {
  load_all(numbered(kRows, layout_.size()));
  states_.move(2, 0);
  EXPECT_EQ(saved(0), given(2));
  EXPECT_EQ(saved(1), given(1));
  EXPECT_EQ(saved(2), given(2));
  states_.move(1, 1);
  EXPECT_EQ(saved(1), given(1));
}

TEST(States, AreRefusedWhereTheyCannotBeCounted) {
  const StateLayout states = layout();
  EXPECT_THROW(States(states, INT64_MAX / 2), Error);
}

}  // namespace
}  // namespace recurrent
