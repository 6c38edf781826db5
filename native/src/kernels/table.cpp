#include "kernels/table.h"

#include "cpu/features.h"

namespace recurrent {

#define RECURRENT_KERNELS(ns, isa, name)    \
  namespace ns {                            \
  extern const kernels::KernelTable kTable; \
  }
#include "kernels/kernels.inc"
#undef RECURRENT_KERNELS

namespace kernels {

const KernelTable* table_for(int isa) {
  if (!cpu::isa_supported(isa)) return nullptr;
  switch (isa) {
#define RECURRENT_KERNELS(ns, value, name) \
  case value:                              \
    return &ns::kTable;
#include "kernels/kernels.inc"
#undef RECURRENT_KERNELS
    default:
      return nullptr;
  }
}

}  // namespace kernels
}  // namespace recurrent
