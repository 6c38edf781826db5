/**
 * @file recurrent.h
 * @brief C interface of Recurrent: recurrent neural networks on a CPU, one step or one sequence a
 * call.
 *
 * The objects are two. A *model* is layers with their packed weights, a chain or a graph:
 * immutable, shared, usable from any thread. A *session* is the mutable side: states, scratch
 * memory and, if asked for, threads; it belongs to one caller at a time. Sessions keep their model
 * alive, so the two may be destroyed in either order.
 *
 * A session is for streams: recurrent_session_step() and recurrent_session_run() go on from the
 * states that the call before has left. Sequences that have nothing to do with each other, such as
 * windows to forecast from, are recurrent_session_predict()'s.
 *
 * Conventions that hold for every function:
 * - Matrices are row-major and dense. `[time, batch, features]` names the axes from the slowest to
 * the fastest.
 * - A function that can fail returns a ::recurrent_status; on failure recurrent_last_error() gives
 * the reason in terms of the caller's arguments, outputs are untouched (handles become null) and
 * the object is as it was before the call.
 * - A session is for one caller at a time. A second one is refused with BUSY where it is noticed:
 * always by a session with threads, mostly by one without. No caller may rely on it.
 * - A struct starts as zeros (`= {0}`). The caller sets `struct_size` to its `sizeof` as compiled;
 * a size that the library does not know is refused. Fields called `reserved` are zero.
 * - Pointers are borrowed for the call unless the text says otherwise; weights are copied when they
 * are packed.
 * - Input and output memory must not overlap, not even partly. Counts are in elements, not bytes.
 * - Nothing is thrown across this interface. Step and run allocate nothing once the session has
 * seen the shape; single-row steps of all sessions share scratch memory of the calling thread,
 * which grows at the first step of a larger model on that thread.
 * - The arithmetic is the canonical one of docs/numerics.md: a result does not depend on the batch
 * around a row, on the number of threads, on the instruction set, or on whether a sequence is given
 * whole, in pieces or step by step.
 *
 * An LSTM of 20 units on one feature, one step:
 * @code
 * recurrent_direction_desc weights = {0};
 * weights.struct_size = sizeof(weights);
 * weights.gate_activation = RECURRENT_ACTIVATION_SIGMOID; // candidate and output: tanh, which is 0
 * weights.input_weights = w;     // [80, 1]
 * weights.recurrent_weights = r; // [80, 20]
 * weights.input_bias = b;        // [80]
 * recurrent_layer_desc layer = {0};
 * layer.struct_size = sizeof(layer);
 * layer.kind = RECURRENT_LAYER_LSTM;
 * layer.input_size = 1;
 * layer.hidden_size = 20;
 * layer.forward = &weights;
 * recurrent_model_desc desc = {0};
 * desc.struct_size = sizeof(desc);
 * desc.layer_count = 1;
 * desc.layers = &layer;
 * desc.isa = RECURRENT_ISA_AUTO;
 * recurrent_session_desc stream = {0};
 * stream.struct_size = sizeof(stream);
 * stream.threads = 1;
 * stream.batch = 1;
 * recurrent_model *model;
 * recurrent_session *session;
 * if (recurrent_model_create(&desc, &model) || recurrent_session_create(model, &stream, &session)
 * || recurrent_session_step(session, x, y)) puts(recurrent_last_error());
 * recurrent_session_destroy(session);
 * recurrent_model_destroy(model);
 * @endcode
 */
#ifndef RECURRENT_RECURRENT_H_
#define RECURRENT_RECURRENT_H_

#include <stdint.h>

#if defined(_WIN32)
#if defined(RECURRENT_BUILD)
#define RECURRENT_API __declspec(dllexport)
#elif defined(RECURRENT_STATIC)
#define RECURRENT_API
#else
#define RECURRENT_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define RECURRENT_API __attribute__((visibility("default")))
#else
#define RECURRENT_API
#endif

