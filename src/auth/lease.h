/* SPDX-License-Identifier: Apache-2.0 */
/** @file lease.h  The life of an access token: got, used, renewed, rejected. The engine's
 * authorizer. It does what the source's steps ask for: requests, and programs to run. Inside
 * src/auth only.
 */
#ifndef CMEK_AUTH_LEASE_H
#define CMEK_AUTH_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/program.h"
#include "auth/source.h"
#include "http/engine.h"

/** All zero but for the first three members is a valid start. */
struct cmek_token_lease {
    const struct cmek_token_source *source; /* borrowed */
    const char *description;                /* borrowed, for messages */
    const char *tried; /* without success, before the metadata server; borrowed, may be NULL */

    struct cmek_secret token, rejected_token;
    int64_t obtained_ms, renew_ms, expires_ms; /* monotonic */
    bool was_renewed_after_rejection;

    struct cmek_http_engine *engine; /* of the renewal under way, else NULL */
    struct cmek_token_call call;
    struct cmek_strbuf answer;
    struct cmek_program program;
    struct cmek_http_watch watch; /* of the program */
    bool has_metadata_flavor;
    int64_t failed_ms; /* 0: the last renewal went well */
    char failure[2048];
};

/** An authorizer over @p lease, which must outlive its use. */
struct cmek_http_authorizer cmek_token_lease_authorizer(struct cmek_token_lease *lease);
/** Starts a renewal unless one is under way; the engine's loop completes it. */
void cmek_token_lease_renew(struct cmek_token_lease *lease, struct cmek_http_engine *engine);
void cmek_token_lease_done(struct cmek_token_lease *lease);

/* Between lease.c and lease_program.c */

/** Runs the program that the step asked for. */
void cmek_token_lease_run_program(struct cmek_token_lease *lease);
/** The answer is whole: the next step. */
void cmek_token_lease_answered(struct cmek_token_lease *lease);
/** Ends the renewal without a new token. */
void cmek_token_lease_fail(struct cmek_token_lease *lease, const char *reason);

#endif
