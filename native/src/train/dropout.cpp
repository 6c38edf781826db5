#include "train/dropout.h"

namespace recurrent {

Dropout::Dropout(uint64_t seed, int64_t layer, Drop what, bool reverse, float rate)
    : key_(mix(seed + kStep * (1 + static_cast<uint64_t>(layer) * 8 +
                               static_cast<uint64_t>(what) * 2 + (reverse ? 1u : 0u)))),
      limit_(static_cast<uint64_t>(rate * 16777216.0f)),
      kept_(1.0f / (1.0f - rate)) {}

}  // namespace recurrent
