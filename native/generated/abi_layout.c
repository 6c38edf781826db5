/*
 * Written by Recurrent.Bindgen from recurrent/recurrent.h. Change the header and run ./build.sh bindings.
 *
 * Compiles if the compiler lays the interface out as the bindings do; there is nothing to run.
 */
#include <recurrent/recurrent.h>
#include <stddef.h>

_Static_assert(RECURRENT_ABI_VERSION == 9, "RECURRENT_ABI_VERSION == 9");

_Static_assert(RECURRENT_VERSION_MAJOR == 0, "RECURRENT_VERSION_MAJOR == 0");

_Static_assert(RECURRENT_VERSION_MINOR == 1, "RECURRENT_VERSION_MINOR == 1");

_Static_assert(RECURRENT_VERSION_PATCH == 0, "RECURRENT_VERSION_PATCH == 0");

_Static_assert(RECURRENT_MAX_SIZE == 1048576, "RECURRENT_MAX_SIZE == 1048576");

_Static_assert(RECURRENT_MAX_LAYERS == 1024, "RECURRENT_MAX_LAYERS == 1024");

_Static_assert(RECURRENT_MAX_INPUTS == 1024, "RECURRENT_MAX_INPUTS == 1024");

_Static_assert(RECURRENT_MAX_THREADS == 256, "RECURRENT_MAX_THREADS == 256");

_Static_assert(RECURRENT_MAX_STREAMS == 1048576, "RECURRENT_MAX_STREAMS == 1048576");

_Static_assert(sizeof(recurrent_status) == 4, "sizeof(recurrent_status) == 4");
_Static_assert(RECURRENT_STATUS_OK == 0, "RECURRENT_STATUS_OK == 0");
_Static_assert(RECURRENT_STATUS_INVALID_ARGUMENT == 1, "RECURRENT_STATUS_INVALID_ARGUMENT == 1");
_Static_assert(RECURRENT_STATUS_NOT_SUPPORTED == 2, "RECURRENT_STATUS_NOT_SUPPORTED == 2");
_Static_assert(RECURRENT_STATUS_BUSY == 3, "RECURRENT_STATUS_BUSY == 3");
_Static_assert(RECURRENT_STATUS_OUT_OF_MEMORY == 4, "RECURRENT_STATUS_OUT_OF_MEMORY == 4");
_Static_assert(RECURRENT_STATUS_UNAVAILABLE == 5, "RECURRENT_STATUS_UNAVAILABLE == 5");
_Static_assert(RECURRENT_STATUS_INTERNAL == 6, "RECURRENT_STATUS_INTERNAL == 6");
_Static_assert(RECURRENT_STATUS_FILE_ACCESS == 7, "RECURRENT_STATUS_FILE_ACCESS == 7");
_Static_assert(RECURRENT_STATUS_BAD_FILE == 8, "RECURRENT_STATUS_BAD_FILE == 8");

_Static_assert(sizeof(recurrent_layer_kind) == 4, "sizeof(recurrent_layer_kind) == 4");
_Static_assert(RECURRENT_LAYER_SIMPLE_RNN == 0, "RECURRENT_LAYER_SIMPLE_RNN == 0");
_Static_assert(RECURRENT_LAYER_LSTM == 1, "RECURRENT_LAYER_LSTM == 1");
_Static_assert(RECURRENT_LAYER_GRU == 2, "RECURRENT_LAYER_GRU == 2");
_Static_assert(RECURRENT_LAYER_GRU_RESET_BEFORE == 3, "RECURRENT_LAYER_GRU_RESET_BEFORE == 3");
_Static_assert(RECURRENT_LAYER_DENSE == 4, "RECURRENT_LAYER_DENSE == 4");
_Static_assert(RECURRENT_LAYER_ACTIVATION == 5, "RECURRENT_LAYER_ACTIVATION == 5");
_Static_assert(RECURRENT_LAYER_SOFTMAX == 6, "RECURRENT_LAYER_SOFTMAX == 6");
_Static_assert(RECURRENT_LAYER_SCALE == 7, "RECURRENT_LAYER_SCALE == 7");
_Static_assert(RECURRENT_LAYER_EMBEDDING == 8, "RECURRENT_LAYER_EMBEDDING == 8");
_Static_assert(RECURRENT_LAYER_RESIDUAL == 9, "RECURRENT_LAYER_RESIDUAL == 9");
_Static_assert(RECURRENT_LAYER_CONCATENATION == 10, "RECURRENT_LAYER_CONCATENATION == 10");
_Static_assert(RECURRENT_LAYER_SUM == 11, "RECURRENT_LAYER_SUM == 11");
_Static_assert(RECURRENT_LAYER_PRODUCT == 12, "RECURRENT_LAYER_PRODUCT == 12");
_Static_assert(RECURRENT_LAYER_SLICE == 13, "RECURRENT_LAYER_SLICE == 13");
_Static_assert(RECURRENT_LAYER_LAST_STEP == 14, "RECURRENT_LAYER_LAST_STEP == 14");
_Static_assert(RECURRENT_LAYER_FINAL_STATE == 15, "RECURRENT_LAYER_FINAL_STATE == 15");
_Static_assert(RECURRENT_LAYER_REPEAT == 16, "RECURRENT_LAYER_REPEAT == 16");
_Static_assert(RECURRENT_LAYER_REVERSE == 17, "RECURRENT_LAYER_REVERSE == 17");
_Static_assert(RECURRENT_LAYER_LAST_STEPS == 18, "RECURRENT_LAYER_LAST_STEPS == 18");
_Static_assert(RECURRENT_LAYER_CONVOLUTION == 19, "RECURRENT_LAYER_CONVOLUTION == 19");
_Static_assert(RECURRENT_LAYER_MAX_POOLING == 20, "RECURRENT_LAYER_MAX_POOLING == 20");
_Static_assert(RECURRENT_LAYER_AVERAGE_POOLING == 21, "RECURRENT_LAYER_AVERAGE_POOLING == 21");
_Static_assert(RECURRENT_LAYER_LAYER_NORMALIZATION == 22, "RECURRENT_LAYER_LAYER_NORMALIZATION == 22");
_Static_assert(RECURRENT_LAYER_LOG_SOFTMAX == 23, "RECURRENT_LAYER_LOG_SOFTMAX == 23");
_Static_assert(RECURRENT_LAYER_MEAN_OVER_TIME == 24, "RECURRENT_LAYER_MEAN_OVER_TIME == 24");
_Static_assert(RECURRENT_LAYER_MAX_OVER_TIME == 25, "RECURRENT_LAYER_MAX_OVER_TIME == 25");
_Static_assert(RECURRENT_LAYER_SOFTMAX_OVER_TIME == 26, "RECURRENT_LAYER_SOFTMAX_OVER_TIME == 26");
_Static_assert(RECURRENT_LAYER_FLATTEN == 27, "RECURRENT_LAYER_FLATTEN == 27");
_Static_assert(RECURRENT_LAYER_UNFLATTEN == 28, "RECURRENT_LAYER_UNFLATTEN == 28");
_Static_assert(RECURRENT_LAYER_FINAL_CELL_STATE == 29, "RECURRENT_LAYER_FINAL_CELL_STATE == 29");

