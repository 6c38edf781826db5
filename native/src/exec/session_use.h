#pragma once

#include "base/error.h"
#include "exec/session.h"

namespace recurrent {

class Session::Use {
 public:
  explicit Use(const Session& session) : session_(session) {
    if (is_taken())
      fail(RECURRENT_STATUS_BUSY,
           "session: expected one caller at a time, found another call running");
  }
  ~Use() { session_.in_use_.store(false, std::memory_order_release); }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

 private:
  // Two callers of a team would wait for each other for ever, so there this is sure. Without
  // threads it notices what it can: an exchange would cost more than a small step has.
  bool is_taken() const {
    if (session_.threads_) return session_.in_use_.exchange(true, std::memory_order_acquire);
    if (session_.in_use_.load(std::memory_order_relaxed)) return true;
    session_.in_use_.store(true, std::memory_order_relaxed);
    return false;
  }

  const Session& session_;
};

}  // namespace recurrent
