#include "model/packed_layer.h"

#include <algorithm>

#include "cpu/caches.h"
#include "model/rounding.h"
#include "model/specification.h"

namespace recurrent {
namespace {

using kernels::Cell;
using kernels::CellConstants;
using kernels::Form;

// A simple cell has one accumulator a row and panel: four panels side by side give the multiply-add
// units enough to do.
constexpr int64_t kSimplePanels = 4;

// Panels side by side of a gated cell, which has two to four accumulators a panel.
//
// From the first-level cache, several keep the multiply-add units busy at batch 1: with one, a term
// takes the 4 clocks that an accumulator needs, and so it does with two; with three it takes 6.
//
// From farther away reading the weights is the limit, and a group has to take in 256 bytes in those
// 4 clocks to keep up. An AVX-512 panel of four gates does; one of two or three does not, nor any
// of AVX2. What a second panel gains (batch 1, time of one panel / time of two): AVX-512 GRU
// sequences 64 to 256 1.22 to 1.03, reset-before 1.18 to 1.12, streams 0.96 to 1.0, GRU 512 stream
// (third level) 0.89; AVX2 LSTM 64 to 256 1.2 to 1.12, GRU 48 to 256 1.45 to 1.18, LSTM 512 1.15
// (sequence), 0.9 (stream).
int64_t gated_panels(int64_t units, int width, int64_t weights_per_unit, int state_gates,
                     int64_t weight_bytes) {
  const int64_t panels = div_up(units, width);
  if (panels == 1) return 1;
  const int64_t bytes = panels * width * weights_per_unit * weight_bytes;
  if (bytes > cpu::caches().l1d_or_default()) {
    if (weight_bytes * state_gates * width >= 256) return 1;
    return width < 16 || bytes <= cpu::caches().l2_or_default() ? 2 : 1;
  }
  const auto clocks = [panels](int64_t per_group) {
    const int64_t rest = panels % per_group;
    return panels / per_group * std::max<int64_t>(4, 2 * per_group) +
           (rest == 0 ? 0 : std::max<int64_t>(4, 2 * rest));
  };
  return clocks(3) < clocks(2) ? 3 : 2;
}

Cell cell_of(int32_t kind) {
  switch (kind) {
    case RECURRENT_LAYER_LSTM:
      return Cell::kLstm;
    case RECURRENT_LAYER_GRU:
      return Cell::kGru;
    case RECURRENT_LAYER_GRU_RESET_BEFORE:
      return Cell::kGruResetBeforeGates;
    case RECURRENT_LAYER_DENSE:
    case RECURRENT_LAYER_CONVOLUTION:
      return Cell::kLinear;
    default:
      return Cell::kSimple;
  }
}

// The matrices of a direction, in the order in which they are packed.
struct PlannedMatrix {
  PackedMatrix PackedDirection::*matrix;
  MatrixPlan plan;
};
class PlannedMatrices {
 public:
  const PlannedMatrix* begin() const { return items_; }
  const PlannedMatrix* end() const { return items_ + count_; }
  void add(PackedMatrix PackedDirection::*matrix, const MatrixPlan& plan) {
    items_[count_++] = {matrix, plan};
  }

 private:
  PlannedMatrix items_[3];
  int count_ = 0;
};

// Says how the matrices of one direction of a layer lie. The layer has its sizes; weights are not
// looked at.
class DirectionPlanner {
 public:
  DirectionPlanner(const recurrent_layer_desc& desc, const recurrent_direction_desc& direction,
                   const PackedLayer& layer, const kernels::KernelChoice& kernels)
      : desc_(desc),
        direction_(direction),
        layer_(layer),
        kernels_(kernels),
        traits_(cell_traits(desc.kind)) {}

