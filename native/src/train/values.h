#pragma once

#include <cstdint>
#include <vector>

#include "model/model.h"
#include "train/arena.h"
#include "train/batch_rows.h"

namespace recurrent {

// The values of a graph and their gradients within a pass, by number: sequences have the rows of
// all their steps (see Steps), the others a row for each sorted row that has a step.
//
// A value is kept as its layer puts it out if it is an output of the model, and without denormals
// if layers read it; both, if it is both and may have any. The gradient of a value is a sum over
// all who read it.
class Values {
 public:
  Values(const Model& model, const BatchRows& rows);

  // The caller's memory in place of a value's or a gradient's, until forget_callers().
  void put_out_to(int32_t value, float* y) { item(value).callers_value = y; }
  void take_gradient_from(int32_t value, const float* dy) { item(value).callers_output = dy; }
  void put_gradient_to(int32_t value, float* dx) { item(value).callers_gradient = dx; }
  void forget_callers();

  // Who reads a value puts its gradient down in one call, or adds to it: then it begins with 0.
  void set_alone(int32_t value, bool is_alone) { item(value).is_alone = is_alone; }
  // Whether a gradient is wanted: of inputs of the model only if the caller does.
  void want_gradient(int32_t value, bool wants) { item(value).is_wanted = wants; }
  bool wants_gradient(int32_t value) const { return item(value).is_wanted; }

  void plan(Arena& arena);
  // Zeroes gradients that are sums.
  void clear_gradients();

  int64_t width(int32_t value) const { return model_.graph().value(value).size; }
  int64_t padded_width(int32_t value) const { return round_up(width(value), kRowPadding); }
  bool is_row(int32_t value) const { return model_.graph().value(value).is_row(); }
  const Steps& steps(int32_t value) const { return rows_.steps(model_.graph().value(value).base); }
  int64_t rows(int32_t value) const {
    return is_row(value) ? rows_.with_steps() : steps(value).total();
  }
  int64_t count(int32_t value) const { return rows(value) * width(value); }
  bool is_output(int32_t value) const { return item(value).is_output; }
  // Whether it has memory: not what a recurrent layer puts out if at most its final state is read.
  bool is_seen(int32_t value) const {
    const Item& i = item(value);
    return !i.is_recurrent || i.is_output || i.readers > 0;
  }
  int32_t readers(int32_t value) const { return item(value).readers; }

  // As it is put out.
  float* at(int32_t value) {
    Item& i = item(value);
    return i.callers_value ? i.callers_value : i.value.data();
  }
  // As layers read it, after flush().
  const float* read(int32_t value) {
    return item(value).has_both ? item(value).flushed.data() : at(value);
  }
  void flush(int32_t value);

  // Where readers put its gradient, and what its maker takes.
  float* gradient(int32_t value) {
    Item& i = item(value);
    return i.callers_gradient ? i.callers_gradient : i.gradient.data();
  }
  const float* output_gradient(int32_t value) {
    Item& i = item(value);
    return i.callers_output ? i.callers_output : gradient(value);
  }
  bool adds_up(int32_t value) const { return !item(value).is_alone; }

  int64_t bytes() const;

 private:
  struct Item {
    bool is_output = false;
    bool is_recurrent = false;
    bool is_flushed = false;  // layers need it without denormals, and it may have some
    bool has_both = false;
    bool is_alone = false;
    bool is_wanted = true;
    int32_t readers = 0;
    float* callers_value = nullptr;
    const float* callers_output = nullptr;
    float* callers_gradient = nullptr;
    Floats value;
    Floats flushed;
    Floats gradient;
  };
  Item& item(int32_t value) { return items_[static_cast<size_t>(value)]; }
  const Item& item(int32_t value) const { return items_[static_cast<size_t>(value)]; }

  const Model& model_;
  const BatchRows& rows_;
  std::vector<Item> items_;
};

}  // namespace recurrent
