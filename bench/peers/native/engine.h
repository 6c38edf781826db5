#pragma once

#include <memory>
#include <string>

#include "peers/native/task.h"

namespace peers {

// A task on one system, ready to run: weights packed, memory allocated. An engine of a stream or a
// capture carries its states from call to call; another one starts every call from zero.
class Engine {
 public:
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  virtual ~Engine() = default;

  // Puts the input `[time, batch, input]` of the following calls where they read it.
  virtual void set_input(const float* x) = 0;
  // The output `[time, batch, output]` of the last call.
  virtual void get_output(float* y) = 0;
  // Puts states that are carried back to those at the start.
  virtual void reset() = 0;
  // What is timed.
  virtual void call() = 0;
  // Of a training step: the gradients of the weights in the order of the data, then of the input.
  virtual std::vector<float> gradients() { throw Unsupported("no training"); }
};

// The system behind a peer's executable; each executable defines the two.
std::string system_version();
std::unique_ptr<Engine> prepare(const Task& task);

}  // namespace peers