  PlannedMatrices plan() const {
    PlannedMatrices planned;
    if (layer_.has_windows())
      plan_groups(planned);
    else
      plan_weights(planned);
    if (layer_.projection_size > 0)
      planned.add(&PackedDirection::second_weights,
                  {layer_.projection_size,
                   width(),
                   kSimplePanels,
                   {{direction_.projection, layer_.hidden_size, 0, 1}},
                   1,
                   stored()});
    // The candidate waits for all of `r * h`.
    if (layer_.kind == RECURRENT_LAYER_GRU_RESET_BEFORE)
      planned.add(&PackedDirection::second_weights,
                  {layer_.hidden_size,
                   width(),
                   kSimplePanels,
                   {{direction_.recurrent_weights, layer_.state_size, 2, 1}},
                   1,
                   stored()});
    return planned;
  }

 private:
  int width() const { return kernels_.table.width; }
  Storage stored(int32_t format) const {
    return {static_cast<kernels::WeightFormat>(format), kernels_.integers.layout};
  }
  // Of the recurrent weights, and of a layer that has none.
  Storage stored() const {
    return stored(traits_.recurrent ? desc_.recurrent_weight_format : desc_.input_weight_format);
  }

  int64_t panels_of_group() const {
    if (traits_.gates == 1) return kSimplePanels;
    const int64_t terms =
        layer_.input_size * traits_.gates + layer_.state_size * traits_.state_gates;
    const Storage storage = stored();
    // Of two matrices of different formats as well, whose groups have to be the same.
    if (storage.has_integers() || stored(desc_.input_weight_format).has_integers())
      return std::min<int64_t>(div_up(layer_.hidden_size, width()), kernels_.integers.gated_panels);
    return gated_panels(layer_.hidden_size, width(), terms, traits_.state_gates,
                        bytes_of_weight(storage.format));
  }

  void plan_weights(PlannedMatrices& planned) const {
    const int64_t units = layer_.hidden_size;
    const WeightSource inputs{direction_.input_weights, layer_.input_size, 0, traits_.gates};
    const WeightSource states{direction_.recurrent_weights, layer_.state_size, 0,
                              traits_.state_gates};
    const int64_t panels = panels_of_group();
    if (traits_.recurrent && desc_.input_weight_format != desc_.recurrent_weight_format) {
      planned.add(&PackedDirection::input_weights,
                  {units, width(), panels, {inputs}, 1, stored(desc_.input_weight_format)});
      planned.add(&PackedDirection::weights, {units, width(), panels, {states}, 1, stored()});
    } else {
      planned.add(&PackedDirection::weights,
                  {units, width(), panels, {inputs, states}, traits_.recurrent ? 2 : 1, stored()});
    }
  }

  // Each group of features is a matrix of its own.
  void plan_groups(PlannedMatrices& planned) const {
    const PackedConvolution& c = layer_.convolution;
    if (c.is_by_lanes()) return;
    planned.add(&PackedDirection::weights, {c.outputs,
                                            width(),
                                            kSimplePanels,
                                            {{direction_.input_weights, layer_.terms, 0, 1}},
                                            1,
                                            stored(),
                                            c.groups});
  }

  const recurrent_layer_desc& desc_;
  const recurrent_direction_desc& direction_;
  const PackedLayer& layer_;
  const kernels::KernelChoice& kernels_;
  const CellTraits& traits_;
};

// Packs one direction of a layer.
class DirectionPacker {
 public:
  DirectionPacker(const recurrent_layer_desc& desc, const recurrent_direction_desc& direction,
                  const PackedLayer& layer, const kernels::KernelChoice& kernels,
                  PackedDirection& packed)
      : desc_(desc),
        direction_(direction),
        layer_(layer),
        kernels_(kernels),
        traits_(cell_traits(desc.kind)),
        packed_(packed) {}

  void pack(bool reverse, PackedSource* source) {
    packed_.reverse = reverse;
    pack_matrices(source);
    if (layer_.has_windows()) {
      pack_biases_of_groups();
    } else {
      packed_.product = kernels_.reading(packed_.multiplied().format()).product;
      pack_biases();
    }
    packed_.phases.clear();
    first_phase();
    if (layer_.projection_size > 0) projection_phase();
    if (layer_.kind == RECURRENT_LAYER_GRU_RESET_BEFORE) candidate_phase();
  }

