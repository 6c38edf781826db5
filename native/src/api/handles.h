#pragma once

#include <recurrent/recurrent.h>

#include <memory>
#include <utility>

#include "exec/pool.h"
#include "exec/session.h"
#include "file/model_file.h"
#include "gemm/provider.h"
#include "model/model.h"
#include "train/trainer.h"

// What the opaque handles of the C interface point to.
struct recurrent_model {
  recurrent_model(std::shared_ptr<const recurrent::Model> packed, recurrent::ProductChoices choices)
      : model(std::move(packed)), product_choices(std::move(choices)) {}
  std::shared_ptr<const recurrent::Model> model;
  recurrent::ProductChoices product_choices;
  recurrent::file::Facts facts;
};

struct recurrent_session {
  recurrent_session(std::shared_ptr<const recurrent::Model> model,
                    const recurrent_session_desc& desc)
      : session(std::move(model), desc) {}
  recurrent::Session session;
};

struct recurrent_pool {
  recurrent_pool(std::shared_ptr<const recurrent::Model> model, int64_t capacity)
      : pool(std::move(model), capacity) {}
  recurrent::Pool pool;
};

struct recurrent_trainer {
  recurrent_trainer(const recurrent_model_desc& model, const recurrent_trainer_desc& desc)
      : trainer(model, desc) {}
  recurrent::Trainer trainer;
};
