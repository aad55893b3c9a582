/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include "auth/source.h"
#include "auth/trust.h"
#include "http/url.h"

#define GOOGLE_UNIVERSE "googleapis.com"
#define ACCOUNT_BYTES   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.@_-"

const char *cmek_auth_universe(const struct cmek_auth_settings *settings)
{
    const char *domain = settings->universe_domain;
    return domain && *domain ? domain : GOOGLE_UNIVERSE;
}

/* As Google's client libraries have it: a credential of another universe is used only where its
 * universe was asked for. Else a file could choose the hosts that it is sent to. */
enum cmek_status cmek_auth_check_universe(const char *asked, const char *domain, const char *where,
                                          struct cmek_error *err)
{
    if (!domain || *domain == '\0')
        domain = GOOGLE_UNIVERSE;
    if (strcasecmp(asked, domain) == 0)
        return CMEK_OK;
    if (!cmek_token_is_printable(domain))
        return cmek_fail(err, CMEK_E_AUTH, "the universe domain of %s is not printable", where);
    return cmek_fail(err, CMEK_E_AUTH,
                     "the universe domain of %s is '%.200s', but '%.200s' is asked for; if you "
                     "trust it, set GOOGLE_CLOUD_UNIVERSE_DOMAIN to %.200s",
                     where, domain, asked, domain);
}

static enum cmek_status check_account(const char *account, struct cmek_error *err)
{
    const char *at = strchr(account, '@');
    if (at && at != account && at[1] != '\0' && account[strspn(account, ACCOUNT_BYTES)] == '\0')
        return CMEK_OK;
    return cmek_fail(err, CMEK_E_USAGE,
                     "--impersonate-service-account takes the email of a service account, or a "
                     "comma-separated chain of them, the one to become last");
}

static enum cmek_status check_iam_endpoint(const char *text, struct cmek_error *err)
{
    struct cmek_url url;
    if (!text || *text == '\0')
        return CMEK_OK;
    if (cmek_url_parse(text, &url) && (url.https || cmek_url_host_is_loopback(&url)))
        return CMEK_OK;
    return cmek_fail(err, CMEK_E_USAGE,
                     "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS is no https URL: access "
                     "tokens are sent there");
}

enum cmek_status cmek_auth_settings_check(const struct cmek_auth_settings *settings,
                                          struct cmek_error *err)
{
    struct cmek_url url;
    char text[300];
    const char *universe = cmek_auth_universe(settings);
    int length = snprintf(text, sizeof text, "https://%s", universe);
    if (length < 0 || (size_t)length >= sizeof text || !cmek_url_parse(text, &url) ||
        !cmek_url_host_is(&url, universe))
        return cmek_fail(err, CMEK_E_USAGE,
                         "GOOGLE_CLOUD_UNIVERSE_DOMAIN is no domain, expected one like "
                         "googleapis.com");
    enum cmek_status status = check_iam_endpoint(settings->iam_endpoint, err);
    for (size_t i = 0; i < settings->allowed_hosts.count && status == CMEK_OK; i++)
        status = cmek_token_trust_check_host(settings->allowed_hosts.items[i], err);
    for (size_t i = 0; i < settings->impersonate.count && status == CMEK_OK; i++)
        status = check_account(settings->impersonate.items[i], err);
    return status;
}