 private:
  int width() const { return kernels_.table.width; }

  void pack_matrices(PackedSource* source) {
    for (const PlannedMatrix& planned :
         DirectionPlanner(desc_, direction_, layer_, kernels_).plan()) {
      PackedMatrix& matrix = packed_.*planned.matrix;
      if (source)
        matrix.take(planned.plan, *source);
      else
        matrix.pack(planned.plan);
    }
  }

  void pack_biases() {
    // The candidate of a reset-after GRU keeps its two biases: r multiplies one of them.
    const bool split = layer_.kind == RECURRENT_LAYER_GRU;
    const int64_t units = layer_.hidden_size;
    const float* second = direction_.recurrent_bias;
    pack_vectors(packed_.bias, units, width(), traits_.gates, direction_.input_bias, second,
                 split ? 0b011u : 0b1111u);
    if (split)
      pack_vectors(packed_.state_bias, units, width(), 1, second ? second + 2 * units : nullptr,
                   nullptr, 0);
    if (direction_.peephole)
      pack_vectors(packed_.peephole, units, width(), 3, direction_.peephole, nullptr, 0);
  }

  void pack_biases_of_groups() {
    const PackedConvolution& c = layer_.convolution;
    if (c.is_by_lanes())
      return pack_vectors(packed_.bias, layer_.hidden_size, width(), 1, direction_.input_bias,
                          nullptr, 0);
    const int64_t padded = round_up(c.outputs, width());
    if (packed_.bias.size() != c.groups * padded)
      packed_.bias = AlignedBuffer<float>(c.groups * padded);
    for (int64_t unit = 0; direction_.input_bias && unit < layer_.hidden_size; ++unit)
      packed_.bias[unit / c.outputs * padded + unit % c.outputs] =
          flushed(direction_.input_bias[unit]);
  }

  // The simplest form of a kernel that does what the layer asks for.
  Form form() const {
    if (!has_usual_activations()) return Form::kGeneral;
    const bool has_options = desc_.clip != 0 || direction_.peephole ||
                             desc_.gate_coupling != RECURRENT_GATE_COUPLING_NONE;
    return has_options ? Form::kVariant : Form::kPlain;
  }

  bool has_usual_activations() const {
    if (cell_of(layer_.kind) == Cell::kLinear)
      return direction_.candidate_activation == RECURRENT_ACTIVATION_IDENTITY;
    if (direction_.candidate_activation != RECURRENT_ACTIVATION_TANH) return false;
    if (layer_.kind == RECURRENT_LAYER_SIMPLE_RNN) return true;
    if (direction_.gate_activation != RECURRENT_ACTIVATION_SIGMOID) return false;
    return layer_.kind != RECURRENT_LAYER_LSTM ||
           direction_.output_activation == RECURRENT_ACTIVATION_TANH;
  }

  void set_kernels(Phase& phase, Cell cell, Form form, kernels::WeightFormat format) const {
    const kernels::CellKernels& kernels =
        kernels_.reading(format).cells[static_cast<int32_t>(cell)];
    phase.function = kernels.function;
    phase.step = kernels.forms[static_cast<int32_t>(form)].step;
    // What becomes of a chain does not depend on what its weights are.
    const kernels::FormKernels& ends = kernels_.reading(kernels::WeightFormat::kFloat32)
                                           .cells[static_cast<int32_t>(cell)]
                                           .forms[static_cast<int32_t>(form)];
    phase.constants.finish = ends.finish;
    phase.record = ends.record;
    // Scalar code has the general form only.
    phase.records_values = form == Form::kPlain && width() > 1;
  }

  static void set_weights(CellConstants& constants, const PackedMatrix& weights) {
    constants.grouping = weights.grouping();
    constants.groups = weights.groups();
    constants.weights = weights.data();
    constants.panel_stride = weights.panel_stride();
  }

