/* SPDX-License-Identifier: Apache-2.0 */
/** @file jwt.h  Signed JSON Web Tokens, just enough for service accounts (RFC 7515, RS256). */
#ifndef CMEK_AUTH_JWT_H
#define CMEK_AUTH_JWT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct cmek_strbuf;

/** An RSA private key, parsed once: decoding it costs more than signing with it. */
struct cmek_jwt_key;

/** RFC 7519 section 4.1; NULL members are left out. Times are seconds since 1970. */
struct cmek_jwt_claims {
    const char *issuer, *subject, *audience, *scope;
    int64_t issued_at, expires_at;
};

/** Reads a PEM private key (PKCS#8 or PKCS#1). CMEK_E_INVALID when it is none, is encrypted, or is
 * not RSA; the message holds nothing of it. */
CMEK_NODISCARD enum cmek_status cmek_jwt_key_parse(const char *pem, size_t length,
                                                   struct cmek_jwt_key **ret_key,
                                                   struct cmek_error *err);
void cmek_jwt_key_free(struct cmek_jwt_key *key);

/** Appends header.claims.signature to @p token; @p key_id (may be NULL) becomes "kid". */
CMEK_NODISCARD enum cmek_status cmek_jwt_sign(const struct cmek_jwt_claims *claims,
                                              const char *key_id, const struct cmek_jwt_key *key,
                                              struct cmek_strbuf *token, struct cmek_error *err);

/** Appends base64url without padding (RFC 7515 section 2). */
void cmek_base64url_encode(struct cmek_strbuf *buffer, const void *bytes, size_t length);

#endif
