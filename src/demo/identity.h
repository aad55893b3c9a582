/* SPDX-License-Identifier: Apache-2.0 */
/** @file identity.h  Who may call the demo cloud: a service account and a user made up at start,
 * and the access tokens given to them. Thread-safe. */
#ifndef CMEK_DEMO_IDENTITY_H
#define CMEK_DEMO_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct cmek_demo_identity;

#define CMEK_DEMO_SERVICE_ACCOUNT "cmekscan-demo@cmekscan-demo.iam.gserviceaccount.com"
#define CMEK_DEMO_CLIENT_ID       "cmekscan-demo.apps.googleusercontent.com"
#define CMEK_DEMO_TOKEN_SIZE      80 /* of a token's text with its NUL */

enum cmek_demo_token_state {
    CMEK_DEMO_TOKEN_GOOD,
    CMEK_DEMO_TOKEN_UNKNOWN,
    CMEK_DEMO_TOKEN_EXPIRED,
};

/** Makes fresh secrets. @p access_token (may be NULL) is accepted besides those that are issued. */
struct cmek_demo_identity *cmek_demo_identity_new(const char *access_token);
void cmek_demo_identity_free(struct cmek_demo_identity *identity);

/** A new access token that lasts @p seconds. */
void cmek_demo_identity_issue(struct cmek_demo_identity *identity, int64_t seconds,
                              char ret_token[CMEK_DEMO_TOKEN_SIZE]);
/** Judges an access token, or a JWT that the service account signed for @p service
 * ("pubsub.googleapis.com") to be used as one (google.aip.dev/auth/4111). */
enum cmek_demo_token_state cmek_demo_identity_check(struct cmek_demo_identity *identity,
                                                    const char *token, const char *service);

/** Whether the refresh grant's three parts are right; @p ret_bad_client tells a wrong client from a
 * wrong token. */
bool cmek_demo_identity_check_refresh(const struct cmek_demo_identity *identity,
                                      const char *client_id, const char *client_secret,
                                      const char *refresh_token, bool *ret_bad_client);
/** NULL when @p assertion is a JWT that the service account signed for this endpoint and that holds
 * now; else what Google would call wrong with it. */
const char *cmek_demo_identity_check_jwt(struct cmek_demo_identity *identity, const char *assertion,
                                         int port);

/** Writes a credential file for Google's client libraries whose token_uri is this server's:
 * `service_account` or `authorized_user`. The file is readable for its owner only. */
CMEK_NODISCARD enum cmek_status cmek_demo_identity_write(struct cmek_demo_identity *identity,
                                                         const char *type, int port,
                                                         const char *path, struct cmek_error *err);

#endif
