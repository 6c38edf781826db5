#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compare/library.h"

namespace compare {

enum class Variant { kPlain, kPeephole, kClip, kCoupled, kProjected, kRelu };

// What is timed: a model of one layer and how it is called.
struct Shape {
  std::string name;
  int32_t kind;
  int32_t input;
  int32_t hidden;
  int64_t time;
  int64_t batch;
  bool bidirectional = false;
  Variant variant = Variant::kPlain;

  double operations() const;  // multiply-adds count as two; activations are left out
};

// The shapes of targets.md, sizes that are no multiple of a vector, and the variants of a cell.
std::vector<Shape> all_shapes();

// A shape in one library. The weights are random and the same in every library.
class Subject {
 public:
  // Throws std::runtime_error with the library's reason.
  Subject(const Library& library, const Shape& shape, int32_t isa, int32_t threads);
  ~Subject();
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  // One step, or one sequence.
  void call();

 private:
  const Library& library_;
  const Shape shape_;
  std::vector<float> x_;
  std::vector<float> y_;
  recurrent_model* model_ = nullptr;
  recurrent_session* session_ = nullptr;
};

}  // namespace compare
