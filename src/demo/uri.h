/* SPDX-License-Identifier: Apache-2.0 */
/** @file uri.h  Taking request URIs and forms apart (RFC 3986, application/x-www-form-urlencoded).
 */
#ifndef CMEK_DEMO_URI_H
#define CMEK_DEMO_URI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct cmek_demo_param;

/** Percent-decoded; with @p is_form, `+` is a blank. A stray `%` stays as it is; text after %00 is
 * not seen. */
const char *cmek_demo_uri_decode(const char *text, size_t length, bool is_form,
                                 struct cmek_arena *arena);
/** The pairs of a query or form. */
size_t cmek_demo_uri_params(const char *text, struct cmek_arena *arena,
                            struct cmek_demo_param **ret_params);

#endif