  void first_phase() {
    Phase& phase = packed_.phases.add();
    set_kernels(phase, cell_of(layer_.kind), form(), packed_.weights.format());
    if (layer_.projection_size > 0) phase.writes = Slot::kUnprojected;
    phase.puts_out = layer_.projection_size == 0;
    CellConstants& c = phase.constants;
    set_weights(c, packed_.weights);
    c.units = layer_.has_windows() ? layer_.convolution.outputs : layer_.hidden_size;
    c.x_terms = packed_.is_split() ? 0 : layer_.terms;
    c.h_terms = layer_.state_size;
    c.bias = packed_.bias.data();
    c.flush = layer_.recurrent() ? 1 : 0;
    c.peephole = packed_.peephole.data();
    c.coupling = desc_.gate_coupling;
    c.peephole_previous = desc_.output_peephole == RECURRENT_OUTPUT_PEEPHOLE_PREVIOUS_CELL ? 1 : 0;
    c.state_bias = packed_.state_bias.data();
    c.clip = desc_.clip;
    c.gate = {direction_.gate_activation, direction_.gate_alpha, direction_.gate_beta};
    c.activation = {direction_.candidate_activation, direction_.candidate_alpha,
                    direction_.candidate_beta};
    c.output = {direction_.output_activation, direction_.output_alpha, direction_.output_beta};
  }

  void projection_phase() {
    pack_vectors(packed_.zero_bias, layer_.projection_size, width(), 1, nullptr, nullptr, 0);
    Phase& phase = packed_.phases.add();
    set_kernels(phase, Cell::kLinear, Form::kPlain, packed_.second_weights.format());
    phase.reads = Slot::kUnprojected;
    phase.takes_input = false;
    phase.records = false;
    CellConstants& c = phase.constants;
    set_weights(c, packed_.second_weights);
    c.units = layer_.projection_size;
    c.h_terms = layer_.hidden_size;
    c.bias = packed_.zero_bias.data();
    c.flush = 1;
    c.activation = {RECURRENT_ACTIVATION_IDENTITY, 0, 0};
  }

  void candidate_phase() {
    Phase& phase = packed_.phases.add();
    phase.constants = packed_.phases.front().constants;
    set_kernels(phase, Cell::kGruResetBeforeCandidate, form(), packed_.second_weights.format());
    phase.takes_input = false;
    set_weights(phase.constants, packed_.second_weights);
  }

