// What the objects and GCC's static runtime want of glibc and musl does not have: with it, the
// objects that were compiled against glibc's headers link against musl's C library
// (RecurrentMusl.cmake). All of it is hidden: only this library uses it.
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECURRENT_HIDDEN __attribute__((visibility("hidden")))

namespace {

using Destructor = void (*)(void*);

// An object of a thread that is destroyed with it.
struct Registered {
  Destructor destroy;
  void* object;
  Registered* before;
};

thread_local Registered* newest = nullptr;
pthread_key_t at_exit;
pthread_once_t at_exit_once = PTHREAD_ONCE_INIT;

// The newest first; what a destructor registers is destroyed too.
void destroy_all(void*) {
  while (Registered* registered = newest) {
    newest = registered->before;
    registered->destroy(registered->object);
    free(registered);
  }
}

void make_key() {
  if (pthread_key_create(&at_exit, &destroy_all) != 0) abort();
}

}  // namespace

extern "C" {

// Objects of the main thread are destroyed when the process ends.
RECURRENT_HIDDEN int __cxa_thread_atexit_impl(Destructor destroy, void* object, void* library);
int __cxa_thread_atexit_impl(Destructor destroy, void* object, void*) {
  pthread_once(&at_exit_once, &make_key);
  auto* registered = static_cast<Registered*>(malloc(sizeof(Registered)));
  // Any value but null has the destructor of the key called.
  if (registered == nullptr || pthread_setspecific(at_exit, &at_exit) != 0) {
    free(registered);
    return -1;
  }
  *registered = {destroy, object, newest};
  newest = registered;
  return 0;
}

// The runtime takes a process in which it does not find this for one of a single thread.
RECURRENT_HIDDEN int __pthread_key_create(pthread_key_t* key, Destructor destroy);
int __pthread_key_create(pthread_key_t* key, Destructor destroy) {
  return pthread_key_create(key, destroy);
}

// CPU_ALLOC and CPU_FREE.
RECURRENT_HIDDEN cpu_set_t* __sched_cpualloc(size_t count);
cpu_set_t* __sched_cpualloc(size_t count) {
  return static_cast<cpu_set_t*>(malloc(CPU_ALLOC_SIZE(count)));
}
RECURRENT_HIDDEN void __sched_cpufree(cpu_set_t* set);
void __sched_cpufree(cpu_set_t* set) { free(set); }

// What _FORTIFY_SOURCE makes of copies and texts: the sizes are those of the destinations.
RECURRENT_HIDDEN void* __memcpy_chk(void* to, const void* from, size_t bytes, size_t size);
void* __memcpy_chk(void* to, const void* from, size_t bytes, size_t size) {
  if (bytes > size) abort();
  return memcpy(to, from, bytes);
}
RECURRENT_HIDDEN int __vsnprintf_chk(char* to, size_t longest, int, size_t size, const char* format,
                                     va_list arguments);
int __vsnprintf_chk(char* to, size_t longest, int, size_t size, const char* format,
                    va_list arguments) {
  if (longest > size) abort();
  return vsnprintf(to, longest, format, arguments);
}
RECURRENT_HIDDEN int __snprintf_chk(char* to, size_t longest, int flag, size_t size,
                                    const char* format, ...);
int __snprintf_chk(char* to, size_t longest, int flag, size_t size, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = __vsnprintf_chk(to, longest, flag, size, format, arguments);
  va_end(arguments);
  return length;
}
}
