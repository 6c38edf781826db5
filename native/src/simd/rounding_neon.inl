// What rounding inputs to integers needs of NEON's vectors beside vec_neon.inl.

RECURRENT_INLINE IntVec int_max(IntVec a, IntVec b) { return {vmaxq_s32(a.v, b.v)}; }
RECURRENT_INLINE int32_t largest_lane(IntVec a) { return vmaxvq_s32(a.v); }
// The lower halves of all lanes, one after the other.
RECURRENT_INLINE void store_halves(unsigned char* p, IntVec a) {
  vst1_u8(p, vreinterpret_u8_s16(vmovn_s32(a.v)));
}
