#include <algorithm>

#include "api/guard.h"
#include "cpu/caches.h"
#include "cpu/features.h"
#include "cpu/fp_control.h"
#include "gemm/mkl.h"
#include "kernels/implementations.h"

using recurrent::expect_range;
using recurrent::expect_value;
using recurrent::invalid;
using recurrent::api::check_capacity;
using recurrent::api::guarded;
using recurrent::api::required;
using recurrent::api::sized;
namespace cpu = recurrent::cpu;
namespace kernels = recurrent::kernels;

uint32_t recurrent_abi_version(void) noexcept { return RECURRENT_ABI_VERSION; }

const char* recurrent_last_error(void) noexcept { return recurrent::api::last_error(); }

const char* recurrent_status_name(int32_t status) noexcept {
  switch (status) {
    case RECURRENT_STATUS_OK:
      return "OK";
    case RECURRENT_STATUS_INVALID_ARGUMENT:
      return "INVALID_ARGUMENT";
    case RECURRENT_STATUS_NOT_SUPPORTED:
      return "NOT_SUPPORTED";
    case RECURRENT_STATUS_BUSY:
      return "BUSY";
    case RECURRENT_STATUS_OUT_OF_MEMORY:
      return "OUT_OF_MEMORY";
    case RECURRENT_STATUS_UNAVAILABLE:
      return "UNAVAILABLE";
    case RECURRENT_STATUS_INTERNAL:
      return "INTERNAL";
    case RECURRENT_STATUS_FILE_ACCESS:
      return "FILE_ACCESS";
    case RECURRENT_STATUS_BAD_FILE:
      return "BAD_FILE";
    default:
      return "UNKNOWN";
  }
}

recurrent_status recurrent_get_machine_info(recurrent_machine_info* info) noexcept {
  return guarded([&] {
    recurrent_machine_info& out = sized(info, "info");
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
    const auto all = kernels::implementations();
    const auto known = static_cast<int64_t>(all.size());
    check_capacity(sets, "sets", capacity, known);
    const auto filled = static_cast<size_t>(std::min(capacity, known));
    for (size_t i = 0; i < filled; ++i) {
      sets[i].isa = all[i].set.isa;
      sets[i].width = all[i].set.width;
      sets[i].supported = all[i].is_supported() ? 1 : 0;
      sets[i].name = all[i].set.name;
    }
    number = known;
  });
}

recurrent_status recurrent_activate(int32_t isa, int32_t activation, float alpha, float beta,
                                    const float* x, float* y, int64_t count) noexcept {
  return guarded([&] {
    const kernels::KernelTable* table = kernels::table_for(kernels::resolve_isa(isa));
    expect_value("activation", activation, RECURRENT_ACTIVATION_TANH, RECURRENT_ACTIVATION_CLIP);
    if (activation == RECURRENT_ACTIVATION_CLIP && alpha > beta)
      invalid("beta", "expected at least alpha (%g), the lower bound, found %g",
              static_cast<double>(alpha), static_cast<double>(beta));
    constexpr int64_t kMost = INT64_MAX / static_cast<int64_t>(sizeof(float));
    expect_range("count", count, 0, kMost, "elements");
    if (count == 0) return;
    required(x, "x");
    required(y, "y");
    const int64_t bytes = count * static_cast<int64_t>(sizeof(float));
    if (x != y && !recurrent::are_apart(x, bytes, y, bytes))
      invalid("y", "expected x itself or memory that does not overlap it");
    const cpu::ScopedFpControl canonical;
    table->activation(activation, alpha, beta, x, y, count);
  });
}
