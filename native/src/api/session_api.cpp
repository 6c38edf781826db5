#include <algorithm>
#include <vector>

#include "api/guard.h"
#include "api/handles.h"

using recurrent::api::check_capacity;
using recurrent::api::guarded;
using recurrent::api::required;

recurrent_status recurrent_session_create(recurrent_model* model,
                                          const recurrent_session_desc* desc,
                                          recurrent_session** session) noexcept {
  if (session) *session = nullptr;
  return guarded([&] {
    recurrent_session*& out = required(session, "session");
    out =
        std::make_unique<recurrent_session>(required(model, "model").model, required(desc, "desc"))
            .release();
  });
}

void recurrent_session_destroy(recurrent_session* session) noexcept { delete session; }

recurrent_status recurrent_session_step(recurrent_session* session, const float* x,
                                        float* y) noexcept {
  return guarded([&] { required(session, "session").session.step(x, y); });
}

recurrent_status recurrent_session_step_indices(recurrent_session* session, const int32_t* indices,
                                                float* y) noexcept {
  return guarded([&] { required(session, "session").session.step(indices, y); });
}

recurrent_status recurrent_session_step_buffers(recurrent_session* session,
                                                const recurrent_input_buffer* inputs,
                                                int32_t input_count,
                                                const recurrent_output_buffer* outputs,
                                                int32_t output_count) noexcept {
  return guarded([&] {
    required(session, "session").session.step(inputs, input_count, outputs, output_count);
  });
}

recurrent_status recurrent_session_run(recurrent_session* session,
                                       const recurrent_run_args* args) noexcept {
  return guarded([&] { required(session, "session").session.run(required(args, "args")); });
}

recurrent_status recurrent_session_predict(recurrent_session* session, int64_t batch,
                                           const recurrent_run_args* args) noexcept {
  return guarded(
      [&] { required(session, "session").session.predict(required(args, "args"), batch); });
}

recurrent_status recurrent_session_get_bytes(const recurrent_session* session,
                                             int64_t* bytes) noexcept {
  return guarded([&] {
    const recurrent::Session& s = required(session, "session").session;
    required(bytes, "bytes") = s.bytes();
  });
}

recurrent_status recurrent_session_warmup(recurrent_session* session, int64_t time) noexcept {
  return guarded([&] { required(session, "session").session.warm_up(time); });
}

recurrent_status recurrent_session_explain(const recurrent_session* session, int64_t time,
                                           recurrent_plan_candidate* candidates, int64_t capacity,
                                           int64_t* count) noexcept {
  return guarded([&] {
    const recurrent::Session& s = required(session, "session").session;
    int64_t& number = required(count, "count");
    check_capacity(candidates, "candidates", capacity, 0);
    size_t chosen = 0;
    const std::vector<recurrent::Candidate> all = s.explain(time, chosen);
    const int64_t filled = std::min(capacity, static_cast<int64_t>(all.size()));
    check_capacity(candidates, "candidates", capacity, filled);
    for (int64_t i = 0; i < filled; ++i) {
      const recurrent::Candidate& way = all[static_cast<size_t>(i)];
      candidates[i].strategy = static_cast<int32_t>(way.strategy);
      candidates[i].threads = way.threads;
      candidates[i].chosen = static_cast<size_t>(i) == chosen ? 1 : 0;
      candidates[i].predicted_us = way.microseconds;
    }
    number = static_cast<int64_t>(all.size());
  });
}

recurrent_status recurrent_session_reset(recurrent_session* session, int64_t first_row,
                                         int64_t row_count) noexcept {
  return guarded([&] { required(session, "session").session.reset({first_row, row_count}); });
}

recurrent_status recurrent_session_get_state(const recurrent_session* session, int32_t layer,
                                             int32_t direction, int32_t kind, float* state,
                                             int64_t count) noexcept {
  return guarded([&] {
    required(session, "session").session.get_state({layer, direction, kind}, state, count);
  });
}

recurrent_status recurrent_session_set_state(recurrent_session* session, int32_t layer,
                                             int32_t direction, int32_t kind, const float* state,
                                             int64_t count) noexcept {
  return guarded([&] {
    required(session, "session").session.set_state({layer, direction, kind}, state, count);
  });
}

recurrent_status recurrent_session_save(const recurrent_session* session, int64_t first_row,
                                        int64_t row_count, float* states, int64_t count) noexcept {
  return guarded([&] {
    required(session, "session").session.save({first_row, row_count}, states, count);
  });
}

recurrent_status recurrent_session_load(recurrent_session* session, int64_t first_row,
                                        int64_t row_count, const float* states,
                                        int64_t count) noexcept {
  return guarded([&] {
    required(session, "session").session.load({first_row, row_count}, states, count);
  });
}
