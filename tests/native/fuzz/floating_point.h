// The caller's floating-point control, which must change no result and must be as it was
// afterwards.
#pragma once

#include "choice.h"

namespace recurrent::fuzz {

class FloatingPointMode {
 public:
  // The usual mode, or sometimes another rounding, with or without denormals.
  static FloatingPointMode draw(Random& random);

  // Switches to the mode, and back when it goes.
  class Scope {
   public:
    explicit Scope(const FloatingPointMode& mode);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

    // Throws a Failure if something else has been set since.
    void check(const char* call) const;

   private:
    unsigned set_ = 0;
    unsigned original_ = 0;
  };

 private:
  bool is_usual_ = true;
  unsigned bits_ = 0;
};

}  // namespace recurrent::fuzz
