// A call of the library on one object and on its twin, and all that must hold whatever it answers.
#pragma once

#include <recurrent/recurrent.h>

#include <functional>
#include <vector>

#include "choice.h"
#include "floating_point.h"
#include "guarded.h"
#include "progress.h"

namespace recurrent::fuzz {

// Two objects that are given the same calls: they differ in what must make no difference.
inline constexpr int kSides = 2;

// A set of statuses.
using Statuses = unsigned;
constexpr Statuses only(recurrent_status status) { return 1u << status; }
inline constexpr Statuses kOk = only(RECURRENT_STATUS_OK);
inline constexpr Statuses kInvalid = only(RECURRENT_STATUS_INVALID_ARGUMENT);
inline constexpr Statuses kNotSupported = only(RECURRENT_STATUS_NOT_SUPPORTED);
inline constexpr Statuses kBusy = only(RECURRENT_STATUS_BUSY);
inline constexpr Statuses kOutOfMemory = only(RECURRENT_STATUS_OUT_OF_MEMORY);
inline constexpr Statuses kUnavailable = only(RECURRENT_STATUS_UNAVAILABLE);

// What is looked at around a call.
struct Watched {
  const char* name = "";
  // What the call is to give; `kOutOfMemory` besides if it asks for more than there is.
  Statuses expected = kOk;
  // All that can be seen of the object of a side, which a failing call leaves as it was; or
  // nothing.
  std::function<std::vector<float>(int side)> state = {};
  // What is written: by both sides to memory of their own, which a failing call leaves as it was.
  std::vector<Guards*> outputs[kSides] = {};
  // What is read.
  std::vector<const Guards*> inputs = {};
};

class Caller {
 public:
  // Counts what it does in `progress`. If `goes_on` is true, a call for which memory was refused is
  // made again, otherwise left out for both sides.
  Caller(Progress& progress, bool goes_on) : progress_(progress), goes_on_(goes_on) {}

  // Draws the floating-point mode in which the second side is called from now on.
  void draw_mode(Random& random) { mode_ = FloatingPointMode::draw(random); }

  // Makes a call on both sides, which must answer the same. What it gives is OUT_OF_MEMORY also
  // where memory was refused and the call is left out.
  recurrent_status both(const Watched& watched, const std::function<recurrent_status(int)>& call);

  // Makes a call on one side; memory is never refused.
  recurrent_status one(const Watched& watched, int side,
                       const std::function<recurrent_status(int)>& call);

  Progress& progress() { return progress_; }

 private:
  recurrent_status watch(const Watched& watched, int side, bool armed,
                         const std::function<recurrent_status(int)>& call);
  recurrent_status make(const Watched& watched, int side, bool armed,
                        const std::function<recurrent_status(int)>& call);
  static void check_failure(const Watched& watched, int side, const std::vector<float>& before);

  Progress& progress_;
  bool goes_on_;
  FloatingPointMode mode_;
};

}  // namespace recurrent::fuzz
