/* SPDX-License-Identifier: Apache-2.0 */
/** @file trust.h  Where a credential may be sent. A credential file names hosts, and a file may
 * come from anyone: without this list it could have secrets sent anywhere, or have us ask hosts
 * that only we can reach. Pure. Inside src/auth only.
 */
#ifndef CMEK_AUTH_TRUST_H
#define CMEK_AUTH_TRUST_H

#include "base/error.h"

struct cmek_auth_settings;

/** What a URL of a credential file is for; what may stand there follows from that. */
enum cmek_token_place {
    CMEK_PLACE_OAUTH,   /* token_uri: oauth2.googleapis.com */
    CMEK_PLACE_STS,     /* token_url: sts.googleapis.com */
    CMEK_PLACE_IAM,     /* impersonation: iamcredentials.googleapis.com */
    CMEK_PLACE_SUBJECT, /* credential_source.url: a cloud's metadata address, GitHub's tokens */
    CMEK_PLACE_AWS_METADATA, /* a cloud's metadata address alone */
};

/** CMEK_OK for Google's service of that kind over https (also its regional and private names, and
 * in the universe asked for), for this machine itself, and for https to a host that
 * settings->allowed_hosts names. CMEK_E_AUTH says why not and how to allow the host; @p member is
 * the URL's name in the file. */
CMEK_NODISCARD enum cmek_status cmek_token_trust_check(const struct cmek_auth_settings *settings,
                                                       enum cmek_token_place place,
                                                       const char *member, const char *url,
                                                       struct cmek_error *err);
/** What --allow-token-host takes: a host name or address without scheme, port or path. */
CMEK_NODISCARD enum cmek_status cmek_token_trust_check_host(const char *host,
                                                            struct cmek_error *err);

#endif
