/* SPDX-License-Identifier: Apache-2.0 */
/** @file jwt_check.h  The receiving side of a JWT grant (RFC 7523, RS256): written apart from the
 * side that signs, so that the two check each other. */
#ifndef CMEK_DEMO_JWT_CHECK_H
#define CMEK_DEMO_JWT_CHECK_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

struct cmek_demo_jwt_rules {
    EVP_PKEY *key; /* the public half is enough */
    const char *key_id, *issuer;
    const char *audiences[2]; /* either is right */
    bool is_access_token;     /* used as a token itself: a scope will do instead of the audience */
    int64_t now;              /* seconds since 1970 */
};

/** NULL when @p assertion is signed and holds; else a sentence that Google might say. */
const char *cmek_demo_jwt_check(const struct cmek_demo_jwt_rules *rules, const char *assertion);

#endif
