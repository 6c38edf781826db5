// Which instruction sets there are, which of them this machine can run, and which one the kernels
// are to use.
#pragma once

#include <cstdint>
#include <span>

#include "cpu/features.h"
#include "kernels/table.h"

namespace recurrent::kernels {

// An instruction set of kernels.inc.
struct Implementation {
  InstructionSet set;
  cpu::FeatureSet needs;
  const KernelTable* kernels;  // null if they were not built

  // Whether this machine can run it.
  bool is_supported() const { return kernels && cpu::features().has(needs); }
};

// All of them, in the order of the list.
std::span<const Implementation> implementations();

// The one that a recurrent_isa names; null for a value that is none.
const Implementation* find_implementation(int isa);

// The kernels of a recurrent_isa, or null if this machine cannot run them.
const KernelTable* table_for(int isa);

// The instruction set that a value of RECURRENT_ISA asks for; null or empty asks for the best one.
// Throws INVALID_ARGUMENT for an unknown name and UNAVAILABLE for one that this machine does not
// have.
int isa_from_environment(const char* value);

// The instruction set that AUTO means: isa_from_environment(RECURRENT_ISA), read once per process.
// Throws its error at every call.
int selected_isa();

// `isa` itself, or selected_isa() for AUTO. Throws INVALID_ARGUMENT naming "isa" if the value is
// none, UNAVAILABLE if this machine cannot run it.
int resolve_isa(int isa);

}  // namespace recurrent::kernels
