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

// Kernels of weights of 8 bits, a row of integers.inc.
struct IntegerImplementation {
  int32_t isa;
  const char* name;
  cpu::FeatureSet needs;          // beside those of the instruction set
  const IntegerKernels* kernels;  // null if they were not built

  // Whether this machine can run it without some features.
  bool is_supported(cpu::FeatureSet without = 0) const;
};

// All of them, in the order of the list.
std::span<const IntegerImplementation> integer_implementations();

// The features that a value of RECURRENT_VNNI leaves out: null or empty none, "off" all of VNNI and
// SDOT, "avx" and "avx512" those of the other encoding. Throws INVALID_ARGUMENT for any other.
cpu::FeatureSet left_out_by_environment(const char* value);

// What models that are created from now on do without: left_out_by_environment(RECURRENT_VNNI),
// read once per process, until a test says something else. Throws its error at every call.
cpu::FeatureSet left_out_features();
void leave_out_features(cpu::FeatureSet features);

// The kernels of a model: those of an instruction set, and of integers those that go with them.
struct KernelChoice {
  const KernelTable& table;
  const IntegerKernels& integers;

  const WeightKernels& reading(WeightFormat format) const {
    switch (format) {
      case WeightFormat::kInt8:
        return integers.inputs_16;
      case WeightFormat::kInt8With8BitInputs:
        return integers.inputs_8;
      default:
        return table.reading(format);
    }
  }
};

// The kernels of an instruction set that this machine can run; none needs left_out_features().
KernelChoice choose_kernels(int isa);

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
