// Products of integers by SDOT, four terms at a time; see dot_scalar.inl. It multiplies signed
// bytes. 16 bits are two bytes, each with sums of its own: `256 upper + lower`, modulo 2^32. The
// lower byte is moved down to become signed, which takes away 128 times the sum of the weights: the
// layout's sums have that with the other sign.

constexpr kernels::IntegerLayout kIntegerLayout{4, false, true};
constexpr int kGatedPanels = 2;

template <int kBits>
struct Dot {
  static constexpr int kAccumulators = kBits == 16 ? 8 : 16;  // of 32 registers 16 hold sums
  static constexpr int kPlanes = kBits == 16 ? 2 : 1;  // the lower bytes before the upper ones

  static RECURRENT_INLINE void put(unsigned char* row, int64_t plane, int64_t k, IntVec integers) {
    const int16x4_t halves = vmovn_s32(integers.v);
    const int16x8_t twice = vcombine_s16(halves, halves);
    const uint8x8_t lower = vreinterpret_u8_s8(vmovn_s16(twice));
    if constexpr (kBits == 16) {
      store_four(row + k, veor_u8(lower, vdup_n_u8(0x80)));
      store_four(row + plane + k, vreinterpret_u8_s8(vshrn_n_s16(twice, 8)));
    } else {
      store_four(row + k, lower);
    }
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
    return kPlanes == 2 && kPlane == 0 ? int_sub(int_broadcast(0), load_bits(sums))
                                       : int_broadcast(0);
  }
  static RECURRENT_INLINE IntVec add(IntVec sum, IntVec weight, IntVec value) {
    return {vdotq_s32(sum.v, vreinterpretq_s8_s32(weight.v), vreinterpretq_s8_s32(value.v))};
  }
  static RECURRENT_INLINE IntVec total(IntVec first, IntVec last) {
    return kPlanes == 2 ? int_add(shift_left<8>(last), first) : first;
  }

 private:
  static RECURRENT_INLINE void store_four(unsigned char* to, uint8x8_t bytes) {
    const uint32_t four = vget_lane_u32(vreinterpret_u32_u8(bytes), 0);
    __builtin_memcpy(to, &four, sizeof(four));
  }
};
