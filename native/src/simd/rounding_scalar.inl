// What rounding inputs to integers needs of plain C++ beside vec_scalar.inl.

RECURRENT_INLINE IntVec int_max(IntVec a, IntVec b) { return {a.v > b.v ? a.v : b.v}; }
RECURRENT_INLINE int32_t largest_lane(IntVec a) { return a.v; }
// The lower half.
RECURRENT_INLINE void store_halves(unsigned char* p, IntVec a) {
  const auto half = static_cast<int16_t>(a.v);
  __builtin_memcpy(p, &half, sizeof(half));
}
