// Products of integers by vpdpbusd, four terms at a time; see dot_scalar.inl. It multiplies
// unsigned bytes with signed ones. Inputs are moved up to become unsigned, which adds 128 (of 16
// bits 128 in the upper byte) times the sum of the weights: that is what the layout's sums take
// away. 16 bits are two bytes, each with sums of its own: `256 upper + lower`, modulo 2^32.
//
// words_avx512.inl and words_avx2.inl have the operations that it takes, the latter for both
// encodings of 256 bits: that of AVX-512 with VL, and that of AVX-VNNI.

constexpr kernels::IntegerLayout kIntegerLayout{4, false, true};
// A line of weights has two products already. (A second panel took a step 7 to 16 % longer.)
constexpr int kGatedPanels = 1;

template <int kBits>
struct Dot {
  static constexpr int kAccumulators = kBits == 16 ? kAccumulators16 : kAccumulators8;
  static constexpr int kPlanes = kBits == 16 ? 2 : 1;  // the lower bytes before the upper ones

  static RECURRENT_INLINE void put(unsigned char* row, int64_t plane, int64_t k, IntVec integers) {
    if constexpr (kBits == 16)
      store_bytes(row + k, row + plane + k, integers);
    else
      store_lowest_bytes(row + k, int_add(integers, int_broadcast(128)));
  }
  template <int kPlane>
  static RECURRENT_INLINE IntVec value(const unsigned char* row, int64_t plane, int64_t k) {
    int32_t four;
    __builtin_memcpy(&four, row + kPlane * plane + k, sizeof(four));
    return int_broadcast(four);
  }
  static RECURRENT_INLINE IntVec load(const unsigned char* at) { return load_bits(at); }
  template <int kPlane>
  static RECURRENT_INLINE IntVec start(const unsigned char* sums) {
    return kPlane + 1 == kPlanes ? load_bits(sums) : int_broadcast(0);
  }
  static RECURRENT_INLINE IntVec add(IntVec sum, IntVec weight, IntVec value) {
    return dot_words(sum, value, weight);
  }
  static RECURRENT_INLINE IntVec total(IntVec first, IntVec last) {
    return kPlanes == 2 ? int_add(shift_left<8>(last), first) : first;
  }
};
