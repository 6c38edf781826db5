// Weights that are floats, a vector for each term.
struct Float32Weights {
  static constexpr bool kIsInteger = false;
  static constexpr int kTerms = 1;
  static constexpr int kVectorBytes = Vec::kWidth * 4;
  static constexpr int kAccumulators = kSet.accumulators;

  // Bytes of the weights of so many terms, of a vector of units and a gate.
  static RECURRENT_INLINE int64_t chain_bytes(int64_t terms) { return terms * kVectorBytes; }

  // Of the vectors that a group has side by side, those from `first` on.
  static RECURRENT_INLINE Weights<Float32Weights> weights(WeightBytes chain, int64_t first,
                                                          int64_t vectors) {
    return {chain + first * kVectorBytes, vectors * kVectorBytes};
  }

  template <int, int>
  static RECURRENT_INLINE Vec load(WeightBytes at) {
    return Vec::load(reinterpret_cast<const float*>(at));
  }
};
