#include "call.h"

#include <cstring>

#include "allocation.h"

namespace recurrent::fuzz {

recurrent_status Caller::both(const Watched& watched,
                              const std::function<recurrent_status(int)>& call) {
  const bool had_refused = allocation::has_refused();
  recurrent_status status = watch(watched, 0, !had_refused, call);
  if (allocation::has_refused() != had_refused) {
    progress_.refusals.fetch_add(1, std::memory_order_relaxed);
    expect(status == RECURRENT_STATUS_OUT_OF_MEMORY, "%s gave %s when memory was refused",
           watched.name, recurrent_status_name(status));
    if (!goes_on_) return status;
    status = watch(watched, 0, false, call);
  }
  const recurrent_status twin = watch(watched, 1, false, call);
  expect(status == twin, "%s gave %s and, on the twin, %s: %s", watched.name,
         recurrent_status_name(status), recurrent_status_name(twin), recurrent_last_error());
  return status;
}

recurrent_status Caller::one(const Watched& watched, int side,
                             const std::function<recurrent_status(int)>& call) {
  return watch(watched, side, false, call);
}

recurrent_status Caller::watch(const Watched& watched, int side, bool armed,
                               const std::function<recurrent_status(int)>& call) {
  for (Guards* output : watched.outputs[side]) output->prepare();
  const std::vector<float> before = watched.state ? watched.state(side) : std::vector<float>{};
  const bool had_refused = allocation::has_refused();
  const recurrent_status status = make(watched, side, armed, call);
  for (const Guards* output : watched.outputs[side]) output->check_around(watched.name);
  for (const Guards* input : watched.inputs) input->check_untouched(watched.name);
  if (status != RECURRENT_STATUS_OK) check_failure(watched, side, before);
  if (allocation::has_refused() != had_refused) return status;
  const Statuses expected =
      allocation::was_too_large() ? watched.expected | kOutOfMemory : watched.expected;
  expect((only(status) & expected) != 0, "%s gave %s, not one of the set %x: %s", watched.name,
         recurrent_status_name(status), expected, recurrent_last_error());
  return status;
}

recurrent_status Caller::make(const Watched& watched, int side, bool armed,
                              const std::function<recurrent_status(int)>& call) {
  const FloatingPointMode::Scope mode(side == 0 ? FloatingPointMode{} : mode_);
  recurrent_status status;
  {
    const allocation::LibraryCall running(armed);
    status = call(side);
  }
  mode.check(watched.name);
  expect(status >= RECURRENT_STATUS_OK && status <= RECURRENT_STATUS_BAD_FILE &&
             status != RECURRENT_STATUS_INTERNAL,
         "%s gave status %d: %s", watched.name, status, recurrent_last_error());
  progress_.answers[status].fetch_add(1, std::memory_order_relaxed);
  return status;
}

void Caller::check_failure(const Watched& watched, int side, const std::vector<float>& before) {
  const char* reason = recurrent_last_error();
  expect(reason != nullptr && *reason != '\0', "%s failed and gave no reason", watched.name);
  expect(std::strlen(reason) < 1024, "%s gave a reason without an end", watched.name);
  for (const Guards* output : watched.outputs[side]) output->check_untouched(watched.name);
  if (!watched.state) return;
  const std::vector<float> after = watched.state(side);
  const auto is_same = [](float a, float b) { return std::memcmp(&a, &b, sizeof(float)) == 0; };
  const bool same = std::equal(before.begin(), before.end(), after.begin(), after.end(), is_same);
  expect(same, "%s failed and changed the object", watched.name);
}

}  // namespace recurrent::fuzz
