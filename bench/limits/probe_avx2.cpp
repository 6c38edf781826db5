#include "limits/probe.h"

namespace {
constexpr size_t kVectorBytes = 32;
}

#include "limits/probe.inl"

namespace limits {

const Probe& avx2_probe() {
  static const Probe probe{"avx2", multiply_add, kOperationsPerRound, read};
  return probe;
}

}  // namespace limits
