/* SPDX-License-Identifier: Apache-2.0 */
/** @file aws_sign.h  A signed but unsent GetCallerIdentity request (AWS Signature Version 4):
 * whoever gets it can ask AWS who signed it, and nothing else. Pure. Inside src/auth only.
 */
#ifndef CMEK_AUTH_AWS_SIGN_H
#define CMEK_AUTH_AWS_SIGN_H

#include "base/error.h"
#include "base/time.h"

struct cmek_strbuf;

struct cmek_aws_identity {
    const char *url;    /* "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&…" */
    const char *region; /* "us-east-1" */
    const char *access_key_id, *secret_access_key;
    const char *session_token;   /* of temporary keys, else NULL */
    const char *target_resource; /* the identity provider it is for: signed along */
    struct cmek_time now;
};

/** Appends the request as Google's Security Token Service takes it: JSON, percent-encoded.
 * CMEK_E_AUTH when the URL is not that of GetCallerIdentity at AWS's own service, or a value cannot
 * stand in a header. */
CMEK_NODISCARD enum cmek_status cmek_aws_sign_identity(const struct cmek_aws_identity *identity,
                                                       struct cmek_strbuf *token,
                                                       struct cmek_error *err);

#endif
