// Products of integers by vpmaddwd, two terms at a time; see dot_scalar.inl. Weights are widened to
// 16 bits: vpmaddubsw would saturate.

constexpr kernels::IntegerLayout kIntegerLayout{2, false, false};
constexpr int kGatedPanels = 2;

template <int kBits>
struct Dot {
  static constexpr int kAccumulators = 8;
  static constexpr int kPlanes = 1;

  static RECURRENT_INLINE void put(unsigned char* row, int64_t, int64_t k, IntVec integers) {
    store_halves(row + 2 * k, integers);
  }
  template <int kPlane>
  static RECURRENT_INLINE IntVec value(const unsigned char* row, int64_t, int64_t k) {
    int32_t pair;
    __builtin_memcpy(&pair, row + 2 * k, sizeof(pair));
    return int_broadcast(pair);
  }
  static RECURRENT_INLINE IntVec load(const unsigned char* at) {
    return {_mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)))};
  }
  template <int kPlane>
  static RECURRENT_INLINE IntVec start(const unsigned char*) {
    return int_broadcast(0);
  }
  static RECURRENT_INLINE IntVec add(IntVec sum, IntVec weight, IntVec value) {
    const IntVec product{_mm256_madd_epi16(weight.v, value.v)};
#if defined(__GNUC__)
    // GCC 12 copies every sum that its own addition makes.
    __asm__("vpaddd %1, %0, %0" : "+x"(sum.v) : "x"(product.v));
    return sum;
#else
    return int_add(sum, product);
#endif
  }
  static RECURRENT_INLINE IntVec total(IntVec sum, IntVec) { return sum; }
};
