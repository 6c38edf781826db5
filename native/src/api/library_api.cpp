#include <algorithm>
#include <functional>

#include "api/guard.h"
#include "cpu/caches.h"
#include "cpu/features.h"
#include "cpu/fp_control.h"
#include "gemm/mkl.h"
#include "kernels/implementations.h"

using recurrent::invalid;
using recurrent::api::guarded;
using recurrent::api::required;
namespace cpu = recurrent::cpu;
namespace kernels = recurrent::kernels;

uint32_t recurrent_abi_version(void) noexcept { return RECURRENT_ABI_VERSION; }

const char* recurrent_last_error(void) noexcept { return recurrent::api::last_error(); }

recurrent_status recurrent_get_machine_info(recurrent_machine_info* info) noexcept {
  return guarded([&] {
    recurrent_machine_info& out = required(info, "info");
    if (out.struct_size != sizeof(out))
      invalid("struct_size", "expected %zu, found %u", sizeof(out), out.struct_size);
    recurrent_machine_info filled{};
    filled.struct_size = sizeof(filled);
    filled.isa = kernels::selected_isa();
    for (const kernels::Implementation& each : kernels::implementations())
      if (each.is_supported()) filled.isa_mask |= 1u << each.set.isa;
    filled.processors = cpu::processor_count();
    filled.l1d_bytes = cpu::caches().l1d;
    filled.l2_bytes = cpu::caches().l2;
    filled.l3_bytes = cpu::caches().l3;
    filled.mkl_available = recurrent::mkl() ? 1 : 0;
    filled.version = RECURRENT_VERSION;
    filled.cpu = cpu::features().brand.c_str();
    filled.mkl = recurrent::mkl_description().c_str();
    out = filled;
  });
}

recurrent_status recurrent_get_instruction_sets(recurrent_instruction_set* sets, int64_t capacity,
                                                int64_t* count) noexcept {
  return guarded([&] {
    int64_t& number = required(count, "count");
    if (capacity < 0)
      invalid("capacity", "expected 0 or more, found %lld", static_cast<long long>(capacity));
    if (capacity > 0) required(sets, "sets");
    const auto all = kernels::implementations();
    const auto filled = static_cast<size_t>(std::min(capacity, static_cast<int64_t>(all.size())));
    for (size_t i = 0; i < filled; ++i)
      if (sets[i].struct_size != sizeof(sets[i]))
        invalid("struct_size", "expected %zu in instruction set %zu, found %u", sizeof(sets[i]), i,
                sets[i].struct_size);
    for (size_t i = 0; i < filled; ++i) {
      sets[i].isa = all[i].set.isa;
      sets[i].width = all[i].set.width;
      sets[i].supported = all[i].is_supported() ? 1 : 0;
      sets[i].name = all[i].set.name;
    }
    number = static_cast<int64_t>(all.size());
  });
}

recurrent_status recurrent_activate(int32_t isa, int32_t activation, float alpha, float beta,
                                    const float* x, float* y, int64_t count) noexcept {
  return guarded([&] {
    const kernels::KernelTable* table = kernels::table_for(kernels::resolve_isa(isa));
    if (activation < RECURRENT_ACTIVATION_TANH || activation > RECURRENT_ACTIVATION_SOFTPLUS)
      invalid("activation", "expected a value from %d to %d, found %d", RECURRENT_ACTIVATION_TANH,
              RECURRENT_ACTIVATION_SOFTPLUS, activation);
    constexpr int64_t kMost = INT64_MAX / static_cast<int64_t>(sizeof(float));
    if (count < 0 || count > kMost)
      invalid("count", "expected 0 to %lld elements, found %lld", static_cast<long long>(kMost),
              static_cast<long long>(count));
    if (count == 0) return;
    required(x, "x");
    required(y, "y");
    const std::less<const float*> before;
    if (x != y && before(x, y + count) && before(y, x + count))
      invalid("y", "expected x itself or memory that does not overlap it");
    const cpu::ScopedFpControl canonical;
    table->activation(activation, alpha, beta, x, y, count);
  });
}
