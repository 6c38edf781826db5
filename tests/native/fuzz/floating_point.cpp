#include "floating_point.h"

#include "failure.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace recurrent::fuzz {
namespace {

#if defined(__x86_64__)
constexpr unsigned kFlags = 0x3F;  // what operations have raised: nobody's setting
constexpr unsigned kUsual = 0x1F80;

unsigned get() { return _mm_getcsr() & ~kFlags; }
void set(unsigned bits) { _mm_setcsr(bits); }
#else
constexpr unsigned kUsual = 0;

unsigned get() { return 0; }
void set(unsigned) {}
#endif

}  // namespace

FloatingPointMode FloatingPointMode::draw(Random& random) {
  FloatingPointMode mode;
  mode.is_usual_ = !one_in(random, 6);
  mode.bits_ =
      kUsual | one_of(random, {0u, 0x2000u, 0x4000u, 0x6000u}) | one_of(random, {0u, 0x8040u});
  return mode;
}

FloatingPointMode::Scope::Scope(const FloatingPointMode& mode) : original_(get()) {
  if (!mode.is_usual_) set(mode.bits_);
  set_ = get();
}

FloatingPointMode::Scope::~Scope() { set(original_); }

void FloatingPointMode::Scope::check(const char* call) const {
  expect(get() == set_, "%s left another floating-point control behind: %x instead of %x", call,
         get(), set_);
}

}  // namespace recurrent::fuzz
