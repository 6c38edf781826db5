#include <memory>
#include <utility>

#include "api/guard.h"
#include "api/handles.h"
#include "cpu/fp_control.h"
#include "gemm/provider.h"

using recurrent::Model;
using recurrent::api::guarded;
using recurrent::api::required;

recurrent_status recurrent_model_create(const recurrent_model_desc* desc,
                                        recurrent_model** model) noexcept {
  if (model) *model = nullptr;
  return guarded([&] {
    recurrent_model*& out = required(model, "model");
    const recurrent_model_desc& layers = required(desc, "desc");
    // Packing adds biases, and a provider may be measured.
    const recurrent::cpu::ScopedFpControl canonical;
    auto packed = std::make_shared<Model>(layers);
    recurrent::choose_provider(*packed, layers.gemm_provider);
    out = std::make_unique<recurrent_model>(std::move(packed)).release();
  });
}

void recurrent_model_destroy(recurrent_model* model) noexcept { delete model; }

recurrent_status recurrent_model_get_info(const recurrent_model* model,
                                          recurrent_model_info* info) noexcept {
  return guarded([&] {
    const Model& m = *required(model, "model").model;
    recurrent_model_info& out = required(info, "info");
    if (out.struct_size != sizeof(out))
      recurrent::invalid("struct_size", "expected %zu, found %u", sizeof(out), out.struct_size);
    recurrent_model_info filled{};
    filled.struct_size = sizeof(filled);
    filled.input_size = static_cast<int32_t>(m.input_size());
    filled.output_size = static_cast<int32_t>(m.output_size());
    filled.layer_count = static_cast<int32_t>(m.layers().size());
    filled.state_size = m.state_size();
    filled.packed_bytes = m.packed_bytes();
    filled.can_step = m.can_step() ? 1 : 0;
    filled.isa = m.kernels().isa;
    filled.gemm_provider = m.uses_mkl() ? RECURRENT_GEMM_MKL : RECURRENT_GEMM_BUILTIN;
    out = filled;
  });
}
