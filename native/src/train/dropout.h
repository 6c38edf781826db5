#pragma once

#include <cstdint>

namespace recurrent {

// What is dropped of a layer, see recurrent_trainer_desc.
enum class Drop : int32_t { kElements = 0, kInput = 1, kState = 2 };

// Which elements a dropout drops: a function of the seed and an element's place alone, so that the
// backward pass, another thread and another machine find the same ones. The numbers are those of
// SplitMix64 (Steele et al. 2014), taken by index.
class Dropout {
 public:
  Dropout(uint64_t seed, int64_t layer, Drop what, bool reverse, float rate);

  // Drops of `count` values, the first of which is element `first`; the others are scaled up, to
  // keep the mean. A dropped value is 0 whatever it was.
  void apply(float* values, int64_t count, uint64_t first) const {
    for (int64_t i = 0; i < count; ++i)
      values[i] = drops(first + static_cast<uint64_t>(i)) ? 0.0f : values[i] * kept_;
  }

 private:
  bool drops(uint64_t element) const { return mix(key_ + kStep * (1 + element)) >> 40 < limit_; }
  static constexpr uint64_t kStep = 0x9E3779B97F4A7C15u;
  static constexpr uint64_t mix(uint64_t z) {
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
  }

  uint64_t key_;
  uint64_t limit_;
  float kept_;
};

}  // namespace recurrent
