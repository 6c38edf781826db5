#include "choice.h"

#include <limits>

namespace recurrent::fuzz {

Random random_of(uint64_t program, uint64_t operation) {
  // SplitMix64 (Steele et al. 2014): neighbouring numbers give streams that have nothing in common.
  uint64_t z = program * 0x9E3779B97F4A7C15u + operation + 1;
  for (int round = 0; round < 2; ++round) {
    z += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
  }
  return Random(static_cast<uint32_t>(z));
}

int32_t no_value(Random& random, int32_t last) {
  return one_of(random, {-1, last + 1, last + 2, 1 << 20, std::numeric_limits<int32_t>::max(),
                         std::numeric_limits<int32_t>::min()});
}

uint32_t wrong_size(Random& random, uint32_t right) {
  return one_of(random, {0u, 1u, right - 4, right - 1, right + 1, right + 8, ~0u});
}

std::vector<float> draw_values(Random& random, int64_t count, float mask_value) {
  std::vector<float> values = test::random_values(random, count, 1.0f);
  if (!one_in(random, 4)) return values;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (float& value : values)
    if (one_in(random, 12))
      value = one_of(random, {0.0f, -0.0f, 1e-40f, -1e-42f, 1e30f, -3e38f, kInfinity, -kInfinity,
                              std::numeric_limits<float>::quiet_NaN(), mask_value});
  return values;
}

}  // namespace recurrent::fuzz