_Static_assert(sizeof(recurrent_value_kind) == 4, "sizeof(recurrent_value_kind) == 4");
_Static_assert(RECURRENT_VALUE_SEQUENCE == 0, "RECURRENT_VALUE_SEQUENCE == 0");
_Static_assert(RECURRENT_VALUE_ROW == 1, "RECURRENT_VALUE_ROW == 1");
_Static_assert(RECURRENT_VALUE_INDICES == 2, "RECURRENT_VALUE_INDICES == 2");

_Static_assert(sizeof(recurrent_direction) == 4, "sizeof(recurrent_direction) == 4");
_Static_assert(RECURRENT_DIRECTION_FORWARD == 0, "RECURRENT_DIRECTION_FORWARD == 0");
_Static_assert(RECURRENT_DIRECTION_REVERSE == 1, "RECURRENT_DIRECTION_REVERSE == 1");
_Static_assert(RECURRENT_DIRECTION_BIDIRECTIONAL == 2, "RECURRENT_DIRECTION_BIDIRECTIONAL == 2");

_Static_assert(sizeof(recurrent_activation) == 4, "sizeof(recurrent_activation) == 4");
_Static_assert(RECURRENT_ACTIVATION_TANH == 0, "RECURRENT_ACTIVATION_TANH == 0");
_Static_assert(RECURRENT_ACTIVATION_SIGMOID == 1, "RECURRENT_ACTIVATION_SIGMOID == 1");
_Static_assert(RECURRENT_ACTIVATION_RELU == 2, "RECURRENT_ACTIVATION_RELU == 2");
_Static_assert(RECURRENT_ACTIVATION_HARD_SIGMOID == 3, "RECURRENT_ACTIVATION_HARD_SIGMOID == 3");
_Static_assert(RECURRENT_ACTIVATION_IDENTITY == 4, "RECURRENT_ACTIVATION_IDENTITY == 4");
_Static_assert(RECURRENT_ACTIVATION_AFFINE == 5, "RECURRENT_ACTIVATION_AFFINE == 5");
_Static_assert(RECURRENT_ACTIVATION_LEAKY_RELU == 6, "RECURRENT_ACTIVATION_LEAKY_RELU == 6");
_Static_assert(RECURRENT_ACTIVATION_THRESHOLDED_RELU == 7, "RECURRENT_ACTIVATION_THRESHOLDED_RELU == 7");
_Static_assert(RECURRENT_ACTIVATION_SCALED_TANH == 8, "RECURRENT_ACTIVATION_SCALED_TANH == 8");
_Static_assert(RECURRENT_ACTIVATION_ELU == 9, "RECURRENT_ACTIVATION_ELU == 9");
_Static_assert(RECURRENT_ACTIVATION_SOFTSIGN == 10, "RECURRENT_ACTIVATION_SOFTSIGN == 10");
_Static_assert(RECURRENT_ACTIVATION_SOFTPLUS == 11, "RECURRENT_ACTIVATION_SOFTPLUS == 11");
_Static_assert(RECURRENT_ACTIVATION_CLIP == 12, "RECURRENT_ACTIVATION_CLIP == 12");

_Static_assert(sizeof(recurrent_gate_coupling) == 4, "sizeof(recurrent_gate_coupling) == 4");
_Static_assert(RECURRENT_GATE_COUPLING_NONE == 0, "RECURRENT_GATE_COUPLING_NONE == 0");
_Static_assert(RECURRENT_GATE_COUPLING_FORGET_FROM_INPUT == 1, "RECURRENT_GATE_COUPLING_FORGET_FROM_INPUT == 1");
_Static_assert(RECURRENT_GATE_COUPLING_INPUT_FROM_FORGET == 2, "RECURRENT_GATE_COUPLING_INPUT_FROM_FORGET == 2");

_Static_assert(sizeof(recurrent_output_peephole) == 4, "sizeof(recurrent_output_peephole) == 4");
_Static_assert(RECURRENT_OUTPUT_PEEPHOLE_NEW_CELL == 0, "RECURRENT_OUTPUT_PEEPHOLE_NEW_CELL == 0");
_Static_assert(RECURRENT_OUTPUT_PEEPHOLE_PREVIOUS_CELL == 1, "RECURRENT_OUTPUT_PEEPHOLE_PREVIOUS_CELL == 1");

_Static_assert(sizeof(recurrent_isa) == 4, "sizeof(recurrent_isa) == 4");
_Static_assert(RECURRENT_ISA_AUTO == -1, "RECURRENT_ISA_AUTO == -1");
_Static_assert(RECURRENT_ISA_SCALAR == 0, "RECURRENT_ISA_SCALAR == 0");
_Static_assert(RECURRENT_ISA_AVX2 == 1, "RECURRENT_ISA_AVX2 == 1");
_Static_assert(RECURRENT_ISA_AVX512 == 2, "RECURRENT_ISA_AVX512 == 2");
_Static_assert(RECURRENT_ISA_NEON == 3, "RECURRENT_ISA_NEON == 3");

_Static_assert(sizeof(recurrent_weight_format) == 4, "sizeof(recurrent_weight_format) == 4");
_Static_assert(RECURRENT_WEIGHT_FORMAT_FLOAT32 == 0, "RECURRENT_WEIGHT_FORMAT_FLOAT32 == 0");
_Static_assert(RECURRENT_WEIGHT_FORMAT_BFLOAT16 == 1, "RECURRENT_WEIGHT_FORMAT_BFLOAT16 == 1");
_Static_assert(RECURRENT_WEIGHT_FORMAT_INT8 == 2, "RECURRENT_WEIGHT_FORMAT_INT8 == 2");
_Static_assert(RECURRENT_WEIGHT_FORMAT_INT8_8BIT_INPUTS == 3, "RECURRENT_WEIGHT_FORMAT_INT8_8BIT_INPUTS == 3");

_Static_assert(sizeof(recurrent_gemm_provider) == 4, "sizeof(recurrent_gemm_provider) == 4");
_Static_assert(RECURRENT_GEMM_BUILTIN == 0, "RECURRENT_GEMM_BUILTIN == 0");
_Static_assert(RECURRENT_GEMM_MKL == 1, "RECURRENT_GEMM_MKL == 1");
_Static_assert(RECURRENT_GEMM_AUTO == 2, "RECURRENT_GEMM_AUTO == 2");

_Static_assert(sizeof(recurrent_output) == 4, "sizeof(recurrent_output) == 4");
_Static_assert(RECURRENT_OUTPUT_EVERY_STEP == 0, "RECURRENT_OUTPUT_EVERY_STEP == 0");
_Static_assert(RECURRENT_OUTPUT_LAST_STEP == 1, "RECURRENT_OUTPUT_LAST_STEP == 1");
_Static_assert(RECURRENT_OUTPUT_FINAL_STATE == 2, "RECURRENT_OUTPUT_FINAL_STATE == 2");

_Static_assert(sizeof(recurrent_masking) == 4, "sizeof(recurrent_masking) == 4");
_Static_assert(RECURRENT_MASKING_NONE == 0, "RECURRENT_MASKING_NONE == 0");
_Static_assert(RECURRENT_MASKING_REPEAT == 1, "RECURRENT_MASKING_REPEAT == 1");
_Static_assert(RECURRENT_MASKING_ZERO == 2, "RECURRENT_MASKING_ZERO == 2");

