#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/checked.h"
#include "base/ledger.h"

namespace recurrent {

// A part of an Arena. What it holds at first is anything.
class Floats {
 public:
  // Sets the first elements to 0; there have to be so many.
  float* zeroed(int64_t count) {
    std::fill_n(data_, count, 0.0f);
    return data_;
  }
  float* data() { return data_; }
  const float* data() const { return data_; }
  int64_t bytes() const { return size_ * static_cast<int64_t>(sizeof(float)); }

 private:
  friend class Arena;
  float* data_ = nullptr;
  int64_t size_ = 0;
};

// The memory of a pass, planned and then laid out in one piece, which is kept for the next pass and
// grows with the largest one. Parts are kept until the next plan or are *scratch*, which sections
// that are never at work at the same time have in common.
class Arena {
 public:
  // Begins a new plan; the parts of the old one have no memory any more.
  void begin() {
    for (const Planned& planned : plan_) *planned.part = Floats();
    plan_.clear();
    kept_.clear();
    scratch_.clear();
    most_scratch_ = 0;
  }
  // The scratch that is planned from here on does not outlive what was planned before.
  void begin_section() { scratch_.clear(); }
  void keep(Floats& part, int64_t count) { plan(part, count, false, kept_); }
  void scratch(Floats& part, int64_t count) {
    plan(part, count, true, scratch_);
    most_scratch_ = std::max(most_scratch_, scratch_.size());
  }

  // Throws std::bad_alloc; the parts then have no memory.
  void lay_out() {
    const int64_t count = checked_add(kept_.size(), most_scratch_, "time");
    if (count > memory_.size()) {
      // Not both at once.
      memory_ = AlignedBuffer<float>();
      memory_ = AlignedBuffer<float>(count);
    }
#ifndef NDEBUG
    // So that nobody relies on what a part holds at first: the sanitized tests run like this.
    std::fill_n(memory_.data(), count, std::numeric_limits<float>::quiet_NaN());
#endif
    for (const Planned& planned : plan_) {
      planned.part->data_ = memory_.data() + planned.at + (planned.is_scratch ? kept_.size() : 0);
      planned.part->size_ = planned.count;
    }
  }

 private:
  struct Planned {
    Floats* part;
    int64_t at;
    int64_t count;
    bool is_scratch;
  };

  void plan(Floats& part, int64_t count, bool is_scratch, Ledger& ledger) {
    plan_.push_back({&part, ledger.book(count, 1), count, is_scratch});
  }

  std::vector<Planned> plan_;
  Ledger kept_;
  Ledger scratch_;
  int64_t most_scratch_ = 0;
  AlignedBuffer<float> memory_;
};

}  // namespace recurrent
