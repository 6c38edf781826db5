#include "train/trainer.h"

#include "base/error.h"
#include "cpu/fp_control.h"
#include "gemm/provider.h"
#include "train/trainer_arguments.h"

namespace recurrent {

Trainer::Trainer(const recurrent_model_desc& model, const recurrent_trainer_desc& desc)
    : parameters_(model), changed_(static_cast<size_t>(model.layer_count)) {
  check_trainer(desc, model.layer_count);
  const cpu::ScopedFpControl canonical;
  model_ = std::make_unique<Model>(parameters_.desc(), Model::OfTrainer{parameters_.graph()});
  choose_provider(*model_, model.gemm_provider);
  rows_ = std::make_unique<BatchRows>(*model_);
  values_ = std::make_unique<Values>(*model_, *rows_);
  context_ = std::make_unique<PassContext>(
      PassContext{*model_, parameters_, *values_, *rows_, desc.threads, {}, {}, {}, {}, {}, {}});
  make_passes(desc);
  buffers_ = std::make_unique<Buffers>(*model_);
  output_gradients_.resize(outputs());
  input_gradients_.resize(model_->inputs().size());
  repeated_.resize(outputs());
  repeated_gradient_.resize(outputs());
  if (desc.threads > 1) crew_ = std::make_unique<Crew>(desc.threads);
}

Trainer::~Trainer() = default;

void Trainer::make_passes(const recurrent_trainer_desc& desc) {
  const Graph& graph = model_->graph();
  const auto nodes = static_cast<int32_t>(graph.nodes().size());
  context_->indices.resize(model_->inputs().size());
  context_->recurrent.resize(static_cast<size_t>(nodes));
  const float* const given[] = {desc.dropout, desc.input_dropout, desc.recurrent_dropout};
  for (int32_t i = 0; i < nodes; ++i) {
    const auto layer = static_cast<size_t>(i);
    passes_.push_back(make_layer_pass(*context_, i));
    passes_.back()->set_weights();
    if (graph.is_implied(i)) continue;
    float rates[3] = {0, 0, 0};
    for (size_t what = 0; what < 3; ++what)
      if (given[what]) rates[what] = given[what][layer];
    check_rates(layer, rates);
    passes_.back()->set_rates(rates);
  }
  // The caller's order, what is implied right behind what it reads.
  for (int32_t i = 0; i < graph.layer_count(); ++i) {
    order_.push_back(passes_[static_cast<size_t>(i)].get());
    for (int32_t implied = graph.layer_count(); implied < nodes; ++implied)
      if (graph.node(implied).reads.front() == graph.node(i).value)
        order_.push_back(passes_[static_cast<size_t>(implied)].get());
  }
}

void Trainer::check_rates(size_t layer, const float (&rates)[3]) const {
  const Node& node = model_->graph().nodes()[layer];
  const bool drops_input = rates[0] != 0 || rates[1] != 0;
  if (node.kind == RECURRENT_LAYER_EMBEDDING && drops_input)
    invalid("dropout", "expected 0 for layer %zu, which takes indices", layer);
  if (drops_input && node.reads.size() > 1 && node.kind != RECURRENT_LAYER_RESIDUAL)
    invalid("dropout", "expected 0 for layer %zu, which reads %zu values", layer,
            node.reads.size());
  if (!model_->layers()[layer].recurrent() && rates[2] != 0)
    invalid("recurrent_dropout", "expected 0 for layer %zu, which has no state", layer);
}

int64_t Trainer::tape_bytes() const {
  int64_t bytes = values_->bytes();
  for (const std::unique_ptr<LayerPass>& pass : passes_) bytes += pass->tape_bytes();
  return bytes;
}

}  // namespace recurrent