_Static_assert(sizeof(recurrent_layout) == 4, "sizeof(recurrent_layout) == 4");
_Static_assert(RECURRENT_LAYOUT_TIME_MAJOR == 0, "RECURRENT_LAYOUT_TIME_MAJOR == 0");
_Static_assert(RECURRENT_LAYOUT_BATCH_MAJOR == 1, "RECURRENT_LAYOUT_BATCH_MAJOR == 1");

_Static_assert(sizeof(recurrent_empty_row) == 4, "sizeof(recurrent_empty_row) == 4");
_Static_assert(RECURRENT_EMPTY_ROW_KEEPS_STATE == 0, "RECURRENT_EMPTY_ROW_KEEPS_STATE == 0");
_Static_assert(RECURRENT_EMPTY_ROW_ZEROES_STATE == 1, "RECURRENT_EMPTY_ROW_ZEROES_STATE == 1");

_Static_assert(sizeof(recurrent_strategy) == 4, "sizeof(recurrent_strategy) == 4");
_Static_assert(RECURRENT_STRATEGY_ALONE == 0, "RECURRENT_STRATEGY_ALONE == 0");
_Static_assert(RECURRENT_STRATEGY_UNITS == 1, "RECURRENT_STRATEGY_UNITS == 1");
_Static_assert(RECURRENT_STRATEGY_ROWS == 2, "RECURRENT_STRATEGY_ROWS == 2");
_Static_assert(RECURRENT_STRATEGY_DIRECTIONS == 3, "RECURRENT_STRATEGY_DIRECTIONS == 3");
_Static_assert(RECURRENT_STRATEGY_LAYERS == 4, "RECURRENT_STRATEGY_LAYERS == 4");

_Static_assert(sizeof(recurrent_state_kind) == 4, "sizeof(recurrent_state_kind) == 4");
_Static_assert(RECURRENT_STATE_HIDDEN == 0, "RECURRENT_STATE_HIDDEN == 0");
_Static_assert(RECURRENT_STATE_CELL == 1, "RECURRENT_STATE_CELL == 1");
_Static_assert(RECURRENT_STATE_HISTORY == 2, "RECURRENT_STATE_HISTORY == 2");

_Static_assert(sizeof(recurrent_override) == 4, "sizeof(recurrent_override) == 4");
_Static_assert(RECURRENT_OVERRIDE_ISA == 1, "RECURRENT_OVERRIDE_ISA == 1");
_Static_assert(RECURRENT_OVERRIDE_MASKING == 2, "RECURRENT_OVERRIDE_MASKING == 2");

_Static_assert(sizeof(recurrent_packed) == 4, "sizeof(recurrent_packed) == 4");
_Static_assert(RECURRENT_PACKED_COPY == 0, "RECURRENT_PACKED_COPY == 0");
_Static_assert(RECURRENT_PACKED_MAP == 1, "RECURRENT_PACKED_MAP == 1");
_Static_assert(RECURRENT_PACKED_IGNORE == 2, "RECURRENT_PACKED_IGNORE == 2");

_Static_assert(sizeof(recurrent_packed_use) == 4, "sizeof(recurrent_packed_use) == 4");
_Static_assert(RECURRENT_PACKED_USE_NONE == 0, "RECURRENT_PACKED_USE_NONE == 0");
_Static_assert(RECURRENT_PACKED_USE_COPIED == 1, "RECURRENT_PACKED_USE_COPIED == 1");
_Static_assert(RECURRENT_PACKED_USE_MAPPED == 2, "RECURRENT_PACKED_USE_MAPPED == 2");
_Static_assert(RECURRENT_PACKED_USE_IGNORED == 3, "RECURRENT_PACKED_USE_IGNORED == 3");

_Static_assert(sizeof(recurrent_parameter_role) == 4, "sizeof(recurrent_parameter_role) == 4");
_Static_assert(RECURRENT_PARAMETER_INPUT_WEIGHTS == 0, "RECURRENT_PARAMETER_INPUT_WEIGHTS == 0");
_Static_assert(RECURRENT_PARAMETER_RECURRENT_WEIGHTS == 1, "RECURRENT_PARAMETER_RECURRENT_WEIGHTS == 1");
_Static_assert(RECURRENT_PARAMETER_INPUT_BIAS == 2, "RECURRENT_PARAMETER_INPUT_BIAS == 2");
_Static_assert(RECURRENT_PARAMETER_RECURRENT_BIAS == 3, "RECURRENT_PARAMETER_RECURRENT_BIAS == 3");
_Static_assert(RECURRENT_PARAMETER_PEEPHOLE == 4, "RECURRENT_PARAMETER_PEEPHOLE == 4");
_Static_assert(RECURRENT_PARAMETER_PROJECTION == 5, "RECURRENT_PARAMETER_PROJECTION == 5");
_Static_assert(RECURRENT_PARAMETER_INITIAL_HIDDEN == 6, "RECURRENT_PARAMETER_INITIAL_HIDDEN == 6");
_Static_assert(RECURRENT_PARAMETER_INITIAL_CELL == 7, "RECURRENT_PARAMETER_INITIAL_CELL == 7");
_Static_assert(RECURRENT_PARAMETER_FACTORS == 8, "RECURRENT_PARAMETER_FACTORS == 8");
_Static_assert(RECURRENT_PARAMETER_OFFSETS == 9, "RECURRENT_PARAMETER_OFFSETS == 9");
_Static_assert(RECURRENT_PARAMETER_TABLE == 10, "RECURRENT_PARAMETER_TABLE == 10");

_Static_assert(sizeof(recurrent_optimizer) == 4, "sizeof(recurrent_optimizer) == 4");
_Static_assert(RECURRENT_OPTIMIZER_SGD == 0, "RECURRENT_OPTIMIZER_SGD == 0");
_Static_assert(RECURRENT_OPTIMIZER_RMSPROP == 1, "RECURRENT_OPTIMIZER_RMSPROP == 1");
_Static_assert(RECURRENT_OPTIMIZER_ADAM == 2, "RECURRENT_OPTIMIZER_ADAM == 2");
_Static_assert(RECURRENT_OPTIMIZER_ADAMW == 3, "RECURRENT_OPTIMIZER_ADAMW == 3");

/* Structs hold pointers, so their layout is that of a 64-bit target. */
#if UINTPTR_MAX == UINT64_MAX

