#include <algorithm>
#include <memory>
#include <utility>

#include "api/guard.h"
#include "api/handles.h"
#include "cpu/fp_control.h"
#include "exec/run_arguments.h"
#include "gemm/provider.h"
#include "model/specification.h"

using recurrent::invalid;
using recurrent::Model;
using recurrent::PackedLayer;
using recurrent::ProductTimes;
using recurrent::api::guarded;
using recurrent::api::required;
using recurrent::api::sized;

namespace {

// Index of a layer's direction, which is a recurrent_direction.
size_t direction_index(const PackedLayer& layer, int32_t layer_index, int32_t direction) {
  if (!layer.recurrent())
    invalid("layer", "expected a recurrent layer, but layer %d is of kind %s and has no direction",
            layer_index, recurrent::cell_traits(layer.kind).name);
  for (size_t d = 0; d < layer.directions.size(); ++d)
    if (direction ==
        (layer.directions[d].reverse ? RECURRENT_DIRECTION_REVERSE : RECURRENT_DIRECTION_FORWARD))
      return d;
  invalid("direction", "expected one that layer %d has, found %d", layer_index, direction);
}

const recurrent::ModelOutput& output_at(const Model& model, int32_t index) {
  recurrent::expect_range("index", index, 0, static_cast<int64_t>(model.outputs().size()) - 1);
  return model.outputs()[static_cast<size_t>(index)];
}

}  // namespace

recurrent_status recurrent_model_create(const recurrent_model_desc* desc,
                                        recurrent_model** model) noexcept {
  if (model) *model = nullptr;
  return guarded([&] {
    recurrent_model*& out = required(model, "model");
    const recurrent_model_desc& layers = required(desc, "desc");
    // Packing adds biases, and a provider may be measured.
    const recurrent::cpu::ScopedFpControl canonical;
    auto packed = std::make_shared<Model>(layers);
    recurrent::ProductChoices choices = recurrent::choose_provider(*packed, layers.gemm_provider);
    out = std::make_unique<recurrent_model>(std::move(packed), std::move(choices)).release();
  });
}

void recurrent_model_destroy(recurrent_model* model) noexcept { delete model; }

recurrent_status recurrent_model_get_info(const recurrent_model* model,
                                          recurrent_model_info* info) noexcept {
  return guarded([&] {
    const Model& m = *required(model, "model").model;
    recurrent_model_info& out = sized(info, "info");
    recurrent_model_info filled{};
    filled.struct_size = sizeof(filled);
    filled.vocabulary_size = static_cast<int32_t>(m.vocabulary_size());
    filled.input_size = static_cast<int32_t>(m.input_size());
    filled.output_size = static_cast<int32_t>(m.output_size());
    filled.layer_count = m.graph().layer_count();
    filled.state_size = m.states().size();
    filled.packed_bytes = m.packed_bytes();
    filled.can_step = m.can_step() ? 1 : 0;
    filled.isa = m.kernels().isa;
    filled.input_count = static_cast<int32_t>(m.inputs().size());
    filled.output_count = static_cast<int32_t>(m.outputs().size());
    filled.gemm_provider = m.uses_mkl() ? RECURRENT_GEMM_MKL : RECURRENT_GEMM_BUILTIN;
    out = filled;
  });
}

recurrent_status recurrent_model_get_input(const recurrent_model* model, int32_t index,
                                           recurrent_value_info* info) noexcept {
  return guarded([&] {
    const Model& m = *required(model, "model").model;
    recurrent_value_info& out = sized(info, "info");
    recurrent::expect_range("index", index, 0, static_cast<int64_t>(m.inputs().size()) - 1);
    const auto number = static_cast<size_t>(index);
    const recurrent::Value& value = m.input(number);
    out = {sizeof(out), value.kind, static_cast<int32_t>(value.size), 0,
           m.inputs()[number].name.c_str()};
  });
}

recurrent_status recurrent_model_get_output(const recurrent_model* model, int32_t index,
                                            recurrent_value_info* info) noexcept {
  return guarded([&] {
    const Model& m = *required(model, "model").model;
    recurrent_value_info& out = sized(info, "info");
    const recurrent::ModelOutput& value = output_at(m, index);
    const int32_t kind = value.location.is_row ? RECURRENT_VALUE_ROW : RECURRENT_VALUE_SEQUENCE;
    out = {sizeof(out), kind, static_cast<int32_t>(value.location.size), 0,
           m.graph().outputs()[static_cast<size_t>(index)].name.c_str()};
  });
}

recurrent_status recurrent_model_output_steps(const recurrent_model* model, int32_t index,
                                              int64_t time, int64_t* steps) noexcept {
  return guarded([&] {
    const Model& m = *required(model, "model").model;
    int64_t& out = required(steps, "steps");
    const recurrent::ModelOutput& value = output_at(m, index);
    recurrent::expect_time(time, 0);
    out = value.location.is_row ? std::min<int64_t>(time, 1) : m.graph().steps(value.base, time);
  });
}

recurrent_status recurrent_model_get_product_info(const recurrent_model* model, int32_t layer,
                                                  int32_t direction,
                                                  recurrent_product_info* info) noexcept {
  return guarded([&] {
    const recurrent_model& handle = required(model, "model");
    recurrent_product_info& out = sized(info, "info");
    const auto& layers = handle.model->layers();
    recurrent::expect_range("layer", layer, 0, handle.model->graph().layer_count() - 1);
    const PackedLayer& packed = layers[static_cast<size_t>(layer)];
    const size_t index = direction_index(packed, layer, direction);
    const ProductTimes& times = handle.product_choices[static_cast<size_t>(layer)][index];
    recurrent_product_info filled{};
    filled.struct_size = sizeof(filled);
    filled.provider =
        packed.directions[index].gemm.size() > 0 ? RECURRENT_GEMM_MKL : RECURRENT_GEMM_BUILTIN;
    filled.rows = times.rows;
    filled.builtin_us = times.builtin_us;
    filled.mkl_us = times.mkl_us;
    out = filled;
  });
}
