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
  SharedModel(const SharedModel&) = delete;
  SharedModel& operator=(const SharedModel&) = delete;

  const recurrent_model_desc& desc() const { return desc_; }
  recurrent_model* get() const { return model_.get(); }

 private:
  struct Destroy {
    void operator()(recurrent_model* model) const { recurrent_model_destroy(model); }
  };
  const std::vector<float> weights_;
  recurrent_direction_desc direction_{};
  std::vector<recurrent_layer_desc> layers_;
  recurrent_model_desc desc_{};
  std::unique_ptr<recurrent_model, Destroy> model_;
};

// What takes turns, with its inputs and outputs.
class Subject {
 public:
  virtual ~Subject() = default;

  // Calls for about so many seconds; gives microseconds per call. The clock is looked at every
  // `calls_per_look` calls, so that it is no part of a short one.
  double measure(double seconds, int calls_per_look);

 protected:
  virtual void call() = 0;
};

// Steps or runs of a session.
class SessionSubject : public Subject {
 public:
  // `way` is forced, or the session's own choice if it is null.
  SessionSubject(const SharedModel& model, const Shape& shape, int threads,
                 const recurrent::Candidate* way);

  // The ways to divide a call, and the index of the one that the session takes.
  std::vector<recurrent::Candidate> explain(size_t& chosen) const;

 protected:
  void call() override;

 private:
  struct Destroy {
    void operator()(recurrent_session* session) const { recurrent_session_destroy(session); }
  };
  const Shape shape_;
  std::unique_ptr<recurrent_session, Destroy> session_;
  std::vector<float> x_;
  std::vector<float> y_;
};

// Forward and backward passes of a trainer.
class TrainerSubject : public Subject {
 public:
  TrainerSubject(const SharedModel& model, const Shape& shape, int threads);

  // The share of the passes that the threads have run, in percent: the governor left the others to
  // the caller's thread.
  double together() const;

 protected:
  void call() override;

 private:
  struct Destroy {
    void operator()(recurrent_trainer* trainer) const { recurrent_trainer_destroy(trainer); }
  };
  const Shape shape_;
  std::unique_ptr<recurrent_trainer, Destroy> trainer_;
  int64_t passes_ = 0;
  std::vector<float> x_;
  std::vector<float> y_;
};

}  // namespace threads
