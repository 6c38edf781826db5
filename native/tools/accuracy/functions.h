// The functions that are checked: how to reach ours in a kernel table, and what they should give.
#pragma once

#include <recurrent/recurrent.h>

#include <cmath>
#include <cstdint>
#include <span>

#include "kernels/table.h"

namespace recurrent::accuracy {

// The oracles are the C library's double functions: with a relative error of about 2^-52 they say
// which float is nearest except within 2^-28 of an ulp of a tie, so a distance may be off by one
// only there, and an error not at all.
struct Function {
  const char* name;
  void (*ours)(const kernels::KernelTable& table, const float* x, float* y, int64_t count);
  double (*exact)(double x);
  int64_t ulp_bound;
  float least;     // no result is below,
  float greatest;  // and none above
  bool is_odd;
};

template <int32_t kKind>
void activation(const kernels::KernelTable& table, const float* x, float* y, int64_t count) {
  constexpr float kAlpha = 1.0f;
  constexpr float kBeta = 1.0f;
  table.activation(kKind, kAlpha, kBeta, x, y, count);
}

inline constexpr Function kFunctions[] = {
    {"exp",
     [](const kernels::KernelTable& table, const float* x, float* y, int64_t count) {
       table.exp(x, y, count);
     },
     [](double x) { return std::exp(x); }, 2, 0.0f, HUGE_VALF, false},
    {"expm1",
     [](const kernels::KernelTable& table, const float* x, float* y, int64_t count) {
       table.expm1(x, y, count);
     },
     [](double x) { return std::expm1(x); }, 2, -1.0f, HUGE_VALF, false},
    {"log",
     [](const kernels::KernelTable& table, const float* x, float* y, int64_t count) {
       table.log(x, y, count);
     },
     [](double x) { return std::log(x); }, 2, -HUGE_VALF, HUGE_VALF, false},
    {"log1p",
     [](const kernels::KernelTable& table, const float* x, float* y, int64_t count) {
       table.log1p(x, y, count);
     },
     [](double x) { return std::log1p(x); }, 2, -HUGE_VALF, HUGE_VALF, false},
    {"sigmoid", activation<RECURRENT_ACTIVATION_SIGMOID>,
     [](double x) { return 1.0 / (1.0 + std::exp(-x)); }, 2, 0.0f, 1.0f, false},
    {"tanh", activation<RECURRENT_ACTIVATION_TANH>, [](double x) { return std::tanh(x); }, 2, -1.0f,
     1.0f, true},
    {"elu", activation<RECURRENT_ACTIVATION_ELU>,
     [](double x) { return x < 0.0 ? std::expm1(x) : x; }, 2, -1.0f, HUGE_VALF, false},
    {"softsign", activation<RECURRENT_ACTIVATION_SOFTSIGN>,
     [](double x) { return std::isinf(x) ? NAN : x / (1.0 + std::fabs(x)); }, 2, -1.0f, 1.0f, true},
    {"softplus", activation<RECURRENT_ACTIVATION_SOFTPLUS>,
     [](double x) { return std::fmax(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }, 2, 0.0f,
     HUGE_VALF, false},
};

}  // namespace recurrent::accuracy
