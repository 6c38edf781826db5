// The weights of one source of one group: the innermost part of packing.
#pragma once

#include <cstdint>

#include "model/packing.h"

namespace recurrent {

struct GroupChain {
  const WeightSource& source;
  int64_t units;  // rows of a gate
  int width;
  int64_t first;   // panel
  int64_t panels;  // of the group
};

// Writes them where the group has them; padding keeps its zeros. Throws std::bad_alloc in other
// formats than floats.
void pack_chain(const GroupChain& chain, const Storage& storage, unsigned char* out);

}  // namespace recurrent
