#pragma once

#include "exec/workspace.h"

namespace recurrent {

// Scratch memory for single steps of single rows. All sessions that a thread steps share it, so
// that thousands of streams cost their states and little more. It goes when the thread ends.
Workspace& thread_workspace();

}  // namespace recurrent
