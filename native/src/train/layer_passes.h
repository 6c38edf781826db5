// One object for each kind of layer; make_layer_pass() chooses among them.
#pragma once

#include <memory>

#include "train/layer_pass.h"

namespace recurrent {

// dense_layer_pass.cpp
std::unique_ptr<LayerPass> make_dense_pass(PassContext& context, int32_t node);

// convolution_pass.cpp
std::unique_ptr<LayerPass> make_convolution_pass(PassContext& context, int32_t node);

// pointwise_passes.cpp
std::unique_ptr<LayerPass> make_activation_pass(PassContext& context, int32_t node);
std::unique_ptr<LayerPass> make_softmax_pass(PassContext& context, int32_t node);
std::unique_ptr<LayerPass> make_log_softmax_pass(PassContext& context, int32_t node);
std::unique_ptr<LayerPass> make_layer_normalization_pass(PassContext& context, int32_t node);
std::unique_ptr<LayerPass> make_scale_pass(PassContext& context, int32_t node);
std::unique_ptr<LayerPass> make_embedding_pass(PassContext& context, int32_t node);

// merge_passes.cpp
std::unique_ptr<LayerPass> make_sum_pass(PassContext& context, int32_t node);  // residual too
std::unique_ptr<LayerPass> make_product_pass(PassContext& context, int32_t node);
std::unique_ptr<LayerPass> make_concatenation_pass(PassContext& context, int32_t node);
std::unique_ptr<LayerPass> make_slice_pass(PassContext& context, int32_t node);

// step_passes.cpp
std::unique_ptr<LayerPass> make_last_step_pass(PassContext& context, int32_t node);
std::unique_ptr<LayerPass> make_final_state_pass(PassContext& context, int32_t node);
std::unique_ptr<LayerPass> make_repeat_pass(PassContext& context, int32_t node);
std::unique_ptr<LayerPass> make_reverse_pass(PassContext& context, int32_t node);
std::unique_ptr<LayerPass> make_last_steps_pass(PassContext& context, int32_t node);

// over_time_passes.cpp; the first one is of mean, maximum, softmax over time, and flatten
std::unique_ptr<LayerPass> make_over_time_pass(PassContext& context, int32_t node);
std::unique_ptr<LayerPass> make_pooling_pass(PassContext& context, int32_t node);
std::unique_ptr<LayerPass> make_unflatten_pass(PassContext& context, int32_t node);

}  // namespace recurrent
