// What the processor has. What kernels need of it stands with them (kernels/kernels.inc).
#pragma once

#include <cstdint>
#include <string>

namespace recurrent::cpu {

// Extensions that a processor may have, as bits.
using FeatureSet = uint32_t;
inline constexpr FeatureSet kAvx = 1u << 0;
inline constexpr FeatureSet kAvx2 = 1u << 1;
inline constexpr FeatureSet kFma = 1u << 2;
inline constexpr FeatureSet kF16c = 1u << 3;
inline constexpr FeatureSet kAvx512F = 1u << 4;
inline constexpr FeatureSet kAvx512Dq = 1u << 5;
inline constexpr FeatureSet kAvx512Bw = 1u << 6;
inline constexpr FeatureSet kAvx512Vl = 1u << 7;
inline constexpr FeatureSet kAvx512Vnni = 1u << 8;
inline constexpr FeatureSet kAvxVnni = 1u << 9;
inline constexpr FeatureSet kDotProduct = 1u << 10;  // FEAT_DotProd of AArch64

struct Features {
  // What the processor has *and* the operating system saves on a thread switch.
  FeatureSet set = 0;
  // The processor's name for itself; "unknown processor" where it has none.
  std::string brand;

  bool has(FeatureSet all) const { return (set & all) == all; }
};

// Found once per process.
const Features& features();

}  // namespace recurrent::cpu
