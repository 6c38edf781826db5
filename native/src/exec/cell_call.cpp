#include "exec/cell_call.h"

namespace recurrent {
namespace {

using kernels::Cell;
using kernels::CellArgs;
using kernels::CellFn;

Cell cell_of(int32_t kind) {
  switch (kind) {
    case RECURRENT_LAYER_LSTM:
      return Cell::kLstm;
    case RECURRENT_LAYER_GRU:
      return Cell::kGru;
    case RECURRENT_LAYER_GRU_RESET_BEFORE:
      return Cell::kGruResetBeforeGates;
    default:
      return Cell::kSimple;
  }
}

CellFn function(const kernels::KernelTable& table, Cell cell, bool plain) {
  const kernels::CellKernels& forms = table.cells[static_cast<int32_t>(cell)];
  return plain ? forms.plain : forms.general;
}

void set_weights(CellArgs& args, const PackedMatrix& weights) {
  args.range.group_end = weights.groups();
  args.grouping = weights.grouping();
  args.weights = weights.data();
  args.panel_stride = weights.panel_stride();
}

}  // namespace

CellFn cell_function(const kernels::KernelTable& table, const PackedLayer& layer,
                     const PackedDirection& direction) {
  return function(table, cell_of(layer.kind), direction.plain);
}

CellFn candidate_function(const kernels::KernelTable& table, const PackedLayer& layer,
                          const PackedDirection& direction) {
  if (layer.kind != RECURRENT_LAYER_GRU_RESET_BEFORE) return nullptr;
  return function(table, Cell::kGruResetBeforeCandidate, direction.plain);
}

CellFn projection_function(const kernels::KernelTable& table) {
  return function(table, Cell::kSimple, false);
}

CellArgs cell_args(const PackedLayer& layer, const PackedDirection& direction) {
  CellArgs args{};
  set_weights(args, direction.weights);
  args.units = layer.hidden_size;
  args.x_terms = layer.input_size;
  args.init = direction.bias.data();
  args.h_stride = layer.hidden_stride();
  args.h_size = layer.state_size;
  args.h_out_stride = layer.hidden_stride();
  args.flush = layer.recurrent() ? 1 : 0;
  args.c_stride = layer.cell_stride();
  args.peephole = direction.peephole.data();
  args.coupling = layer.coupling;
  args.peephole_previous = layer.output_peephole == RECURRENT_OUTPUT_PEEPHOLE_PREVIOUS_CELL;
  args.state_bias = direction.state_bias.data();
  args.scratch_stride = layer.cell_stride();
  args.clip = layer.clip;
  args.gate = direction.gate;
  args.activation = direction.activation;
  args.output = direction.output;
  return args;
}

CellArgs candidate_args(const CellArgs& gates, const PackedDirection& direction) {
  CellArgs args = gates;
  set_weights(args, direction.candidate);
  return args;
}

CellArgs projection_args(const PackedLayer& layer, const PackedDirection& direction) {
  CellArgs args{};
  set_weights(args, direction.projection);
  args.units = layer.projection_size;
  args.init = direction.zero_bias.data();
  args.h_stride = layer.cell_stride();
  args.h_size = layer.hidden_size;
  args.h_out_stride = layer.hidden_stride();
  args.flush = 1;
  args.activation = {RECURRENT_ACTIVATION_IDENTITY, 0, 0};
  return args;
}

}  // namespace recurrent
