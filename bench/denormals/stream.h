#pragma once

#include <recurrent/recurrent.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace denormals {

// A layer with as many inputs as units, and how its biases are: absent, or random like weights.
struct Network {
  int32_t kind;
  int32_t hidden;
  bool has_bias;
};

// A session of one row, stepped and timed.
class Stream {
 public:
  Stream(const Network& network, int32_t isa);

  // Sets every state of every unit.
  void set_states(float value);
  // Whether all states are zero.
  bool is_silent() const;
  // One step, in nanoseconds; includes reading the clock.
  double step(const std::vector<float>& x);

  int64_t input_size() const { return hidden_; }

 private:
  struct Destroy {
    void operator()(recurrent_session* session) const { recurrent_session_destroy(session); }
  };

  const int64_t hidden_;
  std::unique_ptr<recurrent_session, Destroy> session_;
  std::vector<float> y_;
  mutable std::vector<float> states_;
};

}  // namespace denormals
