// What the sources use of macOS' header, for ./build.sh lint on another system. Nothing is built
// with it.
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C"
#endif
    int
    sysctlbyname(const char* name, void* value, size_t* size, void* replacement, size_t bytes);
