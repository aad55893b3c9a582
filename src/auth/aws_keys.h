/* SPDX-License-Identifier: Apache-2.0 */
/** @file aws_keys.h  An access key of AWS, as an instance's metadata has it. Inside src/auth only.
 */
#ifndef CMEK_AUTH_AWS_KEYS_H
#define CMEK_AUTH_AWS_KEYS_H

#include "base/error.h"
#include "base/secret.h"

struct cmek_strbuf;

/** All zero is none. */
struct cmek_aws_keys {
    struct cmek_secret id, secret, session_token; /* the last only of temporary keys */
};

/** Replaces what was there; @p session_token may be NULL. */
void cmek_aws_keys_set(struct cmek_aws_keys *keys, const char *id, const char *secret,
                       const char *session_token);
/** Reads {AccessKeyId, SecretAccessKey, Token}. */
CMEK_NODISCARD enum cmek_status cmek_aws_keys_read(const struct cmek_strbuf *text,
                                                   struct cmek_aws_keys *ret_keys,
                                                   struct cmek_error *err);
void cmek_aws_keys_done(struct cmek_aws_keys *keys);

#endif
