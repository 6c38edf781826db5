// What the vector types and the mathematics need before they are included inside a
// per-instruction-set namespace. Nothing here emits an inline function: a linker might keep the
// AVX-512 copy for everybody.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__) || defined(__i386__) || defined(_M_X64) || defined(_M_IX86)
#if defined(__GNUC__) && !defined(__clang__)
// GCC 12's own AVX-512 header initializes its "undefined" operands with themselves and is warned
// about it.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#else
#include <immintrin.h>
#endif
#endif

#if defined(__aarch64__) || defined(_M_ARM64)
#include <arm_neon.h>
#endif

#if defined(_MSC_VER) && !defined(__clang__)
#define RECURRENT_INLINE __forceinline
#define RECURRENT_NOINLINE __declspec(noinline) inline
#else
#define RECURRENT_INLINE inline __attribute__((always_inline))
#define RECURRENT_NOINLINE inline __attribute__((noinline))
#endif
