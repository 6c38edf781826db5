#include "train/dense_pass.h"
#include "train/layer_passes.h"

namespace recurrent {
namespace {

class DenseLayerPass final : public LayerPass {
 public:
  DenseLayerPass(PassContext& context, int32_t node)
      : LayerPass(context, node),
        dense_(context.model.kernels(), context.parameters, static_cast<size_t>(node)) {}

  void set_weights() override { dense_.set_weights(layer()); }
  void plan(Arena& arena) override {
    LayerPass::plan(arena);
    arena.begin_section();
    dense_.plan(arena, values().rows(puts()), context().threads);
  }
  int64_t wide() const override { return wide_floats(); }
  int64_t tape_bytes() const override { return LayerPass::tape_bytes() + dense_.tape_bytes(); }

 private:
  void forward(Participant& participant) override {
    dense_.forward(participant, input(), values().rows(puts()), output());
  }
  void backward(Participant& participant) override {
    dense_.backward(participant, input(), values().rows(puts()), output_gradient(), wide_gradient(),
                    values().padded_width(reads()));
    give_wide(participant, false);
  }
  bool puts_down() const override { return true; }

  DensePass dense_;
};

}  // namespace

std::unique_ptr<LayerPass> make_dense_pass(PassContext& context, int32_t node) {
  return std::make_unique<DenseLayerPass>(context, node);
}

}  // namespace recurrent
