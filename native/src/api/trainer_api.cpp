#include <memory>

#include "api/guard.h"
#include "api/handles.h"
#include "base/error.h"
#include "cpu/fp_control.h"

using recurrent::Trainer;
using recurrent::api::guarded;
using recurrent::api::required;
using recurrent::api::sized;
using recurrent::cpu::ScopedFpControl;

recurrent_status recurrent_trainer_create(const recurrent_model_desc* model,
                                          const recurrent_trainer_desc* desc,
                                          recurrent_trainer** trainer) noexcept {
  if (trainer) *trainer = nullptr;
  return guarded([&] {
    recurrent_trainer*& out = required(trainer, "trainer");
    out = std::make_unique<recurrent_trainer>(required(model, "model"), required(desc, "desc"))
              .release();
  });
}

void recurrent_trainer_destroy(recurrent_trainer* trainer) noexcept { delete trainer; }

recurrent_status recurrent_trainer_get_info(const recurrent_trainer* trainer,
                                            recurrent_trainer_info* info) noexcept {
  return guarded([&] {
    const Trainer& t = required(trainer, "trainer").trainer;
    recurrent_trainer_info& out = sized(info, "info");
    recurrent_trainer_info filled{};
    filled.struct_size = sizeof(filled);
    filled.block_count = static_cast<int32_t>(t.parameters().blocks().size());
    filled.parameter_count = t.parameters().count();
    filled.state_size = t.model().states().size();
    filled.tape_bytes = t.tape_bytes();
    filled.input_size = static_cast<int32_t>(t.model().input_size());
    filled.output_size = static_cast<int32_t>(t.model().output_size());
    filled.isa = t.model().kernels().isa;
    filled.gemm_provider = t.model().uses_mkl() ? RECURRENT_GEMM_MKL : RECURRENT_GEMM_BUILTIN;
    out = filled;
  });
}

recurrent_status recurrent_trainer_get_block(const recurrent_trainer* trainer, int32_t index,
                                             recurrent_parameter_block* block) noexcept {
  return guarded([&] {
    const auto& blocks = required(trainer, "trainer").trainer.parameters().blocks();
    recurrent_parameter_block& out = sized(block, "block");
    recurrent::expect_range("index", index, 0, static_cast<int64_t>(blocks.size()) - 1);
    out = blocks[static_cast<size_t>(index)];
  });
}

recurrent_status recurrent_trainer_get_parameters(const recurrent_trainer* trainer, float* values,
                                                  int64_t count) noexcept {
  return guarded([&] { required(trainer, "trainer").trainer.get_parameters(values, count); });
}

recurrent_status recurrent_trainer_set_parameters(recurrent_trainer* trainer, const float* values,
                                                  int64_t count) noexcept {
  return guarded([&] { required(trainer, "trainer").trainer.set_parameters(values, count); });
}

recurrent_status recurrent_trainer_get_gradients(const recurrent_trainer* trainer, float* values,
                                                 int64_t count) noexcept {
  return guarded([&] { required(trainer, "trainer").trainer.get_gradients(values, count); });
}

recurrent_status recurrent_trainer_zero_gradients(recurrent_trainer* trainer) noexcept {
  return guarded([&] { required(trainer, "trainer").trainer.zero_gradients(); });
}

recurrent_status recurrent_trainer_regularize(recurrent_trainer* trainer, int32_t block, double l1,
                                              double l2, double* penalty) noexcept {
  return guarded([&] {
    const ScopedFpControl canonical;
    const double sum = required(trainer, "trainer").trainer.regularize(block, l1, l2);
    if (penalty) *penalty = sum;
  });
}

recurrent_status recurrent_trainer_gradient_norm(const recurrent_trainer* trainer, int32_t block,
                                                 double* norm) noexcept {
  return guarded([&] {
    double& out = required(norm, "norm");
    const ScopedFpControl canonical;
    out = required(trainer, "trainer").trainer.gradient_norm(block);
  });
}

recurrent_status recurrent_trainer_forward(recurrent_trainer* trainer,
                                           const recurrent_forward_args* args) noexcept {
  return guarded([&] { required(trainer, "trainer").trainer.forward(required(args, "args")); });
}

recurrent_status recurrent_trainer_backward(recurrent_trainer* trainer,
                                            const recurrent_backward_args* args) noexcept {
  return guarded([&] { required(trainer, "trainer").trainer.backward(required(args, "args")); });
}

recurrent_status recurrent_trainer_update(recurrent_trainer* trainer,
                                          const recurrent_update_args* args) noexcept {
  return guarded([&] {
    const ScopedFpControl canonical;
    required(trainer, "trainer").trainer.update(required(args, "args"));
  });
}

recurrent_status recurrent_trainer_keep(recurrent_trainer* trainer, int32_t keeps) noexcept {
  return guarded([&] {
    recurrent::expect_value("keeps", keeps, 0, 1);
    required(trainer, "trainer").trainer.keep(keeps != 0);
  });
}

recurrent_status recurrent_trainer_restore(recurrent_trainer* trainer) noexcept {
  return guarded([&] { required(trainer, "trainer").trainer.restore(); });
}

recurrent_status recurrent_trainer_get_moments(const recurrent_trainer* trainer, float* values,
                                               int64_t count) noexcept {
  return guarded([&] { required(trainer, "trainer").trainer.get_moments(values, count); });
}

recurrent_status recurrent_trainer_set_moments(recurrent_trainer* trainer, const float* values,
                                               int64_t count) noexcept {
  return guarded([&] { required(trainer, "trainer").trainer.set_moments(values, count); });
}
