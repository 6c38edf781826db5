// The processor's description of itself, on x86-64; elsewhere it says nothing.
#pragma once

#include <cstdint>

#if defined(__x86_64__) || defined(_M_X64)
#define RECURRENT_X86_64 1
#if defined(_MSC_VER)
#include <intrin.h>
#else
#include <cpuid.h>
#endif
#else
#define RECURRENT_X86_64 0
#endif

namespace recurrent::cpu {

// What the cpuid instruction leaves in the four registers.
struct CpuidResult {
  uint32_t eax = 0;
  uint32_t ebx = 0;
  uint32_t ecx = 0;
  uint32_t edx = 0;
};

#if RECURRENT_X86_64

inline CpuidResult cpuid(uint32_t leaf, uint32_t subleaf = 0) {
  CpuidResult result;
#if defined(_MSC_VER)
  int registers[4];
  __cpuidex(registers, static_cast<int>(leaf), static_cast<int>(subleaf));
  result.eax = static_cast<uint32_t>(registers[0]);
  result.ebx = static_cast<uint32_t>(registers[1]);
  result.ecx = static_cast<uint32_t>(registers[2]);
  result.edx = static_cast<uint32_t>(registers[3]);
#else
  __cpuid_count(leaf, subleaf, result.eax, result.ebx, result.ecx, result.edx);
#endif
  return result;
}

// Whether a leaf exists: an unknown leaf answers with the data of another one, not with zeros.
inline bool has_leaf(uint32_t leaf) { return cpuid(leaf & 0x80000000u).eax >= leaf; }

// Extended control register 0: the register states that the operating system saves and restores.
// Only to be read if cpuid reports OSXSAVE.
inline uint64_t read_xcr0() {
#if defined(_MSC_VER)
  return _xgetbv(0);
#else
  // The mnemonic and the intrinsic need -mxsave, which this file must not be compiled with.
  uint32_t low = 0;
  uint32_t high = 0;
  __asm__ volatile(".byte 0x0f, 0x01, 0xd0" : "=a"(low), "=d"(high) : "c"(0));
  return (static_cast<uint64_t>(high) << 32) | low;
#endif
}

#endif

}  // namespace recurrent::cpu