_Static_assert(sizeof(recurrent_direction_desc) == 104, "sizeof(recurrent_direction_desc) == 104");
_Static_assert(offsetof(recurrent_direction_desc, struct_size) == 0, "offsetof(recurrent_direction_desc, struct_size) == 0");
_Static_assert(offsetof(recurrent_direction_desc, gate_activation) == 4, "offsetof(recurrent_direction_desc, gate_activation) == 4");
_Static_assert(offsetof(recurrent_direction_desc, candidate_activation) == 8, "offsetof(recurrent_direction_desc, candidate_activation) == 8");
_Static_assert(offsetof(recurrent_direction_desc, output_activation) == 12, "offsetof(recurrent_direction_desc, output_activation) == 12");
_Static_assert(offsetof(recurrent_direction_desc, gate_alpha) == 16, "offsetof(recurrent_direction_desc, gate_alpha) == 16");
_Static_assert(offsetof(recurrent_direction_desc, gate_beta) == 20, "offsetof(recurrent_direction_desc, gate_beta) == 20");
_Static_assert(offsetof(recurrent_direction_desc, candidate_alpha) == 24, "offsetof(recurrent_direction_desc, candidate_alpha) == 24");
_Static_assert(offsetof(recurrent_direction_desc, candidate_beta) == 28, "offsetof(recurrent_direction_desc, candidate_beta) == 28");
_Static_assert(offsetof(recurrent_direction_desc, output_alpha) == 32, "offsetof(recurrent_direction_desc, output_alpha) == 32");
_Static_assert(offsetof(recurrent_direction_desc, output_beta) == 36, "offsetof(recurrent_direction_desc, output_beta) == 36");
_Static_assert(offsetof(recurrent_direction_desc, input_weights) == 40, "offsetof(recurrent_direction_desc, input_weights) == 40");
_Static_assert(offsetof(recurrent_direction_desc, recurrent_weights) == 48, "offsetof(recurrent_direction_desc, recurrent_weights) == 48");
_Static_assert(offsetof(recurrent_direction_desc, input_bias) == 56, "offsetof(recurrent_direction_desc, input_bias) == 56");
_Static_assert(offsetof(recurrent_direction_desc, recurrent_bias) == 64, "offsetof(recurrent_direction_desc, recurrent_bias) == 64");
_Static_assert(offsetof(recurrent_direction_desc, peephole) == 72, "offsetof(recurrent_direction_desc, peephole) == 72");
_Static_assert(offsetof(recurrent_direction_desc, projection) == 80, "offsetof(recurrent_direction_desc, projection) == 80");
_Static_assert(offsetof(recurrent_direction_desc, initial_hidden) == 88, "offsetof(recurrent_direction_desc, initial_hidden) == 88");
_Static_assert(offsetof(recurrent_direction_desc, initial_cell) == 96, "offsetof(recurrent_direction_desc, initial_cell) == 96");

_Static_assert(sizeof(recurrent_layer_desc) == 120, "sizeof(recurrent_layer_desc) == 120");
_Static_assert(offsetof(recurrent_layer_desc, struct_size) == 0, "offsetof(recurrent_layer_desc, struct_size) == 0");
_Static_assert(offsetof(recurrent_layer_desc, kind) == 4, "offsetof(recurrent_layer_desc, kind) == 4");
_Static_assert(offsetof(recurrent_layer_desc, direction) == 8, "offsetof(recurrent_layer_desc, direction) == 8");
_Static_assert(offsetof(recurrent_layer_desc, input_size) == 12, "offsetof(recurrent_layer_desc, input_size) == 12");
_Static_assert(offsetof(recurrent_layer_desc, hidden_size) == 16, "offsetof(recurrent_layer_desc, hidden_size) == 16");
_Static_assert(offsetof(recurrent_layer_desc, projection_size) == 20, "offsetof(recurrent_layer_desc, projection_size) == 20");
_Static_assert(offsetof(recurrent_layer_desc, gate_coupling) == 24, "offsetof(recurrent_layer_desc, gate_coupling) == 24");
_Static_assert(offsetof(recurrent_layer_desc, output_peephole) == 28, "offsetof(recurrent_layer_desc, output_peephole) == 28");
_Static_assert(offsetof(recurrent_layer_desc, clip) == 32, "offsetof(recurrent_layer_desc, clip) == 32");
_Static_assert(offsetof(recurrent_layer_desc, residual_span) == 36, "offsetof(recurrent_layer_desc, residual_span) == 36");
_Static_assert(offsetof(recurrent_layer_desc, forward) == 40, "offsetof(recurrent_layer_desc, forward) == 40");
_Static_assert(offsetof(recurrent_layer_desc, reverse) == 48, "offsetof(recurrent_layer_desc, reverse) == 48");
_Static_assert(offsetof(recurrent_layer_desc, inputs) == 56, "offsetof(recurrent_layer_desc, inputs) == 56");
_Static_assert(offsetof(recurrent_layer_desc, input_count) == 64, "offsetof(recurrent_layer_desc, input_count) == 64");
_Static_assert(offsetof(recurrent_layer_desc, first) == 68, "offsetof(recurrent_layer_desc, first) == 68");
_Static_assert(offsetof(recurrent_layer_desc, steps) == 72, "offsetof(recurrent_layer_desc, steps) == 72");
_Static_assert(offsetof(recurrent_layer_desc, kernel_size) == 76, "offsetof(recurrent_layer_desc, kernel_size) == 76");
_Static_assert(offsetof(recurrent_layer_desc, stride) == 80, "offsetof(recurrent_layer_desc, stride) == 80");
_Static_assert(offsetof(recurrent_layer_desc, dilation) == 84, "offsetof(recurrent_layer_desc, dilation) == 84");
_Static_assert(offsetof(recurrent_layer_desc, groups) == 88, "offsetof(recurrent_layer_desc, groups) == 88");
_Static_assert(offsetof(recurrent_layer_desc, pad_before) == 92, "offsetof(recurrent_layer_desc, pad_before) == 92");
_Static_assert(offsetof(recurrent_layer_desc, pad_after) == 96, "offsetof(recurrent_layer_desc, pad_after) == 96");
_Static_assert(offsetof(recurrent_layer_desc, counts_padding) == 100, "offsetof(recurrent_layer_desc, counts_padding) == 100");
_Static_assert(offsetof(recurrent_layer_desc, epsilon) == 104, "offsetof(recurrent_layer_desc, epsilon) == 104");
_Static_assert(offsetof(recurrent_layer_desc, input_weight_format) == 108, "offsetof(recurrent_layer_desc, input_weight_format) == 108");
_Static_assert(offsetof(recurrent_layer_desc, recurrent_weight_format) == 112, "offsetof(recurrent_layer_desc, recurrent_weight_format) == 112");
_Static_assert(offsetof(recurrent_layer_desc, reserved) == 116, "offsetof(recurrent_layer_desc, reserved) == 116");

_Static_assert(sizeof(recurrent_input_desc) == 24, "sizeof(recurrent_input_desc) == 24");
_Static_assert(offsetof(recurrent_input_desc, struct_size) == 0, "offsetof(recurrent_input_desc, struct_size) == 0");
_Static_assert(offsetof(recurrent_input_desc, kind) == 4, "offsetof(recurrent_input_desc, kind) == 4");
_Static_assert(offsetof(recurrent_input_desc, size) == 8, "offsetof(recurrent_input_desc, size) == 8");
_Static_assert(offsetof(recurrent_input_desc, reserved) == 12, "offsetof(recurrent_input_desc, reserved) == 12");
_Static_assert(offsetof(recurrent_input_desc, name) == 16, "offsetof(recurrent_input_desc, name) == 16");

_Static_assert(sizeof(recurrent_output_desc) == 16, "sizeof(recurrent_output_desc) == 16");
_Static_assert(offsetof(recurrent_output_desc, struct_size) == 0, "offsetof(recurrent_output_desc, struct_size) == 0");
_Static_assert(offsetof(recurrent_output_desc, value) == 4, "offsetof(recurrent_output_desc, value) == 4");
_Static_assert(offsetof(recurrent_output_desc, name) == 8, "offsetof(recurrent_output_desc, name) == 8");

