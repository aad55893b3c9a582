/* SPDX-License-Identifier: Apache-2.0 */
/** @file token_exchange.h  A source that exchanges the token of another identity provider at
 * Google's Security Token Service (RFC 8693). Inside src/auth only.
 */
#ifndef CMEK_AUTH_TOKEN_EXCHANGE_H
#define CMEK_AUTH_TOKEN_EXCHANGE_H

#include "auth/source.h"

struct cmek_token_exchange {
    const char *token_url; /* trusted already */
    const char *audience;  /* full name of the identity pool's provider */
    const char *subject_token_type, *scope;
    const char *options;                   /* JSON of Google's own, or NULL */
    const char *client_id, *client_secret; /* either may be NULL */
};

/** Moves @p subject in, whose token is the subject token; @p what is copied. */
struct cmek_token_source cmek_token_exchange_new(struct cmek_token_source *subject,
                                                 const struct cmek_token_exchange *what);

#endif
