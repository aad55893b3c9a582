/* SPDX-License-Identifier: Apache-2.0 */
/** @file answer.h  What a token endpoint says: a token (RFC 6749 section 5.1) or why not (5.2).
 * Inside src/auth only.
 */
#ifndef CMEK_AUTH_ANSWER_H
#define CMEK_AUTH_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/secret.h"

struct cmek_strbuf;
struct cmek_token_call;

/** Reads a good answer. CMEK_E_AUTH when it has no usable token. */
CMEK_NODISCARD enum cmek_status cmek_token_answer_read(const struct cmek_strbuf *body,
                                                       struct cmek_secret *ret_token,
                                                       int64_t *ret_expires_in,
                                                       struct cmek_error *err);
/** The same as the token of @p call. */
CMEK_NODISCARD enum cmek_status cmek_token_answer_take(const struct cmek_strbuf *body,
                                                       struct cmek_token_call *call,
                                                       struct cmek_error *err);
/** Reads what generateAccessToken answers: {accessToken, expireTime}. */
CMEK_NODISCARD enum cmek_status cmek_iam_answer_take(const struct cmek_strbuf *body,
                                                     struct cmek_token_call *call,
                                                     struct cmek_error *err);
/** Appends "error: error_description" of a refusal, as printable ASCII of bounded length; nothing
 * when the body has no such members. What repeats one of @p secrets (NULLs allowed), or a piece of
 * one, is left out. */
void cmek_token_answer_explain(const struct cmek_strbuf *body, const char *const *secrets,
                               size_t secret_count, struct cmek_strbuf *text);
/** The refusal is the server's own trouble and may pass. */
bool cmek_token_answer_is_transient(const struct cmek_strbuf *body);

#endif
