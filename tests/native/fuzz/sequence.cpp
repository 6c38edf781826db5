#include "sequence.h"

namespace recurrent::fuzz {
namespace {

// A step of which all features are the mask value.
void mask_steps(Random& random, std::vector<float>& values, int64_t features, float mask_value) {
  const int64_t steps = static_cast<int64_t>(values.size()) / features;
  for (int64_t step = 0; step < steps; ++step)
    if (one_in(random, 4)) std::fill_n(values.begin() + step * features, features, mask_value);
}

}  // namespace

int64_t draw_time(Random& random, const Subject& subject, int64_t batch, const Limits& limits) {
  const int64_t kind = uniform(random, 1, 20);
  const int64_t wanted = kind <= 4                    ? 1
                         : kind <= 14 || limits.small ? uniform(random, 2, 12)
                                                      : uniform(random, 13, 70);
  const int64_t most_work = one_in(random, 3) ? 3'000'000 : 300'000;
  const int64_t step_work = std::max<int64_t>(1, subject.work() * std::max<int64_t>(1, batch));
  return std::clamp<int64_t>(most_work / step_work, 1, wanted);
}

Sequence::Sequence(Random& random, const Subject& subject, int64_t rows, int64_t steps)
    : time(steps), batch(rows), features(subject.info.input_size) {
  layout = number(random, 0, 1);
  const int64_t count = time * batch;
  if (subject.takes_indices()) {
    std::vector<int32_t> values(static_cast<size_t>(count));
    for (int32_t& value : values) value = number(random, 0, subject.info.vocabulary_size - 1);
    indices = {random, values};
  } else {
    std::vector<float> values = draw_values(random, count * features, subject.desc.mask_value);
    if (subject.masks() && one_in(random, 2))
      mask_steps(random, values, features, subject.desc.mask_value);
    x = {random, values};
  }
  if (!subject.masks() || one_in(random, 3)) return;
  std::vector<uint8_t> there(static_cast<size_t>(count));
  for (uint8_t& value : there) value = one_in(random, 3) ? 0 : one_of<uint8_t>(random, {1, 255});
  present = {random, there};
}

void Sequence::draw_lengths(Random& random) {
  std::vector<int32_t> values(static_cast<size_t>(batch));
  for (int32_t& value : values) value = one_in(random, 6) ? 0 : number(random, 0, time);
  lengths = {random, values};
}

recurrent_run_args Sequence::run_args() const {
  recurrent_run_args args{};
  args.struct_size = sizeof(args);
  args.layout = layout;
  args.time = time;
  args.x = x.data();
  args.x_count = x.count();
  args.indices = indices.data();
  args.indices_count = indices.count();
  args.lengths = lengths.data();
  args.lengths_count = lengths.count();
  args.present = present.data();
  args.present_count = present.count();
  return args;
}

Sequence Sequence::steps(Random& random, int64_t begin, int64_t count) const {
  return cut(random, begin, count, 0, batch);
}

Sequence Sequence::row(Random& random, int64_t index) const {
  return cut(random, 0, time, index, 1);
}

Sequence Sequence::cut(Random& random, int64_t first_step, int64_t steps, int64_t first_row,
                       int64_t rows) const {
  Sequence part;
  part.time = steps;
  part.batch = rows;
  part.features = features;
  part.layout = number(random, 0, 1);
  const auto pick = [&](const auto& from, int64_t width, auto& to) {
    if (from.count() == 0) return;
    std::vector<std::remove_const_t<std::remove_pointer_t<decltype(from.data())>>> values(
        static_cast<size_t>(steps * rows * width));
    for (int64_t step = 0; step < steps; ++step)
      for (int64_t row_index = 0; row_index < rows; ++row_index)
        std::copy_n(from.data() + at(first_step + step, first_row + row_index) * width, width,
                    values.data() + part.at(step, row_index) * width);
    to = {random, values};
  };
  pick(x, features, part.x);
  pick(indices, 1, part.indices);
  pick(present, 1, part.present);
  if (lengths.count() == 0) return part;
  std::vector<int32_t> values;
  for (int64_t row_index = first_row; row_index < first_row + rows; ++row_index)
    values.push_back(static_cast<int32_t>(
        std::clamp<int64_t>(lengths.data()[row_index] - first_step, 0, steps)));
  part.lengths = {random, values};
  return part;
}

int64_t output_count(const Subject& subject, int64_t batch, int64_t time) {
  return (subject.puts_out_one_step() ? 1 : time) * batch * subject.info.output_size;
}

}  // namespace recurrent::fuzz
