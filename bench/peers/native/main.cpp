// The line protocol of bench/peers/README.md, for systems that C++ can call.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "peers/native/engine.h"

namespace peers {
namespace {

using Clock = std::chrono::steady_clock;

// Reading the clock takes tens of nanoseconds, so calls below 1 us are timed in blocks.
constexpr double kShortCall = 1e-6;
constexpr int kBlock = 32;
constexpr size_t kMostSamples = 200000;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double time_block(Engine& engine, int calls) {
  const Clock::time_point start = Clock::now();
  for (int i = 0; i < calls; ++i) engine.call();
  return seconds_since(start) / calls;
}

double percentile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<size_t>(share * static_cast<double>(sorted.size() - 1))];
}

class Session {
 public:
  std::string answer(const std::vector<std::string>& words) {
    if (words[0] == "prepare") return prepare_task(words);
    if (!engine_) throw std::runtime_error("expected prepare before " + words[0]);
    if (words[0] == "check" && words.size() == 2) return check(words[1]);
    if (words[0] == "run" && words.size() == 2) return run(std::stod(words[1]));
    throw std::runtime_error("expected prepare, check FILE, run SECONDS or quit");
  }

 private:
  std::string prepare_task(const std::vector<std::string>& words) {
    engine_.reset();
    task_.reset();
    task_ = std::make_unique<Task>(words);
    engine_ = peers::prepare(*task_);
    engine_->set_input(task_->inputs());
    return "ok";
  }

  std::string check(const std::string& path) {
    const std::vector<float> values = task_->trains()     ? gradients()
                                      : task_->captures() ? blocks()
                                                          : ends();
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(float)));
    if (!file) throw std::runtime_error("check: cannot write " + path);
    return "ok";
  }

  std::vector<float> gradients() {
    engine_->call();
    return engine_->gradients();
  }

  // All outputs of a capture, block by block.
  std::vector<float> blocks() {
    std::vector<float> y(static_cast<size_t>(task_->input_steps()));
    engine_->reset();
    for (int64_t step = 0; step < task_->input_steps(); step += task_->time) {
      engine_->set_input(task_->inputs() + step);
      engine_->call();
      engine_->get_output(y.data() + step);
    }
    return y;
  }

  // The output of the first and of the last step, from zero states: `[2, batch, output]`.
  std::vector<float> ends() {
    const int64_t in = task_->batch * task_->input;
    const int64_t out = task_->batch * task_->output();
    std::vector<float> y(static_cast<size_t>(task_->time * out));
    std::vector<float> ends(static_cast<size_t>(2 * out));
    engine_->reset();
    if (task_->streaming()) {
      for (int64_t step = 0; step < task_->input_steps(); ++step) {
        engine_->set_input(task_->inputs() + step * in);
        engine_->call();
        engine_->get_output(ends.data() + (step == 0 ? 0 : out));
      }
    } else {
      engine_->call();
      engine_->get_output(y.data());
      std::copy_n(y.data(), out, ends.data());
      std::copy_n(y.data() + (task_->time - 1) * out, out, ends.data() + out);
    }
    return ends;
  }

  std::string run(double seconds) {
    // The first quarter brings caches and clocks to where they stay.
    const Clock::time_point warm_up = Clock::now();
    double least = time_block(*engine_, 1);
    while (seconds_since(warm_up) < seconds / 4) least = std::min(least, time_block(*engine_, 1));
    const int block = least < kShortCall ? kBlock : 1;

    std::vector<double> samples;
    const Clock::time_point start = Clock::now();
    do {
      samples.push_back(time_block(*engine_, block));
    } while (samples.size() < kMostSamples && seconds_since(start) < seconds);
    std::sort(samples.begin(), samples.end());
    char text[160];
    std::snprintf(
        text, sizeof(text), "{\"us\": %.5f, \"p99\": %.5f, \"samples\": %zu, \"block\": %d}",
        1e6 * percentile(samples, 0.5), 1e6 * percentile(samples, 0.99), samples.size(), block);
    return text;
  }

  std::unique_ptr<Task> task_;
  std::unique_ptr<Engine> engine_;
};

std::string answer_or_reason(Session& session, const std::vector<std::string>& words) {
  try {
    return session.answer(words);
  } catch (const Unsupported& reason) {
    return std::string("unsupported ") + reason.what();
  } catch (const std::exception& error) {
    return std::string("error ") + error.what();
  }
}

void serve() {
  Session session;
  std::cout << "ready " << system_version() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream stream(line);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    if (words.empty()) continue;
    if (words[0] == "quit") return;
    std::cout << answer_or_reason(session, words) << std::endl;
  }
}

}  // namespace
}  // namespace peers

int main() {
  peers::serve();
  return 0;
}
