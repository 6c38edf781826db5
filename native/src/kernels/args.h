#pragma once

#include <stdint.h>

#include "kernels/weight_format.h"

// What the kernels are given: plain structs, filled in by exec/. Everything is checked before;
// kernels check nothing.
//
// Weights are packed in *groups*. A panel is one vector of hidden units (V of them) with all its
// gates; a group is `panels_per_group` panels side by side, the last group fewer if the panels do
// not divide. For every chain term k a group holds `[panel in group][gate][V]`, so one pass over
// the inputs reads memory in order and fills every accumulator:
//
//   group: x terms `[I][panels][gates of x][V]`, then h terms `[S][panels][gates of h][V]`
//
// (Of bfloat16 a vector has two terms; integers of 8 bits lie as integer_layout.h says.)
//
// A row of pre-activations has the same order without k: `[panel][gate][V]`, groups being
// consecutive panels.

namespace recurrent::kernels {

struct Activation {
  int32_t kind;  // recurrent_activation
  float alpha;
  float beta;
};

// Memory in which kernels of integers put rows that they round, for at least one row
// (rounded_row_bytes); others leave it alone.
struct RowMemory {
  unsigned char* at;
  int64_t bytes;
};

// Which rows and groups a call computes.
struct Range {
  int64_t rows;
  int64_t group_begin;
  int64_t group_end;
  // Walk the groups from the last to the first. Alternating this from step to step keeps a part of
  // the weights in a cache that is a little too small for all of them; it does not touch the bits.
  int64_t backwards;
};

// How a matrix of weights is cut into groups.
struct Grouping {
  int64_t panels;
  int64_t panels_per_group;
  int64_t rows_at_once;  // rows that a call takes through all groups before the next rows
};

// `out[row] = chain(init, x[row])` for all gates: the input product of a chunk of steps.
struct ProductArgs {
  Range range;
  Grouping grouping;
  WeightBytes weights;
  int64_t panel_stride;  // bytes of weights that a panel has, x and h terms together
  int64_t gates;         // vectors a panel has for an x term
  const float* init;     // bias `[panel][gate][V]`
  const float* x;        // `[rows][x_stride]`
  int64_t x_stride;
  int64_t x_size;
  float* out;  // `[rows][out_stride]`
  int64_t out_stride;
  RowMemory rounded;
};

// The product of groups of few outputs, where a vector has an input of its own for each output:
// `y[row][u] = f(chain(init[u], x[row][u]))`, the terms of a row being `term_stride` apart.
struct LaneArgs {
  int64_t rows;
  int64_t vector_begin;
  int64_t vector_end;
  int64_t units;  // that exist; the last vector may have fewer
  int64_t terms;
  const float* weights;  // `[terms][weights_stride]`, whole vectors, as is `init`
  int64_t weights_stride;
  const float* init;
  const float* x;
  int64_t x_stride;
  int64_t term_stride;
  Activation activation;
  float* y;
  int64_t y_stride;
  float* tape;  // `[rows][tape_stride]` pre-activations; null if they are not wanted
  int64_t tape_stride;
};

struct CellArgs;

// Turns the accumulators of a tile, put down as `[rows][panels][columns][V]`, into new units.
using FinishFn = void (*)(const CellArgs& args, int64_t row, int64_t panel,
                          const float* accumulators, int64_t rows, int64_t panels);

// What all steps of a recurrent cell, a dense layer (no h terms) or a projection (no x terms) have
// in common.
struct CellConstants {
  Grouping grouping;
  int64_t groups;
  WeightBytes weights;
  int64_t panel_stride;
  int64_t units;      // hidden units that exist; the last panel may have fewer than V
  int64_t x_terms;    // x terms that a group holds, also when a chain starts after them
  int64_t h_terms;    // states that recur
  const float* bias;  // `[panel][gate][V]`
  int64_t flush;      // 1 if the result is a state: denormals become +0
  FinishFn finish;

  const float* peephole;      // LSTM: `[panel][i f o][V]` or null
  int64_t coupling;           // LSTM: recurrent_gate_coupling
  int64_t peephole_previous;  // LSTM: 1 if the output gate sees the previous cell state
  const float* state_bias;    // GRU: bias of the recurrent half of the candidate, `[panel][V]`

  float clip;  // 0 for none
  Activation gate;
  Activation activation;  // candidate, or the only one
  Activation output;
};

// One step of a number of rows.
struct CellArgs {
  Range range;
  const CellConstants* cell;
  const float* init;  // where chains start, `[row][panel][gate][V]`: the bias, or an input product
  int64_t init_stride;  // floats between rows of `init`; 0 for the bias
  const float* x;       // `[rows][x_stride]`; unused when x_size is 0, as `init` has the x terms
  int64_t x_stride;
  int64_t x_size;
  const float* h;  // `[rows][h_stride]`, the previous state; rows are padded to whole vectors
  int64_t h_stride;
  float* h_out;  // `[rows][h_out_stride]`, whole vectors are written; null for a dense layer
  int64_t h_out_stride;
  float* y;  // `[rows][y_stride]`, only existing units are written; null if not wanted
  int64_t y_stride;
  float* c;  // LSTM: `[rows][c_stride]`, updated in place
  int64_t c_stride;