#if defined(__cplusplus)
#define RECURRENT_NOEXCEPT noexcept
extern "C" {
#else
#define RECURRENT_NOEXCEPT
#endif

/**
 * Version of this interface. It changes whenever a struct, a function or the meaning of a value
 * does.
 */
#define RECURRENT_ABI_VERSION 9

/** Version of this header, its first number; recurrent_get_machine_info() tells the library's. */
#define RECURRENT_VERSION_MAJOR 0
/** The second number: until the first is 1, another one may change the interface. */
#define RECURRENT_VERSION_MINOR 1
/** The third number. */
#define RECURRENT_VERSION_PATCH 0

/** Largest hidden, input, output or projection size of a layer. */
#define RECURRENT_MAX_SIZE 1048576

/** Largest number of layers of a model. */
#define RECURRENT_MAX_LAYERS 1024

/** Largest number of inputs, or of outputs, of a model, and of values that a layer reads. */
#define RECURRENT_MAX_INPUTS 1024

/** Largest number of threads of a session. */
#define RECURRENT_MAX_THREADS 256

/** The most streams that a pool may have. */
#define RECURRENT_MAX_STREAMS 1048576

/** What a function has to say. */
typedef enum recurrent_status {
  /** It worked. */
  RECURRENT_STATUS_OK = 0,
  /**
   * An argument is null, out of range, of the wrong length, overlapping, or does not go with
   * another one.
   */
  RECURRENT_STATUS_INVALID_ARGUMENT = 1,
  /**
   * The operation is valid in itself but this model cannot do it, for example stepping a reverse
   * direction.
   */
  RECURRENT_STATUS_NOT_SUPPORTED = 2,
  /** Another call is running on the same session. */
  RECURRENT_STATUS_BUSY = 3,
  /** Memory or another resource of the system could not be had. */
  RECURRENT_STATUS_OUT_OF_MEMORY = 4,
  /**
   * Something optional that was asked for is not on this machine: an instruction set, or Intel
   * MKL.
   */
  RECURRENT_STATUS_UNAVAILABLE = 5,
  /** A fault of the library; please report it with the message. */
  RECURRENT_STATUS_INTERNAL = 6,
  /** A file cannot be opened or read. */
  RECURRENT_STATUS_FILE_ACCESS = 7,
  /**
   * A file is no model file, is damaged, or holds what this version of the library does not know.
   * The message says where.
   */
  RECURRENT_STATUS_BAD_FILE = 8
} recurrent_status;

/**
 * Kind of a layer. `s` is the sigmoid; docs/numerics.md section 2 has every equation and its
 * source.
 */
typedef enum recurrent_layer_kind {
  /** `h' = f(b + W x + R h)` (Elman 1990). One gate; `f` is the candidate activation. */
  RECURRENT_LAYER_SIMPLE_RNN = 0,
  /**
   * `c' = f c + i g, h' = o tanh(c')`, gates in the order i f g o (Hochreiter & Schmidhuber 1997,
   * Gers et al. 2000).
   */
  RECURRENT_LAYER_LSTM = 1,
  /**
   * GRU whose reset gate applies after the recurrent product: `n = tanh(b_in + W_n x + r (b_hn +
   * R_n h))`, gates in the order r z n (PyTorch, cuDNN, Keras default, ONNX linear_before_reset =
   * 1).
   */
  RECURRENT_LAYER_GRU = 2,
  /**
   * GRU whose reset gate applies before the recurrent product: `n = tanh(b_n + W_n x + R_n (r h))`,
   * gates in the order r z n (Cho et al. 2014, ONNX default).
   */
  RECURRENT_LAYER_GRU_RESET_BEFORE = 3,
  /** `y = f(b + V x)`, no state; `f` is the candidate activation. */
  RECURRENT_LAYER_DENSE = 4,
  /** `y = f(x)`, no state and no weights; `f` is the candidate activation. */
  RECURRENT_LAYER_ACTIVATION = 5,
  /**
   * `y[j] = exp(x[j] - max x) / sum exp(x - max x)` over the features of a step, the sum in their
   * order; no state and no weights.
   */
  RECURRENT_LAYER_SOFTMAX = 6,
  /** `y[j] = s[j] x[j] + b[j]` in one rounding, no state. */
  RECURRENT_LAYER_SCALE = 7,
  /**
   * Row `x` of a table, for an integer `x`; no state. It reads an input of indices, which a chain
   * has if this is its first layer.
   */
  RECURRENT_LAYER_EMBEDDING = 8,
  /**
   * `y[j] = x[j] + s[j]`, `s` being what the layer `residual_span` before this one took in; no
   * state and no weights.
   */
  RECURRENT_LAYER_RESIDUAL = 9,
  /** The features of all values that it reads side by side, in their order. */
  RECURRENT_LAYER_CONCATENATION = 10,
  /** `(a + b) + ...`, additions from left to right; two or more values of the same size. */
  RECURRENT_LAYER_SUM = 11,
  /** `a * b` of two values of the same size. */
  RECURRENT_LAYER_PRODUCT = 12,
  /** Features `first` to `first + hidden_size - 1`. */
  RECURRENT_LAYER_SLICE = 13,
  /** Makes a row of a sequence: its last valid step. Of a single step, that step. */
  RECURRENT_LAYER_LAST_STEP = 14,
  /**
   * Makes a row of what a recurrent layer puts out: its final hidden states, forward before
   * reverse. Of a single step, what the layer puts out.
   */
  RECURRENT_LAYER_FINAL_STATE = 15,
  /**
   * Makes a sequence of a row: `steps` steps that are all equal to it; with 0 as many as the
   * model's inputs have.
   */
  RECURRENT_LAYER_REPEAT = 16,
  /** The valid steps of each row, the last one first. Needs whole sequences. */
  RECURRENT_LAYER_REVERSE = 17,
  /**
   * The last `steps` valid steps of each row, or all of a shorter one. Needs whole sequences.
   */
  RECURRENT_LAYER_LAST_STEPS = 18,
  /**
   * Convolution over time: `y_t = f(b + sum over k of V_k x_(t stride + k dilation - pad_before))`,
   * taps from the oldest to the newest. Steps before the first and behind the last valid one are
   * +0. With `groups` every group of outputs sees its own group of inputs. Causal, with a history
   * as its state, if `stride` is 1, `pad_before` is `(kernel_size - 1) * dilation` and `pad_after`
   * is 0; else it needs whole sequences.
   */
  RECURRENT_LAYER_CONVOLUTION = 19,
  /**
   * The largest value of each feature in a window of steps, NaN if there is one; the steps of the
   * padding are left out. A window of padding alone, which only a dilation above 1 can have, gives
   * -infinity. Needs whole sequences.
   */
  RECURRENT_LAYER_MAX_POOLING = 20,
  /**
   * The mean of each feature in a window of steps: their sum in the order of steps, divided by how
   * many there are, or by `kernel_size` with `counts_padding`; +0 for a window of padding alone.
   * Needs whole sequences.
   */
  RECURRENT_LAYER_AVERAGE_POOLING = 21,
  /**
   * `y[j] = s[j] (x[j] - m) / sqrt(v + epsilon) + b[j]`, `m` and `v` being the mean and the biased
   * variance of the features of a step (Ba et al. 2016); no state.
   */
  RECURRENT_LAYER_LAYER_NORMALIZATION = 22,
  /** `y[j] = (x[j] - max x) - log(sum exp(x - max x))`; no state and no weights. */
  RECURRENT_LAYER_LOG_SOFTMAX = 23,
  /**
   * Makes a row of a sequence: the mean of its valid steps, their sum in order and one division;
   * +0 of none. Needs whole sequences.
   */
  RECURRENT_LAYER_MEAN_OVER_TIME = 24,
  /**
   * Makes a row of a sequence: the largest value of each feature, NaN if there is one; +0 of no
   * steps. Needs whole sequences.
   */
  RECURRENT_LAYER_MAX_OVER_TIME = 25,
  /**
   * Makes a row of two sequences, values and scores: the sum of the values, weighted by the softmax
   * of the scores over the valid steps. The scores have one feature, or one for each of the values;
   * +0 of no steps. Needs whole sequences.
   */
  RECURRENT_LAYER_SOFTMAX_OVER_TIME = 26,
  /**
   * Makes a row of a sequence of `steps` steps: their features one step after the other. The model
   * takes only what gives so many steps; needs whole sequences.
   */
  RECURRENT_LAYER_FLATTEN = 27,
  /** Makes a sequence of a row: `steps` steps of `input_size / steps` features. */
  RECURRENT_LAYER_UNFLATTEN = 28,
  /**
   * Makes a row of the final cell states of an LSTM, forward before reverse,
   * `hidden_size` of them all together. Needs whole sequences.
   */
  RECURRENT_LAYER_FINAL_CELL_STATE = 29
} recurrent_layer_kind;

/** What a value is that a model is given, puts out or hands from layer to layer. */
typedef enum recurrent_value_kind {
  /** Features of every step: `[time, batch, size]`. */
  RECURRENT_VALUE_SEQUENCE = 0,
  /** Features that all steps have in common: `[batch, size]`. */
  RECURRENT_VALUE_ROW = 1,
  /** An integer per step, from 0 to `size - 1`: `[time, batch]`. Inputs of a model only. */
  RECURRENT_VALUE_INDICES = 2
} recurrent_value_kind;

/** Which way a recurrent layer reads its sequence. */
typedef enum recurrent_direction {
  /** From the first step to the last. */
  RECURRENT_DIRECTION_FORWARD = 0,
  /** From the last valid step to the first. Needs whole sequences. */
  RECURRENT_DIRECTION_REVERSE = 1,
  /** Both; the outputs of a step are concatenated, forward first. Needs whole sequences. */
  RECURRENT_DIRECTION_BIDIRECTIONAL = 2
} recurrent_direction;

/**
 * Elementwise functions of a pre-activation `a`; docs/activations.md gives formulas and measured
 * error bounds.
 */
typedef enum recurrent_activation {
  /** `tanh(a)` */
  RECURRENT_ACTIVATION_TANH = 0,
  /** `1 / (1 + exp(-a))` */
  RECURRENT_ACTIVATION_SIGMOID = 1,
  /** `a < 0 ? +0 : a`; NaN stays NaN. */
  RECURRENT_ACTIVATION_RELU = 2,
  /** `t = alpha * a + beta` in one rounding, then `t < 0 ? 0 : t > 1 ? 1 : t`. */
  RECURRENT_ACTIVATION_HARD_SIGMOID = 3,
  /** `a` */
  RECURRENT_ACTIVATION_IDENTITY = 4,
  /** `alpha * a + beta` in one rounding. */
  RECURRENT_ACTIVATION_AFFINE = 5,
  /** `a < 0 ? alpha * a : a` */
  RECURRENT_ACTIVATION_LEAKY_RELU = 6,
  /** `a >= alpha ? a : +0`; NaN stays NaN. */
  RECURRENT_ACTIVATION_THRESHOLDED_RELU = 7,
  /** `alpha * tanh(beta * a)` */
  RECURRENT_ACTIVATION_SCALED_TANH = 8,
  /** `a < 0 ? alpha * expm1(a) : a` */
  RECURRENT_ACTIVATION_ELU = 9,
  /** `a / (1 + |a|)` */
  RECURRENT_ACTIVATION_SOFTSIGN = 10,
  /** `max(a, 0) + log1p(exp(-|a|))` */
  RECURRENT_ACTIVATION_SOFTPLUS = 11,
  /** `a < alpha ? alpha : a > beta ? beta : a`, alpha <= beta; NaN stays NaN. */
  RECURRENT_ACTIVATION_CLIP = 12
} recurrent_activation;

/**
 * Coupling of an LSTM's input and forget gates. The weights of the gate that is replaced are not
 * used.
 */
typedef enum recurrent_gate_coupling {
  /** Both gates have their own weights. */
  RECURRENT_GATE_COUPLING_NONE = 0,
  /** `f = 1 - i` (ONNX `input_forget`, as ONNX Runtime computes it). */
  RECURRENT_GATE_COUPLING_FORGET_FROM_INPUT = 1,
  /** `i = 1 - f` */
  RECURRENT_GATE_COUPLING_INPUT_FROM_FORGET = 2
} recurrent_gate_coupling;

/** Which cell state the output gate's peephole sees. */
typedef enum recurrent_output_peephole {
  /** The new state `c'` (Gers & Schmidhuber 2000, ONNX). */
  RECURRENT_OUTPUT_PEEPHOLE_NEW_CELL = 0,
  /** The previous state `c`. */
  RECURRENT_OUTPUT_PEEPHOLE_PREVIOUS_CELL = 1
} recurrent_output_peephole;

/** Instruction set that a model's kernels use. All give the same bits. */
typedef enum recurrent_isa {
  /** The best one of this machine, or the one that the environment variable RECURRENT_ISA names. */
  RECURRENT_ISA_AUTO = -1,
  /** Plain C++; any machine. */
  RECURRENT_ISA_SCALAR = 0,
  /** AVX2 and FMA3. */
  RECURRENT_ISA_AVX2 = 1,
  /** AVX-512 F, DQ, BW and VL. */
  RECURRENT_ISA_AVX512 = 2,
  /** Advanced SIMD (NEON) of 64-bit Arm. */
  RECURRENT_ISA_NEON = 3
} recurrent_isa;

/**
 * How weights lie in memory. All others than float32 are rounded when a model is created; biases,
 * peepholes and initial states stay floats. docs/numerics.md section 5 has the arithmetic and its
 * bounds; it gives the same bits in any batch, on any number of threads and on any instruction set.
 */
typedef enum recurrent_weight_format {
  /** 32-bit floats: what was given. */
  RECURRENT_WEIGHT_FORMAT_FLOAT32 = 0,
  /**
   * The upper halves of floats, rounded to nearest, ties to even. Results are those of a float32
   * model of the rounded weights.
   */
  RECURRENT_WEIGHT_FORMAT_BFLOAT16 = 1,
  /**
   * 8-bit integers with a scale for each row of the matrix; what they are multiplied with is
   * rounded to 16-bit integers, with a scale for each row and step.
   */
  RECURRENT_WEIGHT_FORMAT_INT8 = 2,
  /** The same with inputs and states of 8 bits: for batches, and less accurate. */
  RECURRENT_WEIGHT_FORMAT_INT8_8BIT_INPUTS = 3
} recurrent_weight_format;

/**
 * Who multiplies the input weights of a whole chunk of a sequence; in a trainer also who computes
 * the gradients of the weights and of the input, in one product over all steps each.
 */
typedef enum recurrent_gemm_provider {
  /** This library; canonical bits. */
  RECURRENT_GEMM_BUILTIN = 0,
  /**
   * Intel MKL; its summation order, so results vary in the last bits with shape, CPU and version.
   */
  RECURRENT_GEMM_MKL = 1,
  /** Whichever of the two was measured faster on this machine when the model was created. */
  RECURRENT_GEMM_AUTO = 2
} recurrent_gemm_provider;

/** What a model puts out for a sequence. A single step always gives its own output. */
typedef enum recurrent_output {
  /** Every step. */
  RECURRENT_OUTPUT_EVERY_STEP = 0,
  /** The last valid step of each row: `[batch, output_size]`. */
  RECURRENT_OUTPUT_LAST_STEP = 1,
  /**
   * What the layers behind the last recurrent one make of its final states, forward and reverse
   * side by side: `[batch, output_size]`. No residual connection may go around that layer.
   */
  RECURRENT_OUTPUT_FINAL_STATE = 2
} recurrent_output;

/**
 * Whether steps of a row may be missing. A missing step is skipped by the whole model: its states
 * are carried over.
 */
typedef enum recurrent_masking {
  /** No: NaN is a value like others, and propagates. */
  RECURRENT_MASKING_NONE = 0,
  /**
   * A missing step puts out what the last step before it put out that was there, 0 if there was
   * none since the last reset. That output is a part of a row's state.
   */
  RECURRENT_MASKING_REPEAT = 1,
  /** A missing step puts out 0. */
  RECURRENT_MASKING_ZERO = 2
} recurrent_masking;

/** Order of the axes of a sequence. */
typedef enum recurrent_layout {
  /** `[time, batch, features]` */
  RECURRENT_LAYOUT_TIME_MAJOR = 0,
  /** `[batch, time, features]` */
  RECURRENT_LAYOUT_BATCH_MAJOR = 1
} recurrent_layout;

/** What the final state of a batch row is whose length is 0. */
typedef enum recurrent_empty_row {
  /** Its initial state: the row is masked. */
  RECURRENT_EMPTY_ROW_KEEPS_STATE = 0,
  /** Zero, as ONNX has it. */
  RECURRENT_EMPTY_ROW_ZEROES_STATE = 1
} recurrent_empty_row;

/** How a call is divided between a session's threads. All ways give the same bits. */
typedef enum recurrent_strategy {
  /** The caller's thread does everything and wakes nobody. */
  RECURRENT_STRATEGY_ALONE = 0,
  /** Every thread computes some of the hidden units of every layer; they meet at every step. */
  RECURRENT_STRATEGY_UNITS = 1,
  /** Every thread computes some of the batch rows. */
  RECURRENT_STRATEGY_ROWS = 2,
  /** Two threads compute the two directions of bidirectional layers side by side. */
  RECURRENT_STRATEGY_DIRECTIONS = 3,
  /** Every thread computes some of the layers; blocks of steps go from one to the next. */
  RECURRENT_STRATEGY_LAYERS = 4
} recurrent_strategy;

/** The states of a layer's direction. */
typedef enum recurrent_state_kind {
  /**
   * What recurs and is put out: `[batch, hidden_size]`, or `[batch, projection_size]` with a
   * projection.
   */
  RECURRENT_STATE_HIDDEN = 0,
  /** The cell state of an LSTM: `[batch, hidden_size]`. */
  RECURRENT_STATE_CELL = 1,
  /**
   * The inputs that a causal convolution still needs: `[batch, (kernel_size - 1) * dilation,
   * input_size]`, the oldest step first.
   */
  RECURRENT_STATE_HISTORY = 2
} recurrent_state_kind;

/**
 * Weights and activations of one direction of a layer. `G` is the number of gates (SimpleRNN and
 * layers without state 1, LSTM 4, GRU 3), `H` the hidden size, `I` the input size, and `S` the size
 * of the state that recurs: the projection size, or `H`. Gates are in canonical order: LSTM i f g
 * o, GRU r z n. The activation fields hold a ::recurrent_activation and finite numbers, also where
 * they are unused.
 */
typedef struct recurrent_direction_desc {
  /** `sizeof(recurrent_direction_desc)` */
  uint32_t struct_size;
  /** Activation of the gates: LSTM i f o, GRU r z; unused by others. */
  int32_t gate_activation;
  /**
   * Activation of the candidate: LSTM g, GRU n; the activation of a SimpleRNN, Dense or activation
   * layer.
   */
  int32_t candidate_activation;
  /** Activation of an LSTM's cell state on its way out; unused by others. */
  int32_t output_activation;
  /** `alpha` of the gate activation, where its formula has one. Likewise the following five. */
  float gate_alpha;
  /** `beta` of the gate activation. */
  float gate_beta;
  /** `alpha` of the candidate activation. */
  float candidate_alpha;
  /** `beta` of the candidate activation. */
  float candidate_beta;
  /** `alpha` of the output activation. */
  float output_alpha;
  /** `beta` of the output activation. */
  float output_beta;
  /**
   * `[G*H, I]`; Dense `[H, I]`; convolution `[H, kernel_size, I / groups]`, taps from the oldest to
   * the newest; scale and layer normalization `[H]`, their factors; embedding `[I, H]`, its table.
   * Required, except by layer normalization, and by an activation layer, which has none.
   */
  const float* input_weights;
  /** `[G*H, S]`. Required by recurrent layers, null for others. */
  const float* recurrent_weights;
  /** `[G*H]`, or null for none. Not for embedding and activation layers. */
  const float* input_bias;
  /**
   * `[G*H]`, or null for none. Added to the input bias in one fp32 addition when the weights are
   * packed, except for the candidate of ::RECURRENT_LAYER_GRU, which keeps the two apart.
   */
  const float* recurrent_bias;
  /** LSTM peepholes `[3*H]` in the order i f o, or null for none. */
  const float* peephole;
  /** LSTM projection `[S, H]`; required when `projection_size` is not 0, null otherwise. */
  const float* projection;
  /**
   * The state that a sequence starts from, `[S]`, of a causal convolution its history
   * `[(kernel_size - 1) * dilation, I]`; null for 0. Null for other layers.
   */
  const float* initial_hidden;
  /** An LSTM's cell state that a sequence starts from, `[H]`; null for 0. */
  const float* initial_cell;
} recurrent_direction_desc;

/** One layer of a model. */
typedef struct recurrent_layer_desc {
  /** `sizeof(recurrent_layer_desc)` */
  uint32_t struct_size;
  /** A ::recurrent_layer_kind. */
  int32_t kind;
  /** A ::recurrent_direction; forward for a layer without state. */
  int32_t direction;
  /**
   * Features of the layer's input, 1 to ::RECURRENT_MAX_SIZE; equal to the output size of the
   * layer before. Of an embedding, the rows of its table: indices are from 0 to `input_size - 1`.
   */
  int32_t input_size;
  /**
   * Hidden units a direction, 1 to ::RECURRENT_MAX_SIZE; the output size of a layer without state,
   * which is `input_size` for all but Dense, convolution, embedding, flatten and unflatten.
   */
  int32_t hidden_size;
  /** Size of an LSTM's projection (Sak et al. 2014), below `hidden_size`; 0 for none. */
  int32_t projection_size;
  /** A ::recurrent_gate_coupling; LSTM only. */
  int32_t gate_coupling;
  /** A ::recurrent_output_peephole; LSTM only, and without effect where there are no peepholes. */
  int32_t output_peephole;
  /**
   * Gate pre-activations are clipped to `[-clip, clip]` (ONNX `clip`); 0 for no clip. Only
   * recurrent layers.
   */
  float clip;
  /**
   * Residual: how many layers the connection goes around, 1 to the number of layers before. The
   * first of them takes in at least `hidden_size` features, of which the first are added, and is no
   * embedding. 0 for other layers.
   */
  int32_t residual_span;
  /**
   * Weights of the forward direction, or of a layer without state; null in a reverse layer, a
   * softmax and a residual layer.
   */
  const recurrent_direction_desc* forward;
  /** Weights of the reverse direction; null in a forward layer. */
  const recurrent_direction_desc* reverse;
  /**
   * Numbers of the values that the layer reads, `[input_count]`: the model's inputs count from 0,
   * and layer `i` puts out value `inputs + i`. Each is an input or comes from an earlier layer.
   * Null for the value before, `inputs + i - 1`: a chain.
   */
  const int32_t* inputs;
  /**
   * Elements of `inputs`: 0 where it is null; 1 or more for a concatenation, 2 or more for a sum, 2
   * for a product and for softmax over time, which reads values before scores, 1 for others. A
   * recurrent layer may read rows behind its sequence, from which its states start: the hidden
   * states, as many as it outputs, and in an LSTM also the cell states, those of forward before
   * those of reverse. Then it needs whole sequences, and states of a session, and `initial_hidden`
   * and `initial_cell`, which have to be null, count for nothing where it reads them.
   */
  int32_t input_count;
  /** Slice: the first feature that is taken; 0 for other layers. */
  int32_t first;
  /** Repeat, last steps, flatten and unflatten: how many steps; 0 for other layers. */
  int32_t steps;
  /**
   * Steps of a window of a convolution or a pooling layer, 1 or more; 0 for other layers. Likewise
   * the following three.
   */
  int32_t kernel_size;
  /** Steps from one window to the next, 1 or more. */
  int32_t stride;
  /** Steps from one tap of a window to the next, 1 or more. */
  int32_t dilation;
  /** Convolution: groups that features are divided into, both inputs and outputs; 0 for others. */
  int32_t groups;
  /** Steps of padding before the first one, 0 to `(kernel_size - 1) * dilation`. */
  int32_t pad_before;
  /** Steps of padding behind the last valid one of a row, likewise. */
  int32_t pad_after;
  /** Average pooling: 1 if a window's mean counts steps of the padding, which are 0; else 0. */
  int32_t counts_padding;
  /** Layer normalization: what is added to the variance, finite and 0 or more; 0 for others. */
  float epsilon;
  /**
   * A ::recurrent_weight_format: of the input weights of a recurrent layer, of the weights of a
   * Dense layer or a convolution; float32, which is 0, for other layers and in a trainer.
   */
  int32_t input_weight_format;
  /** Of the recurrent weights and the projection of a recurrent layer; likewise. */
  int32_t recurrent_weight_format;
  /** Zero. */
  uint32_t reserved;
} recurrent_layer_desc;

/** A value that a model is given. */
typedef struct recurrent_input_desc {
  /** `sizeof(recurrent_input_desc)` */
  uint32_t struct_size;
  /** A ::recurrent_value_kind. */
  int32_t kind;
  /** Features; of indices, how many there are. 1 to ::RECURRENT_MAX_SIZE. */
  int32_t size;
  /** Zero. */
  uint32_t reserved;
  /** Its name, not empty and unlike the other inputs'. Copied. */
  const char* name;
} recurrent_input_desc;

/** A value that a model puts out. */
typedef struct recurrent_output_desc {
  /** `sizeof(recurrent_output_desc)` */
  uint32_t struct_size;
  /** Its number, see recurrent_layer_desc::inputs: that of a layer, and no other output's. */
  int32_t value;
  /** Its name, not empty and unlike the other outputs'. Copied. */
  const char* name;
} recurrent_output_desc;

/**
 * Layers, and how to compute them: a chain from one input `x` to one output `y`, or a graph of
 * named inputs and outputs.
 *
 * All inputs of a call that have steps have the same number of them, the same lengths and the same
 * missing steps. Layers over time see the steps that are there.
 */
typedef struct recurrent_model_desc {
  /** `sizeof(recurrent_model_desc)` */
  uint32_t struct_size;
  /** Number of layers, 1 to ::RECURRENT_MAX_LAYERS. */
  int32_t layer_count;
  /** `[layer_count]`; a layer reads inputs of the model and earlier layers only. */
  const recurrent_layer_desc* layers;
  /**
   * `[input_count]`; null for one input `x`: a sequence, or indices if the first layer is an
   * embedding.
   */
  const recurrent_input_desc* inputs;
  /** `[output_count]`; null for one output `y`: what the last layer puts out. */
  const recurrent_output_desc* outputs;
  /** Elements of `inputs`, at most ::RECURRENT_MAX_INPUTS; 0 where it is null. */
  int32_t input_count;
  /** Elements of `outputs`, at most ::RECURRENT_MAX_INPUTS; 0 where it is null. */
  int32_t output_count;
  /** A ::recurrent_isa. */
  int32_t isa;
  /** A ::recurrent_gemm_provider. */
  int32_t gemm_provider;
  /** A ::recurrent_output; EVERY_STEP where `outputs` is not null. */
  int32_t output;
  /** A ::recurrent_masking. */
  int32_t masking;
  /**
   * With masking, a step whose features (or whose index) all have this value is missing; NaN stands
   * for any NaN. A model that takes indices and no features of steps has one of the indices, or NaN
   * for none. Unused without.
   */
  float mask_value;
  /** Zero. */
  uint32_t reserved;
} recurrent_model_desc;

/** What a caller decides when a model is loaded: bits of recurrent_load_options::overrides. */
typedef enum recurrent_override {
  /** recurrent_load_options::isa; else ::RECURRENT_ISA_AUTO. */
  RECURRENT_OVERRIDE_ISA = 1,
  /**
   * recurrent_load_options::masking and recurrent_load_options::mask_value; else what the file
   * says.
   */
  RECURRENT_OVERRIDE_MASKING = 2
} recurrent_override;

/**
 * What is done with the packed weights that a model file may have beside its weights: see
 * recurrent_model_add_packed(). Whichever it is, the model gives the same bits.
 */
typedef enum recurrent_packed {
  /** They are copied, if this machine packs weights so; else weights are packed. */
  RECURRENT_PACKED_COPY = 0,
  /**
   * As COPY, but they stay in the file, which is mapped into memory for as long as the model lives:
   * loading reads them once, and processes that map the same file share them. Steps may be slower,
   * as a mapped file has no huge pages. The file may be renamed or deleted, but whoever writes to
   * it changes the model, and whoever cuts it ends the process (on Windows the system refuses
   * both).
   */
  RECURRENT_PACKED_MAP = 1,
  /** Weights are packed, whatever the file has. */
  RECURRENT_PACKED_IGNORE = 2
} recurrent_packed;

/** What became of the packed weights of a model's file. */
typedef enum recurrent_packed_use {
  /** There were none, or the model is of no file. */
  RECURRENT_PACKED_USE_NONE = 0,
  /** They were copied. */
  RECURRENT_PACKED_USE_COPIED = 1,
  /** The model reads them from the file. */
  RECURRENT_PACKED_USE_MAPPED = 2,
  /** Weights were packed anew, see recurrent_file_info::packed_reason. */
  RECURRENT_PACKED_USE_IGNORED = 3
} recurrent_packed_use;

/** How a model file is loaded. All zeros but `struct_size` means: as the file says. */
typedef struct recurrent_load_options {
  /** `sizeof(recurrent_load_options)` */
  uint32_t struct_size;
  /** Sum of ::recurrent_override values; fields that are not named here are unused. */
  uint32_t overrides;
  /** A ::recurrent_isa. */
  int32_t isa;
  /** A ::recurrent_gemm_provider; files do not say one. */
  int32_t gemm_provider;
  /** A ::recurrent_masking. */
  int32_t masking;
  /** See recurrent_model_desc::mask_value. */
  float mask_value;
  /** A ::recurrent_packed; of bytes in memory not MAP. */
  int32_t packed;
  /** Zero. */
  uint32_t reserved;
} recurrent_load_options;

/** What a model file says beside what recurrent_model_info tells. */
typedef struct recurrent_file_info {
  /** `sizeof(recurrent_file_info)`, set by the caller. */
  uint32_t struct_size;
  /**
   * The ::recurrent_layout of the data that the model is made for. The library does not use it:
   * calls say their own.
   */
  int32_t layout;
  /**
   * The ::recurrent_empty_row that the model is made for, to be given to
   * recurrent_session_desc::empty_row.
   */
  int32_t empty_row;
  /** Samples a second of the audio that the model is made for; 0 if the file does not say. */
  int32_t sample_rate;
  /** Number of texts, see recurrent_model_get_metadata(). */
  int32_t metadata_count;
  /** A ::recurrent_packed_use. */
  int32_t packed;
  /** Why packed weights were ignored, UTF-8; the model's memory. Null if they were not. */
  const char* packed_reason;
} recurrent_file_info;

/** A text of a model file, by name. */
typedef struct recurrent_metadata {
  /** `sizeof(recurrent_metadata)`, set by the caller. */
  uint32_t struct_size;
  /** Zero. */
  uint32_t reserved;
  /** Its name, UTF-8; the model's memory. */
  const char* name;
  /** The text, UTF-8; the model's memory. */
  const char* value;
} recurrent_metadata;

/** What a model is, after packing. */
typedef struct recurrent_model_info {
  /** `sizeof(recurrent_model_info)`, set by the caller. */
  uint32_t struct_size;
  /** Features of a step of the first input; 1 if it is indices. */
  int32_t input_size;
  /** Features of a step of the first output. */
  int32_t output_size;
  /** Number of layers. */
  int32_t layer_count;
  /**
   * Floats of state that one batch row has in all layers and directions, and the output that is
   * repeated at missing steps; the row length of save and load.
   */
  int64_t state_size;
  /** Bytes of packed weights. */
  int64_t packed_bytes;
  /**
   * 1 if every layer runs forward, so that the model can be stepped and sequences cut anywhere;
   * otherwise 0.
   */
  int32_t can_step;
  /** The ::recurrent_isa in use: never AUTO. */
  int32_t isa;
  /** The ::recurrent_gemm_provider in use: BUILTIN or MKL. */
  int32_t gemm_provider;
  /** How many indices there are, if the first input is indices; otherwise 0. */
  int32_t vocabulary_size;
  /** Number of inputs. */
  int32_t input_count;
  /** Number of outputs. */
  int32_t output_count;
} recurrent_model_info;

/** An input or an output of a model. */
typedef struct recurrent_value_info {
  /** `sizeof(recurrent_value_info)`, set by the caller. */
  uint32_t struct_size;
  /** A ::recurrent_value_kind. */
  int32_t kind;
  /** Features; of indices, how many there are. */
  int32_t size;
  /** Zero. */
  uint32_t reserved;
  /** Its name; the model's memory. */
  const char* name;
} recurrent_value_info;

/** Memory of one input of a call. */
typedef struct recurrent_input_buffer {
  /** `sizeof(recurrent_input_buffer)` */
  uint32_t struct_size;
  /** Zero. */
  uint32_t reserved;
  /** Which input; null for the one at this place of the array. */
  const char* name;
  /** Floats, or `int32_t` for indices. */
  const void* data;
  /** Elements of `data`; at least what the shape needs. */
  int64_t count;
} recurrent_input_buffer;

/** Memory of one output of a call. */
typedef struct recurrent_output_buffer {
  /** `sizeof(recurrent_output_buffer)` */
  uint32_t struct_size;
  /** Zero. */
  uint32_t reserved;
  /** Which output; null for the one at this place of the array. */
  const char* name;
  /** Receives floats; null if this output is not wanted. */
  float* data;
  /** Elements of `data`; at least what the shape needs, or 0 where it is null. */
  int64_t count;
} recurrent_output_buffer;

/**
 * Who multiplies the input weights of one direction of a layer, and what was measured to choose.
 *
 * Times are of `rows` rows with all input weights, in microseconds, the least of a few. Shapes
 * whose sizes have the same power of two are one class, which is measured once a process, by the
 * first model of that class that is created with ::RECURRENT_GEMM_AUTO; others of the class are
 * given the same times.
 */
typedef struct recurrent_product_info {
  /** `sizeof(recurrent_product_info)`, set by the caller. */
  uint32_t struct_size;
  /** The ::recurrent_gemm_provider in use: BUILTIN or MKL. */
  int32_t provider;
  /** Rows (steps times batch) of the product that was measured; 0 if none was. */
  int64_t rows;
  /** What this library took; 0 if not measured. */
  double builtin_us;
  /** What Intel MKL took; 0 if not measured. */
  double mkl_us;
} recurrent_product_info;

/** What a session is to hold. */
typedef struct recurrent_session_desc {
  /** `sizeof(recurrent_session_desc)` */
  uint32_t struct_size;
  /**
   * Threads that share the work of one call, the caller's included; 1 to ::RECURRENT_MAX_THREADS.
   */
  int32_t threads;
  /**
   * Batch rows (streams that advance together), 0 to 2^31 - 1. With 0 a valid call does nothing.
   */
  int64_t batch;
  /** A ::recurrent_empty_row. */
  int32_t empty_row;
  /**
   * 1 to keep each of the session's own threads on a processor of its own, 0 to let the system move
   * them. The caller's thread is never pinned. Sessions take the same processors in the same order,
   * so this is for a process with one such session. UNAVAILABLE where the system does not pin,
   * INVALID_ARGUMENT if there are fewer processors than threads.
   */
  int32_t pin_threads;
} recurrent_session_desc;

/** One way to divide a call between threads, see recurrent_session_explain(). */
typedef struct recurrent_plan_candidate {
  /** `sizeof(recurrent_plan_candidate)`, set by the caller. */
  uint32_t struct_size;
  /** A ::recurrent_strategy. */
  int32_t strategy;
  /** Threads that it uses, the caller's included. */
  int32_t threads;
  /** 1 for the one that the session takes, otherwise 0. */
  int32_t chosen;
  /** Predicted time of the call in microseconds. */
  double predicted_us;
} recurrent_plan_candidate;

/**
 * Sequences for recurrent_session_run() and recurrent_session_predict(). `B` is the session's batch
 * for the one and an argument of the other.
 */
typedef struct recurrent_run_args {
  /** `sizeof(recurrent_run_args)` */
  uint32_t struct_size;
  /** The ::recurrent_layout of `x` and `y`. */
  int32_t layout;
  /** Steps, 0 to 2^31 - 1. With 0 no state changes. */
  int64_t time;
  /**
   * Input, `[time, B, input_size]` or `[B, time, input_size]`; null for a model that takes indices.
   */
  const float* x;
  /** Elements of `x`; at least what the shape needs, or 0 where `x` is null. */
  int64_t x_count;
  /**
   * Output, `[time, B, output_size]` or `[B, time, output_size]`, or `[B, output_size]` from a
   * model that puts out one step; null if only the final state matters, which it never does to
   * recurrent_session_predict().
   */
  float* y;
  /** Elements of `y`; at least what the shape needs, or 0 where `y` is null. */
  int64_t y_count;
  /**
   * Valid steps of each row, `[B]`, each from 0 to `time`; null if all are full. Past its end a
   * row's output is 0 and its state stays that of its last valid step; a reverse direction starts
   * at the last valid step. A model that puts out one step gives 0 for a row of length 0.
   */
  const int32_t* lengths;
  /** Elements of `lengths`: `B`, or 0 where `lengths` is null. */
  int64_t lengths_count;
  /**
   * Input of a model that takes indices, `[time, B]` or `[B, time]`, each from 0 to
   * `vocabulary_size - 1`, also where it stands for nothing; null for others.
   */
  const int32_t* indices;
  /** Elements of `indices`; at least what the shape needs, or 0 where `indices` is null. */
  int64_t indices_count;
  /**
   * Which steps are there, `[time, B]` or `[B, time]`: 0 for a missing one. Only for a model with
   * masking; null if only the mask value tells. Must not overlap `y`.
   */
  const uint8_t* present;
  /** Elements of `present`; at least what the shape needs, or 0 where `present` is null. */
  int64_t present_count;
  /**
   * All inputs of the model, `[input_count]`, instead of `x` and `indices`: sequences `[time, B,
   * size]` and indices `[time, B]`, or batch-major, rows `[B, size]`. Null for the short form.
   */
  const recurrent_input_buffer* inputs;
  /**
   * Outputs of the model, `[output_count]`, instead of `y`: sequences `[steps, B, size]`, or
   * batch-major, with what recurrent_model_output_steps() tells as `steps`, rows `[B, size]`. Those
   * that are left out are not wanted. Null for the short form. None may overlap another one, an
   * input, `lengths` or `present`.
   */
  const recurrent_output_buffer* outputs;
  /** Elements of `inputs`, 0 where it is null. */
  int32_t input_count;
  /** Elements of `outputs`, 0 where it is null. */
  int32_t output_count;
} recurrent_run_args;

/** What a pool is. */
typedef struct recurrent_pool_info {
  /** `sizeof(recurrent_pool_info)`, set by the caller. */
  uint32_t struct_size;
  /** Zero. */
  uint32_t reserved;
  /** Streams that it has room for. */
  int64_t capacity;
  /** Streams that are open. */
  int64_t open;
  /** Floats of state of a stream, laid out as recurrent_session_save() has them. */
  int64_t state_size;
  /** What it holds: the states of all its streams, and memory to compute with. */
  int64_t bytes;
} recurrent_pool_info;

/**
 * Arguments of recurrent_pool_run(). Inputs and outputs lie stream after stream, in the order of
 * `streams`, each with as many steps as it has in this call. `S` stands for `stream_count`, `N` for
 * the steps of all streams together.
 */
typedef struct recurrent_pool_run_args {
  /** `sizeof(recurrent_pool_run_args)` */
  uint32_t struct_size;
  /** Zero. */
  uint32_t reserved;
  /** Open streams of the pool, `[S]`, none of them twice. */
  const int64_t* streams;
  /** `S`, 0 or more. */
  int64_t stream_count;
  /** Steps of each stream, `[S]`, 0 or more; null for one step each. */
  const int32_t* steps;
  /** Elements of `steps`: `S`, or 0 where `steps` is null. */
  int64_t steps_count;
  /** Input `[N, input_size]`; null for a model that takes indices, or if `inputs` are given. */
  const float* x;
  /** Elements of `x`; at least what the shape needs, or 0 where `x` is null. */
  int64_t x_count;
  /** Input of a model that takes indices, `[N]`. */
  const int32_t* indices;
  /** Elements of `indices`; likewise. */
  int64_t indices_count;
  /**
   * Output `[N, output_size]`, or `[S, output_size]` from a model that outputs one step; null if
   * only the states matter. Must not overlap an input.
   */
  float* y;
  /** Elements of `y`; at least what the shape needs, or 0 where `y` is null. */
  int64_t y_count;
  /** Which steps are there, `[N]`: 0 for a missing one. Only for a model with masking. */
  const uint8_t* present;
  /** Elements of `present`; at least `N`, or 0 where `present` is null. */
  int64_t present_count;
  /**
   * All inputs of the model instead of `x` and `indices`: sequences `[N, size]`, indices `[N]`,
   * rows
   * `[S, size]`.
   */
  const recurrent_input_buffer* inputs;
  /** Outputs that are wanted, instead of `y`: sequences `[N, size]`, rows `[S, size]`. */
  const recurrent_output_buffer* outputs;
  /** Elements of `inputs`, 0 where it is null. */
  int32_t input_count;
  /** Elements of `outputs`, 0 where it is null. */
  int32_t output_count;
} recurrent_pool_run_args;

/** What the library found on this machine. Strings are static. */
typedef struct recurrent_machine_info {
  /** `sizeof(recurrent_machine_info)`, set by the caller. */
  uint32_t struct_size;
  /** The ::recurrent_isa that AUTO means: the best one, or the one that RECURRENT_ISA forces. */
  int32_t isa;
  /** Bit `1 << isa` is set for every ::recurrent_isa that this machine can run. */
  uint32_t isa_mask;
  /** Logical processors that this process may use. */
  int32_t processors;
  /** Bytes of a core's first-level data cache; 0 if unknown. */
  int64_t l1d_bytes;
  /** Bytes of a core's second-level cache; 0 if unknown. */
  int64_t l2_bytes;
  /** Bytes of the last-level cache; 0 if unknown. */
  int64_t l3_bytes;
  /** 1 if Intel MKL was found and loaded, otherwise 0. */
  int32_t mkl_available;
  /** Zero. */
  uint32_t reserved;
  /** Version of this library, such as `0.1.0`. */
  const char* version;
  /** Brand string of the processor. */
  const char* cpu;
  /**
   * Where MKL was found, its version and the code path that it takes here; or why it is not
   * available.
   */
  const char* mkl;
} recurrent_machine_info;

/** An instruction set that the library knows. */
typedef struct recurrent_instruction_set {
  /** `sizeof(recurrent_instruction_set)`, set by the caller. */
  uint32_t struct_size;
  /** The ::recurrent_isa: never AUTO. */
  int32_t isa;
  /** Floats of a vector; 1 for plain C++. */
  int32_t width;
  /** 1 if this machine can run it and the library was built with it, otherwise 0. */
  int32_t supported;
  /** Its name, as the environment variable RECURRENT_ISA takes it. Static. */
  const char* name;
} recurrent_instruction_set;

/** What a block of a trainer's parameters is. */
typedef enum recurrent_parameter_role {
  /** `[G*H, I]`; Dense `[H, I]`; convolution `[H, kernel_size * I / groups]`. */
  RECURRENT_PARAMETER_INPUT_WEIGHTS = 0,
  /** `[G*H, S]` */
  RECURRENT_PARAMETER_RECURRENT_WEIGHTS = 1,
  /** `[G*H]`; Dense `[H]`. */
  RECURRENT_PARAMETER_INPUT_BIAS = 2,
  /** `[G*H]` */
  RECURRENT_PARAMETER_RECURRENT_BIAS = 3,
  /** LSTM `[3*H]` */
  RECURRENT_PARAMETER_PEEPHOLE = 4,
  /** LSTM `[S, H]` */
  RECURRENT_PARAMETER_PROJECTION = 5,
  /** `[S]`; convolution `[(kernel_size - 1) * dilation * I]`, its history. */
  RECURRENT_PARAMETER_INITIAL_HIDDEN = 6,
  /** LSTM `[H]` */
  RECURRENT_PARAMETER_INITIAL_CELL = 7,
  /** Scale `[H]`. */
  RECURRENT_PARAMETER_FACTORS = 8,
  /** Scale `[H]`. */
  RECURRENT_PARAMETER_OFFSETS = 9,
  /** Embedding `[I, H]`. */
  RECURRENT_PARAMETER_TABLE = 10
} recurrent_parameter_role;

/** How parameters are moved along their gradients. */
typedef enum recurrent_optimizer {
  /**
   * `p -= rate * g`; with momentum `v = momentum * v + g`, `p -= rate * v`, or, with Nesterov's,
   * `p -= rate * (g + momentum * v)` (PyTorch's form, Sutskever et al. 2013).
   */
  RECURRENT_OPTIMIZER_SGD = 0,
  /**
   * `v = decay_2 * v + (1 - decay_2) * g^2`, `p -= rate * g / (sqrt(v) + epsilon)` (Hinton 2012);
   * with momentum `m = momentum * m + g / (sqrt(v) + epsilon)`, `p -= rate * m`.
   */
  RECURRENT_OPTIMIZER_RMSPROP = 1,
  /**
   * `m = decay_1 * m + (1 - decay_1) * g`, `v = decay_2 * v + (1 - decay_2) * g^2`, at step `t`
   * from 1 `p -= rate / (1 - decay_1^t) * m / (sqrt(v / (1 - decay_2^t)) + epsilon)` (Kingma & Ba
   * 2015; epsilon after the bias correction, as in PyTorch).
   */
  RECURRENT_OPTIMIZER_ADAM = 2,
  /** Adam after `p -= rate * weight_decay * p` (Loshchilov & Hutter 2019). */
  RECURRENT_OPTIMIZER_ADAMW = 3
} recurrent_optimizer;

/** How a trainer computes. */
typedef struct recurrent_trainer_desc {
  /** `sizeof(recurrent_trainer_desc)` */
  uint32_t struct_size;
  /** Threads that share the work, the caller's included; 1 to ::RECURRENT_MAX_THREADS. */
  int32_t threads;
  /**
   * Rates of dropout in front of each layer, `[layer_count]`, each from 0 up to but not including
   * 1; null for none. Every element of every step is dropped on its own (Srivastava et al. 2014).
   */
  const float* dropout;
  /**
   * The same, but an element that is dropped is dropped in all steps of the sequence (Gal &
   * Ghahramani 2016; Keras `dropout` of a recurrent layer); null for none.
   */
  const float* input_dropout;
  /**
   * Of the state that recurs, for the whole sequence (Keras `recurrent_dropout`); null for none. 0
   * for layers without state.
   */
  const float* recurrent_dropout;
} recurrent_trainer_desc;

/** What a trainer is. */
typedef struct recurrent_trainer_info {
  /** `sizeof(recurrent_trainer_info)`, set by the caller. */
  uint32_t struct_size;
  /** Number of blocks of parameters. */
  int32_t block_count;
  /** Number of parameters. */
  int64_t parameter_count;
  /** Floats of state of a batch row, laid out as recurrent_session_save() has them. */
  int64_t state_size;
  /** Bytes that the last forward pass has kept for the backward pass. */
  int64_t tape_bytes;
  /** Features of an input step; 1 for a model that takes indices. */
  int32_t input_size;
  /** Features of an output step. */
  int32_t output_size;
  /** The ::recurrent_isa in use: never AUTO. */
  int32_t isa;
  /** The ::recurrent_gemm_provider in use: BUILTIN or MKL. */
  int32_t gemm_provider;
} recurrent_trainer_info;

/** A matrix or vector of parameters, row-major, in the order of recurrent_direction_desc. */
typedef struct recurrent_parameter_block {
  /** `sizeof(recurrent_parameter_block)`, set by the caller. */
  uint32_t struct_size;
  /** Index of the layer. */
  int32_t layer;
  /** ::RECURRENT_DIRECTION_FORWARD or ::RECURRENT_DIRECTION_REVERSE. */
  int32_t direction;
  /** A ::recurrent_parameter_role. */
  int32_t role;
  /** Parameters before this block. */
  int64_t offset;
  /** Rows; 1 for a vector. */
  int64_t rows;
  /** Columns. */
  int64_t columns;
} recurrent_parameter_block;

/** A batch of sequences for recurrent_trainer_forward(). */
typedef struct recurrent_forward_args {
  /** `sizeof(recurrent_forward_args)` */
  uint32_t struct_size;
  /** The ::recurrent_layout of the input and output. */
  int32_t layout;
  /** Steps, 1 or more. */
  int64_t time;
  /** Rows, 1 or more. */
  int64_t batch;
  /** Input as in recurrent_run_args. */
  const float* x;
  /** Input of a model that takes indices. */
  const int32_t* indices;
  /** Output as in recurrent_run_args; required. */
  float* y;
  /** Valid steps of each row, `[batch]`, or null. */
  const int32_t* lengths;
  /** Which steps are there, as in recurrent_run_args, or null. */
  const uint8_t* present;
  /** States to start from, `[batch, state_size]`; null for those that a sequence starts from. */
  const float* initial_states;
  /** Receives the final states, `[batch, state_size]`; null if they are not wanted. */
  float* final_states;
  /** 1 to drop what the trainer's rates say, 0 for none (evaluation). */
  int32_t drops;
  /** A ::recurrent_empty_row: what the final states of a row of length 0 are. */
  int32_t empty_row;
  /** Which elements are dropped depends on this number and their place alone. */
  uint64_t seed;
  /** All inputs of the model instead of `x` and `indices`, as in recurrent_run_args, or null. */
  const recurrent_input_buffer* inputs;
  /** Outputs of the model instead of `y`, as in recurrent_run_args; null where `inputs` is. */
  const recurrent_output_buffer* outputs;
  /** Elements of `inputs`, 0 where it is null. */
  int32_t input_count;
  /** Elements of `outputs`, 0 where it is null. */
  int32_t output_count;
} recurrent_forward_args;

/** Gradients of a loss for recurrent_trainer_backward(), of the batch that went forward last. */
typedef struct recurrent_backward_args {
  /** `sizeof(recurrent_backward_args)` */
  uint32_t struct_size;
  /** Zero. */
  uint32_t reserved;
  /** Of the output, shaped as it is; null for 0. */
  const float* dy;
  /** Of the final states, `[batch, state_size]`; null for 0. */
  const float* dfinal_states;
  /** Receives those of the input, shaped as it is; null if they are not wanted. */
  float* dx;
  /** Receives those of the states that were started from, `[batch, state_size]`; null likewise. */
  float* dinitial_states;
  /**
   * Of outputs instead of `dy`, each shaped as the output is; 0 for those that are left out. Null
   * for none.
   */
  const recurrent_input_buffer* output_gradients;
  /**
   * Receive those of inputs instead of `dx`, each shaped as the input is; those that are left out
   * are not wanted. Null for none.
   */
  const recurrent_output_buffer* input_gradients;
  /** Elements of `output_gradients`, 0 where it is null. */
  int32_t output_gradient_count;
  /** Elements of `input_gradients`, 0 where it is null. */
  int32_t input_gradient_count;
} recurrent_backward_args;

/** One update of recurrent_trainer_update(). Fields that an optimizer does not have are unused. */
typedef struct recurrent_update_args {
  /** `sizeof(recurrent_update_args)` */
  uint32_t struct_size;
  /** A ::recurrent_optimizer. */
  int32_t optimizer;
  /** Learning rate. */
  double rate;
  /** Momentum of SGD and RMSprop; 0 for none. */
  double momentum;
  /** Adam's decay of the mean. */
  double decay_1;
  /** Decay of the mean square of Adam and RMSprop. */
  double decay_2;
  /** Added to the root of the mean square. */
  double epsilon;
  /** AdamW's. */
  double weight_decay;
  /** Gradients are multiplied by this first: clipping by norm. */
  double gradient_scale;
  /** Gradients are then bounded to `[-bound, bound]`; 0 for none: clipping by value. */
  double gradient_bound;
  /** Which update it is, from 1. */
  int64_t step;
  /** 1 for Nesterov's momentum. */
  int32_t nesterov;
  /**
   * 1 if the gradients have served: the next that are added begin anew, as after
   * recurrent_trainer_zero_gradients(). Until then they can be read. 0 if others are added to them.
   */
  int32_t renews;
  /**
   * Blocks that are not trained, `[block_count]`: 0 for one that is left as it is; null if all are
   * trained.
   */
  const uint8_t* trained;
  /**
   * Tables of embeddings of which only those rows are moved that a batch has read since the
   * gradients began, `[block_count]`: 1 for such a table; null if there is none. What is remembered
   * of other rows stays too (PyTorch's `sparse=True`). SGD without momentum, or Adam, by the rule
   * of PyTorch's `SparseAdam`: `p -= rate * sqrt(1 - decay_2^t) / (1 - decay_1^t) * m / (sqrt(v) +
   * epsilon)`. Refused with other optimizers and after recurrent_trainer_regularize() of the table,
   * which move all rows.
   */
  const uint8_t* sparse;
} recurrent_update_args;

/**
 * Parameters of a model, their gradients, and what a forward pass keeps for the backward pass. Not
 * to be used by two threads at the same time.
 */
typedef struct recurrent_trainer recurrent_trainer;

/** Layers with packed weights. Immutable; any number of threads may use it. */
typedef struct recurrent_model recurrent_model;

/** States and scratch memory of one caller. Not to be used by two threads at the same time. */
typedef struct recurrent_session recurrent_session;

/**
 * Streams of one model that come and go, each with states of its own, of which any may advance
 * together. Several threads may use it at the same time for different streams.
 */
typedef struct recurrent_pool recurrent_pool;

/**
 * @brief Version of the interface that the library was built with.
 * @return ::RECURRENT_ABI_VERSION of the library; a caller compiled against another one must not go
 * on.
 */
RECURRENT_API uint32_t recurrent_abi_version(void) RECURRENT_NOEXCEPT;

/**
 * @brief Why the last failing call of this thread failed.
 * @return UTF-8 text of at most 500 bytes without control characters, never null; valid until the
 * next failing call of the same thread.
 */
RECURRENT_API const char* recurrent_last_error(void) RECURRENT_NOEXCEPT;

/**
 * @brief Name of a status, for messages.
 * @param status A ::recurrent_status.
 * @return Its name without the prefix, such as `INVALID_ARGUMENT`; `UNKNOWN` if there is no such
 * status. Static.
 */
RECURRENT_API const char* recurrent_status_name(int32_t status) RECURRENT_NOEXCEPT;

/**
 * @brief Tells what this machine has: instruction sets, caches, Intel MKL.
 * @param info Filled in; `struct_size` is set by the caller.
 * @return OK; INVALID_ARGUMENT if RECURRENT_ISA names an instruction set that is unknown;
 * UNAVAILABLE if it names one that this machine does not have.
 */
RECURRENT_API recurrent_status recurrent_get_machine_info(recurrent_machine_info* info)
    RECURRENT_NOEXCEPT;

/**
 * @brief Lists the instruction sets that the library knows, the plainest first: of those that a
 * machine has, AUTO means the last one. It does not matter to this function what RECURRENT_ISA
 * says.
 * @param sets Receives the first `capacity` of them, each with its `struct_size` set by the caller;
 * null if `capacity` is 0.
 * @param capacity Elements of `sets`.
 * @param count Receives the number of instruction sets, which may be larger than `capacity`.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status recurrent_get_instruction_sets(recurrent_instruction_set* sets,
                                                              int64_t capacity,
                                                              int64_t* count) RECURRENT_NOEXCEPT;

/**
 * @brief Validates layers and packs their weights.
 * @param desc The layers. Everything that it points to may be freed after the call.
 * @param model Receives the model; to be given to recurrent_model_destroy(). Null on failure.
 * @return OK; INVALID_ARGUMENT for a layer that is not well formed; UNAVAILABLE for an instruction
 * set or provider that this machine does not have; OUT_OF_MEMORY.
 */
RECURRENT_API recurrent_status recurrent_model_create(const recurrent_model_desc* desc,
                                                      recurrent_model** model) RECURRENT_NOEXCEPT;

/**
 * @brief Makes a model of a file: what `recurrent convert` and the C# class `RecurrentFile` write.
 * docs/container.md describes the format.
 *
 * Files are not trusted. Sizes are checked against the length of the file before memory is taken,
 * and checksums before a model is made. While it loads, memory holds the weights as floats (at most
 * four times the bytes of the file) beside the packed ones.
 *
 * @param path Path of the file, UTF-8 on every system.
 * @param options How it is loaded; null for what the file says.
 * @param model Receives the model; to be given to recurrent_model_destroy(). Null on failure.
 * @return OK; FILE_ACCESS if the file cannot be read; BAD_FILE if it is no model file, is damaged,
 * or holds what this version does not know; INVALID_ARGUMENT for options that are wrong or do not
 * go with the model; NOT_SUPPORTED for a format of weights that this build does not have;
 * UNAVAILABLE; OUT_OF_MEMORY.
 */
RECURRENT_API recurrent_status recurrent_model_load(const char* path,
                                                    const recurrent_load_options* options,
                                                    recurrent_model** model) RECURRENT_NOEXCEPT;

/**
 * @brief Makes a model of the bytes of a file, such as a resource of the program.
 * @param bytes The file; it may be freed after the call. Any alignment.
 * @param size Bytes of the file.
 * @param options How it is loaded; null for what the file says.
 * @param model Receives the model; to be given to recurrent_model_destroy(). Null on failure.
 * @return As recurrent_model_load().
 */
RECURRENT_API recurrent_status
recurrent_model_load_memory(const void* bytes, int64_t size, const recurrent_load_options* options,
                            recurrent_model** model) RECURRENT_NOEXCEPT;

/**
 * @brief Puts the packed weights of a model into its file, so that it loads without packing
 * wherever weights are packed in the same way: on a machine with the same instruction set and
 * caches, by this version of the library. Everybody else ignores them.
 * @param model A model that was loaded from the file, for the instruction set that it has.
 * @param bytes The file. Packed weights that it has are replaced.
 * @param size Bytes of the file.
 * @param packed Receives the file with them; null if `capacity` is 0. It must not overlap `bytes`.
 * @param capacity Bytes of `packed`.
 * @param packed_size Receives the bytes of the file with them. If that is more than `capacity`,
 * nothing is written to `packed`.
 * @return OK, also if there was too little room; BAD_FILE if `bytes` are no model file;
 * INVALID_ARGUMENT, also if the model is of another file; OUT_OF_MEMORY.
 */
RECURRENT_API recurrent_status recurrent_model_add_packed(const recurrent_model* model,
                                                          const void* bytes, int64_t size,
                                                          void* packed, int64_t capacity,
                                                          int64_t* packed_size) RECURRENT_NOEXCEPT;

/**
 * @brief Gives a model up. Its memory is freed when its last session has gone.
 * @param model A model, or null.
 */
RECURRENT_API void recurrent_model_destroy(recurrent_model* model) RECURRENT_NOEXCEPT;

/**
 * @brief Tells a model's sizes and what was chosen for it.
 * @param model A model.
 * @param info Filled in; `struct_size` is set by the caller.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status recurrent_model_get_info(
    const recurrent_model* model, recurrent_model_info* info) RECURRENT_NOEXCEPT;

/**
 * @brief Tells what the file of a model says beside the model itself.
 * @param model A model. One that was not loaded has time-major data, keeps the state of empty rows,
 * and has no sample rate and no texts.
 * @param info Filled in; `struct_size` is set by the caller.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status recurrent_model_get_file_info(
    const recurrent_model* model, recurrent_file_info* info) RECURRENT_NOEXCEPT;

/**
 * @brief Gives a text of a model's file.
 * @param model A model.
 * @param index From 0 to recurrent_file_info::metadata_count - 1, in the order of the file.
 * @param metadata Filled in; `struct_size` is set by the caller.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status recurrent_model_get_metadata(
    const recurrent_model* model, int32_t index, recurrent_metadata* metadata) RECURRENT_NOEXCEPT;

/**
 * @brief Tells about an input of a model.
 * @param model A model.
 * @param index From 0 to `input_count - 1`, in the order of the description.
 * @param info Filled in; `struct_size` is set by the caller.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status recurrent_model_get_input(
    const recurrent_model* model, int32_t index, recurrent_value_info* info) RECURRENT_NOEXCEPT;

/**
 * @brief Tells about an output of a model.
 * @param model A model.
 * @param index From 0 to `output_count - 1`, in the order of the description.
 * @param info Filled in; `struct_size` is set by the caller. A model that puts out one step has a
 * row.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status recurrent_model_get_output(
    const recurrent_model* model, int32_t index, recurrent_value_info* info) RECURRENT_NOEXCEPT;

/**
 * @brief Tells how many steps an output has.
 * @param model A model.
 * @param index From 0 to `output_count - 1`.
 * @param time Steps of the inputs, 0 to 2^31 - 1; or the length of a row.
 * @param steps Receives the steps; 1 for a row, 0 without input steps.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status recurrent_model_output_steps(const recurrent_model* model,
                                                            int32_t index, int64_t time,
                                                            int64_t* steps) RECURRENT_NOEXCEPT;

/**
 * @brief Tells who multiplies the input weights of one direction of a layer, and why.
 * @param model A model.
 * @param layer Index of a recurrent layer, from 0.
 * @param direction ::RECURRENT_DIRECTION_FORWARD or ::RECURRENT_DIRECTION_REVERSE, one that the
 * layer has.
 * @param info Filled in; `struct_size` is set by the caller. Nothing is measured by a model that
 * was not created with ::RECURRENT_GEMM_AUTO, nor where MKL is not available.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status
recurrent_model_get_product_info(const recurrent_model* model, int32_t layer, int32_t direction,
                                 recurrent_product_info* info) RECURRENT_NOEXCEPT;

/**
 * @brief Opens a session with the states that a sequence starts from, as after a reset.
 * @param model The model; the session keeps it alive.
 * @param desc Batch and threads.
 * @param session Receives the session; to be given to recurrent_session_destroy(). Null on failure.
 * @return OK, INVALID_ARGUMENT, OUT_OF_MEMORY, or UNAVAILABLE if the threads are to be pinned and
 * the system does not.
 */
RECURRENT_API recurrent_status
recurrent_session_create(recurrent_model* model, const recurrent_session_desc* desc,
                         recurrent_session** session) RECURRENT_NOEXCEPT;

/**
 * @brief Closes a session: ends its threads and frees its memory. No call may be running on it.
 * @param session A session, or null.
 */
RECURRENT_API void recurrent_session_destroy(recurrent_session* session) RECURRENT_NOEXCEPT;

/**
 * @brief Advances every row by one step.
 * @param session A session of a model without a reverse direction.
 * @param x Input `[batch, input_size]`.
 * @param y Output `[batch, output_size]`; null if only the state matters. Must not overlap `x`.
 * @return OK; NOT_SUPPORTED if a layer has a reverse direction, because that needs the whole
 * sequence; INVALID_ARGUMENT; BUSY; OUT_OF_MEMORY (the thread's first step of a model of this
 * size).
 */
RECURRENT_API recurrent_status recurrent_session_step(recurrent_session* session, const float* x,
                                                      float* y) RECURRENT_NOEXCEPT;

/**
 * @brief Advances every row of a model that takes indices by one step.
 * @param session A session of a model whose first layer is an embedding, without a reverse
 * direction.
 * @param indices `[batch]`, each from 0 to `vocabulary_size - 1`.
 * @param y Output `[batch, output_size]`; null if only the state matters. Must not overlap
 * `indices`.
 * @return As recurrent_session_step(); INVALID_ARGUMENT also for a model that takes features.
 */
RECURRENT_API recurrent_status recurrent_session_step_indices(recurrent_session* session,
                                                              const int32_t* indices,
                                                              float* y) RECURRENT_NOEXCEPT;

/**
 * @brief Advances every row of a model with any inputs and outputs by one step.
 * @param session A session of a model that can be stepped.
 * @param inputs All inputs, `[input_count]`: sequences and rows `[batch, size]`, indices `[batch]`.
 * @param input_count Elements of `inputs`; as many as the model has.
 * @param outputs Outputs that are wanted, `[output_count]`, each `[batch, size]`; null if only the
 * state matters. None may overlap another one or an input.
 * @param output_count Elements of `outputs`; at most as many as the model has.
 * @return As recurrent_session_step().
 */
RECURRENT_API recurrent_status recurrent_session_step_buffers(
    recurrent_session* session, const recurrent_input_buffer* inputs, int32_t input_count,
    const recurrent_output_buffer* outputs, int32_t output_count) RECURRENT_NOEXCEPT;

/**
 * @brief Advances every row by a sequence, starting from the session's states and leaving the final
 * ones in it.
 *
 * A sequence may be given whole or in pieces of any length, except to a model with a reverse
 * direction: that one takes whole sequences, so between two runs the states of all rows must be
 * reset or loaded, or a state be set.
 *
 * @param session A session.
 * @param args The sequence.
 * @return OK; NOT_SUPPORTED if a model with a reverse direction is given a second piece;
 * INVALID_ARGUMENT; BUSY; OUT_OF_MEMORY (scratch memory grows with the first run of a larger shape;
 * nothing has happened then).
 */
RECURRENT_API recurrent_status recurrent_session_run(
    recurrent_session* session, const recurrent_run_args* args) RECURRENT_NOEXCEPT;

/**
 * @brief Computes sequences that have nothing to do with each other or with the session's states:
 * each begins with the states that a sequence starts from.
 *
 * The session's own states are neither read nor changed, and its batch does not matter: a session
 * that is for this alone has a batch of 0. Whatever the model's directions, nothing is to be reset
 * between two calls. The rows are computed on the caller's thread, a few at a time, so scratch
 * memory does not grow with `batch`. Outputs have the bits that recurrent_session_run() gives right
 * after a reset.
 *
 * @param session A session.
 * @param batch Sequences, 0 to 2^31 - 1: `B` of `args`.
 * @param args The sequences; `y` is not null unless there is no output.
 * @return OK; INVALID_ARGUMENT; BUSY; OUT_OF_MEMORY (scratch memory grows with the first call of
 * more steps; nothing has happened then).
 */
RECURRENT_API recurrent_status recurrent_session_predict(
    recurrent_session* session, int64_t batch, const recurrent_run_args* args) RECURRENT_NOEXCEPT;

/**
 * @brief Tells how much memory a session holds for states and scratch; weights are the model's.
 * @param session A session.
 * @param bytes Receives the bytes. They grow with the first calls of a larger shape.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status recurrent_session_get_bytes(const recurrent_session* session,
                                                           int64_t* bytes) RECURRENT_NOEXCEPT;

/**
 * @brief Makes the first call of a shape as fast as later ones: computes it with zeros as
 * input and puts the states back.
 *
 * Afterwards scratch memory for the shape is there, also for rows of different length, its pages
 * are touched, the session's threads have run, and weights are in the caches as far as they fit. A
 * step or run of at most that many steps then allocates nothing. Single-row steps use scratch
 * memory of the calling thread, so warm up on the thread that will step.
 *
 * @param session A session.
 * @param time Steps of the calls to come, 1 to 2^31 - 1. With 1 it is steps that are warmed up, and
 * runs of one step.
 * @return OK, INVALID_ARGUMENT, BUSY or OUT_OF_MEMORY.
 */
RECURRENT_API recurrent_status recurrent_session_warmup(recurrent_session* session,
                                                        int64_t time) RECURRENT_NOEXCEPT;

/**
 * @brief Tells how long each way to divide a run between the session's threads is predicted to
 * take, and which one is taken. The prediction comes from a small model of the machine: compare its
 * figures with each other, not with a clock. A session whose threads are kept from running by other
 * programs computes alone for a while whatever was chosen.
 * @param session A session.
 * @param time Steps of the run, 1 or more; 1 stands for recurrent_session_step() too.
 * @param candidates Receives the first `capacity` ways, each with its `struct_size` set by the
 * caller; null if `capacity` is 0.
 * @param capacity Elements of `candidates`.
 * @param count Receives the number of ways, which may be larger than `capacity`.
 * @return OK, INVALID_ARGUMENT, BUSY or OUT_OF_MEMORY.
 */
RECURRENT_API recurrent_status recurrent_session_explain(const recurrent_session* session,
                                                         int64_t time,
                                                         recurrent_plan_candidate* candidates,
                                                         int64_t capacity,
                                                         int64_t* count) RECURRENT_NOEXCEPT;

/**
 * @brief Sets rows' states of all layers and directions to those that a sequence starts from: the
 * model's initial states, zero where it has none.
 * @param session A session.
 * @param first_row First batch row.
 * @param row_count Number of rows; `first_row + row_count` is at most the session's batch.
 * @return OK, INVALID_ARGUMENT or BUSY.
 */
RECURRENT_API recurrent_status recurrent_session_reset(recurrent_session* session,
                                                       int64_t first_row,
                                                       int64_t row_count) RECURRENT_NOEXCEPT;

/**
 * @brief Copies one state of a layer out.
 * @param session A session.
 * @param layer Index of a layer that has a state, from 0.
 * @param direction ::RECURRENT_DIRECTION_FORWARD or ::RECURRENT_DIRECTION_REVERSE, one that the
 * layer has.
 * @param kind A ::recurrent_state_kind that the layer has.
 * @param state Receives `[batch, size]`, see ::recurrent_state_kind.
 * @param count Elements of `state`; exactly what the shape needs.
 * @return OK, INVALID_ARGUMENT or BUSY.
 */
RECURRENT_API recurrent_status recurrent_session_get_state(const recurrent_session* session,
                                                           int32_t layer, int32_t direction,
                                                           int32_t kind, float* state,
                                                           int64_t count) RECURRENT_NOEXCEPT;

/**
 * @brief Sets one state of a layer. Denormal values become +0, as whenever a state is stored.
 * @param session A session.
 * @param layer Index of a layer that has a state, from 0.
 * @param direction ::RECURRENT_DIRECTION_FORWARD or ::RECURRENT_DIRECTION_REVERSE, one that the
 * layer has.
 * @param kind A ::recurrent_state_kind that the layer has.
 * @param state `[batch, size]`, see ::recurrent_state_kind.
 * @param count Elements of `state`; exactly what the shape needs.
 * @return OK, INVALID_ARGUMENT or BUSY.
 */
RECURRENT_API recurrent_status recurrent_session_set_state(recurrent_session* session,
                                                           int32_t layer, int32_t direction,
                                                           int32_t kind, const float* state,
                                                           int64_t count) RECURRENT_NOEXCEPT;

/**
 * @brief Copies all states of some rows out: what recurrent_session_load() takes back, in the same
 * or another session of the same or an equally shaped model.
 * @param session A session.
 * @param first_row First batch row.
 * @param row_count Number of rows.
 * @param states Receives `[row_count, state_size]`; a row is its layers in order, in each the
 * forward direction before the reverse one, in each hidden before cell; then the output to repeat,
 * if the model has ::RECURRENT_MASKING_REPEAT.
 * @param count Elements of `states`; exactly `row_count * state_size`.
 * @return OK, INVALID_ARGUMENT or BUSY.
 */
RECURRENT_API recurrent_status recurrent_session_save(const recurrent_session* session,
                                                      int64_t first_row, int64_t row_count,
                                                      float* states,
                                                      int64_t count) RECURRENT_NOEXCEPT;

/**
 * @brief Sets all states of some rows from what recurrent_session_save() gave.
 * @param session A session.
 * @param first_row First batch row.
 * @param row_count Number of rows.
 * @param states `[row_count, state_size]`
 * @param count Elements of `states`; exactly `row_count * state_size`.
 * @return OK, INVALID_ARGUMENT or BUSY.
 */
RECURRENT_API recurrent_status recurrent_session_load(recurrent_session* session, int64_t first_row,
                                                      int64_t row_count, const float* states,
                                                      int64_t count) RECURRENT_NOEXCEPT;

/**
 * @brief Opens a pool, with room for streams and none open.
 * @param model A model that can be stepped; the pool keeps it alive.
 * @param capacity Streams that it is to have room for, 1 to ::RECURRENT_MAX_STREAMS.
 * @param pool Receives the pool; to be given to recurrent_pool_destroy(). Null on failure.
 * @return OK, INVALID_ARGUMENT, OUT_OF_MEMORY, or NOT_SUPPORTED for a model with a layer that needs
 * the whole sequence.
 */
RECURRENT_API recurrent_status recurrent_pool_create(recurrent_model* model, int64_t capacity,
                                                     recurrent_pool** pool) RECURRENT_NOEXCEPT;

/**
 * @brief Closes a pool and all its streams. No call may be running on it.
 * @param pool A pool, or null.
 */
RECURRENT_API void recurrent_pool_destroy(recurrent_pool* pool) RECURRENT_NOEXCEPT;

/**
 * @brief Tells what a pool is.
 * @param pool A pool.
 * @param info Filled in; `struct_size` is set by the caller.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status
recurrent_pool_get_info(const recurrent_pool* pool, recurrent_pool_info* info) RECURRENT_NOEXCEPT;

/**
 * @brief Opens a stream, with the states that a sequence starts from.
 * @param pool A pool.
 * @param stream Receives what names the stream: never 0, and no other stream of this process has
 * it, nor will one that is opened after this one was closed. 0 on failure.
 * @return OK, INVALID_ARGUMENT, or UNAVAILABLE if all streams that there is room for are open.
 */
RECURRENT_API recurrent_status recurrent_pool_open(recurrent_pool* pool,
                                                   int64_t* stream) RECURRENT_NOEXCEPT;

/**
 * @brief Closes a stream; its place is free for another one.
 * @param pool A pool.
 * @param stream An open stream of it.
 * @return OK, INVALID_ARGUMENT, or BUSY if another call is running on the stream.
 */
RECURRENT_API recurrent_status recurrent_pool_close(recurrent_pool* pool,
                                                    int64_t stream) RECURRENT_NOEXCEPT;

/**
 * @brief Takes streams back to the states that a sequence starts from.
 * @param pool A pool.
 * @param streams Open streams of it, `[stream_count]`, none twice.
 * @param stream_count Elements of `streams`.
 * @return OK, INVALID_ARGUMENT, or BUSY if another call is running on one of the streams; then no
 * stream has changed.
 */
RECURRENT_API recurrent_status recurrent_pool_reset(recurrent_pool* pool, const int64_t* streams,
                                                    int64_t stream_count) RECURRENT_NOEXCEPT;

/**
 * @brief Advances streams by one step. A stream's outputs have the same bits as those of a session
 * of its own, whatever other streams the call is about.
 * @param pool A pool of a model with one input of features and one output.
 * @param streams Open streams of it, `[stream_count]`, none twice.
 * @param stream_count Elements of `streams`, 0 or more.
 * @param x Input `[stream_count, input_size]`.
 * @param y Output `[stream_count, output_size]`; null if only the states matter. Must not overlap
 * `x` nor `streams`.
 * @return OK, INVALID_ARGUMENT, OUT_OF_MEMORY, or BUSY if another call is running on one of the
 * streams. In all cases but OK no stream has changed.
 */
RECURRENT_API recurrent_status recurrent_pool_step(recurrent_pool* pool, const int64_t* streams,
                                                   int64_t stream_count, const float* x,
                                                   float* y) RECURRENT_NOEXCEPT;

/**
 * @brief Advances streams of any model by some steps each.
 * @param pool A pool.
 * @param args Which streams, by how much, inputs and outputs.
 * @return As recurrent_pool_step().
 */
RECURRENT_API recurrent_status
recurrent_pool_run(recurrent_pool* pool, const recurrent_pool_run_args* args) RECURRENT_NOEXCEPT;

/**
 * @brief Copies the states of streams out.
 * @param pool A pool.
 * @param streams Open streams of it, `[stream_count]`, none twice.
 * @param stream_count Elements of `streams`.
 * @param states Receives `[stream_count, state_size]`, each as recurrent_session_save() has it.
 * @param count Elements of `states`; exactly `stream_count * state_size`.
 * @return OK, INVALID_ARGUMENT, or BUSY if another call is running on one of the streams.
 */
RECURRENT_API recurrent_status recurrent_pool_save(recurrent_pool* pool, const int64_t* streams,
                                                   int64_t stream_count, float* states,
                                                   int64_t count) RECURRENT_NOEXCEPT;

/**
 * @brief Sets the states of streams from what recurrent_pool_save() or recurrent_session_save()
 * gave for the same or an equally shaped model.
 * @param pool A pool.
 * @param streams Open streams of it, `[stream_count]`, none twice.
 * @param stream_count Elements of `streams`.
 * @param states `[stream_count, state_size]`.
 * @param count Elements of `states`; exactly `stream_count * state_size`.
 * @return OK, INVALID_ARGUMENT, or BUSY if another call is running on one of the streams.
 */
RECURRENT_API recurrent_status recurrent_pool_load(recurrent_pool* pool, const int64_t* streams,
                                                   int64_t stream_count, const float* states,
                                                   int64_t count) RECURRENT_NOEXCEPT;

/**
 * @brief Takes another model: streams stay open and keep their states, which the other weights then
 * advance. Waits for running calls; those that come meanwhile wait for it.
 * @param pool A pool.
 * @param model A model of the same inputs, outputs, states and mask value; the pool keeps it alive.
 * @return OK; INVALID_ARGUMENT for another model, NOT_SUPPORTED for one that cannot be stepped. In
 * both cases nothing has changed.
 */
RECURRENT_API recurrent_status recurrent_pool_replace(recurrent_pool* pool,
                                                      recurrent_model* model) RECURRENT_NOEXCEPT;

/**
 * @brief Makes a trainer with the parameters of a model.
 *
 * With the built-in product, outputs are those of a session of the same model, bit for bit.
 * Gradients are outside the canonical arithmetic; with that product they are the same from run to
 * run and for any number of threads on one instruction set. docs/numerics.md has the formulas.
 *
 * @param model The model. Everything that it points to may be freed after the call.
 * @param desc Threads and dropout.
 * @param trainer Receives the trainer; to be given to recurrent_trainer_destroy(). Null on failure.
 * @return OK, INVALID_ARGUMENT, UNAVAILABLE or OUT_OF_MEMORY.
 */
RECURRENT_API recurrent_status
recurrent_trainer_create(const recurrent_model_desc* model, const recurrent_trainer_desc* desc,
                         recurrent_trainer** trainer) RECURRENT_NOEXCEPT;

/**
 * @brief Frees a trainer.
 * @param trainer A trainer, or null.
 */
RECURRENT_API void recurrent_trainer_destroy(recurrent_trainer* trainer) RECURRENT_NOEXCEPT;

/**
 * @brief Tells a trainer's sizes.
 * @param trainer A trainer.
 * @param info Filled in; `struct_size` is set by the caller.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status recurrent_trainer_get_info(
    const recurrent_trainer* trainer, recurrent_trainer_info* info) RECURRENT_NOEXCEPT;

/**
 * @brief Tells where some parameters are. Blocks are in the order of layers, in each forward before
 * reverse, in each in the order of ::recurrent_parameter_role; those that a layer does not have are
 * left out.
 * @param trainer A trainer.
 * @param index From 0 to `block_count - 1`.
 * @param block Filled in; `struct_size` is set by the caller.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status
recurrent_trainer_get_block(const recurrent_trainer* trainer, int32_t index,
                            recurrent_parameter_block* block) RECURRENT_NOEXCEPT;

/**
 * @brief Copies all parameters out.
 * @param trainer A trainer.
 * @param values Receives `[parameter_count]`.
 * @param count Elements of `values`; exactly `parameter_count`.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status recurrent_trainer_get_parameters(const recurrent_trainer* trainer,
                                                                float* values,
                                                                int64_t count) RECURRENT_NOEXCEPT;

/**
 * @brief Sets all parameters.
 * @param trainer A trainer.
 * @param values `[parameter_count]`
 * @param count Elements of `values`; exactly `parameter_count`.
 * @return OK, INVALID_ARGUMENT, or OUT_OF_MEMORY if others are kept.
 */
RECURRENT_API recurrent_status recurrent_trainer_set_parameters(recurrent_trainer* trainer,
                                                                const float* values,
                                                                int64_t count) RECURRENT_NOEXCEPT;

/**
 * @brief Copies all gradients out: the sums of all backward passes since they were zeroed or
 * renewed.
 * @param trainer A trainer.
 * @param values Receives `[parameter_count]`.
 * @param count Elements of `values`; exactly `parameter_count`.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status recurrent_trainer_get_gradients(const recurrent_trainer* trainer,
                                                               float* values,
                                                               int64_t count) RECURRENT_NOEXCEPT;

/**
 * @brief Sets all gradients to zero.
 * @param trainer A trainer.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status recurrent_trainer_zero_gradients(recurrent_trainer* trainer)
    RECURRENT_NOEXCEPT;

/**
 * @brief Adds the gradients of penalties to those of one block: `l1 * sign(p) + 2 * l2 * p`, of
 * `l1 * sum |p| + l2 * sum p^2` (Keras's regularizers).
 * @param trainer A trainer.
 * @param block Index of a block.
 * @param l1 Factor of the sum of magnitudes, 0 or more.
 * @param l2 Factor of the sum of squares, 0 or more.
 * @param penalty Receives the penalty; null if it is not wanted.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status recurrent_trainer_regularize(recurrent_trainer* trainer,
                                                            int32_t block, double l1, double l2,
                                                            double* penalty) RECURRENT_NOEXCEPT;

/**
 * @brief The Euclidean norm of all gradients, or of those of one block.
 * @param trainer A trainer.
 * @param block Index of a block; -1 for all.
 * @param norm Receives the norm; NaN if a gradient is.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status recurrent_trainer_gradient_norm(const recurrent_trainer* trainer,
                                                               int32_t block,
                                                               double* norm) RECURRENT_NOEXCEPT;

/**
 * @brief Computes the outputs of a batch and keeps what the backward pass needs.
 * @param trainer A trainer.
 * @param args The batch. It is copied as far as it is needed later.
 * @return OK, INVALID_ARGUMENT or OUT_OF_MEMORY (the first pass of a larger shape; parameters and
 * gradients are as they were, but there is no pass left to go back through).
 */
RECURRENT_API recurrent_status recurrent_trainer_forward(
    recurrent_trainer* trainer, const recurrent_forward_args* args) RECURRENT_NOEXCEPT;

/**
 * @brief Adds the gradients of a loss to those of all parameters: backpropagation through time of
 * the last forward pass (Werbos 1990). Can be called once for each of them.
 * @param trainer A trainer.
 * @param args Gradients of the output and final states.
 * @return OK, INVALID_ARGUMENT, or NOT_SUPPORTED if there is no forward pass to go back through.
 */
RECURRENT_API recurrent_status recurrent_trainer_backward(
    recurrent_trainer* trainer, const recurrent_backward_args* args) RECURRENT_NOEXCEPT;

/**
 * @brief Moves all parameters along their gradients.
 * @param trainer A trainer.
 * @param args The optimizer and its numbers.
 * @return OK, INVALID_ARGUMENT or OUT_OF_MEMORY (an optimizer's first update, and the first after
 * parameters were kept).
 */
RECURRENT_API recurrent_status recurrent_trainer_update(
    recurrent_trainer* trainer, const recurrent_update_args* args) RECURRENT_NOEXCEPT;

/**
 * @brief Keeps the parameters of now, to go back to them with recurrent_trainer_restore(): the last
 * good ones of a training that may diverge. Those that were kept before are given up.
 *
 * Nothing is copied: from here on the first update puts new parameters beside the old ones, or puts
 * the old ones of those rows aside that it moves. That takes as much memory as the blocks that are
 * trained whole.
 * @param trainer A trainer.
 * @param keeps 1 to keep them, 0 to keep none any more, which frees the memory.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status recurrent_trainer_keep(recurrent_trainer* trainer,
                                                      int32_t keeps) RECURRENT_NOEXCEPT;

/**
 * @brief Takes the parameters back that were kept. They are still kept. Gradients and what the
 * optimizer remembers stay as they are.
 * @param trainer A trainer.
 * @return OK, INVALID_ARGUMENT, or NOT_SUPPORTED if none are kept.
 */
RECURRENT_API recurrent_status recurrent_trainer_restore(recurrent_trainer* trainer)
    RECURRENT_NOEXCEPT;

/**
 * @brief Copies out what the optimizer remembers: `[2, parameter_count]`, the mean (or momentum)
 * before the mean square. Zero before the first update.
 * @param trainer A trainer.
 * @param values Receives the values.
 * @param count Elements of `values`; exactly `2 * parameter_count`.
 * @return OK or INVALID_ARGUMENT.
 */
RECURRENT_API recurrent_status recurrent_trainer_get_moments(const recurrent_trainer* trainer,
                                                             float* values,
                                                             int64_t count) RECURRENT_NOEXCEPT;

/**
 * @brief Sets what the optimizer remembers.
 * @param trainer A trainer.
 * @param values `[2, parameter_count]`, as recurrent_trainer_get_moments() gave them.
 * @param count Elements of `values`; exactly `2 * parameter_count`.
 * @return OK, INVALID_ARGUMENT or OUT_OF_MEMORY.
 */
RECURRENT_API recurrent_status recurrent_trainer_set_moments(recurrent_trainer* trainer,
                                                             const float* values,
                                                             int64_t count) RECURRENT_NOEXCEPT;

/**
 * @brief Applies an activation to an array with the canonical arithmetic.
 * @param isa A ::recurrent_isa.
 * @param activation A ::recurrent_activation.
 * @param alpha Its `alpha`, where the formula has one.
 * @param beta Its `beta`, where the formula has one.
 * @param x `[count]`
 * @param y Receives `[count]`; may be `x` itself, but must not overlap it otherwise.
 * @param count Elements, 0 or more.
 * @return OK, INVALID_ARGUMENT or UNAVAILABLE.
 */
RECURRENT_API recurrent_status recurrent_activate(int32_t isa, int32_t activation, float alpha,
                                                  float beta, const float* x, float* y,
                                                  int64_t count) RECURRENT_NOEXCEPT;

#if defined(__cplusplus)
} /* extern "C" */
#endif

#endif /* RECURRENT_RECURRENT_H_ */
