// What programs that call the library itself have in common.
#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

namespace support {

// Ends the program with the library's reason if a call has failed.
inline void require(recurrent_status status) {
  if (status == RECURRENT_STATUS_OK) return;
  std::fprintf(stderr, "%s\n", recurrent_last_error());
  std::exit(1);
}

// The same in every program.
inline std::vector<float> random_values(int64_t count, float scale) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> value(-scale, scale);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& v : values) v = value(random);
  return values;
}

}  // namespace support
