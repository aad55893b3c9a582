/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/strings.h"
#include "demo/call.h"
#include "demo/uri.h"

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

const char *cmek_demo_uri_decode(const char *text, size_t length, bool is_form,
                                 struct cmek_arena *arena)
{
    char *decoded = cmek_arena_strndup(arena, text, length);
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        int high = text[i] == '%' && i + 2 < length ? hex_digit(text[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        if (low >= 0) {
            decoded[used++] = (char)(high << 4 | low);
            i += 2;
        } else {
            decoded[used++] = is_form && text[i] == '+' ? ' ' : text[i];
        }
    }
    decoded[used] = '\0';
    return decoded;
}

size_t cmek_demo_uri_params(const char *text, struct cmek_arena *arena,
                            struct cmek_demo_param **ret_params)
{
    size_t count = text[0] != '\0';
    for (const char *at = text; *at; at++)
        count += *at == '&';
    struct cmek_demo_param *params = cmek_arena_array(arena, count, sizeof *params);
    for (size_t i = 0; i < count; i++) {
        size_t length = strcspn(text, "&"), name_length = strcspn(text, "=&");
        params[i].name = cmek_demo_uri_decode(text, name_length, true, arena);
        params[i].value = name_length < length
                              ? cmek_demo_uri_decode(text + name_length + 1,
                                                     length - name_length - 1, true, arena)
                              : "";
        text += length + (text[length] == '&');
    }
    *ret_params = params;
    return count;
}

void cmek_demo_call_read_uri(struct cmek_demo_call *call, const char *uri)
{
    size_t path_length = strcspn(uri, "?");
    call->path = cmek_arena_strndup(&call->arena, uri, path_length);
    call->query =
        uri[path_length] == '?' ? cmek_arena_strdup(&call->arena, uri + path_length + 1) : "";
    call->param_count = cmek_demo_uri_params(call->query, &call->arena, &call->params);
}

const char *cmek_demo_call_param(const struct cmek_demo_call *call, const char *name)
{
    for (size_t i = 0; i < call->param_count; i++)
        if (cmek_str_eq(call->params[i].name, name))
            return call->params[i].value;
    return NULL;
}

bool cmek_demo_call_flag(const struct cmek_demo_call *call, const char *name)
{
    return cmek_str_eq(cmek_demo_call_param(call, name), "true");
}
