// Weights that are floats.
struct Float32Weights {
  static constexpr int kVectorBytes = Vec::kWidth * 4;

  static RECURRENT_INLINE Vec load(WeightBytes at) {
    return Vec::load(reinterpret_cast<const float*>(at));
  }
};
