#include "train/layer_passes.h"

#include "base/error.h"
#include "model/specification.h"
#include "train/recurrent_layer_pass.h"

namespace recurrent {

std::unique_ptr<LayerPass> make_layer_pass(PassContext& context, int32_t node) {
  const int32_t kind = context.model.graph().node(node).kind;
  switch (kind) {
    case RECURRENT_LAYER_SIMPLE_RNN:
    case RECURRENT_LAYER_LSTM:
    case RECURRENT_LAYER_GRU:
    case RECURRENT_LAYER_GRU_RESET_BEFORE:
      return std::make_unique<RecurrentLayerPass>(context, node);
    case RECURRENT_LAYER_DENSE:
      return make_dense_pass(context, node);
    case RECURRENT_LAYER_ACTIVATION:
      return make_activation_pass(context, node);
    case RECURRENT_LAYER_SOFTMAX:
      return make_softmax_pass(context, node);
    case RECURRENT_LAYER_LOG_SOFTMAX:
      return make_log_softmax_pass(context, node);
    case RECURRENT_LAYER_LAYER_NORMALIZATION:
      return make_layer_normalization_pass(context, node);
    case RECURRENT_LAYER_MEAN_OVER_TIME:
    case RECURRENT_LAYER_MAX_OVER_TIME:
    case RECURRENT_LAYER_SOFTMAX_OVER_TIME:
    case RECURRENT_LAYER_FLATTEN:
      return make_over_time_pass(context, node);
    case RECURRENT_LAYER_MAX_POOLING:
    case RECURRENT_LAYER_AVERAGE_POOLING:
      return make_pooling_pass(context, node);
    case RECURRENT_LAYER_UNFLATTEN:
      return make_unflatten_pass(context, node);
    case RECURRENT_LAYER_SCALE:
      return make_scale_pass(context, node);
    case RECURRENT_LAYER_EMBEDDING:
      return make_embedding_pass(context, node);
    case RECURRENT_LAYER_RESIDUAL:
    case RECURRENT_LAYER_SUM:
      return make_sum_pass(context, node);
    case RECURRENT_LAYER_PRODUCT:
      return make_product_pass(context, node);
    case RECURRENT_LAYER_CONCATENATION:
      return make_concatenation_pass(context, node);
    case RECURRENT_LAYER_SLICE:
      return make_slice_pass(context, node);
    case RECURRENT_LAYER_LAST_STEP:
      return make_last_step_pass(context, node);
    case RECURRENT_LAYER_FINAL_STATE:
    case RECURRENT_LAYER_FINAL_CELL_STATE:
      return make_final_state_pass(context, node);
    case RECURRENT_LAYER_REPEAT:
      return make_repeat_pass(context, node);
    case RECURRENT_LAYER_REVERSE:
      return make_reverse_pass(context, node);
    case RECURRENT_LAYER_LAST_STEPS:
      return make_last_steps_pass(context, node);
    case RECURRENT_LAYER_CONVOLUTION:
      return make_convolution_pass(context, node);
    default:
      fail(RECURRENT_STATUS_NOT_SUPPORTED,
           "model: a trainer does not know layer %d, which is of kind %s", node,
           cell_traits(kind).name);
  }
}

}  // namespace recurrent
