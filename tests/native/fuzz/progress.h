// What a process that runs programs tells the one that watches it, in memory that both see.
#pragma once

#include <recurrent/recurrent.h>

#include <atomic>
#include <cstdint>

namespace recurrent::fuzz {

struct Progress {
  // What is being done now.
  std::atomic<uint64_t> program;
  std::atomic<uint64_t> operation;
  std::atomic<int64_t> refusal;

  // What has been done so far, by all processes.
  std::atomic<uint64_t> programs;
  std::atomic<uint64_t> runs;  // of programs, each once for every request that is refused
  std::atomic<uint64_t> operations;
  std::atomic<uint64_t> answers[RECURRENT_STATUS_BAD_FILE + 1];  // calls by their recurrent_status
  std::atomic<uint64_t> refusals;         // requests for memory that were refused
  std::atomic<uint64_t> runs_by_threads;  // runs for which the session chooses several threads
};

}  // namespace recurrent::fuzz
