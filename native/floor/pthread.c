// What libpthread.so.0 had until glibc 2.34.
#include "stubs.h"

RECURRENT_STUB(pthread_create, "GLIBC_2.2.5");
RECURRENT_STUB(pthread_join, "GLIBC_2.2.5");
RECURRENT_STUB(pthread_once, "GLIBC_2.2.5");
RECURRENT_STUB(pthread_rwlock_rdlock, "GLIBC_2.2.5");
RECURRENT_STUB(pthread_rwlock_wrlock, "GLIBC_2.2.5");
RECURRENT_STUB(pthread_rwlock_unlock, "GLIBC_2.2.5");
RECURRENT_STUB(pthread_sigmask, "GLIBC_2.2.5");
RECURRENT_STUB(__pthread_key_create, "GLIBC_2.2.5");
RECURRENT_STUB(pthread_setaffinity_np, "GLIBC_2.3.4");
RECURRENT_STUB(pthread_setname_np, "GLIBC_2.12");
