// The floating-point environment that the arithmetic contract needs (docs/numerics.md, 1.6).
#pragma once

#include <cstdint>

#if defined(__x86_64__) || defined(_M_X64)
#include <xmmintrin.h>
#endif

namespace recurrent::cpu {

// Round to nearest, no flushing of denormals in or out, all exceptions masked, for the current
// thread and scope. A caller may have set something else, as audio hosts and games often have; it
// finds its register as it left it, sticky flags included. Where it is right already, as nearly
// always, this is one read and one comparison.
//
// The compiler does not know that arithmetic depends on this register and may move it across a
// change. So nothing is computed in the scope itself: kernels are called through function pointers,
// which the compiler cannot look into.
class ScopedFpControl {
 public:
  ScopedFpControl() noexcept : original_(read()) {
    if ((original_ & kControlBits) != kCanonical) {
      write(kCanonical);
      changed_ = true;
    }
  }

  ~ScopedFpControl() {
    if (changed_) write(original_);
  }

  ScopedFpControl(const ScopedFpControl&) = delete;
  ScopedFpControl& operator=(const ScopedFpControl&) = delete;

 private:
#if defined(__x86_64__) || defined(_M_X64)
  // MXCSR: flush to zero 15, rounding 14-13, exception masks 12-7, denormals are zero 6; flags 5-0.
  using Register = uint32_t;
  static constexpr Register kControlBits = 0xffc0;
  static constexpr Register kCanonical = 0x1f80;
  static Register read() noexcept { return _mm_getcsr(); }
  static void write(Register value) noexcept { _mm_setcsr(value); }
#elif defined(__aarch64__) && defined(__GNUC__)
  // FPCR: rounding 23-22, flush to zero 24, trap enables 15 and 12-8, alternate handling and flush
  // inputs 1-0. The sticky flags have a register of their own, FPSR, which is not written.
  using Register = uint64_t;
  static constexpr Register kControlBits = 0x01c09f03;
  static constexpr Register kCanonical = 0;
  static Register read() noexcept {
    Register value = 0;
    __asm__ volatile("mrs %0, fpcr" : "=r"(value));
    return value;
  }
  static void write(Register value) noexcept { __asm__ volatile("msr fpcr, %0" : : "r"(value)); }
#else
  // An architecture whose register is not known here: its default environment is taken for granted.
  using Register = uint32_t;
  static constexpr Register kControlBits = 0;
  static constexpr Register kCanonical = 0;
  static Register read() noexcept { return 0; }
  static void write(Register) noexcept {}
#endif

  Register original_;
  bool changed_ = false;
};

}  // namespace recurrent::cpu
