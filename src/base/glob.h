/* SPDX-License-Identifier: Apache-2.0 */
/** @file glob.h  Patterns for names: "*" is any run of bytes, "?" any one byte, a backslash takes
 * the next byte as it is.
 *
 * Not fnmatch(3): that gives brackets a meaning, which names of Terraform resources are full of,
 * and may take exponential time.
 */
#ifndef CMEK_BASE_GLOB_H
#define CMEK_BASE_GLOB_H

#include <stdbool.h>

/** Whether all of @p text matches; takes at most length × length steps. */
bool cmek_glob_match(const char *pattern, const char *text);

#endif
