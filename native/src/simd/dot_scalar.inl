// Products of integers in plain C++, one term at a time. The other dot_*.inl have the same names
// and give the same sums:
//
//   kIntegerLayout, kGatedPanels       how weights lie
//   Dot<bits of the inputs>
//     kAccumulators                    rows times vectors of a tile: their sums and what a record
//                                      multiplies have to fit the registers
//     kPlanes                          in which an input lies, each with a sum of its own
//     put(row, plane, k, integers)     a vector of inputs, where value() finds them; `plane` is the
//                                      bytes of one
//     value<p>(row, plane, k)          the inputs of a record of a row
//     load(at)                         a vector of weights of a record
//     start<p>(sums)                   what a sum begins with, of the layout's or zero
//     add(sum, weight, value), total(first, last)    of the planes

constexpr kernels::IntegerLayout kIntegerLayout{1, false, false};
constexpr int kGatedPanels = 1;

template <int kBits>
struct Dot {
  static constexpr int kAccumulators = 4;
  static constexpr int kPlanes = 1;

  static RECURRENT_INLINE void put(unsigned char* row, int64_t, int64_t k, IntVec integers) {
    store_halves(row + 2 * k, integers);
  }
  template <int kPlane>
  static RECURRENT_INLINE IntVec value(const unsigned char* row, int64_t, int64_t k) {
    int16_t half;
    __builtin_memcpy(&half, row + 2 * k, sizeof(half));
    return {half};
  }
  static RECURRENT_INLINE IntVec load(const unsigned char* at) {
    return {static_cast<signed char>(*at)};
  }
  template <int kPlane>
  static RECURRENT_INLINE IntVec start(const unsigned char*) {
    return {0};
  }
  static RECURRENT_INLINE IntVec add(IntVec sum, IntVec weight, IntVec value) {
    return {sum.v + weight.v * value.v};
  }
  static RECURRENT_INLINE IntVec total(IntVec sum, IntVec) { return sum; }
};
