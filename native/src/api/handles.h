#pragma once

#include <recurrent/recurrent.h>

#include <memory>

#include "exec/session.h"
#include "model/model.h"

// What the opaque handles of the C interface point to.
struct recurrent_model {
  std::shared_ptr<const recurrent::Model> model;
};

struct recurrent_session {
  recurrent::Session session;
};
