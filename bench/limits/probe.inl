// The two loops, written once over GCC's vector extension: the including file sets the width and
// is compiled for the instruction set that has it.
//
// kAccumulators independent chains hide the latency of a multiply-add (4 clocks, 2 a clock) and
// leave registers for the factors.

namespace limits {
namespace {

typedef float Vector __attribute__((vector_size(kVectorBytes)));
typedef int Bits __attribute__((vector_size(kVectorBytes)));

constexpr int kAccumulators = 12;
constexpr int kRepeats = 4;

float sum(const Vector& vector) {
  float total = 0;
  for (size_t lane = 0; lane < kVectorBytes / sizeof(float); ++lane) total += vector[lane];
  return total;
}

float multiply_add(long rounds) {
  Vector accumulators[kAccumulators];
  Vector factor;
  Vector addend;
  for (size_t lane = 0; lane < kVectorBytes / sizeof(float); ++lane) {
    factor[lane] = 0.999F;
    addend[lane] = 0.001F;
    // Not 1, which these factors leave as it is: the compiler sees that and drops its
    // multiply-adds.
    for (int i = 0; i < kAccumulators; ++i) accumulators[i][lane] = static_cast<float>(i + 2);
  }
  for (long round = 0; round < rounds; ++round) {
#pragma GCC unroll 4
    for (int repeat = 0; repeat < kRepeats; ++repeat) {
#pragma GCC unroll 12
      for (int i = 0; i < kAccumulators; ++i) accumulators[i] = accumulators[i] * factor + addend;
    }
  }
  Vector total = accumulators[0];
  for (int i = 1; i < kAccumulators; ++i) total += accumulators[i];
  return sum(total);
}

float read(const void* data, size_t bytes, int passes) {
  constexpr size_t kLoads = 8;
  const Bits* const vectors = static_cast<const Bits*>(data);
  const Bits* const end = vectors + bytes / kVectorBytes;
  Bits seen[kLoads] = {};
  for (int pass = 0; pass < passes; ++pass) {
    for (const Bits* next = vectors; next != end; next += kLoads) {
#pragma GCC unroll 8
      for (size_t j = 0; j < kLoads; ++j) seen[j] |= next[j];
    }
    // The next pass reads the same values; the compiler must not know.
    asm volatile("" ::: "memory");
  }
  Bits total = seen[0];
  for (size_t j = 1; j < kLoads; ++j) total |= seen[j];
  return sum((Vector)total);
}

constexpr long kOperationsPerRound =
    2L * kAccumulators * kRepeats * static_cast<long>(kVectorBytes / sizeof(float));

}  // namespace
}  // namespace limits
