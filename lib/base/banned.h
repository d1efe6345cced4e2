/* Included before every source file by the build: these have a safer sibling
 * here, so using one is a compile error. */
#ifndef VARDE_BASE_BANNED_H
#define VARDE_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef strncpy
#undef strcpy
#undef strcat
#undef strncat
#undef strtok
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strncpy strcat strncat strtok sprintf vsprintf
#pragma GCC poison gmtime localtime ctime asctime gets atoi atol atof srand mktemp tmpnam

#endif
