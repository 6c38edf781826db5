// Weights that are the upper halves of floats. A lane has those of two terms that follow each
// other, the first one in its lower half, so a vector of them is as wide as one of floats: no
// halves of registers, and no difference between parts of groups of even and odd numbers of
// vectors.
struct Bfloat16Weights {
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

  template <int kTerm>
  static RECURRENT_INLINE Vec load(WeightBytes at) {
    const IntVec both = load_bits(at);
    return from_bits(kTerm == 0 ? shift_left<16>(both) : upper_halves(both));
  }
};
