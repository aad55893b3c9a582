/* SPDX-License-Identifier: Apache-2.0 */
/** @file impersonation.h  A source that uses the token of another one to get that of a service
 * account: generateAccessToken of the IAM Credentials API. Inside src/auth only.
 */
#ifndef CMEK_AUTH_IMPERSONATION_H
#define CMEK_AUTH_IMPERSONATION_H

#include "auth/source.h"

struct cmek_impersonation {
    const char *url; /* …/serviceAccounts/EMAIL:generateAccessToken, trusted already */
    const char *scope;
    struct cmek_strings delegates; /* emails, or names projects/-/serviceAccounts/EMAIL */
    int64_t lifetime_s;            /* 0: an hour */
};

/** Moves @p inner in, also when it fails: CMEK_E_AUTH for a URL that is none of that method. */
CMEK_NODISCARD enum cmek_status cmek_impersonation_new(struct cmek_token_source *inner,
                                                       const struct cmek_impersonation *what,
                                                       struct cmek_token_source *ret_source,
                                                       struct cmek_error *err);
/** Wraps @p source as settings->impersonate says, which is not empty. */
CMEK_NODISCARD enum cmek_status cmek_impersonation_wrap(struct cmek_token_source *source,
                                                        const struct cmek_auth_settings *settings,
                                                        struct cmek_error *err);
/** Appends the EMAIL of such a URL; false when there is none. */
bool cmek_impersonation_email(const char *url, struct cmek_strbuf *email);

#endif
