/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/field_mask.h"

#include <stdbool.h>
#include <string.h>

#include "base/limits.h"

/* One name of a selection. A level without names keeps everything. */
struct cmek_demo_mask {
    const char *name;
    size_t length;
    struct cmek_demo_mask *names; /* the level below */
    struct cmek_demo_mask *next;
    bool everything; /* named as a whole: what else is said below it does not matter */
};

struct mask_parser {
    const char *at;
    struct cmek_arena *arena;
    int depth;
};

static struct cmek_demo_mask *add_name(struct cmek_demo_mask *level, const char *name,
                                       size_t length, struct cmek_arena *arena)
{
    struct cmek_demo_mask **end = &level->names;
    for (; *end; end = &(*end)->next)
        if ((*end)->length == length && memcmp((*end)->name, name, length) == 0)
            return *end;
    *end = cmek_arena_alloc(arena, sizeof **end);
    (*end)->name = name;
    (*end)->length = length;
    return *end;
}

static bool parse_list(struct mask_parser *parser, struct cmek_demo_mask *level);

static bool is_name_byte(char byte)
{
    return byte != '\0' && !strchr(",/() \t", byte);
}

/* name, name/…, name(…) */
static bool parse_path(struct mask_parser *parser, struct cmek_demo_mask *level)
{
    for (;;) {
        const char *name = parser->at;
        while (is_name_byte(*parser->at))
            parser->at++;
        size_t length = (size_t)(parser->at - name);
        if (length == 0)
            return false;
        if (length == 1 && name[0] == '*')
            level->everything = true;
        struct cmek_demo_mask *child = add_name(level, name, length, parser->arena);
        if (*parser->at == '/') {
            if (++parser->depth > CMEK_LIMIT_JSON_DEPTH)
                return false;
            parser->at++;
            level = child;
            continue;
        }
        if (*parser->at != '(') {
            child->everything = true;
            return true;
        }
        parser->at++;
        if (!parse_list(parser, child) || *parser->at != ')')
            return false;
        parser->at++;
        return true;
    }
}

static bool parse_list(struct mask_parser *parser, struct cmek_demo_mask *level)
{
    if (++parser->depth > CMEK_LIMIT_JSON_DEPTH)
        return false;
    int depth = parser->depth;
    for (;;) {
        if (!parse_path(parser, level))
            return false;
        parser->depth = depth;
        if (*parser->at != ',')
            break;
        parser->at++;
    }
    parser->depth = depth - 1;
    return true;
}

const struct cmek_demo_mask *cmek_demo_mask_parse(const char *text, struct cmek_arena *arena)
{
    struct mask_parser parser = {.at = text, .arena = arena};
    struct cmek_demo_mask *mask = cmek_arena_alloc(arena, sizeof *mask);
    return parse_list(&parser, mask) && *parser.at == '\0' ? mask : NULL;
}

/* Walking compact JSON that we wrote ourselves: no blanks, and well-formed. */

static const char *skip_string(const char *at)
{
    for (at++; *at != '"'; at++)
        if (*at == '\\')
            at++;
    return at + 1;
}

static const char *skip_value(const char *at)
{
    int depth = 0;
    do {
        if (*at == '"') {
            at = skip_string(at);
            continue;
        }
        if (*at == '{' || *at == '[')
            depth++;
        else if (*at == '}' || *at == ']')
            depth--;
        at++;
        /* A bare number or word ends where its container goes on. */
    } while (*at != '\0' && (depth > 0 || !strchr(",}]", *at)));
    return at;
}

static const struct cmek_demo_mask *find_name(const struct cmek_demo_mask *level, const char *name,
                                              size_t length)
{
    for (const struct cmek_demo_mask *at = level->names; at; at = at->next)
        if (at->length == length && memcmp(at->name, name, length) == 0)
            return at;
    return NULL;
}

static const char *apply(const struct cmek_demo_mask *mask, const char *at,
                         struct cmek_strbuf *ret_json);

static const char *apply_object(const struct cmek_demo_mask *mask, const char *at,
                                struct cmek_strbuf *ret_json)
{
    bool is_first = true;
    cmek_strbuf_putc(ret_json, '{');
    for (at++; *at != '}'; at += *at == ',') {
        const char *key = at, *colon = skip_string(at);
        const struct cmek_demo_mask *found = find_name(mask, key + 1, (size_t)(colon - key) - 2);
        const char *value = colon + 1;
        bool is_container = *value == '{' || *value == '[';
        /* A mask below a plain value selects nothing of it. */
        if (!found || (!found->everything && !is_container)) {
            at = skip_value(value);
            continue;
        }
        if (!is_first)
            cmek_strbuf_putc(ret_json, ',');
        is_first = false;
        cmek_strbuf_append(ret_json, key, (size_t)(value - key));
        at = apply(found, value, ret_json);
    }
    cmek_strbuf_putc(ret_json, '}');
    return at + 1;
}

static const char *apply_array(const struct cmek_demo_mask *mask, const char *at,
                               struct cmek_strbuf *ret_json)
{
    cmek_strbuf_putc(ret_json, '[');
    for (at++; *at != ']';) {
        at = apply(mask, at, ret_json);
        if (*at == ',')
            cmek_strbuf_putc(ret_json, *at++);
    }
    cmek_strbuf_putc(ret_json, ']');
    return at + 1;
}

static const char *apply(const struct cmek_demo_mask *mask, const char *at,
                         struct cmek_strbuf *ret_json)
{
    if (!mask->everything && *at == '{')
        return apply_object(mask, at, ret_json);
    if (!mask->everything && *at == '[')
        return apply_array(mask, at, ret_json);
    const char *end = skip_value(at);
    cmek_strbuf_append(ret_json, at, (size_t)(end - at));
    return end;
}

void cmek_demo_mask_apply(const struct cmek_demo_mask *mask, const char *json,
                          struct cmek_strbuf *ret_json)
{
    apply(mask, json, ret_json);
}
