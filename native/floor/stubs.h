// A function that has nothing in it and an old version, to link with; see RecurrentFloor.cmake.
#pragma once

#if defined(__aarch64__)
#define RECURRENT_STUB(name, version) RECURRENT_STUB_OF(name, "GLIBC_2.17")
#else
#define RECURRENT_STUB(name, version) RECURRENT_STUB_OF(name, version)
#endif
#define RECURRENT_STUB_OF(name, version)                         \
  __attribute__((visibility("default"))) void name##_stub(void); \
  void name##_stub(void) {}                                      \
  __asm__(".symver " #name "_stub, " #name "@@" version)
