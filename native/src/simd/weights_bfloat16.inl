// Weights that are the upper halves of floats. A lane has those of two terms that follow each
// other, the first one in its lower half, so a vector of them is as wide as one of floats: no
// halves of registers, and no difference between parts of groups of even and odd numbers of
// vectors.
struct Bfloat16Weights {
  using Expanded = Float32Weights;
  static constexpr bool kIsInteger = false;
  static constexpr int kTerms = 2;
  static constexpr int kVectorBytes = Vec::kWidth * 4;
  static constexpr int kAccumulators = kSet.accumulators;

  static RECURRENT_INLINE int64_t chain_bytes(int64_t terms) {
    return (terms + 1) / 2 * kVectorBytes;
  }

  static RECURRENT_INLINE Weights<Bfloat16Weights> weights(WeightBytes chain, int64_t first,
                                                           int64_t vectors) {
    return {chain + first * kVectorBytes, vectors * kVectorBytes};
  }

  // Beside one row there is a register for what upper_halves() takes.
  template <int kTerm, int kRows>
  static RECURRENT_INLINE Vec load(WeightBytes at) {
    const IntVec both = load_bits(at);
    if constexpr (kTerm == 0) return from_bits(shift_left<16>(both));
    return from_bits(kRows == 1 ? upper_halves(both) : upper_halves_by_memory(both));
  }
};
