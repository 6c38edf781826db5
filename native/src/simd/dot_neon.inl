// Products of integers by widening multiplies, two terms at a time; see dot_scalar.inl.

constexpr kernels::IntegerLayout kIntegerLayout{2, true, false};
constexpr int kGatedPanels = 2;

template <int kBits>
struct Dot {
  // With twice as many, the broadcasts of the rows and the chains would not fit beside them.
  static constexpr int kAccumulators = 12;
  static constexpr int kPlanes = 1;

  static RECURRENT_INLINE void put(unsigned char* row, int64_t, int64_t k, IntVec integers) {
    store_halves(row + 2 * k, integers);
  }
  // The pair, four times.
  template <int kPlane>
  static RECURRENT_INLINE IntVec value(const unsigned char* row, int64_t, int64_t k) {
    int32_t pair;
    __builtin_memcpy(&pair, row + 2 * k, sizeof(pair));
    return int_broadcast(pair);
  }
  // Eight weights of 16 bits.
  static RECURRENT_INLINE IntVec load(const unsigned char* at) {
    return {vreinterpretq_s32_s16(vmovl_s8(vreinterpret_s8_u8(vld1_u8(at))))};
  }
  template <int kPlane>
  static RECURRENT_INLINE IntVec start(const unsigned char*) {
    return int_broadcast(0);
  }
  static RECURRENT_INLINE IntVec add(IntVec sum, IntVec weight, IntVec value) {
    const int16x8_t w = vreinterpretq_s16_s32(weight.v);
    const int16x4_t pair = vget_low_s16(vreinterpretq_s16_s32(value.v));
    return {vmlal_high_lane_s16(vmlal_lane_s16(sum.v, vget_low_s16(w), pair, 0), w, pair, 1)};
  }
  static RECURRENT_INLINE IntVec total(IntVec sum, IntVec) { return sum; }
};
