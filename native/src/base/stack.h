// Which functions have no canary on the stack.
#pragma once

// For what runs at every step, where a canary is a percent (docs/kernels.md), and has no array
// there.
#if defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 11)
#define RECURRENT_NO_CANARY __attribute__((no_stack_protector))
#else
#define RECURRENT_NO_CANARY
#endif