_Static_assert(sizeof(recurrent_model_desc) == 64, "sizeof(recurrent_model_desc) == 64");
_Static_assert(offsetof(recurrent_model_desc, struct_size) == 0, "offsetof(recurrent_model_desc, struct_size) == 0");
_Static_assert(offsetof(recurrent_model_desc, layer_count) == 4, "offsetof(recurrent_model_desc, layer_count) == 4");
_Static_assert(offsetof(recurrent_model_desc, layers) == 8, "offsetof(recurrent_model_desc, layers) == 8");
_Static_assert(offsetof(recurrent_model_desc, inputs) == 16, "offsetof(recurrent_model_desc, inputs) == 16");
_Static_assert(offsetof(recurrent_model_desc, outputs) == 24, "offsetof(recurrent_model_desc, outputs) == 24");
_Static_assert(offsetof(recurrent_model_desc, input_count) == 32, "offsetof(recurrent_model_desc, input_count) == 32");
_Static_assert(offsetof(recurrent_model_desc, output_count) == 36, "offsetof(recurrent_model_desc, output_count) == 36");
_Static_assert(offsetof(recurrent_model_desc, isa) == 40, "offsetof(recurrent_model_desc, isa) == 40");
_Static_assert(offsetof(recurrent_model_desc, gemm_provider) == 44, "offsetof(recurrent_model_desc, gemm_provider) == 44");
_Static_assert(offsetof(recurrent_model_desc, output) == 48, "offsetof(recurrent_model_desc, output) == 48");
_Static_assert(offsetof(recurrent_model_desc, masking) == 52, "offsetof(recurrent_model_desc, masking) == 52");
_Static_assert(offsetof(recurrent_model_desc, mask_value) == 56, "offsetof(recurrent_model_desc, mask_value) == 56");
_Static_assert(offsetof(recurrent_model_desc, reserved) == 60, "offsetof(recurrent_model_desc, reserved) == 60");

_Static_assert(sizeof(recurrent_load_options) == 32, "sizeof(recurrent_load_options) == 32");
_Static_assert(offsetof(recurrent_load_options, struct_size) == 0, "offsetof(recurrent_load_options, struct_size) == 0");
_Static_assert(offsetof(recurrent_load_options, overrides) == 4, "offsetof(recurrent_load_options, overrides) == 4");
_Static_assert(offsetof(recurrent_load_options, isa) == 8, "offsetof(recurrent_load_options, isa) == 8");
_Static_assert(offsetof(recurrent_load_options, gemm_provider) == 12, "offsetof(recurrent_load_options, gemm_provider) == 12");
_Static_assert(offsetof(recurrent_load_options, masking) == 16, "offsetof(recurrent_load_options, masking) == 16");
_Static_assert(offsetof(recurrent_load_options, mask_value) == 20, "offsetof(recurrent_load_options, mask_value) == 20");
_Static_assert(offsetof(recurrent_load_options, packed) == 24, "offsetof(recurrent_load_options, packed) == 24");
_Static_assert(offsetof(recurrent_load_options, reserved) == 28, "offsetof(recurrent_load_options, reserved) == 28");

_Static_assert(sizeof(recurrent_file_info) == 32, "sizeof(recurrent_file_info) == 32");
_Static_assert(offsetof(recurrent_file_info, struct_size) == 0, "offsetof(recurrent_file_info, struct_size) == 0");
_Static_assert(offsetof(recurrent_file_info, layout) == 4, "offsetof(recurrent_file_info, layout) == 4");
_Static_assert(offsetof(recurrent_file_info, empty_row) == 8, "offsetof(recurrent_file_info, empty_row) == 8");
_Static_assert(offsetof(recurrent_file_info, sample_rate) == 12, "offsetof(recurrent_file_info, sample_rate) == 12");
_Static_assert(offsetof(recurrent_file_info, metadata_count) == 16, "offsetof(recurrent_file_info, metadata_count) == 16");
_Static_assert(offsetof(recurrent_file_info, packed) == 20, "offsetof(recurrent_file_info, packed) == 20");
_Static_assert(offsetof(recurrent_file_info, packed_reason) == 24, "offsetof(recurrent_file_info, packed_reason) == 24");

_Static_assert(sizeof(recurrent_metadata) == 24, "sizeof(recurrent_metadata) == 24");
_Static_assert(offsetof(recurrent_metadata, struct_size) == 0, "offsetof(recurrent_metadata, struct_size) == 0");
_Static_assert(offsetof(recurrent_metadata, reserved) == 4, "offsetof(recurrent_metadata, reserved) == 4");
_Static_assert(offsetof(recurrent_metadata, name) == 8, "offsetof(recurrent_metadata, name) == 8");
_Static_assert(offsetof(recurrent_metadata, value) == 16, "offsetof(recurrent_metadata, value) == 16");

_Static_assert(sizeof(recurrent_model_info) == 56, "sizeof(recurrent_model_info) == 56");
_Static_assert(offsetof(recurrent_model_info, struct_size) == 0, "offsetof(recurrent_model_info, struct_size) == 0");
_Static_assert(offsetof(recurrent_model_info, input_size) == 4, "offsetof(recurrent_model_info, input_size) == 4");
_Static_assert(offsetof(recurrent_model_info, output_size) == 8, "offsetof(recurrent_model_info, output_size) == 8");
_Static_assert(offsetof(recurrent_model_info, layer_count) == 12, "offsetof(recurrent_model_info, layer_count) == 12");
_Static_assert(offsetof(recurrent_model_info, state_size) == 16, "offsetof(recurrent_model_info, state_size) == 16");
_Static_assert(offsetof(recurrent_model_info, packed_bytes) == 24, "offsetof(recurrent_model_info, packed_bytes) == 24");
_Static_assert(offsetof(recurrent_model_info, can_step) == 32, "offsetof(recurrent_model_info, can_step) == 32");
_Static_assert(offsetof(recurrent_model_info, isa) == 36, "offsetof(recurrent_model_info, isa) == 36");
_Static_assert(offsetof(recurrent_model_info, gemm_provider) == 40, "offsetof(recurrent_model_info, gemm_provider) == 40");
_Static_assert(offsetof(recurrent_model_info, vocabulary_size) == 44, "offsetof(recurrent_model_info, vocabulary_size) == 44");
_Static_assert(offsetof(recurrent_model_info, input_count) == 48, "offsetof(recurrent_model_info, input_count) == 48");
_Static_assert(offsetof(recurrent_model_info, output_count) == 52, "offsetof(recurrent_model_info, output_count) == 52");

_Static_assert(sizeof(recurrent_value_info) == 24, "sizeof(recurrent_value_info) == 24");
_Static_assert(offsetof(recurrent_value_info, struct_size) == 0, "offsetof(recurrent_value_info, struct_size) == 0");
_Static_assert(offsetof(recurrent_value_info, kind) == 4, "offsetof(recurrent_value_info, kind) == 4");
_Static_assert(offsetof(recurrent_value_info, size) == 8, "offsetof(recurrent_value_info, size) == 8");
_Static_assert(offsetof(recurrent_value_info, reserved) == 12, "offsetof(recurrent_value_info, reserved) == 12");
_Static_assert(offsetof(recurrent_value_info, name) == 16, "offsetof(recurrent_value_info, name) == 16");

