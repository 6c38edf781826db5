#pragma once

#include <stdint.h>

#include "kernels/args.h"

namespace recurrent::kernels {

using ArrayFn = void (*)(const float* x, float* y, int64_t count);
using ActivationFn = void (*)(int32_t kind, float alpha, float beta, const float* x, float* y,
                              int64_t count);
using ScaleFn = void (*)(const float* s, const float* b, const float* x, float* y, int64_t count);
using AddFn = void (*)(const float* x, const float* s, float* y, int64_t count);
using ProductFn = void (*)(const ProductArgs& args);
using CellFn = void (*)(const CellArgs& args);
using StepFn = void (*)(const StepArgs& args);

// The cells, in the order of KernelTable::cells. A projection is a linear cell without x terms, a
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
  StepFn step;
};

struct CellKernels {
  CellFn function;
  FormKernels forms[kFormCount];
};

// The kernels of one instruction set. Nothing else in the library is compiled for it.
struct KernelTable {
  int32_t isa;    // recurrent_isa
  int32_t width;  // V, lanes of a vector
  const char* name;
  ArrayFn exp;
  ArrayFn expm1;
  ArrayFn log1p;
  ActivationFn activation;
  ArrayFn flush;  // copies, denormals becoming +0
  ScaleFn scale;  // this and the following two flush what they read
  AddFn add;
  ArrayFn softmax;
  ProductFn product;
  CellKernels cells[kCellCount];
};

// The kernels of a recurrent_isa, or null if this machine cannot run them or they were not built.
const KernelTable* table_for(int isa);

}  // namespace recurrent::kernels
