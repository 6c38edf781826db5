#include "limits/probe.h"

namespace {
constexpr size_t kVectorBytes = 64;
}

#include "limits/probe.inl"

namespace limits {

const Probe& avx512_probe() {
  static const Probe probe{"avx512", multiply_add, kOperationsPerRound, read};
  return probe;
}

}  // namespace limits