_Static_assert(sizeof(recurrent_input_buffer) == 32, "sizeof(recurrent_input_buffer) == 32");
_Static_assert(offsetof(recurrent_input_buffer, struct_size) == 0, "offsetof(recurrent_input_buffer, struct_size) == 0");
_Static_assert(offsetof(recurrent_input_buffer, reserved) == 4, "offsetof(recurrent_input_buffer, reserved) == 4");
_Static_assert(offsetof(recurrent_input_buffer, name) == 8, "offsetof(recurrent_input_buffer, name) == 8");
_Static_assert(offsetof(recurrent_input_buffer, data) == 16, "offsetof(recurrent_input_buffer, data) == 16");
_Static_assert(offsetof(recurrent_input_buffer, count) == 24, "offsetof(recurrent_input_buffer, count) == 24");

_Static_assert(sizeof(recurrent_output_buffer) == 32, "sizeof(recurrent_output_buffer) == 32");
_Static_assert(offsetof(recurrent_output_buffer, struct_size) == 0, "offsetof(recurrent_output_buffer, struct_size) == 0");
_Static_assert(offsetof(recurrent_output_buffer, reserved) == 4, "offsetof(recurrent_output_buffer, reserved) == 4");
_Static_assert(offsetof(recurrent_output_buffer, name) == 8, "offsetof(recurrent_output_buffer, name) == 8");
_Static_assert(offsetof(recurrent_output_buffer, data) == 16, "offsetof(recurrent_output_buffer, data) == 16");
_Static_assert(offsetof(recurrent_output_buffer, count) == 24, "offsetof(recurrent_output_buffer, count) == 24");

_Static_assert(sizeof(recurrent_product_info) == 32, "sizeof(recurrent_product_info) == 32");
_Static_assert(offsetof(recurrent_product_info, struct_size) == 0, "offsetof(recurrent_product_info, struct_size) == 0");
_Static_assert(offsetof(recurrent_product_info, provider) == 4, "offsetof(recurrent_product_info, provider) == 4");
_Static_assert(offsetof(recurrent_product_info, rows) == 8, "offsetof(recurrent_product_info, rows) == 8");
_Static_assert(offsetof(recurrent_product_info, builtin_us) == 16, "offsetof(recurrent_product_info, builtin_us) == 16");
_Static_assert(offsetof(recurrent_product_info, mkl_us) == 24, "offsetof(recurrent_product_info, mkl_us) == 24");

_Static_assert(sizeof(recurrent_session_desc) == 24, "sizeof(recurrent_session_desc) == 24");
_Static_assert(offsetof(recurrent_session_desc, struct_size) == 0, "offsetof(recurrent_session_desc, struct_size) == 0");
_Static_assert(offsetof(recurrent_session_desc, threads) == 4, "offsetof(recurrent_session_desc, threads) == 4");
_Static_assert(offsetof(recurrent_session_desc, batch) == 8, "offsetof(recurrent_session_desc, batch) == 8");
_Static_assert(offsetof(recurrent_session_desc, empty_row) == 16, "offsetof(recurrent_session_desc, empty_row) == 16");
_Static_assert(offsetof(recurrent_session_desc, pin_threads) == 20, "offsetof(recurrent_session_desc, pin_threads) == 20");

_Static_assert(sizeof(recurrent_plan_candidate) == 24, "sizeof(recurrent_plan_candidate) == 24");
_Static_assert(offsetof(recurrent_plan_candidate, struct_size) == 0, "offsetof(recurrent_plan_candidate, struct_size) == 0");
_Static_assert(offsetof(recurrent_plan_candidate, strategy) == 4, "offsetof(recurrent_plan_candidate, strategy) == 4");
_Static_assert(offsetof(recurrent_plan_candidate, threads) == 8, "offsetof(recurrent_plan_candidate, threads) == 8");
_Static_assert(offsetof(recurrent_plan_candidate, chosen) == 12, "offsetof(recurrent_plan_candidate, chosen) == 12");
_Static_assert(offsetof(recurrent_plan_candidate, predicted_us) == 16, "offsetof(recurrent_plan_candidate, predicted_us) == 16");

_Static_assert(sizeof(recurrent_run_args) == 120, "sizeof(recurrent_run_args) == 120");
_Static_assert(offsetof(recurrent_run_args, struct_size) == 0, "offsetof(recurrent_run_args, struct_size) == 0");
_Static_assert(offsetof(recurrent_run_args, layout) == 4, "offsetof(recurrent_run_args, layout) == 4");
_Static_assert(offsetof(recurrent_run_args, time) == 8, "offsetof(recurrent_run_args, time) == 8");
_Static_assert(offsetof(recurrent_run_args, x) == 16, "offsetof(recurrent_run_args, x) == 16");
_Static_assert(offsetof(recurrent_run_args, x_count) == 24, "offsetof(recurrent_run_args, x_count) == 24");
_Static_assert(offsetof(recurrent_run_args, y) == 32, "offsetof(recurrent_run_args, y) == 32");
_Static_assert(offsetof(recurrent_run_args, y_count) == 40, "offsetof(recurrent_run_args, y_count) == 40");
_Static_assert(offsetof(recurrent_run_args, lengths) == 48, "offsetof(recurrent_run_args, lengths) == 48");
_Static_assert(offsetof(recurrent_run_args, lengths_count) == 56, "offsetof(recurrent_run_args, lengths_count) == 56");
_Static_assert(offsetof(recurrent_run_args, indices) == 64, "offsetof(recurrent_run_args, indices) == 64");
_Static_assert(offsetof(recurrent_run_args, indices_count) == 72, "offsetof(recurrent_run_args, indices_count) == 72");
_Static_assert(offsetof(recurrent_run_args, present) == 80, "offsetof(recurrent_run_args, present) == 80");
_Static_assert(offsetof(recurrent_run_args, present_count) == 88, "offsetof(recurrent_run_args, present_count) == 88");
_Static_assert(offsetof(recurrent_run_args, inputs) == 96, "offsetof(recurrent_run_args, inputs) == 96");
_Static_assert(offsetof(recurrent_run_args, outputs) == 104, "offsetof(recurrent_run_args, outputs) == 104");
_Static_assert(offsetof(recurrent_run_args, input_count) == 112, "offsetof(recurrent_run_args, input_count) == 112");
_Static_assert(offsetof(recurrent_run_args, output_count) == 116, "offsetof(recurrent_run_args, output_count) == 116");

_Static_assert(sizeof(recurrent_pool_info) == 40, "sizeof(recurrent_pool_info) == 40");
_Static_assert(offsetof(recurrent_pool_info, struct_size) == 0, "offsetof(recurrent_pool_info, struct_size) == 0");
_Static_assert(offsetof(recurrent_pool_info, reserved) == 4, "offsetof(recurrent_pool_info, reserved) == 4");
_Static_assert(offsetof(recurrent_pool_info, capacity) == 8, "offsetof(recurrent_pool_info, capacity) == 8");
_Static_assert(offsetof(recurrent_pool_info, open) == 16, "offsetof(recurrent_pool_info, open) == 16");
_Static_assert(offsetof(recurrent_pool_info, state_size) == 24, "offsetof(recurrent_pool_info, state_size) == 24");
_Static_assert(offsetof(recurrent_pool_info, bytes) == 32, "offsetof(recurrent_pool_info, bytes) == 32");

