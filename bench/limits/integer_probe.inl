// The loop of the integer probes: the including file defines `Vector` (its integers of 32 bits),
// `multiply_add_once(accumulator, a, b)` and kProductsPerVector, and is compiled for the
// instruction set that has them.

namespace limits {
namespace {

constexpr int kAccumulators = 12;
constexpr int kRepeats = 4;

int multiply_add(long rounds) {
  Vector accumulators[kAccumulators] = {};
  Vector a;
  Vector b;
  for (size_t lane = 0; lane < sizeof(Vector) / sizeof(int); ++lane) a[lane] = b[lane] = 0x01010101;
  for (long round = 0; round < rounds; ++round) {
#pragma GCC unroll 4
    for (int repeat = 0; repeat < kRepeats; ++repeat) {
#pragma GCC unroll 12
      for (int i = 0; i < kAccumulators; ++i) {
        // The product is the same each time; the compiler must not know.
        asm volatile("" : "+v"(a));
        accumulators[i] = multiply_add_once(accumulators[i], a, b);
      }
    }
  }
  int total = 0;
  for (const Vector& accumulator : accumulators)
    for (size_t lane = 0; lane < sizeof(Vector) / sizeof(int); ++lane) total |= accumulator[lane];
  return total;
}

constexpr long kOperationsPerRound = 2L * kAccumulators * kRepeats * kProductsPerVector;

}  // namespace
}  // namespace limits
