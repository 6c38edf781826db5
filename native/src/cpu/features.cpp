#include "cpu/features.h"

#include <cstdint>
#include <cstring>

#include "cpu/cpuid.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#elif defined(__aarch64__) && defined(__APPLE__)
#include <sys/sysctl.h>
#elif defined(_M_ARM64)
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#endif

namespace recurrent::cpu {
namespace {

#if RECURRENT_X86_64

constexpr bool has_bits(uint64_t value, uint64_t bits) { return (value & bits) == bits; }

// XCR0: SSE and upper halves of ymm; mask registers, upper halves of zmm0-15, zmm16-31.
constexpr uint64_t kYmmState = 0x06;
constexpr uint64_t kZmmState = 0xe6;

// Where the processor says that it has an extension, and the registers that have to be saved for
// it. Bit numbers: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, CPUID.
struct FeatureBit {
  FeatureSet feature;
  uint32_t leaf;
  uint32_t subleaf;
  uint32_t CpuidResult::*answer;
  int bit;
  uint64_t saved;
};
constexpr FeatureBit kFeatureBits[] = {
    {kFma, 1, 0, &CpuidResult::ecx, 12, kYmmState},
    {kAvx, 1, 0, &CpuidResult::ecx, 28, kYmmState},
    {kF16c, 1, 0, &CpuidResult::ecx, 29, kYmmState},
    {kAvx2, 7, 0, &CpuidResult::ebx, 5, kYmmState},
    {kAvx512F, 7, 0, &CpuidResult::ebx, 16, kZmmState},
    {kAvx512Dq, 7, 0, &CpuidResult::ebx, 17, kZmmState},
    {kAvx512Bw, 7, 0, &CpuidResult::ebx, 30, kZmmState},
    {kAvx512Vl, 7, 0, &CpuidResult::ebx, 31, kZmmState},
    {kAvx512Vnni, 7, 0, &CpuidResult::ecx, 11, kZmmState},
    {kAvxVnni, 7, 1, &CpuidResult::eax, 4, kYmmState},
};

// Leaf 7 says how many it has.
bool has_subleaf(uint32_t leaf, uint32_t subleaf) {
  return subleaf == 0 || cpuid(leaf).eax >= subleaf;
}

FeatureSet detect_set() {
  constexpr uint32_t kOsxsave = 1u << 27;
  if (!has_leaf(7) || !has_bits(cpuid(1).ecx, kOsxsave)) return 0;
  const uint64_t saved = read_xcr0();
  FeatureSet set = 0;
  for (const FeatureBit& each : kFeatureBits)
    if (has_bits(saved, each.saved) && has_subleaf(each.leaf, each.subleaf) &&
        (cpuid(each.leaf, each.subleaf).*each.answer >> each.bit & 1u) != 0)
      set |= each.feature;
  return set;
}

std::string read_brand() {
  constexpr uint32_t kFirstLeaf = 0x80000002u;
  constexpr uint32_t kLastLeaf = 0x80000004u;
  std::string brand;
  if (has_leaf(kLastLeaf)) {
    for (uint32_t leaf = kFirstLeaf; leaf <= kLastLeaf; ++leaf) {
      const CpuidResult piece = cpuid(leaf);
      char text[sizeof(piece)];
      std::memcpy(text, &piece, sizeof(piece));
      brand.append(text, sizeof(text));
    }
  }
  brand.resize(std::strlen(brand.c_str()));
  // Some processors pad on the left, some on the right.
  const size_t first = brand.find_first_not_of(' ');
  if (first == std::string::npos) return "unknown processor";
  return brand.substr(first, brand.find_last_not_of(' ') - first + 1);
}

#endif

#if defined(__aarch64__) || defined(_M_ARM64)

bool has_dot_product() {
#if defined(__linux__)
  constexpr unsigned long kBit = 1ul << 20;  // HWCAP_ASIMDDP, which older headers do not name
  return (getauxval(AT_HWCAP) & kBit) != 0;
#elif defined(__APPLE__)
  int answer = 0;
  size_t size = sizeof(answer);
  return sysctlbyname("hw.optional.arm.FEAT_DotProd", &answer, &size, nullptr, 0) == 0 &&
         answer != 0;
#elif defined(_M_ARM64)
  constexpr DWORD kProduct = 43;  // PF_ARM_V82_DP_INSTRUCTIONS_AVAILABLE, likewise
  return IsProcessorFeaturePresent(kProduct) != 0;
#else
  return false;
#endif
}

#endif

Features detect() {
  Features found;
#if RECURRENT_X86_64
  found.set = detect_set();
  found.brand = read_brand();
#else
  found.brand = "unknown processor";
#endif
#if defined(__aarch64__) || defined(_M_ARM64)
  if (has_dot_product()) found.set |= kDotProduct;
#endif
  return found;
}

}  // namespace

const Features& features() {
  static const Features found = detect();
  return found;
}

}  // namespace recurrent::cpu
