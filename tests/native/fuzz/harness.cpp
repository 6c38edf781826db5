#include "harness.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <thread>

#include "failure.h"

namespace recurrent::fuzz {
namespace {

// Unlike those of sanitizers and shells.
constexpr int kFailed = 70;

[[noreturn]] void run_as_child(bool quiet, const std::function<void()>& body) {
  if (quiet) {
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDERR_FILENO);
  }
  try {
    body();
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    _exit(kFailed);
  }
  // Not at once: memory that was lost is looked for on the way out.
  std::exit(0);
}

std::string describe(int status) {
  if (WIFSIGNALED(status)) return text("it ended with signal %d", WTERMSIG(status));
  const int code = WEXITSTATUS(status);
  if (code == 0) return "";
  return code == kFailed ? "a check failed" : text("it ended with status %d", code);
}

}  // namespace

Progress& shared_progress() {
  void* memory =
      mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  expect(memory != MAP_FAILED, "no memory to share");
  return *new (memory) Progress{};
}

std::string run_apart(Progress& progress, bool quiet, int patience,
                      const std::function<void()>& body) {
  using Clock = std::chrono::steady_clock;
  std::fflush(nullptr);
  const pid_t child = fork();
  expect(child >= 0, "no process could be started");
  if (child == 0) run_as_child(quiet, body);
  uint64_t seen = progress.operations.load();
  Clock::time_point since = Clock::now();
  for (;;) {
    int status = 0;
    if (waitpid(child, &status, WNOHANG) == child) return describe(status);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const uint64_t now = progress.operations.load();
    if (now != seen) since = Clock::now();
    seen = now;
    if (Clock::now() - since < std::chrono::seconds(patience)) continue;
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return text("it did nothing for %d seconds", patience);
  }
}

}  // namespace recurrent::fuzz
