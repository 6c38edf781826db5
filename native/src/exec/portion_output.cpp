// From what a portion's layers put out to what the caller gets.
#include <algorithm>

#include "exec/portion.h"

namespace recurrent {

// Rows that the model is given, in the order of the portion.
void Portion::gather_input_rows() {
  participant_.stage([&](int index) {
    const Slice sorted_rows = slice(rows(), index);
    for (size_t i = 0; i < job_.model.inputs().size(); ++i) {
      if (!job_.model.input(i).is_row()) continue;
      const Location& input = job_.model.input_row(i);
      for (int64_t sorted_row = sorted_rows.begin; sorted_row < sorted_rows.end; ++sorted_row)
        std::copy_n(job_.inputs[i].x.at(0, caller_row(sorted_row)), input.size,
                    view_of(input).at(0, sorted_row));
    }
  });
}

// Brings what a span has of an output to the caller, if it is not there.
void Portion::scatter_output(size_t output) {
  const PackedLayer& layer = job_.model.layer(model_output(output).layer);
  if (!is_wanted(output) || (!ragged() && !layer.is_read)) return;
  const int64_t width = layer.output_size;
  const SequenceView<float> from = view_of(layer.puts);
  participant_.stage([&](int index) {
    const Slice sorted_rows = slice(rows(), index);
    for (int64_t sorted_row = sorted_rows.begin; sorted_row < sorted_rows.end; ++sorted_row) {
      if (masked()) {
        scatter_present(output, sorted_row);
        continue;
      }
      for (int64_t t = 0; t < span_.steps; ++t) {
        float* to = job_.outputs[output].at(span_.first + t, caller_row(sorted_row));
        if (t < length_in_span(sorted_row))
          std::copy_n(from.at(t, sorted_row), width, to);
        else
          std::fill_n(to, width, 0.0f);
      }
    }
  });
}

// Puts the steps of a row that are there where they belong, and fills the gaps before them.
void Portion::scatter_present(size_t output, int64_t sorted_row) {
  const int64_t steps = length_in_span(sorted_row);
  if (steps == 0) return;
  const ModelOutput& value = model_output(output);
  const int64_t width = value.location.size;
  const SequenceView<float> from = view_of(value.location);
  const SequenceView<float>& y = job_.outputs[output];
  const int64_t row = caller_row(sorted_row);
  float* const kept = repeated(value, row);
  const int32_t* times = times_of(row);
  for (int64_t t = 0; t < steps && y.data; ++t) {
    const int64_t step = span_.first + t;
    const int64_t gap = step == 0 ? 0 : times[step - 1] + 1;
    fill_missing(output, row, gap, times[step], step == 0 ? kept : y.at(gap - 1, row));
    std::copy_n(from.at(t, sorted_row), width, y.at(times[step], row));
  }
  if (kept) std::copy_n(from.at(steps - 1, sorted_row), width, kept);
}

// `previous` is the output before; it is not looked at where nothing is repeated.
void Portion::fill_missing(size_t output, int64_t row, int64_t begin, int64_t end,
                           const float* previous) {
  const ModelOutput& value = model_output(output);
  for (int64_t t = begin; t < end; ++t) {
    float* to = job_.outputs[output].at(t, row);
    if (value.repeated)
      std::copy_n(previous, value.location.size, to);
    else
      std::fill_n(to, value.location.size, 0.0f);
  }
}

// Steps of the caller's row, those that are missing included.
int64_t Portion::given_length(int64_t row) const {
  return job_.missing.lengths ? job_.missing.lengths[row] : job_.missing.time;
}

// What is left to do when all layers have been computed.
void Portion::finish(size_t output) {
  if (model_output(output).location.is_row) {
    if (is_wanted(output)) scatter_row(output);
  } else if (masked() && job_.outputs[output].data) {
    participant_.stage([&](int index) {
      const Slice sorted_rows = slice(rows(), index);
      for (int64_t sorted_row = sorted_rows.begin; sorted_row < sorted_rows.end; ++sorted_row)
        finish_missing(output, sorted_row);
    });
  }
}

// What comes after the last step that is there.
void Portion::finish_missing(size_t output, int64_t sorted_row) {
  const int64_t row = caller_row(sorted_row);
  const int64_t steps = length(sorted_row, 0);
  const int64_t end = given_length(row);
  fill_missing(output, row, steps == 0 ? 0 : times_of(row)[steps - 1] + 1, end,
               repeated(model_output(output), row));
  for (int64_t t = end; t < job_.missing.time; ++t)
    std::fill_n(job_.outputs[output].at(t, row), model_output(output).location.size, 0.0f);
}

// Takes the last step of the rows that end in the span. Rows without a step have zeros.
void Portion::gather_last_steps(const PackedLayer& pick) {
  const bool is_flushed = !job_.model.is_implied(pick);
  const SequenceView<float> from = view_of(pick.reads.front());
  const SequenceView<float> to = view_of(pick.puts);
  const int64_t width = pick.output_size;
  participant_.stage([&](int index) {
    const Slice sorted_rows = slice(rows(), index);
    for (int64_t sorted_row = sorted_rows.begin; sorted_row < sorted_rows.end; ++sorted_row) {
      const int64_t last = length(sorted_row) - 1 - span_.first;
      if (last < 0 && span_.first == 0) std::fill_n(to.at(0, sorted_row), width, 0.0f);
      if (last < 0 || last >= span_.steps) continue;
      if (is_flushed)
        kernels_.flush(from.at(last, sorted_row), to.at(0, sorted_row), width);
      else
        std::copy_n(from.at(last, sorted_row), width, to.at(0, sorted_row));
    }
  });
}

// The same of an input of the model, which no span has.
void Portion::gather_last_input(const PackedLayer& pick) {
  const SequenceView<const float>& x = job_.inputs[pick.reads.front().input].x;
  participant_.stage([&](int index) {
    const Slice sorted_rows = slice(rows(), index);
    for (int64_t sorted_row = sorted_rows.begin; sorted_row < sorted_rows.end; ++sorted_row) {
      float* to = view_of(pick.puts).at(0, sorted_row);
      const int64_t last = length(sorted_row, 0) - 1;
      const int64_t row = caller_row(sorted_row);
      if (last < 0)
        std::fill_n(to, pick.output_size, 0.0f);
      else
        kernels_.flush(x.at(caller_time(last, row), row), to, pick.output_size);
    }
  });
}

void Portion::gather_final_states(const PackedLayer& pick) {
  const PackedLayer& layer = job_.model.layer(job_.model.maker_of(pick));
  const bool is_cell = pick.kind == RECURRENT_LAYER_FINAL_CELL_STATE;
  participant_.stage([&](int index) {
    const Slice sorted_rows = slice(rows(), index);
    for (int64_t sorted_row = sorted_rows.begin; sorted_row < sorted_rows.end; ++sorted_row) {
      float* to = view_of(pick.puts).at(0, sorted_row);
      for (const PackedDirection& direction : layer.directions) {
        const StateSlot& slot = is_cell ? direction.cell : direction.hidden;
        to = std::copy_n(job_.states.row(slot, caller_row(sorted_row)), slot.size, to);
      }
    }
  });
}

// A row of an output. One whose sequence has no step is what a missing step puts out.
void Portion::scatter_row(size_t output) {
  const ModelOutput& value = model_output(output);
  const SequenceView<float> from = view_of(value.location);
  const SequenceView<float>& y = job_.outputs[output];
  const int64_t width = value.location.size;
  participant_.stage([&](int index) {
    const Slice sorted_rows = slice(rows(), index);
    for (int64_t sorted_row = sorted_rows.begin; sorted_row < sorted_rows.end; ++sorted_row) {
      const int64_t row = caller_row(sorted_row);
      const bool any = length(sorted_row, 0) > 0;
      float* const kept = masked() ? repeated(value, row) : nullptr;
      if (any && kept) std::copy_n(from.at(0, sorted_row), width, kept);
      if (!y.data) continue;
      if (any)
        std::copy_n(from.at(0, sorted_row), width, y.at(0, row));
      else if (masked() && given_length(row) > 0)
        fill_missing(output, row, 0, 1, kept);
      else
        std::fill_n(y.at(0, row), width, 0.0f);
    }
  });
}

}  // namespace recurrent
