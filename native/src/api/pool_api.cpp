#include <memory>

#include "api/guard.h"
#include "api/handles.h"

using recurrent::api::guarded;
using recurrent::api::required;
using recurrent::api::sized;

recurrent_status recurrent_pool_create(recurrent_model* model, int64_t capacity,
                                       recurrent_pool** pool) noexcept {
  if (pool) *pool = nullptr;
  return guarded([&] {
    recurrent_pool*& out = required(pool, "pool");
    out = std::make_unique<recurrent_pool>(required(model, "model").model, capacity).release();
  });
}

void recurrent_pool_destroy(recurrent_pool* pool) noexcept { delete pool; }

recurrent_status recurrent_pool_get_info(const recurrent_pool* pool,
                                         recurrent_pool_info* info) noexcept {
  return guarded([&] { required(pool, "pool").pool.fill(sized(info, "info")); });
}

recurrent_status recurrent_pool_open(recurrent_pool* pool, int64_t* stream) noexcept {
  if (stream) *stream = 0;
  return guarded([&] {
    int64_t& out = required(stream, "stream");
    out = required(pool, "pool").pool.open();
  });
}

recurrent_status recurrent_pool_close(recurrent_pool* pool, int64_t stream) noexcept {
  return guarded([&] { required(pool, "pool").pool.close(stream); });
}

recurrent_status recurrent_pool_reset(recurrent_pool* pool, const int64_t* streams,
                                      int64_t stream_count) noexcept {
  return guarded([&] { required(pool, "pool").pool.reset(streams, stream_count); });
}

recurrent_status recurrent_pool_step(recurrent_pool* pool, const int64_t* streams,
                                     int64_t stream_count, const float* x, float* y) noexcept {
  return guarded([&] { required(pool, "pool").pool.step(streams, stream_count, x, y); });
}

recurrent_status recurrent_pool_run(recurrent_pool* pool,
                                    const recurrent_pool_run_args* args) noexcept {
  return guarded([&] { required(pool, "pool").pool.run(required(args, "args")); });
}

recurrent_status recurrent_pool_save(recurrent_pool* pool, const int64_t* streams,
                                     int64_t stream_count, float* states, int64_t count) noexcept {
  return guarded([&] { required(pool, "pool").pool.save(streams, stream_count, states, count); });
}

recurrent_status recurrent_pool_load(recurrent_pool* pool, const int64_t* streams,
                                     int64_t stream_count, const float* states,
                                     int64_t count) noexcept {
  return guarded([&] { required(pool, "pool").pool.load(streams, stream_count, states, count); });
}

recurrent_status recurrent_pool_replace(recurrent_pool* pool, recurrent_model* model) noexcept {
  return guarded([&] { required(pool, "pool").pool.replace(required(model, "model").model); });
}
