// From what a lane's layers put out to what the caller gets.
#include <algorithm>

#include "exec/lane.h"

namespace recurrent {

int64_t Lane::head_end() const {
  const Model& model = job_.model;
  return model.puts_out_one_step() ? model.tail_begin()
                                   : static_cast<int64_t>(model.layers().size());
}

// The caller's memory where it has the right order; scratch memory where it has not, or where only
// one step of it is wanted.
SequenceView<float> Lane::block_output() const {
  if (job_.model.puts_out_final_state()) return {};
  if (job_.model.puts_out_one_step() || ragged())
    return between(static_cast<size_t>(head_end() - 1));
  return output();
}

void Lane::end_block(const SequenceView<const float>& from) {
  if (job_.model.puts_out_final_state()) return;
  const int64_t width = job_.model.layers()[static_cast<size_t>(head_end() - 1)].output_size;
  if (job_.model.puts_out_one_step())
    pick(from, width);
  else if (ragged() && (job_.y.data || masked()))
    deliver(from, width);
}

void Lane::finish() {
  if (job_.model.puts_out_one_step()) {
    if (job_.y.data || job_.repeated) run_tail();
  } else if (masked() && job_.y.data) {
    shift_.stage([&](int index) {
      const Slice places = slice(rows(), index);
      for (int64_t place = places.begin; place < places.end; ++place) finish_missing(place);
    });
  }
}

void Lane::deliver(const SequenceView<const float>& from, int64_t width) {
  shift_.stage([&](int index) {
    const Slice places = slice(rows(), index);
    for (int64_t place = places.begin; place < places.end; ++place) {
      if (masked()) {
        deliver_present(place, from, width);
        continue;
      }
      for (int64_t t = 0; t < block_.steps; ++t) {
        float* to = job_.y.at(block_.first + t, caller_row(place));
        if (t < length_in_block(place))
          std::copy_n(from.at(t, place), width, to);
        else
          std::fill_n(to, width, 0.0f);
      }
    }
  });
}

// Puts the steps of a row that are there where they belong, and fills the gaps before them.
void Lane::deliver_present(int64_t place, const SequenceView<const float>& from, int64_t width) {
  const int64_t steps = length_in_block(place);
  if (steps == 0) return;
  const int64_t row = caller_row(place);
  const int32_t* times = times_of(row);
  for (int64_t t = 0; t < steps && job_.y.data; ++t) {
    const int64_t step = block_.first + t;
    const int64_t gap = step == 0 ? 0 : times[step - 1] + 1;
    const float* previous = step == 0 ? repeated(row) : job_.y.at(gap - 1, row);
    fill_missing(row, gap, times[step], previous);
    std::copy_n(from.at(t, place), width, job_.y.at(times[step], row));
  }
  if (job_.repeated) std::copy_n(from.at(steps - 1, place), width, repeated(row));
}

// `previous` is the output before; it is not looked at where nothing is repeated.
void Lane::fill_missing(int64_t row, int64_t begin, int64_t end, const float* previous) {
  const int64_t width = job_.model.output_size();
  for (int64_t t = begin; t < end; ++t) {
    float* to = job_.y.at(t, row);
    if (job_.repeated)
      std::copy_n(previous, width, to);
    else
      std::fill_n(to, width, 0.0f);
  }
}

// Steps of the caller's row, those that are missing included.
int64_t Lane::given_length(int64_t row) const {
  return job_.missing.lengths ? job_.missing.lengths[row] : job_.missing.time;
}

// What comes after the last step that is there.
void Lane::finish_missing(int64_t place) {
  const int64_t row = caller_row(place);
  const int64_t steps = length(place);
  const int64_t end = given_length(row);
  fill_missing(row, steps == 0 ? 0 : times_of(row)[steps - 1] + 1, end, repeated(row));
  for (int64_t t = end; t < job_.missing.time; ++t)
    std::fill_n(job_.y.at(t, row), job_.model.output_size(), 0.0f);
}

SequenceView<float> Lane::picked(int64_t width) const {
  return {scratch(plan_.picked), rows() * width, width};
}

// Keeps the last step of the rows that end in the block.
void Lane::pick(const SequenceView<const float>& from, int64_t width) {
  shift_.stage([&](int index) {
    const Slice places = slice(rows(), index);
    for (int64_t place = places.begin; place < places.end; ++place) {
      const int64_t last = length(place) - 1 - block_.first;
      if (last >= 0 && last < block_.steps)
        std::copy_n(from.at(last, place), width, picked(width).at(0, place));
    }
  });
}

void Lane::pick_final_states() {
  const PackedLayer& layer = job_.model.layers()[static_cast<size_t>(head_end() - 1)];
  shift_.stage([&](int index) {
    const Slice places = slice(rows(), index);
    for (int64_t place = places.begin; place < places.end; ++place) {
      float* to = picked(layer.output_size).at(0, place);
      for (const PackedDirection& direction : layer.directions)
        to =
            std::copy_n(job_.states.row(direction.hidden, caller_row(place)), layer.state_size, to);
    }
  });
}

// The layers that are computed for the one step that is put out.
void Lane::run_tail() {
  const auto& layers = job_.model.layers();
  const int64_t head = head_end();
  const int64_t width = layers[static_cast<size_t>(head - 1)].output_size;
  if (job_.model.puts_out_final_state()) pick_final_states();
  shift_.stage([&](int index) {
    // Rows without a step have nothing to go through these layers.
    const Slice places = slice(rows(), index);
    for (int64_t place = places.begin; place < places.end; ++place)
      if (length(place) == 0) std::fill_n(picked(width).at(0, place), width, 0.0f);
  });
  const SequenceView<float> step = picked(width);
  SequenceView<const float> from{step.data, step.time_stride, step.row_stride};
  in_tail_ = true;
  const auto end = static_cast<int64_t>(layers.size());
  if (head < end) {
    const SequenceView<float> out = between(static_cast<size_t>(end - 1));
    run_layers({0, 1}, {head, end}, from, out);
    from = {out.data, out.time_stride, out.row_stride};
  }
  in_tail_ = false;
  deliver_step(from);
}

void Lane::deliver_step(const SequenceView<const float>& from) {
  const int64_t width = job_.model.output_size();
  shift_.stage([&](int index) {
    const Slice places = slice(rows(), index);
    for (int64_t place = places.begin; place < places.end; ++place) {
      const int64_t row = caller_row(place);
      const bool any = length(place) > 0;
      if (any && job_.repeated) std::copy_n(from.at(0, place), width, repeated(row));
      if (!job_.y.data) continue;
      if (any)
        std::copy_n(from.at(0, place), width, job_.y.at(0, row));
      else if (masked() && given_length(row) > 0)
        fill_missing(row, 0, 1, repeated(row));
      else
        std::fill_n(job_.y.at(0, row), width, 0.0f);
    }
  });
}

}  // namespace recurrent
