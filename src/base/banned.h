/* SPDX-License-Identifier: Apache-2.0 */
/** @file banned.h  Functions that nobody here calls. The compiler is told to include this first in
 * every file.
 *
 * A call becomes a name that does not exist and says what to use. The libc headers come first, so
 * that their own declarations stay whole.
 */
#ifndef CMEK_BASE_BANNED_H
#define CMEK_BASE_BANNED_H

#include <alloca.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef strcpy
#define strcpy(target, source) strcpy_is_banned_use_cmek_strbuf_or_memcpy
#undef strcat
#define strcat(target, source) strcat_is_banned_use_cmek_strbuf
#undef strncpy
#define strncpy(target, source, size) strncpy_is_banned_use_cmek_strbuf_or_memcpy
#undef strncat
#define strncat(target, source, size) strncat_is_banned_use_cmek_strbuf
#undef sprintf
#define sprintf(...) sprintf_is_banned_use_cmek_strbuf_or_snprintf
#undef vsprintf
#define vsprintf(target, format, args) vsprintf_is_banned_use_cmek_strbuf_or_vsnprintf
#undef strtok
#define strtok(text, separators) strtok_is_banned_use_strcspn
#undef gmtime
#define gmtime(time) gmtime_is_banned_use_cmek_time
#undef localtime
#define localtime(time) localtime_is_banned_use_cmek_time
#undef ctime
#define ctime(time) ctime_is_banned_use_cmek_time
#undef atoi
#define atoi(text) atoi_is_banned_use_strtol
#undef atol
#define atol(text) atol_is_banned_use_strtol
#undef alloca
#define alloca(size) alloca_is_banned_use_cmek_arena
#undef system
#define system(command) system_is_banned
#undef tmpnam
#define tmpnam(name) tmpnam_is_banned_use_mkstemp

/* The environment is an input like any other: src/cli reads it and passes it on. */
#ifndef CMEK_ALLOW_GETENV
#undef getenv
#define getenv(name) getenv_is_banned_outside_src_cli
#endif

#endif
