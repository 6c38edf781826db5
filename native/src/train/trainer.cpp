#include "train/trainer.h"

#include "base/error.h"
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
    : parameters_(model),
      layers_(static_cast<size_t>(model.layer_count)),
      changed_(layers_.size()) {
  check_trainer(desc, model.layer_count);
  const cpu::ScopedFpControl canonical;
  model_ = std::make_unique<Model>(parameters_.desc(), Model::OfTrainer());
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
  for (size_t i = 0; i < layers(); ++i) take_weights(i);
  if (desc.threads > 1) crew_ = std::make_unique<Crew>(desc.threads);
}

Trainer::~Trainer() = default;

void Trainer::take_weights(size_t layer) {
  Layer& l = layers_[layer];
  for (size_t d = 0; d < l.directions.size(); ++d)
    l.directions[d].set_weights(packed(layer), packed(layer).directions[d]);
  if (l.dense) l.dense->set_weights(packed(layer));
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

}  // namespace recurrent