_Static_assert(sizeof(recurrent_pool_run_args) == 128, "sizeof(recurrent_pool_run_args) == 128");
_Static_assert(offsetof(recurrent_pool_run_args, struct_size) == 0, "offsetof(recurrent_pool_run_args, struct_size) == 0");
_Static_assert(offsetof(recurrent_pool_run_args, reserved) == 4, "offsetof(recurrent_pool_run_args, reserved) == 4");
_Static_assert(offsetof(recurrent_pool_run_args, streams) == 8, "offsetof(recurrent_pool_run_args, streams) == 8");
_Static_assert(offsetof(recurrent_pool_run_args, stream_count) == 16, "offsetof(recurrent_pool_run_args, stream_count) == 16");
_Static_assert(offsetof(recurrent_pool_run_args, steps) == 24, "offsetof(recurrent_pool_run_args, steps) == 24");
_Static_assert(offsetof(recurrent_pool_run_args, steps_count) == 32, "offsetof(recurrent_pool_run_args, steps_count) == 32");
_Static_assert(offsetof(recurrent_pool_run_args, x) == 40, "offsetof(recurrent_pool_run_args, x) == 40");
_Static_assert(offsetof(recurrent_pool_run_args, x_count) == 48, "offsetof(recurrent_pool_run_args, x_count) == 48");
_Static_assert(offsetof(recurrent_pool_run_args, indices) == 56, "offsetof(recurrent_pool_run_args, indices) == 56");
_Static_assert(offsetof(recurrent_pool_run_args, indices_count) == 64, "offsetof(recurrent_pool_run_args, indices_count) == 64");
_Static_assert(offsetof(recurrent_pool_run_args, y) == 72, "offsetof(recurrent_pool_run_args, y) == 72");
_Static_assert(offsetof(recurrent_pool_run_args, y_count) == 80, "offsetof(recurrent_pool_run_args, y_count) == 80");
_Static_assert(offsetof(recurrent_pool_run_args, present) == 88, "offsetof(recurrent_pool_run_args, present) == 88");
_Static_assert(offsetof(recurrent_pool_run_args, present_count) == 96, "offsetof(recurrent_pool_run_args, present_count) == 96");
_Static_assert(offsetof(recurrent_pool_run_args, inputs) == 104, "offsetof(recurrent_pool_run_args, inputs) == 104");
_Static_assert(offsetof(recurrent_pool_run_args, outputs) == 112, "offsetof(recurrent_pool_run_args, outputs) == 112");
_Static_assert(offsetof(recurrent_pool_run_args, input_count) == 120, "offsetof(recurrent_pool_run_args, input_count) == 120");
_Static_assert(offsetof(recurrent_pool_run_args, output_count) == 124, "offsetof(recurrent_pool_run_args, output_count) == 124");

_Static_assert(sizeof(recurrent_machine_info) == 72, "sizeof(recurrent_machine_info) == 72");
_Static_assert(offsetof(recurrent_machine_info, struct_size) == 0, "offsetof(recurrent_machine_info, struct_size) == 0");
_Static_assert(offsetof(recurrent_machine_info, isa) == 4, "offsetof(recurrent_machine_info, isa) == 4");
_Static_assert(offsetof(recurrent_machine_info, isa_mask) == 8, "offsetof(recurrent_machine_info, isa_mask) == 8");
_Static_assert(offsetof(recurrent_machine_info, processors) == 12, "offsetof(recurrent_machine_info, processors) == 12");
_Static_assert(offsetof(recurrent_machine_info, l1d_bytes) == 16, "offsetof(recurrent_machine_info, l1d_bytes) == 16");
_Static_assert(offsetof(recurrent_machine_info, l2_bytes) == 24, "offsetof(recurrent_machine_info, l2_bytes) == 24");
_Static_assert(offsetof(recurrent_machine_info, l3_bytes) == 32, "offsetof(recurrent_machine_info, l3_bytes) == 32");
_Static_assert(offsetof(recurrent_machine_info, mkl_available) == 40, "offsetof(recurrent_machine_info, mkl_available) == 40");
_Static_assert(offsetof(recurrent_machine_info, reserved) == 44, "offsetof(recurrent_machine_info, reserved) == 44");
_Static_assert(offsetof(recurrent_machine_info, version) == 48, "offsetof(recurrent_machine_info, version) == 48");
_Static_assert(offsetof(recurrent_machine_info, cpu) == 56, "offsetof(recurrent_machine_info, cpu) == 56");
_Static_assert(offsetof(recurrent_machine_info, mkl) == 64, "offsetof(recurrent_machine_info, mkl) == 64");

_Static_assert(sizeof(recurrent_instruction_set) == 24, "sizeof(recurrent_instruction_set) == 24");
_Static_assert(offsetof(recurrent_instruction_set, struct_size) == 0, "offsetof(recurrent_instruction_set, struct_size) == 0");
_Static_assert(offsetof(recurrent_instruction_set, isa) == 4, "offsetof(recurrent_instruction_set, isa) == 4");
_Static_assert(offsetof(recurrent_instruction_set, width) == 8, "offsetof(recurrent_instruction_set, width) == 8");
_Static_assert(offsetof(recurrent_instruction_set, supported) == 12, "offsetof(recurrent_instruction_set, supported) == 12");
_Static_assert(offsetof(recurrent_instruction_set, name) == 16, "offsetof(recurrent_instruction_set, name) == 16");

_Static_assert(sizeof(recurrent_trainer_desc) == 32, "sizeof(recurrent_trainer_desc) == 32");
_Static_assert(offsetof(recurrent_trainer_desc, struct_size) == 0, "offsetof(recurrent_trainer_desc, struct_size) == 0");
_Static_assert(offsetof(recurrent_trainer_desc, threads) == 4, "offsetof(recurrent_trainer_desc, threads) == 4");
_Static_assert(offsetof(recurrent_trainer_desc, dropout) == 8, "offsetof(recurrent_trainer_desc, dropout) == 8");
_Static_assert(offsetof(recurrent_trainer_desc, input_dropout) == 16, "offsetof(recurrent_trainer_desc, input_dropout) == 16");
_Static_assert(offsetof(recurrent_trainer_desc, recurrent_dropout) == 24, "offsetof(recurrent_trainer_desc, recurrent_dropout) == 24");

_Static_assert(sizeof(recurrent_trainer_info) == 48, "sizeof(recurrent_trainer_info) == 48");
_Static_assert(offsetof(recurrent_trainer_info, struct_size) == 0, "offsetof(recurrent_trainer_info, struct_size) == 0");
_Static_assert(offsetof(recurrent_trainer_info, block_count) == 4, "offsetof(recurrent_trainer_info, block_count) == 4");
_Static_assert(offsetof(recurrent_trainer_info, parameter_count) == 8, "offsetof(recurrent_trainer_info, parameter_count) == 8");
_Static_assert(offsetof(recurrent_trainer_info, state_size) == 16, "offsetof(recurrent_trainer_info, state_size) == 16");
_Static_assert(offsetof(recurrent_trainer_info, tape_bytes) == 24, "offsetof(recurrent_trainer_info, tape_bytes) == 24");
_Static_assert(offsetof(recurrent_trainer_info, input_size) == 32, "offsetof(recurrent_trainer_info, input_size) == 32");
_Static_assert(offsetof(recurrent_trainer_info, output_size) == 36, "offsetof(recurrent_trainer_info, output_size) == 36");
_Static_assert(offsetof(recurrent_trainer_info, isa) == 40, "offsetof(recurrent_trainer_info, isa) == 40");
_Static_assert(offsetof(recurrent_trainer_info, gemm_provider) == 44, "offsetof(recurrent_trainer_info, gemm_provider) == 44");

