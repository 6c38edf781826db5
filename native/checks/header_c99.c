/* Compiled as strict C99: the public header must be usable from it without a warning. */
#include <recurrent/recurrent.h>

/* ISO C forbids an empty translation unit. */
typedef int recurrent_header_is_c99;
