// Which instruction sets this machine can run, and which one the kernels are to use.
#pragma once

#include <string>

namespace recurrent::cpu {

// What the processor has *and* the operating system saves on a thread switch.
struct Features {
  // AVX2, FMA3 and F16C: everything that the AVX2 kernels are compiled for.
  bool avx2_fma = false;
  // AVX-512 F, DQ, BW and VL, beside the above.
  bool avx512 = false;
  // The processor's name for itself; "unknown processor" where it has none.
  std::string brand;
};

// Found once per process.
const Features& features();

// Instruction sets are the values of recurrent_isa: 0 scalar, 1 AVX2, 2 AVX-512.
inline constexpr int kIsaCount = 3;

// "scalar", "avx2" or "avx512"; `isa` is one of them.
const char* isa_name(int isa);

// Whether this machine can run it; false for a value that is none.
bool isa_supported(int isa);

// The instruction set that a value of RECURRENT_ISA asks for; null or empty asks for the best one.
// Throws INVALID_ARGUMENT for an unknown name and UNAVAILABLE for one this machine has not.
int isa_from_environment(const char* value);

// The instruction set that AUTO means: isa_from_environment(RECURRENT_ISA), read once per process.
// Throws its error at every call.
int selected_isa();

// `isa` itself, or selected_isa() for -1 (AUTO). Throws INVALID_ARGUMENT naming "isa" if the value
// is none, UNAVAILABLE if this machine cannot run it.
int resolve_isa(int isa);

}  // namespace recurrent::cpu
