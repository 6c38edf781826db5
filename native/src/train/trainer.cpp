#include "train/trainer.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/expect.h"
#include "cpu/fp_control.h"
#include "gemm/provider.h"
#include "model/specification.h"
#include "train/trainer_arguments.h"

namespace recurrent {
namespace {

// Layers that follow each other, with residual connections.
void expect_chain(const Model& model) {
  const Graph& graph = model.graph();
  if (!model.has_one_of_each())
    fail(RECURRENT_STATUS_NOT_SUPPORTED,
         "model: a trainer takes one input and one output, found %zu and %zu",
         model.inputs().size(), model.outputs().size());
  for (int32_t i = 0; i < graph.layer_count(); ++i) {
    const Node& node = graph.node(i);
    const bool follows =
        node.reads.front() == node.value - 1 || graph.is_implied(graph.maker(node.reads.front()));
    if (!follows || node.kind >= RECURRENT_LAYER_CONCATENATION)
      fail(RECURRENT_STATUS_NOT_SUPPORTED,
           "model: a trainer takes layers that follow each other, but layer %d is of kind %s", i,
           cell_traits(node.kind).name);
  }
}

}  // namespace

Trainer::Trainer(const recurrent_model_desc& model, const recurrent_trainer_desc& desc)
    : parameters_(model), layers_(static_cast<size_t>(model.layer_count)) {
  check_trainer(desc, model.layer_count);
  model_ = std::make_unique<Model>(parameters_.desc());
  expect_chain(*model_);
  choose_provider(*model_, model.gemm_provider);
  const float* const rates[] = {desc.dropout, desc.input_dropout, desc.recurrent_dropout};
  for (size_t i = 0; i < layers(); ++i) {
    Layer& layer = layers_[i];
    for (size_t what = 0; what < 3; ++what)
      if (rates[what]) layer.rates[what] = rates[what][i];
    const bool takes_indices = packed(i).kind == RECURRENT_LAYER_EMBEDDING;
    if (takes_indices && (layer.rates[0] != 0 || layer.rates[1] != 0))
      invalid("dropout", "expected 0 for layer 0, which takes indices");
    if (!packed(i).recurrent() && layer.rates[2] != 0)
      invalid("recurrent_dropout", "expected 0 for layer %zu, which has no state", i);
    if (packed(i).recurrent())
      for (const PackedDirection& direction : packed(i).directions)
        layer.directions.emplace_back(*model_, parameters_, i, direction.reverse);
    if (packed(i).kind == RECURRENT_LAYER_DENSE)
      layer.dense = std::make_unique<DensePass>(model_->kernels(), parameters_, i);
  }
  if (desc.threads > 1) crew_ = std::make_unique<Crew>(desc.threads);
  pack();
}

Trainer::~Trainer() = default;

// Kernels take packed weights, so they are packed again when they have changed.
void Trainer::pack() {
  const cpu::ScopedFpControl canonical;
  model_->set_weights(parameters_.desc());
  for (size_t i = 0; i < layers(); ++i) {
    for (size_t d = 0; d < layers_[i].directions.size(); ++d)
      layers_[i].directions[d].set_weights(packed(i), packed(i).directions[d]);
    if (layers_[i].dense) layers_[i].dense->set_weights(packed(i));
  }
}

int64_t Trainer::tape_bytes() const {
  int64_t bytes = head_output_.bytes();
  for (const Layer& layer : layers_) {
    bytes += layer.value.bytes() + layer.dropped.bytes() + layer.reversed.bytes();
    for (const RecurrentPass& pass : layer.directions) bytes += pass.tape_bytes();
    if (layer.dense) bytes += layer.dense->tape_bytes();
  }
  return bytes;
}

void Trainer::set_parameters(const float* values, int64_t count) {
  check_count("values", values, count, parameters_.count());
  std::copy_n(values, count, parameters_.values());
  ran_forward_ = false;
  pack();
}

void Trainer::get_parameters(float* values, int64_t count) const {
  check_count("values", values, count, parameters_.count());
  std::copy_n(parameters_.values(), count, values);
}

void Trainer::get_gradients(float* values, int64_t count) const {
  check_count("values", values, count, parameters_.count());
  std::copy_n(parameters_.gradients(), count, values);
}

void Trainer::zero_gradients() { std::fill_n(parameters_.gradients(), parameters_.count(), 0.0f); }

void Trainer::check_block(int32_t block) const {
  expect_range("block", block, 0, static_cast<int64_t>(parameters_.blocks().size()) - 1);
}

double Trainer::regularize(int32_t block, double l1, double l2) {
  check_block(block);
  if (!(l1 >= 0) || !std::isfinite(l1)) invalid("l1", "expected 0 or more, found %g", l1);
  if (!(l2 >= 0) || !std::isfinite(l2)) invalid("l2", "expected 0 or more, found %g", l2);
  const recurrent_parameter_block& b = parameters_.blocks()[static_cast<size_t>(block)];
  const float* p = parameters_.values() + b.offset;
  float* g = parameters_.gradients() + b.offset;
  const auto sign = static_cast<float>(l1);
  const auto twice = static_cast<float>(2 * l2);
  double magnitudes = 0;
  double squares = 0;
  for (int64_t i = 0; i < b.rows * b.columns; ++i) {
    magnitudes += std::fabs(static_cast<double>(p[i]));
    squares += static_cast<double>(p[i]) * static_cast<double>(p[i]);
    g[i] += twice * p[i] + (p[i] > 0 ? sign : p[i] < 0 ? -sign : 0.0f);
  }
  return l1 * magnitudes + l2 * squares;
}

double Trainer::gradient_norm(int32_t block) const {
  if (block != -1) check_block(block);
  const float* g = parameters_.gradients();
  int64_t count = parameters_.count();
  if (block >= 0) {
    const recurrent_parameter_block& b = parameters_.blocks()[static_cast<size_t>(block)];
    g += b.offset;
    count = b.rows * b.columns;
  }
  // Four sums in turn, so that one addition need not wait for the other.
  double sums[4] = {0, 0, 0, 0};
  for (int64_t i = 0; i < count; ++i)
    sums[i % 4] += static_cast<double>(g[i]) * static_cast<double>(g[i]);
  return std::sqrt(sums[0] + sums[1] + (sums[2] + sums[3]));
}

void Trainer::update(const recurrent_update_args& args) {
  check_update(args);
  if (moments_.size() == 0) moments_ = AlignedBuffer<float>(2 * parameters_.count());
  const bool is_adam = args.optimizer >= RECURRENT_OPTIMIZER_ADAM;
  const bool shrinks = args.optimizer == RECURRENT_OPTIMIZER_ADAMW;
  const auto steps = static_cast<double>(args.step);
  kernels::UpdateArgs u{};
  u.optimizer = args.optimizer;
  u.nesterov = args.nesterov;
  u.rate =
      static_cast<float>(is_adam ? args.rate / (1 - std::pow(args.decay_1, steps)) : args.rate);
  u.momentum = static_cast<float>(args.momentum);
  u.decay_1 = static_cast<float>(args.decay_1);
  u.rest_1 = static_cast<float>(1 - args.decay_1);
  u.decay_2 = static_cast<float>(args.decay_2);
  u.rest_2 = static_cast<float>(1 - args.decay_2);
  u.epsilon = static_cast<float>(args.epsilon);
  u.shrink = shrinks ? static_cast<float>(1 - args.rate * args.weight_decay) : 1.0f;
  u.square_correction =
      is_adam ? static_cast<float>(1 / (1 - std::pow(args.decay_2, steps))) : 1.0f;
  u.scale = static_cast<float>(args.gradient_scale);
  u.bound = static_cast<float>(args.gradient_bound);
  const auto& blocks = parameters_.blocks();
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (args.trained && args.trained[i] == 0) continue;
    u.count = blocks[i].rows * blocks[i].columns;
    u.parameters = parameters_.values() + blocks[i].offset;
    u.gradients = parameters_.gradients() + blocks[i].offset;
    u.mean = moments_.data() + blocks[i].offset;
    u.square = moments_.data() + parameters_.count() + blocks[i].offset;
    model_->kernels().update(u);
  }
  ran_forward_ = false;
  pack();
}

void Trainer::moments(float* values, int64_t count, bool sets) {
  check_count("values", values, count, 2 * parameters_.count());
  if (moments_.size() == 0) moments_ = AlignedBuffer<float>(2 * parameters_.count());
  if (sets)
    std::copy_n(values, count, moments_.data());
  else
    std::copy_n(moments_.data(), count, values);
}

}  // namespace recurrent
