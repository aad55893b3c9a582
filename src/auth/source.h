/* SPDX-License-Identifier: Apache-2.0 */
/** @file source.h  One kind of credential: how it is read from a file and how it asks for a token.
 * Inside src/auth only.
 *
 * A new kind is a file with a const struct of these functions and a row in credentials.c.
 */
#ifndef CMEK_AUTH_SOURCE_H
#define CMEK_AUTH_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/secret.h"
#include "base/strbuf.h"

struct cmek_json;

#define CMEK_TOKEN_SCOPE    "https://www.googleapis.com/auth/cloud-platform"
#define CMEK_TOKEN_ENDPOINT "https://oauth2.googleapis.com/token"
#define CMEK_TOKEN_FORM     "application/x-www-form-urlencoded"

/** What to tell someone who has no credentials. */
#define CMEK_HOW_TO_LOG_IN                                                                         \
    "log in with 'gcloud auth application-default login', or set GOOGLE_APPLICATION_CREDENTIALS "  \
    "to a credential file, or CLOUDSDK_AUTH_ACCESS_TOKEN to an access token"

/** One request for a token. All zero is empty. */
struct cmek_token_call {
    struct cmek_strbuf url, body; /* an empty body: GET */
    const char *const *headers;
    struct cmek_secret token; /* there is no need to ask: this is it */
    const char *secrets[2];   /* must not show in a message, should the server repeat them */
    int max_attempts;
    int64_t attempt_ms;
    bool is_metadata; /* no proxy, and the answer must say Metadata-Flavor: Google */
};

void cmek_token_call_done(struct cmek_token_call *call);

struct cmek_token_source_ops {
    const char *type; /* "type" of a credential file; NULL: not read from one */
    /** Reads the file's document. Messages need not name the file. */
    enum cmek_status (*load)(const struct cmek_json *json, void **ret_state,
                             struct cmek_error *err);
    /** Whose it is: "service account a@b". */
    void (*describe)(const void *state, struct cmek_strbuf *text);
    /** Fills the empty @p call. */
    enum cmek_status (*prepare)(const void *state, struct cmek_token_call *call,
                                struct cmek_error *err);
    void (*free)(void *state);
    const char *advice; /* what to do when the server refuses */
};

extern const struct cmek_token_source_ops cmek_token_source_service_account;
extern const struct cmek_token_source_ops cmek_token_source_authorized_user;
extern const struct cmek_token_source_ops cmek_token_source_metadata;
extern const struct cmek_token_source_ops cmek_token_source_static;

/** State of the metadata source; @p host is NAME[:PORT] or an http URL of one, NULL for Google's.
 */
enum cmek_status cmek_metadata_new(const char *host, void **ret_state, struct cmek_error *err);
/** State of the static source: the token itself, or (@p token NULL) the file that holds it. */
enum cmek_status cmek_static_token_new(const char *token, const char *path, void **ret_state,
                                       struct cmek_error *err);

/** A credential file must not send its secrets just anywhere: https to googleapis.com, or this
 * machine itself. */
CMEK_NODISCARD enum cmek_status cmek_token_endpoint_check(const char *url, struct cmek_error *err);
/** One or more visible ASCII characters: anything else could end the header it is sent in. */
bool cmek_token_is_sendable(const char *token);
/** False for a name that would disturb a terminal or a header: empty, or with control characters.
 */
bool cmek_token_is_printable(const char *text);

#endif
