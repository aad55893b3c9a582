/* SPDX-License-Identifier: Apache-2.0 */
#include "json/json.h"

#include <limits.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "json/json_c.h"
#include "json/strict.h"

/* A parser that took more begins with a fresh tokener. */
#define KEPT_BYTES ((size_t)1024 * 1024)

struct cmek_json_parser {
    struct json_tokener *tokener;
    struct cmek_json_strict strict;
    struct json_object *document; /* complete, or NULL */
    bool done, failed;
    size_t fed; /* bytes taken before the failure */
    enum json_tokener_error error;
};

static struct json_tokener *new_tokener(void)
{
    struct json_tokener *tokener = json_tokener_new_ex(CMEK_LIMIT_JSON_DEPTH);
    if (!tokener)
        abort();
    /* UTF-8 is checked by strict.c: json-c's check fails where a piece ends in a character. */
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS);
    return tokener;
}

struct cmek_json_parser *cmek_json_parser_new(void)
{
    struct cmek_json_parser *parser = cmek_calloc(1, sizeof *parser);
    parser->tokener = new_tokener();
    return parser;
}

void cmek_json_parser_reset(struct cmek_json_parser *parser)
{
    if (parser->fed > KEPT_BYTES) { /* json-c keeps room for the longest text there was */
        json_tokener_free(parser->tokener);
        parser->tokener = new_tokener();
    } else {
        json_tokener_reset(parser->tokener);
    }
    json_object_put(parser->document);
    parser->document = NULL;
    parser->strict = (struct cmek_json_strict){0};
    parser->done = parser->failed = false;
    parser->fed = 0;
}

void cmek_json_parser_free(struct cmek_json_parser *parser)
{
    if (!parser)
        return;
    json_object_put(parser->document);
    json_tokener_free(parser->tokener);
    free(parser);
}

static bool only_blanks(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r' && bytes[i] != '\n')
            return false;
    return true;
}

static bool fail_parse(struct cmek_json_parser *parser, enum json_tokener_error error)
{
    parser->failed = true;
    parser->error = error;
    return false;
}

static bool feed(struct cmek_json_parser *parser, const char *bytes, size_t length)
{
    while (length > 0 && !parser->failed) {
        if (parser->done)
            return only_blanks(bytes, length) ||
                   fail_parse(parser, json_tokener_error_parse_unexpected);
        size_t piece = length < INT_MAX ? length : INT_MAX;
        struct json_object *document = json_tokener_parse_ex(parser->tokener, bytes, (int)piece);
        enum json_tokener_error error = json_tokener_get_error(parser->tokener);
        size_t taken = json_tokener_get_parse_end(parser->tokener);
        parser->fed += taken;
        if (error == json_tokener_continue)
            return true;
        if (error != json_tokener_success)
            return fail_parse(parser, error);
        parser->document = document;
        parser->done = true;
        bytes += taken;
        length -= taken;
    }
    return !parser->failed;
}

bool cmek_json_parser_feed(struct cmek_json_parser *parser, const char *bytes, size_t length)
{
    if (parser->failed)
        return false;
    size_t good = cmek_json_strict_scan(&parser->strict, bytes, length);
    if (!feed(parser, bytes, good) || good == length)
        return !parser->failed;
    return fail_parse(parser, json_tokener_error_parse_unexpected);
}

enum cmek_status cmek_json_parser_finish(struct cmek_json_parser *parser,
                                         struct cmek_json **ret_json, struct cmek_error *err)
{
    /* A bare number ends only where something else begins. */
    if (!parser->failed && !parser->done)
        cmek_json_parser_feed(parser, "\n", 1);
    enum cmek_status status = CMEK_OK;
    if (parser->failed)
        status = cmek_fail(err, CMEK_E_INVALID, "not valid JSON: %s at byte %zu",
                           json_tokener_error_desc(parser->error), parser->fed);
    else if (!parser->done)
        status =
            cmek_fail(err, CMEK_E_INVALID, "not valid JSON: it ends in the middle, after byte %zu",
                      parser->fed > 0 ? parser->fed - 1 : 0);
    if (status == CMEK_OK) {
        *ret_json = cmek_json_wrap(parser->document);
        parser->document = NULL;
    }
    cmek_json_parser_reset(parser);
    return status;
}

enum cmek_status cmek_json_parse(const char *text, size_t length, struct cmek_json **ret_json,
                                 struct cmek_error *err)
{
    struct cmek_json_parser *parser = cmek_json_parser_new();
    cmek_json_parser_feed(parser, text, length);
    enum cmek_status status = cmek_json_parser_finish(parser, ret_json, err);
    cmek_json_parser_free(parser);
    return status;
}

void cmek_json_free(struct cmek_json *json)
{
    json_object_put(cmek_json_unwrap(json));
}
