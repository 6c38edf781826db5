// What libdl.so.2 had until glibc 2.34.
#include "stubs.h"

RECURRENT_STUB(dlopen, "GLIBC_2.2.5");
RECURRENT_STUB(dlclose, "GLIBC_2.2.5");
RECURRENT_STUB(dlsym, "GLIBC_2.2.5");
RECURRENT_STUB(dlerror, "GLIBC_2.2.5");
RECURRENT_STUB(dladdr, "GLIBC_2.2.5");
RECURRENT_STUB(dlinfo, "GLIBC_2.3.3");
