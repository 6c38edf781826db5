#include "first_call.h"

#include <recurrent/recurrent.h>

#include <cstdio>

#include "allocation.h"
#include "failure.h"
#include "harness.h"

namespace recurrent::fuzz {
namespace {

recurrent_status ask(bool armed) {
  recurrent_machine_info info{};
  info.struct_size = sizeof(info);
  const allocation::LibraryCall running(armed);
  return recurrent_get_machine_info(&info);
}

void refuse_one(Progress& progress, int64_t request) {
  allocation::refuse(request);
  const recurrent_status status = ask(true);
  const bool refused = allocation::has_refused();
  allocation::refuse(0);
  const recurrent_status expected = refused ? RECURRENT_STATUS_OUT_OF_MEMORY : RECURRENT_STATUS_OK;
  expect(status == expected, "the first call gave %s when request %lld was refused",
         recurrent_status_name(status), static_cast<long long>(request));
  const recurrent_status again = ask(false);
  expect(again == RECURRENT_STATUS_OK, "the second call gave %s: %s", recurrent_status_name(again),
         recurrent_last_error());
  progress.refusals.fetch_add(refused ? 1 : 0);
}

}  // namespace

bool refuse_first_call(Progress& progress) {
  constexpr int kPatience = 60;
  for (int64_t request = 1;; ++request) {
    const uint64_t before = progress.refusals.load();
    const std::string what =
        run_apart(progress, false, kPatience, [&] { refuse_one(progress, request); });
    if (!what.empty()) {
      std::fprintf(stderr, "first call of a process, request %lld refused: %s\n",
                   static_cast<long long>(request), what.c_str());
      return false;
    }
    if (progress.refusals.load() == before) return true;
  }
}

}  // namespace recurrent::fuzz
