/* SPDX-License-Identifier: Apache-2.0 */
/** @file url.h  Taking a URL apart strictly enough that libcurl cannot see another host in it.
 *
 * Only plain http and https URLs pass: no user info, no backslash, blank or control character, a
 * host of letters, digits, '.', '-' and '_' or an IPv6 literal. So a decision made about the host
 * here holds for the connection libcurl makes.
 */
#ifndef CMEK_HTTP_URL_H
#define CMEK_HTTP_URL_H

#include <stdbool.h>
#include <stddef.h>

/** Where the parts lie in the text that was parsed. */
struct cmek_url {
    bool https;
    const char *host; /* without the brackets of an IPv6 literal; not NUL-terminated */
    size_t host_length;
    int port;             /* as written, or the scheme's */
    size_t origin_length; /* of "scheme://host:port", counted from the start of the text */
    size_t path_length;   /* of all before '?' or '#': what a message may show */
};

/** False when @p text is not such a URL. */
bool cmek_url_parse(const char *text, struct cmek_url *ret_url);
/** 127.0.0.0/8 in dotted form, ::1 or localhost. */
bool cmek_url_host_is_loopback(const struct cmek_url *url);
/** The host is @p name, regardless of case. */
bool cmek_url_host_is(const struct cmek_url *url, const char *name);
/** The host is a name below @p domain ("googleapis.com"), regardless of case. */
bool cmek_url_host_is_below(const struct cmek_url *url, const char *domain);

#endif
