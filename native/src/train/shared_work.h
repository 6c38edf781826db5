#pragma once

#include "exec/team.h"

namespace recurrent {

// Runs a body, which takes a shift and goes through its stages, on all threads of a team, or on the
// caller's alone if there is no team.
template <class Body>
void share(Team* team, Body body) {
  if (!team) {
    Shift alone;
    body(alone);
    return;
  }
  team->run(
      team->size(),
      [](void* context, Shift& shift) noexcept { (*static_cast<Body*>(context))(shift); }, &body);
}

}  // namespace recurrent
