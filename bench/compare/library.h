#pragma once

#include <recurrent/recurrent.h>

#include <string>

namespace compare {

// One build of librecurrent, loaded beside others.
class Library {
 public:
  // Throws std::runtime_error if it cannot be loaded or lacks a function.
  explicit Library(const std::string& path);

  decltype(&recurrent_model_create) model_create;
  decltype(&recurrent_model_destroy) model_destroy;
  decltype(&recurrent_session_create) session_create;
  decltype(&recurrent_session_destroy) session_destroy;
  decltype(&recurrent_session_step) step;
  decltype(&recurrent_session_run) run;
  decltype(&recurrent_session_reset) reset;
  decltype(&recurrent_last_error) last_error;
};

}  // namespace compare
