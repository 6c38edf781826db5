// The objects that a program has made so far.
#pragma once

#include <recurrent/recurrent.h>

#include <memory>
#include <vector>

#include "call.h"
#include "choice.h"
#include "random_model.h"

namespace recurrent::fuzz {

struct Destroy {
  void operator()(recurrent_model* model) const { recurrent_model_destroy(model); }
  void operator()(recurrent_session* session) const { recurrent_session_destroy(session); }
  void operator()(recurrent_trainer* trainer) const { recurrent_trainer_destroy(trainer); }
};
template <class T>
using Handle = std::unique_ptr<T, Destroy>;

// A model and its twin on another instruction set, if the machine has one.
struct Subject {
  test::OwnedModel owned;
  std::vector<recurrent_layer_desc> layers;
  recurrent_model_desc desc{};
  Handle<recurrent_model> models[kSides];  // null once given up
  recurrent_model_info info{};

  // The description for an instruction set.
  recurrent_model_desc desc_for(int32_t isa) const;
  // All weights are floats, without which there is no trainer.
  bool has_floats() const;
  bool takes_indices() const { return info.vocabulary_size > 0; }
  bool masks() const { return desc.masking != RECURRENT_MASKING_NONE; }
  bool puts_out_one_step() const { return desc.output != RECURRENT_OUTPUT_EVERY_STEP; }
  // Multiplications of a step of a row.
  int64_t work() const;
};

// A session of a model, and one of its twin with another number of threads.
struct Stream {
  std::shared_ptr<Subject> subject;
  int64_t batch = 0;
  int32_t threads[kSides] = {1, 1};
  bool zeroes_empty_rows = false;
  Handle<recurrent_session> sessions[kSides];

  // All states of a side.
  std::vector<float> state(int side) const;
};

// Two trainers of one model on one instruction set, with different numbers of threads.
struct Pupil {
  std::shared_ptr<Subject> subject;
  Handle<recurrent_trainer> trainers[kSides];
  recurrent_trainer_info info{};
  bool drops = false;        // has rates of dropout
  bool has_moments = false;  // asking for them would allocate them
  bool can_go_back = false;  // a forward pass that has not been used
  bool keeps = false;        // has parameters to go back to
  std::vector<float> kept;   // those
  int64_t inputs = 0;        // elements of the last forward pass's input
  int64_t outputs = 0;       // and of its output
  int64_t batch = 0;         // and its rows

  // Parameters, gradients and moments of a side.
  std::vector<float> state(int side) const;
};

// What programs are drawn like.
struct Limits {
  // Small enough to be run once for every request for memory that it makes.
  bool small = false;
  bool prints = false;
};

class World {
 public:
  World(const Limits& drawn_like, Progress& progress, bool goes_on)
      : limits(drawn_like), caller(progress, goes_on) {}

  // One that the program has made, or one made for the purpose; null if that was refused.
  std::shared_ptr<Subject> a_subject(Random& random);
  Stream* a_stream(Random& random);
  Pupil* a_pupil(Random& random);

  // Writes what an operation is about, if programs are to be printed.
  void note(const std::string& what) const;

  Limits limits;
  Caller caller;
  std::vector<std::shared_ptr<Subject>> subjects;
  std::vector<std::unique_ptr<Stream>> streams;
  std::vector<std::unique_ptr<Pupil>> pupils;
};

// Instruction sets of this machine.
const std::vector<int32_t>& machine_isas();

// One for each side; the same one twice if there is only one.
std::vector<int32_t> draw_isas(Random& random);

}  // namespace recurrent::fuzz
