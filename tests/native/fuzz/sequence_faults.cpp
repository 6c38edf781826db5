#include "sequence_faults.h"

namespace recurrent::fuzz {
namespace {

constexpr int64_t kKinds = 14;

template <class T>
T pick(int64_t number, std::initializer_list<T> values) {
  return values.begin()[number % static_cast<int64_t>(values.size())];
}

}  // namespace

RunFault::RunFault(Random& random)
    : kind_(uniform(random, 0, kKinds - 1)), number_(uniform(random, 0, 1000)) {}

void RunFault::put_into(recurrent_run_args& args, const Subject& subject, int64_t batch) {
  for (int64_t kind = kind_; !put_in(kind, args, subject, batch); kind = (kind + 1) % kKinds) {
  }
}

// False if these arguments cannot have the fault.
bool RunFault::put_in(int64_t kind, recurrent_run_args& args, const Subject& subject,
                      int64_t batch) {
  const bool indices = subject.takes_indices();
  switch (kind) {
    case 0:
      args.struct_size = pick(number_, {0u, 8u, args.struct_size + 8, ~0u});
      return true;
    case 1:
      args.layout = pick(number_, {-1, 2, 1 << 20});
      return true;
    case 2:
      args.time = pick<int64_t>(number_, {-1, int64_t{1} << 31, INT64_MAX, INT64_MIN});
      return true;
    case 3:
      args.time = pick<int64_t>(number_, {args.time + 1, INT32_MAX, 2 * args.time});
      return true;
    case 4:
      if (indices)
        args.indices = nullptr;
      else
        args.x = nullptr;
      return true;
    case 5:
      (indices ? args.indices_count : args.x_count) -= 1;
      return true;
    case 6:
      (indices ? args.indices_count : args.x_count) = pick<int64_t>(number_, {0, -1, INT64_MIN});
      return true;
    case 7:
      args.y_count = pick<int64_t>(number_, {args.y_count - 1, 0, -1, INT64_MIN});
      return true;
    case 8:
      args.y = nullptr;
      return true;
    case 9:
      // Output where the input is, or a part of it.
      args.y = indices ? reinterpret_cast<float*>(const_cast<int32_t*>(args.indices))
                       : const_cast<float*>(args.x) + number_ % args.x_count;
      return true;
    case 10:
      give_wrong_rows(args, batch);
      return true;
    case 11:
      if (!indices) return false;
      integers_.assign(args.indices, args.indices + args.indices_count);
      integers_[static_cast<size_t>(number_ % args.indices_count)] =
          pick(number_, {-1, subject.info.vocabulary_size, INT32_MAX, INT32_MIN});
      args.indices = integers_.data();
      return true;
    case 12:
      // What the model does not take.
      floats_.assign(static_cast<size_t>(args.time * batch), 0.0f);
      integers_.assign(floats_.size(), 0);
      if (indices)
        args.x = floats_.data();
      else
        args.indices = integers_.data();
      return true;
    default:
      bytes_.assign(static_cast<size_t>(args.time * batch), 1);
      args.present = bytes_.data();
      args.present_count = static_cast<int64_t>(bytes_.size()) - (subject.masks() ? 1 : 0);
      return true;
  }
}

void RunFault::give_wrong_rows(recurrent_run_args& args, int64_t batch) {
  integers_.assign(static_cast<size_t>(batch), static_cast<int32_t>(args.time));
  args.lengths = integers_.data();
  args.lengths_count = batch;
  switch (number_ % 3) {
    case 0:
      args.lengths_count = pick<int64_t>(number_ / 3, {0, batch - 1, batch + 1, -1});
      break;
    case 1:
      args.lengths = nullptr;
      break;
    default:
      integers_[static_cast<size_t>(number_ % batch)] =
          pick(number_ / 3, {-1, static_cast<int32_t>(args.time) + 1, INT32_MAX, INT32_MIN});
  }
}

}  // namespace recurrent::fuzz