_Static_assert(sizeof(recurrent_parameter_block) == 40, "sizeof(recurrent_parameter_block) == 40");
_Static_assert(offsetof(recurrent_parameter_block, struct_size) == 0, "offsetof(recurrent_parameter_block, struct_size) == 0");
_Static_assert(offsetof(recurrent_parameter_block, layer) == 4, "offsetof(recurrent_parameter_block, layer) == 4");
_Static_assert(offsetof(recurrent_parameter_block, direction) == 8, "offsetof(recurrent_parameter_block, direction) == 8");
_Static_assert(offsetof(recurrent_parameter_block, role) == 12, "offsetof(recurrent_parameter_block, role) == 12");
_Static_assert(offsetof(recurrent_parameter_block, offset) == 16, "offsetof(recurrent_parameter_block, offset) == 16");
_Static_assert(offsetof(recurrent_parameter_block, rows) == 24, "offsetof(recurrent_parameter_block, rows) == 24");
_Static_assert(offsetof(recurrent_parameter_block, columns) == 32, "offsetof(recurrent_parameter_block, columns) == 32");

_Static_assert(sizeof(recurrent_forward_args) == 120, "sizeof(recurrent_forward_args) == 120");
_Static_assert(offsetof(recurrent_forward_args, struct_size) == 0, "offsetof(recurrent_forward_args, struct_size) == 0");
_Static_assert(offsetof(recurrent_forward_args, layout) == 4, "offsetof(recurrent_forward_args, layout) == 4");
_Static_assert(offsetof(recurrent_forward_args, time) == 8, "offsetof(recurrent_forward_args, time) == 8");
_Static_assert(offsetof(recurrent_forward_args, batch) == 16, "offsetof(recurrent_forward_args, batch) == 16");
_Static_assert(offsetof(recurrent_forward_args, x) == 24, "offsetof(recurrent_forward_args, x) == 24");
_Static_assert(offsetof(recurrent_forward_args, indices) == 32, "offsetof(recurrent_forward_args, indices) == 32");
_Static_assert(offsetof(recurrent_forward_args, y) == 40, "offsetof(recurrent_forward_args, y) == 40");
_Static_assert(offsetof(recurrent_forward_args, lengths) == 48, "offsetof(recurrent_forward_args, lengths) == 48");
_Static_assert(offsetof(recurrent_forward_args, present) == 56, "offsetof(recurrent_forward_args, present) == 56");
_Static_assert(offsetof(recurrent_forward_args, initial_states) == 64, "offsetof(recurrent_forward_args, initial_states) == 64");
_Static_assert(offsetof(recurrent_forward_args, final_states) == 72, "offsetof(recurrent_forward_args, final_states) == 72");
_Static_assert(offsetof(recurrent_forward_args, drops) == 80, "offsetof(recurrent_forward_args, drops) == 80");
_Static_assert(offsetof(recurrent_forward_args, empty_row) == 84, "offsetof(recurrent_forward_args, empty_row) == 84");
_Static_assert(offsetof(recurrent_forward_args, seed) == 88, "offsetof(recurrent_forward_args, seed) == 88");
_Static_assert(offsetof(recurrent_forward_args, inputs) == 96, "offsetof(recurrent_forward_args, inputs) == 96");
_Static_assert(offsetof(recurrent_forward_args, outputs) == 104, "offsetof(recurrent_forward_args, outputs) == 104");
_Static_assert(offsetof(recurrent_forward_args, input_count) == 112, "offsetof(recurrent_forward_args, input_count) == 112");
_Static_assert(offsetof(recurrent_forward_args, output_count) == 116, "offsetof(recurrent_forward_args, output_count) == 116");

_Static_assert(sizeof(recurrent_backward_args) == 64, "sizeof(recurrent_backward_args) == 64");
_Static_assert(offsetof(recurrent_backward_args, struct_size) == 0, "offsetof(recurrent_backward_args, struct_size) == 0");
_Static_assert(offsetof(recurrent_backward_args, reserved) == 4, "offsetof(recurrent_backward_args, reserved) == 4");
_Static_assert(offsetof(recurrent_backward_args, dy) == 8, "offsetof(recurrent_backward_args, dy) == 8");
_Static_assert(offsetof(recurrent_backward_args, dfinal_states) == 16, "offsetof(recurrent_backward_args, dfinal_states) == 16");
_Static_assert(offsetof(recurrent_backward_args, dx) == 24, "offsetof(recurrent_backward_args, dx) == 24");
_Static_assert(offsetof(recurrent_backward_args, dinitial_states) == 32, "offsetof(recurrent_backward_args, dinitial_states) == 32");
_Static_assert(offsetof(recurrent_backward_args, output_gradients) == 40, "offsetof(recurrent_backward_args, output_gradients) == 40");
_Static_assert(offsetof(recurrent_backward_args, input_gradients) == 48, "offsetof(recurrent_backward_args, input_gradients) == 48");
_Static_assert(offsetof(recurrent_backward_args, output_gradient_count) == 56, "offsetof(recurrent_backward_args, output_gradient_count) == 56");
_Static_assert(offsetof(recurrent_backward_args, input_gradient_count) == 60, "offsetof(recurrent_backward_args, input_gradient_count) == 60");

_Static_assert(sizeof(recurrent_update_args) == 104, "sizeof(recurrent_update_args) == 104");
_Static_assert(offsetof(recurrent_update_args, struct_size) == 0, "offsetof(recurrent_update_args, struct_size) == 0");
_Static_assert(offsetof(recurrent_update_args, optimizer) == 4, "offsetof(recurrent_update_args, optimizer) == 4");
_Static_assert(offsetof(recurrent_update_args, rate) == 8, "offsetof(recurrent_update_args, rate) == 8");
_Static_assert(offsetof(recurrent_update_args, momentum) == 16, "offsetof(recurrent_update_args, momentum) == 16");
_Static_assert(offsetof(recurrent_update_args, decay_1) == 24, "offsetof(recurrent_update_args, decay_1) == 24");
_Static_assert(offsetof(recurrent_update_args, decay_2) == 32, "offsetof(recurrent_update_args, decay_2) == 32");
_Static_assert(offsetof(recurrent_update_args, epsilon) == 40, "offsetof(recurrent_update_args, epsilon) == 40");
_Static_assert(offsetof(recurrent_update_args, weight_decay) == 48, "offsetof(recurrent_update_args, weight_decay) == 48");
_Static_assert(offsetof(recurrent_update_args, gradient_scale) == 56, "offsetof(recurrent_update_args, gradient_scale) == 56");
_Static_assert(offsetof(recurrent_update_args, gradient_bound) == 64, "offsetof(recurrent_update_args, gradient_bound) == 64");
_Static_assert(offsetof(recurrent_update_args, step) == 72, "offsetof(recurrent_update_args, step) == 72");
_Static_assert(offsetof(recurrent_update_args, nesterov) == 80, "offsetof(recurrent_update_args, nesterov) == 80");
_Static_assert(offsetof(recurrent_update_args, renews) == 84, "offsetof(recurrent_update_args, renews) == 84");
_Static_assert(offsetof(recurrent_update_args, trained) == 88, "offsetof(recurrent_update_args, trained) == 88");
_Static_assert(offsetof(recurrent_update_args, sparse) == 96, "offsetof(recurrent_update_args, sparse) == 96");

#endif
