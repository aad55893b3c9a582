/* SPDX-License-Identifier: Apache-2.0 */
/** @file error.h  Filling struct cmek_error: the `err` parameter that every fallible function takes
 * last. */
#ifndef CMEK_BASE_ERROR_H
#define CMEK_BASE_ERROR_H

#include "cmekscan/error.h"

/** Sets @p err (may be NULL) and returns @p status, so that `return cmek_fail(err, …)` reads as one
 * thought. */
enum cmek_status cmek_fail(struct cmek_error *err, enum cmek_status status, const char *format, ...)
    CMEK_PRINTF(3, 4);

/** Puts "PREFIX: " before the message on its way up; the lower message is never overwritten. */
void cmek_error_prefix(struct cmek_error *err, const char *format, ...) CMEK_PRINTF(2, 3);

#endif