  const recurrent_layer_desc& desc_;
  const recurrent_direction_desc& direction_;
  const PackedLayer& layer_;
  const kernels::KernelChoice& kernels_;
  const CellTraits& traits_;
  PackedDirection& packed_;
};

// Vectors that are filled a quarter at most. (64 features, 3 taps, AVX-512; a step, and 2000 steps
// of a run, as matrices and by lanes: groups of 1 1.30 and 0.05 us, 460 and 30 us; of 2 0.73 and
// 0.20, 289 and 126; of 4 0.53 and 0.29, 168 and 191; of 8 0.36 and 0.37, 118 and 259.)
bool is_narrow(const PackedConvolution& convolution, int width) {
  return convolution.groups > 1 && 4 * convolution.outputs <= width;
}

// A weight of lanes, which are floats: integers need scales of their own.
float of_lane(float weight, kernels::WeightFormat format) {
  return format == kernels::WeightFormat::kBfloat16 ? from_bfloat16(to_bfloat16(weight))
                                                    : flushed(weight);
}

void shape_convolution(const recurrent_layer_desc& desc, int width, PackedLayer& layer) {
  PackedConvolution& c = layer.convolution;
  c.window = window_of(desc);
  c.groups = desc.groups;
  c.inputs = desc.input_size / desc.groups;
  c.outputs = desc.hidden_size / desc.groups;
  layer.terms = desc.kernel_size * c.inputs;
  layer.columns = c.groups * round_up(c.outputs, width);
  const auto format = static_cast<kernels::WeightFormat>(desc.input_weight_format);
  if (!is_narrow(c, width) || Storage{format}.has_integers()) return;
  layer.columns = c.lane_stride = round_up(desc.hidden_size, width);
  c.lane_vectors = c.lane_stride / width;
}

void pack_lanes(const recurrent_layer_desc& desc, PackedLayer& layer) {
  PackedConvolution& c = layer.convolution;
  const auto format = static_cast<kernels::WeightFormat>(desc.input_weight_format);
  const int64_t floats = checked_mul(layer.terms, c.lane_stride, "hidden_size");
  if (c.lanes.size() != floats) c.lanes = AlignedBuffer<float>(floats);
  for (int64_t unit = 0; unit < desc.hidden_size; ++unit)
    for (int64_t term = 0; term < layer.terms; ++term)
      c.lanes[term * c.lane_stride + unit] =
          of_lane(desc.forward->input_weights[unit * layer.terms + term], format);
}

void take(const float* values, int64_t count, const kernels::KernelTable& kernels,
          AlignedBuffer<float>& buffer) {
  if (buffer.size() != count) buffer = AlignedBuffer<float>(count);
  if (values) kernels.flush(values, buffer.data(), count);
}

// Factors that a layer may do without: then all are 1.
void take_factors(const float* values, int64_t count, const kernels::KernelTable& kernels,
                  AlignedBuffer<float>& buffer) {
  take(values, count, kernels, buffer);
  if (!values) std::fill_n(buffer.data(), count, 1.0f);
}

int64_t table_size(const recurrent_layer_desc& desc) {
  return int64_t{desc.input_size} * desc.hidden_size;
}

void pack_pointwise(const recurrent_layer_desc& desc, const kernels::KernelTable& kernels,
                    Tables tables, PackedSource* source, PackedPointwise& packed) {
  switch (desc.kind) {
    case RECURRENT_LAYER_ACTIVATION:
      packed.activation = {desc.forward->candidate_activation, desc.forward->candidate_alpha,
                           desc.forward->candidate_beta};
      break;
    case RECURRENT_LAYER_SCALE:
      take(desc.forward->input_weights, desc.hidden_size, kernels, packed.factors);
      take(desc.forward->input_bias, desc.hidden_size, kernels, packed.offsets);
      break;
    case RECURRENT_LAYER_LAYER_NORMALIZATION: {
      const recurrent_direction_desc* const given = desc.forward;
      take_factors(given ? given->input_weights : nullptr, desc.hidden_size, kernels,
                   packed.factors);
      take(given ? given->input_bias : nullptr, desc.hidden_size, kernels, packed.offsets);
      packed.epsilon = desc.epsilon;
      break;
    }
    case RECURRENT_LAYER_MAX_POOLING:
    case RECURRENT_LAYER_AVERAGE_POOLING:
      packed.window = window_of(desc);
      packed.counts_padding = desc.counts_padding != 0;
      break;
    case RECURRENT_LAYER_EMBEDDING:
      if (tables == Tables::kLeft) break;
      if (source)
        packed.table = source->take<float>(table_size(desc));
      else
        take(desc.forward->input_weights, table_size(desc), kernels, packed.table);
      break;
    default:
      break;
  }
}

// What does not depend on weights.
void shape_layer(const recurrent_layer_desc& desc, const kernels::KernelChoice& kernels,
                 PackedLayer& layer) {
  const CellTraits& traits = cell_traits(desc.kind);
  layer.kind = desc.kind;
  layer.input_size = desc.input_size;
  layer.hidden_size = desc.hidden_size;
  layer.projection_size = desc.projection_size;
  layer.gates = traits.gates;
  layer.first = desc.first;
  layer.terms = layer.input_size;
  if (traits.pointwise) {
    layer.output_size = layer.hidden_size;
    return;
  }
  if (traits.recurrent)
    layer.state_size = desc.projection_size ? desc.projection_size : desc.hidden_size;
  layer.set_strides();
  layer.columns = round_up(layer.hidden_size, kernels.table.width) * traits.gates;
  if (traits.has_windows) shape_convolution(desc, kernels.table.width, layer);
  const int64_t directions = (desc.forward ? 1 : 0) + (desc.reverse ? 1 : 0);
  layer.output_size = directions * (traits.recurrent ? layer.state_size : layer.hidden_size);
}

// A table lies as it is given, denormals aside.
MatrixShape shape_of_table(int64_t rows, int64_t features) {
  MatrixShape shape;
  shape.grouping.panels = rows;
  shape.panel_bytes = features * int64_t{sizeof(float)};
  return shape;
}

PackedBuffer buffer_of(PackedMatrix PackedDirection::*matrix) {
  if (matrix == &PackedDirection::weights) return PackedBuffer::kWeights;
  return matrix == &PackedDirection::input_weights ? PackedBuffer::kInputWeights
                                                   : PackedBuffer::kSecondWeights;
}

}  // namespace

void pack_layer(const recurrent_layer_desc& desc, const kernels::KernelChoice& kernels,
                Tables tables, PackedLayer& layer, PackedSource* source) {
  shape_layer(desc, kernels, layer);
  if (cell_traits(desc.kind).pointwise)
    return pack_pointwise(desc, kernels.table, tables, source, layer.pointwise);
  if (layer.convolution.is_by_lanes()) pack_lanes(desc, layer);
  const recurrent_direction_desc* const weights[] = {desc.forward, desc.reverse};
  layer.directions.resize((desc.forward ? 1u : 0u) + (desc.reverse ? 1u : 0u));
  size_t next = 0;
  for (const recurrent_direction_desc* direction : weights)
    if (direction)
      DirectionPacker(desc, *direction, layer, kernels, layer.directions[next++])
          .pack(direction == desc.reverse, source);
}

std::vector<PackedShape> packed_shapes(const recurrent_model_desc& desc,
                                       const kernels::KernelChoice& kernels) {
  std::vector<PackedShape> shapes;
  for (int32_t i = 0; i < desc.layer_count; ++i) {
    const recurrent_layer_desc& given = desc.layers[i];
    if (given.kind == RECURRENT_LAYER_EMBEDDING)
      shapes.push_back({i, RECURRENT_DIRECTION_FORWARD, PackedBuffer::kTable,
                        shape_of_table(given.input_size, given.hidden_size)});
    if (cell_traits(given.kind).pointwise) continue;
    PackedLayer layer;
    shape_layer(given, kernels, layer);
    for (const int32_t direction : {RECURRENT_DIRECTION_FORWARD, RECURRENT_DIRECTION_REVERSE}) {
      const recurrent_direction_desc* const weights =
          direction == RECURRENT_DIRECTION_FORWARD ? given.forward : given.reverse;
      if (!weights) continue;
      for (const PlannedMatrix& planned : DirectionPlanner(given, *weights, layer, kernels).plan())
        shapes.push_back(
            {i, direction, buffer_of(planned.matrix), PackedMatrix::shape_of(planned.plan)});
    }
  }
  return shapes;
}

std::vector<PackedContents> packed_contents(int32_t index, const PackedLayer& layer) {
  std::vector<PackedContents> all;
  const AlignedBuffer<float>& table = layer.pointwise.table;
  if (table.size() > 0)
    all.push_back({{index, RECURRENT_DIRECTION_FORWARD, PackedBuffer::kTable,
                    shape_of_table(layer.input_size, layer.hidden_size)},
                   table.data()});
  for (const PackedDirection& direction : layer.directions) {
    const int32_t way =
        direction.reverse ? RECURRENT_DIRECTION_REVERSE : RECURRENT_DIRECTION_FORWARD;
    // In the order in which they are planned.
    for (PackedMatrix PackedDirection::*const which :
         {&PackedDirection::input_weights, &PackedDirection::weights,
          &PackedDirection::second_weights}) {
      const PackedMatrix& matrix = direction.*which;
      if (matrix.bytes() > 0)
        all.push_back({{index, way, buffer_of(which), matrix.shape()}, matrix.data()});
    }
  }
  return all;
}

}  // namespace recurrent