  // GRU with reset before: what the first phase leaves to the second, `[rows][scratch_stride]`
  // each.
  float* reset_state;  // s = r * h
  float* update;       // z
  float* candidate;    // b_n + W_n x
  int64_t scratch_stride;

  // Training: what the backward pass needs of the gates, `[rows][tape_stride]`, see BackwardArgs.
  // Written by CellConstants::finish where that is a recording one.
  float* tape;
  int64_t tape_stride;

  RowMemory rounded;
};

// One step of the backward pass of a number of rows: from the gradient of what a cell put out to
// those of its pre-activations. All rows of states are padded to whole vectors; gradients of units
// that do not exist are 0.
//
// The tape has a row of `[gate][units]`: SimpleRNN and Dense one; LSTM i f g o; reset-before GRU r
// z n; GRU p r z q, p and q being the halves of n's pre-activation that come from x and from h, so
// that the gates that x feeds and those that h feeds both follow each other. The plain form records
// the gates' values (of a GRU n in the place of p, and q itself), the general one their
// pre-activations. The backward pass puts the gradients of the pre-activations in their place.
struct BackwardArgs {
  int64_t rows;
  int64_t panel_begin;
  int64_t panel_end;
  const CellConstants* cell;
  float* tape;
  int64_t tape_stride;
  const float* dy;  // of the output, `[rows][dy_stride]`, only as far as units exist; null for 0
  int64_t dy_stride;
  const float* dh;   // of the state that recurs, from the step after
  float* direct;     // GRU: the part of it that needs no product; the next one is put there
  int64_t h_stride;  // of dh, direct, h and ds
  const float* h;    // GRU: the previous state
  float* dc;  // LSTM: of the cell state, from the step after; that of the one before is put there
  const float* c;  // LSTM: the previous cell state
  const float* c_new;
  int64_t c_stride;
  const float* ds;  // reset-before GRU, second phase: of s = r * h
  // `[gate][units]`, to which the gradients of a row are added; those of all rows if the stride is
  // 0.
  float* bias;
  int64_t bias_stride;
  float* peephole;  // LSTM: `[i f o][units]`, likewise; null if there are none
  int64_t peephole_stride;
};

// One step of one row: what a stream is made of. It has the fields of CellArgs that it
// needs, under the same names, and no strides, so that a cell's body is written once for both.
struct StepArgs {
  const CellConstants* cell;
  int64_t group_begin;
  int64_t group_end;
  int64_t backwards;
  const float* init;
  const float* x;
  int64_t x_size;
  const float* h;  // may be h_out if the cell has a single group, which reads before it writes
  float* h_out;
  float* y;
  float* c;
  float* reset_state;
  float* update;
  float* candidate;
  unsigned char* rounded;  // memory for one row, see RowMemory

  static constexpr int64_t init_stride = 0;
  static constexpr int64_t x_stride = 0;
  static constexpr int64_t h_stride = 0;
  static constexpr int64_t h_out_stride = 0;
  static constexpr int64_t y_stride = 0;
  static constexpr int64_t c_stride = 0;
  static constexpr int64_t scratch_stride = 0;
};

// Training of small layers takes the rows of a batch in *blocks*, a row in each lane: no lane is
// left over where units do not fill a vector. What belongs to a unit, gate or feature is
// `[unit][kBlockRows]`; the weights are those of every other kernel.
inline constexpr int64_t kBlockRows = 16;

// One step of a block of plain cells.
struct BlockStepArgs {
  const CellConstants* cell;
  const float* x;  // `[x_terms][rows]`
  const float* h;  // `[h_terms][rows]`, the previous state
  float* h_out;
  const float* c;  // LSTM: the previous cell state
  float* c_out;
  float* tape;  // `[gate][units][rows]`, the gates of BackwardArgs; LSTM: and tanh(c')
};

// The same step back. Of rows that do not have it everything stays as it is, and their gradients on
// the tape are 0.
struct BlockBackArgs {
  int64_t units;
  int64_t rows;     // that have the step, the first ones
  float* tape;      // values of gates, in whose place their gradients are put
  const float* dy;  // of the output; null for 0
  float* dh;        // of the state from the step after; left is the part that needs no product
  const float* h;   // GRU: the previous state
  float* dc;        // LSTM: of the cell state from the step after; left is that of the one before
  const float* c;   // LSTM: the previous cell state
};

// `out[j] += sum over k of weights[k][j] * a[k]`
struct BlockProductArgs {
  const float* weights;  // `[terms][columns]`, as the caller of the library has them
  int64_t terms;
  int64_t columns;
  const float* a;  // `[terms][rows]`
  float* out;      // `[columns][rows]`
};

// `out[k][j]` = or += the sum over steps and rows of `a[k] * b[j]`, for whole tiles of
// BlockKernels::tile_rows and tile_columns: memory behind the last ones is read and
// counts for what nobody wants.
struct BlockGradientArgs {
  const float* const* a;  // of each step, `[k][rows]`
  const float* const* b;  // of each step, `[j][rows]`
  int64_t steps;
  int64_t a_begin;
  int64_t a_end;
  int64_t b_begin;
  int64_t b_end;
  bool adds;
  float* out;  // `[k][out_stride]`, of `a_begin` and `b_begin`
  int64_t out_stride;
};

}  // namespace recurrent::kernels
