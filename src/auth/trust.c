/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/trust.h"

#include <string.h>
#include <strings.h>

#include "auth/source.h"
#include "base/strings.h"
#include "http/url.h"

struct place {
    const char *service;     /* the first label of Google's hosts for it, or NULL */
    const char *prefixes[2]; /* URLs that begin so are right as well */
    const char *domain;      /* https to hosts below it is right as well, or NULL */
    bool is_neighbour;       /* a metadata address is right, over plain http too */
    const char *expected;    /* for the message */
};

static const struct place places[] = {
    [CMEK_PLACE_OAUTH] = {.service = "oauth2",
                          /* Older key files name these. */
                          .prefixes = {"https://www.googleapis.com/oauth2/",
                                       "https://accounts.google.com/o/oauth2/"},
                          .expected = "https://oauth2.googleapis.com"},
    [CMEK_PLACE_STS] = {.service = "sts", .expected = "https://sts.googleapis.com"},
    [CMEK_PLACE_IAM] = {.service = "iamcredentials",
                        .expected = "https://iamcredentials.googleapis.com"},
    [CMEK_PLACE_SUBJECT] = {.domain = "actions.githubusercontent.com",
                            .is_neighbour = true,
                            .expected = "a metadata server's address (169.254.169.254)"},
    [CMEK_PLACE_AWS_METADATA] = {.is_neighbour = true,
                                 .expected = "169.254.169.254 or [fd00:ec2::254]"},
};

#define LABELS_MAX 3

struct label {
    const char *text;
    size_t length;
};

/* The labels of @p url's host before ".DOMAIN"; 0 when it is not below it, or has too many. */
static size_t split_below(const struct cmek_url *url, const char *domain,
                          struct label labels[LABELS_MAX])
{
    if (!cmek_url_host_is_below(url, domain))
        return 0;
    size_t left = url->host_length - strlen(domain) - 1, count = 0;
    for (const char *at = url->host;; at++) {
        if (count == LABELS_MAX)
            return 0;
        const char *dot = memchr(at, '.', left);
        size_t length = dot ? (size_t)(dot - at) : left;
        labels[count++] = (struct label){at, length};
        if (!dot)
            return count;
        left -= length + 1;
        at = dot;
    }
}

static bool label_is(const struct label *label, const char *text)
{
    return label->length == strlen(text) && strncasecmp(label->text, text, label->length) == 0;
}

static bool label_ends_with(const struct label *label, const char *service)
{
    size_t length = strlen(service);
    return label->length > length + 1 && label->text[label->length - length - 1] == '-' &&
           strncasecmp(label->text + label->length - length, service, length) == 0;
}

static bool label_begins_with(const struct label *label, const char *service)
{
    size_t length = strlen(service);
    return label->length > length + 1 && label->text[length] == '-' &&
           strncasecmp(label->text, service, length) == 0;
}

static bool is_region(const struct label *label)
{
    char last = label->text[label->length - 1];
    return last >= '0' && last <= '9';
}

/* SERVICE, us-east1-SERVICE, SERVICE.us-east1, us-east1.SERVICE, SERVICE.mtls, SERVICE-name.p
 * (Private Service Connect), SERVICE.us-east1.rep. Not all of *.googleapis.com: below
 * storage.googleapis.com, for one, anybody may have a name. */
static bool is_service_host(const struct cmek_url *url, const char *domain, const char *service)
{
    struct label label[LABELS_MAX];
    switch (split_below(url, domain, label)) {
    case 1:
        return label_is(&label[0], service) || label_ends_with(&label[0], service);
    case 2:
        if (label_is(&label[0], service))
            return label_is(&label[1], "mtls") || is_region(&label[1]);
        return label_is(&label[1], service) ||
               (label_begins_with(&label[0], service) && label_is(&label[1], "p"));
    case 3:
        return label_is(&label[0], service) && label_is(&label[2], "rep");
    default:
        return false;
    }
}

static bool has_prefix(const struct place *place, const char *text)
{
    for (size_t i = 0; i < sizeof place->prefixes / sizeof *place->prefixes; i++)
        if (place->prefixes[i] && cmek_str_starts(text, place->prefixes[i]) && !strstr(text, ".."))
            return true;
    return false;
}

static bool is_google(const struct cmek_auth_settings *settings, const struct place *place,
                      const struct cmek_url *url, const char *text)
{
    if (place->service && (is_service_host(url, "googleapis.com", place->service) ||
                           is_service_host(url, cmek_auth_universe(settings), place->service)))
        return true;
    return has_prefix(place, text) || (place->domain && cmek_url_host_is_below(url, place->domain));
}

static bool is_allowed(const struct cmek_auth_settings *settings, const struct cmek_url *url)
{
    for (size_t i = 0; i < settings->allowed_hosts.count; i++)
        if (cmek_url_host_is(url, settings->allowed_hosts.items[i]))
            return true;
    return false;
}

/* https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html; the first
 * is Azure's as well. */
static bool is_metadata_address(const struct cmek_url *url)
{
    return cmek_url_host_is(url, "169.254.169.254") || cmek_url_host_is(url, "fd00:ec2::254");
}

enum cmek_status cmek_token_trust_check(const struct cmek_auth_settings *settings,
                                        enum cmek_token_place index, const char *member,
                                        const char *text, struct cmek_error *err)
{
    const struct place *place = &places[index];
    struct cmek_url url;
    if (!cmek_url_parse(text, &url))
        return cmek_fail(err, CMEK_E_AUTH, "%s is not an http or https URL", member);
    if (cmek_url_host_is_loopback(&url) || (place->is_neighbour && is_metadata_address(&url)))
        return CMEK_OK;
    bool is_right = is_google(settings, place, &url, text) || is_allowed(settings, &url);
    if (is_right && url.https)
        return CMEK_OK;
    int origin = (int)(url.origin_length < 300 ? url.origin_length : 300);
    if (is_right)
        return cmek_fail(err, CMEK_E_AUTH, "%s '%.*s' is refused: it is not https", member, origin,
                         text);
    return cmek_fail(err, CMEK_E_AUTH,
                     "%s '%.*s' is refused: a credential file may name any host, so only %s and "
                     "this machine itself are taken; if you trust that host, add "
                     "--allow-token-host %.*s",
                     member, origin, text, place->expected, (int)url.host_length, url.host);
}

enum cmek_status cmek_token_trust_check_host(const char *host, struct cmek_error *err)
{
    char text[300];
    struct cmek_url url;
    bool is_address = strchr(host, ':') != NULL;
    int length = snprintf(text, sizeof text, is_address ? "https://[%s]" : "https://%s", host);
    if (length < 0 || (size_t)length >= sizeof text || !cmek_url_parse(text, &url) ||
        !cmek_url_host_is(&url, host))
        return cmek_fail(err, CMEK_E_USAGE,
                         "--allow-token-host takes the name of a host alone, e.g. sts.example.com");
    return CMEK_OK;
}
