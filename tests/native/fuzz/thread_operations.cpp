#include "thread_operations.h"

#include <atomic>
#include <thread>

#include "sequence.h"

namespace recurrent::fuzz {
namespace {

// What a thread has come to.
struct Outcome {
  recurrent_status status = RECURRENT_STATUS_OK;
  std::string reason;
  std::vector<float> outputs;
  std::vector<float> states;
};

void finish(Outcome& outcome, recurrent_status status) {
  outcome.status = status;
  if (status != RECURRENT_STATUS_OK) outcome.reason = recurrent_last_error();
}

// Opens a session, gives it the sequence and closes it.
void run_session(recurrent_model* model, const Subject& subject, const Sequence& input,
                 int32_t threads, std::atomic<int>& opened, Outcome& outcome) {
  recurrent_session_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.threads = threads;
  desc.batch = input.batch;
  recurrent_session* session = nullptr;
  finish(outcome, recurrent_session_create(model, &desc, &session));
  opened.fetch_add(1);
  if (outcome.status != RECURRENT_STATUS_OK) return;
  outcome.outputs.resize(static_cast<size_t>(output_count(subject, input.batch, input.time)));
  outcome.states.resize(static_cast<size_t>(input.batch * subject.info.state_size));
  recurrent_run_args args = input.run_args();
  args.y = outcome.outputs.data();
  args.y_count = static_cast<int64_t>(outcome.outputs.size());
  finish(outcome, recurrent_session_run(session, &args));
  if (outcome.status == RECURRENT_STATUS_OK)
    finish(outcome, recurrent_session_save(session, 0, input.batch, outcome.states.data(),
                                           static_cast<int64_t>(outcome.states.size())));
  recurrent_session_destroy(session);
}

}  // namespace

void run_side_by_side(World& world, Random& random) {
  const std::shared_ptr<Subject> subject = world.a_subject(random);
  if (!subject) return;
  const int64_t batch = uniform(random, 1, 5);
  Sequence input(random, *subject, batch, draw_time(random, *subject, batch, world.limits));
  if (one_in(random, 2)) input.draw_lengths(random);
  const int count = number(random, 2, 4);
  std::vector<Outcome> outcomes(static_cast<size_t>(count));
  std::vector<std::thread> threads;
  std::atomic<int> opened{0};
  for (int i = 0; i < count; ++i) {
    Outcome& outcome = outcomes[static_cast<size_t>(i)];
    const int32_t own_threads = one_in(random, 3) ? 2 : 1;
    recurrent_model* model = subject->models[i % kSides].get();
    threads.emplace_back([&, model, own_threads] {
      run_session(model, *subject, input, own_threads, opened, outcome);
    });
  }
  if (one_in(random, 3)) {
    while (opened.load() < count) std::this_thread::yield();
    for (Handle<recurrent_model>& model : subject->models) model.reset();
  }
  for (std::thread& thread : threads) thread.join();
  for (const Outcome& outcome : outcomes) {
    world.caller.progress().answers[outcome.status].fetch_add(1);
    expect(outcome.status == RECURRENT_STATUS_OK, "one of several threads: %s",
           outcome.reason.c_str());
    expect_equal("output of one of several threads", outcomes[0].outputs, outcome.outputs);
    expect_equal("states of one of several threads", outcomes[0].states, outcome.states);
  }
}

void call_one_session_at_once(World& world, Random& random) {
  const std::shared_ptr<Subject> subject = world.a_subject(random);
  if (!subject) return;
  recurrent_session_desc desc{};
  desc.struct_size = sizeof(desc);
  desc.threads = number(random, 2, 3);
  desc.batch = uniform(random, 1, 4);
  recurrent_session* session = nullptr;
  expect(recurrent_session_create(subject->models[0].get(), &desc, &session) == RECURRENT_STATUS_OK,
         "session for several callers: %s", recurrent_last_error());
  const Handle<recurrent_session> owner(session);
  const int64_t time = draw_time(random, *subject, desc.batch, world.limits);
  const Sequence input(random, *subject, desc.batch, time);
  std::vector<Outcome> outcomes(static_cast<size_t>(number(random, 2, 3)));
  std::vector<std::thread> threads;
  for (Outcome& outcome : outcomes)
    threads.emplace_back([&] {
      outcome.outputs.resize(static_cast<size_t>(output_count(*subject, desc.batch, time)));
      recurrent_run_args args = input.run_args();
      args.y = outcome.outputs.data();
      args.y_count = static_cast<int64_t>(outcome.outputs.size());
      for (int call = 0; call < 3; ++call) {
        recurrent_status status = recurrent_session_reset(session, 0, desc.batch);
        if (status == RECURRENT_STATUS_OK) status = recurrent_session_run(session, &args);
        finish(outcome, status);
        const Statuses expected = kOk | kBusy | (subject->info.can_step ? 0 : kNotSupported);
        if ((only(status) & expected) == 0) return;
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const Outcome& outcome : outcomes) {
    world.caller.progress().answers[outcome.status].fetch_add(1);
    const bool expected = outcome.status == RECURRENT_STATUS_OK ||
                          outcome.status == RECURRENT_STATUS_BUSY ||
                          outcome.status == RECURRENT_STATUS_NOT_SUPPORTED;
    expect(expected, "one of several callers: %s", outcome.reason.c_str());
  }
}

}  // namespace recurrent::fuzz
