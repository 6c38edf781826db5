#pragma once

#include <recurrent/recurrent.h>

#include <memory>
#include <string>
#include <vector>

#include "exec/strategy.h"

namespace threads {

// What a session is given to do.
struct Shape {
  std::string name;
  int32_t kind;
  int32_t direction;
  int32_t layers;
  int32_t hidden;
  int64_t batch;
  int64_t time;
};

// A model of random weights, shared by the subjects that are compared.
class SharedModel {
 public:
  explicit SharedModel(const Shape& shape);
  recurrent_model* get() const { return model_.get(); }

 private:
  struct Destroy {
    void operator()(recurrent_model* model) const { recurrent_model_destroy(model); }
  };
  std::unique_ptr<recurrent_model, Destroy> model_;
};

// A session with its inputs and outputs: one of the ways that take turns.
class Subject {
 public:
  // `way` is forced, or the session's own choice if it is null.
  Subject(const SharedModel& model, const Shape& shape, int threads,
          const recurrent::Candidate* way);

  // Calls for about so many seconds; gives microseconds a call.
  double measure(double seconds);

  // The ways to divide a call, and the index of the one that the session takes.
  std::vector<recurrent::Candidate> explain(size_t& chosen) const;

 private:
  void call();

  struct Destroy {
    void operator()(recurrent_session* session) const { recurrent_session_destroy(session); }
  };
  const Shape shape_;
  std::unique_ptr<recurrent_session, Destroy> session_;
  std::vector<float> x_;
  std::vector<float> y_;
};

}  // namespace threads
