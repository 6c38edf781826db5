// Parameters and gradients: set, copied, penalized, moved, kept and gone back to.
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/expect.h"
#include "cpu/fp_control.h"
#include "exec/fetch.h"
#include "exec/slice.h"
#include "train/trainer.h"
#include "train/trainer_arguments.h"

namespace recurrent {
namespace {

// Rows of a table lie anywhere in memory: they are fetched while those before are moved.
constexpr size_t kRowsAhead = 3;

bool is_adam(const recurrent_update_args& args) {
  return args.optimizer == RECURRENT_OPTIMIZER_ADAM || args.optimizer == RECURRENT_OPTIMIZER_ADAMW;
}

// `base` to the power of `exponent`, 0 or more, by squaring: C libraries differ in the last bit of
// their pow().
double power(double base, int64_t exponent) {
  double result = 1;
  for (double square = base; exponent != 0; exponent >>= 1, square *= square)
    if ((exponent & 1) != 0) result *= square;
  return result;
}

// What is the same for all blocks.
kernels::UpdateArgs update_of(const recurrent_update_args& args) {
  kernels::UpdateArgs u{};
  u.optimizer = args.optimizer;
  u.nesterov = args.nesterov;
  u.rate = static_cast<float>(is_adam(args) ? args.rate / (1 - power(args.decay_1, args.step))
                                            : args.rate);
  u.momentum = static_cast<float>(args.momentum);
  u.decay_1 = static_cast<float>(args.decay_1);
  u.rest_1 = static_cast<float>(1 - args.decay_1);
  u.decay_2 = static_cast<float>(args.decay_2);
  u.rest_2 = static_cast<float>(1 - args.decay_2);
  u.epsilon = static_cast<float>(args.epsilon);
  u.shrink = args.optimizer == RECURRENT_OPTIMIZER_ADAMW
                 ? static_cast<float>(1 - args.rate * args.weight_decay)
                 : 1.0f;
  u.square_correction =
      is_adam(args) ? static_cast<float>(1 / (1 - power(args.decay_2, args.step))) : 1.0f;
  u.scale = static_cast<float>(args.gradient_scale);
  u.bound = static_cast<float>(args.gradient_bound);
  return u;
}

// The same for rows of a table. SparseAdam has the correction of the mean square in the rate, so
// that epsilon is beside the root of what is not corrected.
kernels::UpdateArgs sparse_update_of(const recurrent_update_args& args) {
  kernels::UpdateArgs u = update_of(args);
  if (!is_adam(args)) return u;
  u.rate = static_cast<float>(args.rate * std::sqrt(1 - power(args.decay_2, args.step)) /
                              (1 - power(args.decay_1, args.step)));
  u.square_correction = 1.0f;
  return u;
}

}  // namespace

void Trainer::set_parameters(const float* values, int64_t count) {
  check_count("values", values, count, parameters_.count());
  parameters_.set(values);
  std::fill(changed_.begin(), changed_.end(), uint8_t{1});
  pack_changed();
}

void Trainer::get_parameters(float* values, int64_t count) const {
  check_count("values", values, count, parameters_.count());
  parameters_.get(values);
}

void Trainer::get_gradients(float* values, int64_t count) const {
  check_count("values", values, count, parameters_.count());
  std::copy_n(parameters_.gradients().data(), count, values);
}

void Trainer::zero_gradients() { parameters_.gradients().zero(); }

// Kernels take packed weights, so those that have changed are packed again. No pass belongs to them
// any more.
void Trainer::pack_changed() {
  const cpu::ScopedFpControl canonical;
  ran_forward_ = false;
  for (size_t i = 0; i < changed_.size(); ++i) {
    if (!changed_[i]) continue;
    model_->set_weights(parameters_.desc(), i);
    passes_[i]->set_weights();
  }
}

void Trainer::check_block(int32_t block) const {
  expect_range("block", block, 0, static_cast<int64_t>(parameters_.blocks().size()) - 1);
}

double Trainer::regularize(int32_t block, double l1, double l2) {
  check_block(block);
  if (!(l1 >= 0) || !std::isfinite(l1)) invalid("l1", "expected 0 or more, found %g", l1);
  if (!(l2 >= 0) || !std::isfinite(l2)) invalid("l2", "expected 0 or more, found %g", l2);
  Gradients& gradients = parameters_.gradients();
  gradients.begin();
  const auto index = static_cast<size_t>(block);
  if (TouchedRows* table = gradients.touched(index)) table->add_all();
  const float* p = parameters_.values(index).values();
  float* g = gradients.block(index);
  const auto sign = static_cast<float>(l1);
  const auto twice = static_cast<float>(2 * l2);
  double magnitudes = 0;
  double squares = 0;
  for (int64_t i = 0; i < parameters_.values(index).size(); ++i) {
    magnitudes += std::fabs(static_cast<double>(p[i]));
    squares += static_cast<double>(p[i]) * static_cast<double>(p[i]);
    g[i] += twice * p[i] + (p[i] > 0 ? sign : p[i] < 0 ? -sign : 0.0f);
  }
  return l1 * magnitudes + l2 * squares;
}

double Trainer::gradient_norm(int32_t block) const {
  if (block != -1) check_block(block);
  return parameters_.gradients().norm(block);
}

// Refuses rows of what is no table, and what would move other rows too.
void Trainer::check_sparse(const recurrent_update_args& args) {
  for (size_t i = 0; args.sparse && i < parameters_.blocks().size(); ++i) {
    if (!args.sparse[i]) continue;
    const TouchedRows* table = parameters_.gradients().touched(i);
    if (!table) invalid("sparse", "expected 0 for block %zu, which is no table of an embedding", i);
    if (args.optimizer == RECURRENT_OPTIMIZER_RMSPROP ||
        args.optimizer == RECURRENT_OPTIMIZER_ADAMW)
      invalid("optimizer",
              "expected SGD or Adam, because rows of block %zu alone are moved, found %s", i,
              args.optimizer == RECURRENT_OPTIMIZER_RMSPROP ? "RMSprop" : "AdamW");
    if (args.optimizer == RECURRENT_OPTIMIZER_SGD && args.momentum != 0)
      invalid("momentum", "expected 0, because rows of block %zu alone are moved, found %g", i,
              args.momentum);
    if (table->all())
      invalid("sparse",
              "expected 0 for block %zu, because its gradients have those of a penalty, which are "
              "not of some rows alone",
              i);
  }
}

void Trainer::update(const recurrent_update_args& args) {
  check_update(args);
  check_sparse(args);
  const size_t blocks = parameters_.blocks().size();
  Gradients& gradients = parameters_.gradients();
  const auto trains = [&](size_t block) { return !args.trained || args.trained[block] != 0; };
  const auto is_sparse = [&](size_t block) { return args.sparse && args.sparse[block] != 0; };
  if (moments_.size() == 0) moments_ = AlignedBuffer<float>(2 * parameters_.count());
  for (size_t i = 0; i < blocks; ++i) {
    if (!trains(i)) continue;
    if (is_sparse(i))
      parameters_.values(i).reserve_rows(static_cast<int64_t>(gradients.touched(i)->rows().size()));
    else
      parameters_.values(i).reserve_whole();
  }

  kernels::UpdateArgs whole = update_of(args);
  kernels::UpdateArgs sparse = sparse_update_of(args);
  std::fill(changed_.begin(), changed_.end(), uint8_t{0});
  for (size_t i = 0; i < blocks; ++i) {
    if (!trains(i)) continue;
    const recurrent_parameter_block& block = parameters_.blocks()[i];
    changed_[static_cast<size_t>(block.layer)] = 1;
    kernels::UpdateArgs& u = is_sparse(i) ? sparse : whole;
    float* const mean = moments_.data() + block.offset;
    float* const square = moments_.data() + parameters_.count() + block.offset;
    const auto move = [&](ParameterBlock::Rewriting values, int64_t first, int64_t count) {
      u.parameters = values.from;
      u.moved = values.to;
      u.gradients = gradients.block(i) + first;
      u.mean = mean + first;
      u.square = square + first;
      u.count = count;
      model_->kernels().update(u);
    };
    if (!is_sparse(i)) {
      move(parameters_.values(i).rewrite(), 0, block.rows * block.columns);
      continue;
    }
    const std::vector<int32_t>& rows = gradients.touched(i)->rows();
    for (size_t at = 0; at < rows.size(); ++at) {
      const int64_t row = rows[at];
      if (at + kRowsAhead < rows.size()) {
        const int64_t ahead = rows[at + kRowsAhead] * block.columns;
        fetch(parameters_.values(i).values() + ahead, block.columns);
        if (is_adam(args)) fetch(mean + ahead, block.columns);
        if (is_adam(args)) fetch(square + ahead, block.columns);
      }
      float* const values = parameters_.values(i).rewrite_row(row);
      move({values, values}, row * block.columns, block.columns);
    }
  }
  if (args.renews) gradients.renew();
  pack_changed();
}

void Trainer::keep(bool keeps) { parameters_.keep(keeps); }

void Trainer::restore() {
  if (!parameters_.keeps())
    fail(RECURRENT_STATUS_NOT_SUPPORTED,
         "trainer: expected parameters to go back to; none are kept");
  std::fill(changed_.begin(), changed_.end(), uint8_t{0});
  for (size_t i = 0; i < parameters_.blocks().size(); ++i)
    if (parameters_.values(i).restore())
      changed_[static_cast<size_t>(parameters_.blocks()[i].layer)] = 1;
  pack_changed();
}

void Trainer::get_moments(float* values, int64_t count) const {
  check_count("values", values, count, 2 * parameters_.count());
  if (moments_.size() == 0)
    std::fill_n(values, count, 0.0f);
  else
    std::copy_n(moments_.data(), count, values);
}

void Trainer::set_moments(const float* values, int64_t count) {
  check_count("values", values, count, 2 * parameters_.count());
  if (moments_.size() == 0) moments_ = AlignedBuffer<float>(2 * parameters_.count());
  std::copy_n(values, count, moments_.data());
}

}  // namespace recurrent
