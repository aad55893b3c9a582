/* SPDX-License-Identifier: Apache-2.0 */
#include "http/url.h"

#include <string.h>
#include <strings.h>

#include "base/strbuf.h"
#include "http/engine.h"

#define HOST_LENGTH_MAX 253 /* RFC 1035 section 2.3.4, without the final dot */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool has_only_url_bytes(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c <= ' ' || *c >= 0x7f || *c == '\\')
            return false;
    return true;
}

/* Moves the cursor over "[literal]" or a name; false when there is none. */
static bool take_host(const char **cursor, struct cmek_url *url)
{
    const char *start = *cursor, *end;
    if (*start == '[') {
        size_t length = strspn(++start, "0123456789abcdefABCDEF:.");
        end = start + length;
        if (*end != ']')
            return false;
        *cursor = end + 1;
    } else {
        for (end = start; is_alnum(*end) || *end == '.' || *end == '-' || *end == '_';)
            end++;
        *cursor = end;
    }
    url->host = start;
    url->host_length = (size_t)(end - start);
    return url->host_length > 0 && url->host_length <= HOST_LENGTH_MAX;
}

static bool take_port(const char **cursor, struct cmek_url *url)
{
    if (**cursor != ':')
        return true;
    int port = 0, digits = 0;
    for ((*cursor)++; is_digit(**cursor); (*cursor)++, digits++) {
        port = port * 10 + (**cursor - '0');
        if (port > 65535)
            return false;
    }
    url->port = port;
    return digits > 0 && port > 0;
}

bool cmek_url_parse(const char *text, struct cmek_url *ret_url)
{
    struct cmek_url url = {0};
    if (!text || !has_only_url_bytes(text))
        return false;
    const char *cursor;
    if (strncasecmp(text, "https://", 8) == 0) {
        url.https = true;
        url.port = 443;
        cursor = text + 8;
    } else if (strncasecmp(text, "http://", 7) == 0) {
        url.port = 80;
        cursor = text + 7;
    } else {
        return false;
    }
    if (!take_host(&cursor, &url) || !take_port(&cursor, &url))
        return false;
    if (*cursor != '\0' && !strchr("/?#", *cursor))
        return false;
    url.origin_length = (size_t)(cursor - text);
    url.path_length = strcspn(text, "?#");
    *ret_url = url;
    return true;
}

/* Four decimal numbers, the first of them 127: nothing that a resolver might read otherwise. */
static bool is_loopback_address(const char *host, size_t length)
{
    int part = 0, value = 0, digits = 0;
    for (size_t i = 0; i <= length; i++) {
        if (i < length && is_digit(host[i]) && digits < 3) {
            if (digits == 1 && value == 0)
                return false; /* a leading zero means octal to some */
            value = value * 10 + (host[i] - '0');
            digits++;
            continue;
        }
        bool ends_part = i == length || host[i] == '.';
        if (!ends_part || digits == 0 || value > 255 || (part == 0 && value != 127))
            return false;
        part++;
        value = digits = 0;
    }
    return part == 4;
}

bool cmek_url_host_is(const struct cmek_url *url, const char *name)
{
    return strlen(name) == url->host_length && strncasecmp(url->host, name, url->host_length) == 0;
}

bool cmek_url_host_is_below(const struct cmek_url *url, const char *domain)
{
    size_t length = strlen(domain);
    if (url->host_length < length + 2)
        return false;
    const char *tail = url->host + url->host_length - length;
    return tail[-1] == '.' && strncasecmp(tail, domain, length) == 0;
}

bool cmek_url_host_is_loopback(const struct cmek_url *url)
{
    return cmek_url_host_is(url, "localhost") || cmek_url_host_is(url, "::1") ||
           is_loopback_address(url->host, url->host_length);
}

bool cmek_url_is_loopback(const char *text)
{
    struct cmek_url url;
    return cmek_url_parse(text, &url) && cmek_url_host_is_loopback(&url);
}

void cmek_url_encode(struct cmek_strbuf *buffer, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (is_alnum((char)*c) || strchr("-._~", *c)) {
            cmek_strbuf_putc(buffer, (char)*c);
            continue;
        }
        char escaped[3] = {'%', hex[*c >> 4], hex[*c & 15]};
        cmek_strbuf_append(buffer, escaped, sizeof escaped);
    }
}
