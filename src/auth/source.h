/* SPDX-License-Identifier: Apache-2.0 */
/** @file source.h  One kind of credential: how it is read and how it comes by a token, request by
 * request. Inside src/auth only.
 *
 * A source is a small state machine without I/O of its own: `step` fills in what to do next, the
 * lease (lease.h) does it and hands the answer to the next step, until a step brings the token.
 * Sources nest: a federated one has one inside that brings the subject token, an impersonating one
 * has any other inside. A new kind of file is a function and a row in source_load.c, a new kind of
 * credential_source one in external_account.c.
 */
#ifndef CMEK_AUTH_SOURCE_H
#define CMEK_AUTH_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/credentials.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/strbuf.h"

struct cmek_command_line;
struct cmek_json;

#define CMEK_TOKEN_SCOPE     "https://www.googleapis.com/auth/cloud-platform"
#define CMEK_TOKEN_IAM_SCOPE "https://www.googleapis.com/auth/iam"
#define CMEK_TOKEN_ENDPOINT  "https://oauth2.googleapis.com/token"

/** What to tell someone who has no credentials. */
#define CMEK_HOW_TO_LOG_IN                                                                         \
    "log in with 'gcloud auth application-default login', or set GOOGLE_APPLICATION_CREDENTIALS "  \
    "to a credential file, or CLOUDSDK_AUTH_ACCESS_TOKEN to an access token"

#define CMEK_TOKEN_HEADERS_MAX 16
#define CMEK_TOKEN_SECRETS_MAX 4

/** What to do next: a token that is there, a program to run, or else a request. All zero is empty.
 */
struct cmek_token_call {
    struct cmek_secret token;
    int64_t life_s; /* of the token; 0: nobody told */

    const struct cmek_command_line *program; /* the source's; its output is the answer */

    const char *method; /* NULL: POST with a body, else GET */
    struct cmek_strbuf url, body;
    const char *content_type; /* NULL: a form's */
    char *headers[CMEK_TOKEN_HEADERS_MAX + 1];
    const char *secrets[CMEK_TOKEN_SECRETS_MAX]; /* must not show, should the server repeat them */
    const char *endpoint; /* who is asked, for messages; NULL: "the token endpoint" */
    const char *advice;   /* what to do when it refuses */
    int max_attempts;
    int64_t attempt_ms;
    bool is_direct;   /* no proxy: it is a neighbour */
    bool is_metadata; /* the answer must say Metadata-Flavor: Google */
    bool may_lack;    /* 404 counts as an empty answer */
};

/** Wipes and empties. */
void cmek_token_call_clear(struct cmek_token_call *call);
/** Adds a request header; more than CMEK_TOKEN_HEADERS_MAX are dropped. */
void cmek_token_call_header(struct cmek_token_call *call, const char *name, const char *value);
/** Adds the header of HTTP Basic authentication; @p password may be NULL. */
void cmek_token_call_basic(struct cmek_token_call *call, const char *user, const char *password);
/** Adds a member to the form in the body. */
void cmek_token_call_form(struct cmek_token_call *call, const char *name, const char *value);

struct cmek_token_source_ops {
    /** Whose it is: "service account a@b". NULL of a source that is only inside others. */
    void (*describe)(const void *state, struct cmek_strbuf *text);
    /** Fills the empty @p call. @p answer is that of the call before, NULL at the beginning: then
     * whatever was under way is forgotten. */
    enum cmek_status (*step)(void *state, const struct cmek_strbuf *answer,
                             struct cmek_token_call *call, struct cmek_error *err);
    void (*free)(void *state);
};

/** A source; all zero is none. */
struct cmek_token_source {
    const struct cmek_token_source_ops *ops;
    void *state;
    char *quota_project; /* or NULL */
};

void cmek_token_source_done(struct cmek_token_source *source);
/** A step of a source inside another one: its token, once there, moves to @p ret_token and leaves
 * @p call empty. */
CMEK_NODISCARD enum cmek_status cmek_token_source_step(const struct cmek_token_source *source,
                                                       const struct cmek_strbuf *answer,
                                                       struct cmek_token_call *call,
                                                       struct cmek_secret *ret_token,
                                                       struct cmek_error *err);

/** How a source is to be made; borrowed, what is needed later is copied. */
struct cmek_token_load {
    const struct cmek_auth_settings *settings;
    const char *scope;
    bool is_inner; /* the source_credentials of another file */
};

/** The quota project of a file that says @p quota_project_id (may be NULL): the settings beat it,
 * but not that of an inner source. */
const char *cmek_token_load_quota(const struct cmek_token_load *how, const char *quota_project_id);
/** Reads the document of a credential file, of whichever type. Messages need not name the file. */
CMEK_NODISCARD enum cmek_status cmek_token_source_load(const struct cmek_json *json,
                                                       const struct cmek_token_load *how,
                                                       struct cmek_token_source *ret_source,
                                                       struct cmek_error *err);

/* Readers of each type, for the table in source_load.c. */
typedef enum cmek_status cmek_token_source_loader(const struct cmek_json *json,
                                                  const struct cmek_token_load *how,
                                                  struct cmek_token_source *ret_source,
                                                  struct cmek_error *err);
cmek_token_source_loader cmek_service_account_load, cmek_authorized_user_load,
    cmek_external_account_load, cmek_external_user_load, cmek_impersonated_load;

/** The metadata server at settings->metadata_host. */
enum cmek_status cmek_metadata_new(const struct cmek_auth_settings *settings,
                                   struct cmek_token_source *ret_source, struct cmek_error *err);
/** The token itself, or (@p token NULL) the file that holds it. */
enum cmek_status cmek_static_token_new(const char *token, const char *path,
                                       struct cmek_token_source *ret_source,
                                       struct cmek_error *err);
/** CMEK_E_AUTH when a credential's universe (@p domain, from @p where) is not the one asked for. */
CMEK_NODISCARD enum cmek_status cmek_auth_check_universe(const char *asked, const char *domain,
                                                         const char *where, struct cmek_error *err);

/** One or more visible ASCII characters: anything else could end the header it is sent in. */
bool cmek_token_is_sendable(const char *token);
/** False for a name that would disturb a terminal or a header: empty, or with control characters.
 */
bool cmek_token_is_printable(const char *text);

#endif
