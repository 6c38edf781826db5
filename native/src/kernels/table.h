#pragma once

#include <stdint.h>

#include "kernels/args.h"
#include "kernels/instruction_set.h"
#include "kernels/integer_layout.h"
#include "kernels/weight_format.h"

namespace recurrent::kernels {

using ArrayFn = void (*)(const float* x, float* y, int64_t count);
using RowsFn = void (*)(const float* x, int64_t x_stride, float* y, int64_t y_stride, int64_t count,
                        int64_t rows);
using ActivationFn = void (*)(int32_t kind, float alpha, float beta, const float* x, float* y,
                              int64_t count);
using ScaleFn = void (*)(const float* s, const float* b, const float* x, float* y, int64_t count);
// x, s and y, see where it is used.
using AddFn = void (*)(const float* x, const float* s, float* y, int64_t count);
// `y[i] = s[i] (x[i] - mean) / sqrt(variance + epsilon) + b[i]`
using NormalizeFn = void (*)(const float* s, const float* b, float epsilon, const float* x,
                             float* y, int64_t count);
using LaneFn = void (*)(const LaneArgs& args);
using ProductFn = void (*)(const ProductArgs& args);
using CellFn = void (*)(const CellArgs& args);
using StepFn = void (*)(const StepArgs& args);

// The cells, in the order of WeightKernels::cells. A projection is a linear cell without x terms, a
// dense layer one without h terms.
enum class Cell : int32_t {
  kSimple,
  kLinear,
  kLstm,
  kGru,
  kGruResetBeforeGates,
  kGruResetBeforeCandidate
};
inline constexpr int32_t kCellCount = 6;

// How an accumulator becomes a unit. Plain: the usual activations (tanh and sigmoid, none for a
// linear cell) and nothing else. Variant: the usual activations, and peepholes, coupled gates and a
// clip as they come. General: any activation as well, by a call.
enum class Form : int32_t { kPlain, kVariant, kGeneral };
inline constexpr int32_t kFormCount = 3;

struct FormKernels {
  FinishFn finish;  // for CellConstants
  FinishFn record;  // the same, and fills CellArgs::tape
  StepFn step;
};

struct CellKernels {
  CellFn function;
  FormKernels forms[kFormCount];
};

// What reads weights in one format.
struct WeightKernels {
  ProductFn product;
  CellKernels cells[kCellCount];
};

// What reads weights of 8 bits. What ends a chain (FormKernels::finish and record) is that of
// floats.
struct IntegerKernels {
  IntegerLayout layout;
  int32_t gated_panels;     // panels a group of a gated cell
  WeightKernels inputs_16;  // whose inputs have so many bits
  WeightKernels inputs_8;
};

// From gradients of states to those of pre-activations, of what the plain form or the others have
// recorded.
using BackwardFn = void (*)(const BackwardArgs& args);
struct BackwardKernels {
  BackwardFn plain;
  BackwardFn general;
};

// Cells as the backward pass has them: that of a reset-before GRU has two phases as well, the
// candidate before the reset gate.
enum class Backward : int32_t { kSimple, kLstm, kGru, kGruCandidate, kGruReset };
inline constexpr int32_t kBackwardCount = 5;

// The kernels of rows in lanes, see kBlockRows.
using BlockStepFn = void (*)(const BlockStepArgs& args);
using BlockBackFn = void (*)(const BlockBackArgs& args);
using BlockProductFn = void (*)(const BlockProductArgs& args);
using BlockGradientFn = void (*)(const BlockGradientArgs& args);
// Between rows `[count][stride]`, count <= kBlockRows, and a block's `[columns][kBlockRows]`, whose
// other lanes become 0.
using ToBlockFn = void (*)(const float* rows, int64_t stride, int64_t count, int64_t columns,
                           float* block);
using FromBlockFn = void (*)(const float* block, int64_t columns, int64_t count, float* rows,
                             int64_t stride);
struct BlockKernels {
  BlockStepFn step[3];  // SimpleRNN, LSTM, GRU; null where the instruction set has no blocks
  BlockBackFn back[3];
  BlockProductFn product;
  BlockGradientFn gradient;
  ToBlockFn to_block;
  FromBlockFn from_block;
  int64_t tile_rows;
  int64_t tile_columns;
};

// `c[r][j] += sum of a[k][r] * b[k][j]` in the order of k, for a tile of `gradient_rows` by
// `gradient_columns` whose rows are `c_stride` apart.
using GradientTileFn = void (*)(const float* a, const float* b, int64_t terms, float* c,
                                int64_t c_stride);
// `dx[i] = dy[i] * f'(x[i])`
using SlopeFn = void (*)(int32_t kind, float alpha, float beta, const float* x, const float* dy,
                         float* dx, int64_t count);

// One update of `count` parameters; docs of recurrent_optimizer have the formulas.
struct UpdateArgs {
  const float* parameters;
  float* moved;  // receives the new parameters; may be `parameters`
  const float* gradients;
  float* mean;
  float* square;
  int64_t count;
  int32_t optimizer;  // recurrent_optimizer
  int32_t nesterov;
  float rate;
  float momentum;
  float decay_1;
  float rest_1;  // 1 - decay_1, of the decay before it was rounded
  float decay_2;
  float rest_2;
  float epsilon;
  float shrink;             // AdamW: 1 - rate * weight_decay
  float square_correction;  // Adam: 1 / (1 - decay_2^t)
  float scale;
  float bound;  // 0 for none
};
using UpdateFn = void (*)(const UpdateArgs& args);

// The kernels of one instruction set. Nothing else in the library is compiled for it.
struct KernelTable : InstructionSet {
  ArrayFn exp;
  ArrayFn expm1;
  ArrayFn log;
  ArrayFn log1p;
  ActivationFn activation;
  ArrayFn flush;  // copies, denormals becoming +0
  RowsFn flush_rows;
  ScaleFn scale;  // this and the following flush what they read
  AddFn add;
  AddFn multiply;
  ArrayFn softmax;
  ArrayFn log_softmax;
  NormalizeFn normalize;
  ArrayFn accumulate;    // of steps: y[i] += x[i]
  ArrayFn keep_largest;  // y[i] = x[i] where that is larger, or NaN
  AddFn exp_below;       // y[i] = exp(x[i] - s[i])
  AddFn accumulate_product;
  LaneFn lanes;
  WeightKernels weights[kFloatFormatCount];  // by WeightFormat

  // Training.
  BackwardKernels backward[kBackwardCount];
  SlopeFn slope;
  GradientTileFn gradient_tile;
  int64_t gradient_rows;
  int64_t gradient_columns;
  BlockKernels blocks;
  UpdateFn update;

  const WeightKernels& reading(WeightFormat format) const {
    return weights[static_cast<int32_t>(format)];
  }
};

}  // namespace recurrent::kernels
