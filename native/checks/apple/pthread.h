// musl's pthread.h with what macOS declares otherwise, for ./build.sh lint on another system.
// Nothing is built with it.
#pragma once

#define pthread_setname_np recurrent_not_of_macos
#include_next <pthread.h>
#undef pthread_setname_np

#ifdef __cplusplus
extern "C"
#endif
    int
    pthread_setname_np(const char* name);
