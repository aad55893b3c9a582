/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/map.h"

/* A list or mapping that is still open. */
struct level {
    struct cmek_yaml *node, *last;
    struct cmek_map keys; /* MAPPING: its keys so far, to find duplicates without comparing all */
    const char *key;      /* MAPPING: a key whose value comes next */
    size_t key_line, key_column;
};

struct builder {
    const char *origin;
    struct cmek_arena *arena;
    struct cmek_yaml *root;
    struct level levels[CMEK_LIMIT_YAML_DEPTH];
    size_t depth;
    bool done;
};

static enum cmek_status fail_at(const struct builder *builder, const yaml_mark_t *mark,
                                struct cmek_error *err, const char *format, ...) CMEK_PRINTF(4, 5);

static enum cmek_status fail_with(const struct cmek_yaml *at, struct cmek_error *err,
                                  const char *format, va_list args)
{
    char message[sizeof((struct cmek_error *)0)->message];
    vsnprintf(message, sizeof message, format, args);
    return cmek_fail(err, CMEK_E_USAGE, "%s:%zu:%zu: %s", at->origin, at->line, at->column,
                     message);
}

enum cmek_status cmek_yaml_fail(const struct cmek_yaml *at, struct cmek_error *err,
                                const char *format, ...)
{
    va_list args;
    va_start(args, format);
    enum cmek_status status = fail_with(at, err, format, args);
    va_end(args);
    return status;
}

static enum cmek_status fail_at(const struct builder *builder, const yaml_mark_t *mark,
                                struct cmek_error *err, const char *format, ...)
{
    struct cmek_yaml at = {.origin = builder->origin,
                           .line = mark->line + 1,
                           .column = mark->column + 1};
    va_list args;
    va_start(args, format);
    enum cmek_status status = fail_with(&at, err, format, args);
    va_end(args);
    return status;
}

/* Messages and reports repeat these texts on terminals; only line ends and tabs have business
 * there. */
static enum cmek_status check_characters(const struct builder *builder, const yaml_event_t *event,
                                         bool is_key, struct cmek_error *err)
{
    const unsigned char *text = event->data.scalar.value;
    for (size_t i = 0; i < event->data.scalar.length; i++) {
        bool is_blank = !is_key && (text[i] == '\n' || text[i] == '\t');
        if ((text[i] < 0x20 && !is_blank) || text[i] == 0x7f)
            return fail_at(builder, &event->start_mark, err,
                           "a control character (0x%02x) in a text", (unsigned)text[i]);
    }
    return CMEK_OK;
}

static enum cmek_status take_key(struct builder *builder, const yaml_event_t *event,
                                 struct cmek_error *err)
{
    struct level *level = &builder->levels[builder->depth - 1];
    if (event->type != YAML_SCALAR_EVENT)
        return fail_at(builder, &event->start_mark, err, "a key must be text");
    enum cmek_status status = check_characters(builder, event, /* is_key= */ true, err);
    if (status != CMEK_OK)
        return status;
    const char *text = (const char *)event->data.scalar.value;
    if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && strcmp(text, "<<") == 0)
        return fail_at(builder, &event->start_mark, err, "merge keys ('<<') are not supported");
    if (cmek_map_get(&level->keys, text))
        return fail_at(builder, &event->start_mark, err, "'%s' is here a second time", text);
    level->key = cmek_arena_strdup(builder->arena, text);
    level->key_line = event->start_mark.line + 1;
    level->key_column = event->start_mark.column + 1;
    return CMEK_OK;
}

/* Puts a new node where the document stands: into the innermost open list or mapping, or as the
 * root. */
static struct cmek_yaml *add_node(struct builder *builder, const yaml_event_t *event,
                                  enum cmek_yaml_kind kind)
{
    struct cmek_yaml *node = cmek_arena_alloc(builder->arena, sizeof *node);
    *node = (struct cmek_yaml){.kind = kind,
                               .origin = builder->origin,
                               .line = event->start_mark.line + 1,
                               .column = event->start_mark.column + 1};
    if (builder->depth == 0) {
        builder->root = node;
        return node;
    }
    struct level *level = &builder->levels[builder->depth - 1];
    if (level->key) {
        node->key = level->key;
        node->line = level->key_line;
        node->column = level->key_column;
        level->key = NULL;
        cmek_map_put_borrowed(&level->keys, node->key, node);
    }
    if (level->last)
        level->last->next = node;
    else
        level->node->first = node;
    level->last = node;
    level->node->count++;
    return node;
}

static enum cmek_status open_level(struct builder *builder, const yaml_event_t *event,
                                   enum cmek_yaml_kind kind, struct cmek_error *err)
{
    if (builder->depth == CMEK_LIMIT_YAML_DEPTH)
        return fail_at(builder, &event->start_mark, err, "nested deeper than %d levels",
                       CMEK_LIMIT_YAML_DEPTH);
    struct cmek_yaml *node = add_node(builder, event, kind);
    builder->levels[builder->depth++] = (struct level){.node = node};
    return CMEK_OK;
}

static enum cmek_status take_scalar(struct builder *builder, const yaml_event_t *event,
                                    struct cmek_error *err)
{
    enum cmek_status status = check_characters(builder, event, /* is_key= */ false, err);
    if (status != CMEK_OK)
        return status;
    struct cmek_yaml *node = add_node(builder, event, CMEK_YAML_TEXT);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->text = cmek_arena_strndup(builder->arena, (const char *)event->data.scalar.value,
                                    event->data.scalar.length);
    return CMEK_OK;
}

static bool has_anchor(const yaml_event_t *event)
{
    return (event->type == YAML_SCALAR_EVENT && event->data.scalar.anchor) ||
           (event->type == YAML_SEQUENCE_START_EVENT && event->data.sequence_start.anchor) ||
           (event->type == YAML_MAPPING_START_EVENT && event->data.mapping_start.anchor);
}

static bool has_tag(const yaml_event_t *event)
{
    return (event->type == YAML_SCALAR_EVENT && event->data.scalar.tag) ||
           (event->type == YAML_SEQUENCE_START_EVENT && event->data.sequence_start.tag) ||
           (event->type == YAML_MAPPING_START_EVENT && event->data.mapping_start.tag);
}

static enum cmek_status take_node(struct builder *builder, const yaml_event_t *event,
                                  struct cmek_error *err)
{
    if (event->type == YAML_ALIAS_EVENT || has_anchor(event))
        return fail_at(builder, &event->start_mark, err,
                       "anchors and aliases ('&', '*') are not supported; quote the text if it "
                       "begins with one of these");
    if (has_tag(event))
        return fail_at(builder, &event->start_mark, err,
                       "tags ('!') are not supported; quote the text if it begins with one");
    struct level *level = builder->depth > 0 ? &builder->levels[builder->depth - 1] : NULL;
    if (level && level->node->kind == CMEK_YAML_MAPPING && !level->key)
        return take_key(builder, event, err);
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return open_level(builder, event, CMEK_YAML_LIST, err);
    if (event->type == YAML_MAPPING_START_EVENT)
        return open_level(builder, event, CMEK_YAML_MAPPING, err);
    return take_scalar(builder, event, err);
}

static enum cmek_status take_event(struct builder *builder, const yaml_event_t *event,
                                   struct cmek_error *err)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
    case YAML_ALIAS_EVENT:
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return take_node(builder, event, err);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        cmek_map_done(&builder->levels[--builder->depth].keys);
        return CMEK_OK;
    case YAML_DOCUMENT_START_EVENT:
        if (builder->root)
            return fail_at(builder, &event->start_mark, err,
                           "a second document ('---'); one file holds one");
        return CMEK_OK;
    case YAML_STREAM_END_EVENT:
        builder->done = true;
        return CMEK_OK;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return CMEK_OK;
    }
    return CMEK_OK;
}

static enum cmek_status build(struct builder *builder, yaml_parser_t *parser,
                              struct cmek_error *err)
{
    while (!builder->done) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event)) {
            /* Reader errors (no UTF-8, control characters) have no mark, only what was read so far.
             */
            const yaml_mark_t *mark =
                parser->error == YAML_READER_ERROR ? &parser->mark : &parser->problem_mark;
            return fail_at(builder, mark, err, "not valid YAML: %s",
                           parser->problem ? parser->problem : "unreadable");
        }
        enum cmek_status status = take_event(builder, &event, err);
        yaml_event_delete(&event);
        if (status != CMEK_OK)
            return status;
    }
    if (!builder->root)
        return cmek_fail(err, CMEK_E_USAGE, "%s: nothing in it", builder->origin);
    return CMEK_OK;
}

enum cmek_status cmek_yaml_parse(const char *origin, const char *text, size_t length,
                                 struct cmek_arena *arena, const struct cmek_yaml **ret_root,
                                 struct cmek_error *err)
{
    struct builder builder = {.origin = cmek_arena_strdup(arena, origin), .arena = arena};
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return cmek_fail(err, CMEK_E_USAGE, "%s: out of memory", origin);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    enum cmek_status status = build(&builder, &parser, err);
    yaml_parser_delete(&parser);
    while (builder.depth > 0)
        cmek_map_done(&builder.levels[--builder.depth].keys);
    if (status == CMEK_OK)
        *ret_root = builder.root;
    return status;
}

const struct cmek_yaml *cmek_yaml_get(const struct cmek_yaml *mapping, const char *key)
{
    if (!mapping || mapping->kind != CMEK_YAML_MAPPING)
        return NULL;
    for (const struct cmek_yaml *member = mapping->first; member; member = member->next)
        if (strcmp(member->key, key) == 0)
            return member;
    return NULL;
}

const struct cmek_yaml *cmek_yaml_get_either(const struct cmek_yaml *mapping, const char *key,
                                             const char *alias)
{
    const struct cmek_yaml *member = cmek_yaml_get(mapping, key);
    return member ? member : cmek_yaml_get(mapping, alias);
}

const char *cmek_yaml_kind_name(enum cmek_yaml_kind kind)
{
    static const char *const names[] = {
        [CMEK_YAML_TEXT] = "text",
        [CMEK_YAML_LIST] = "a list",
        [CMEK_YAML_MAPPING] = "a mapping",
    };
    return names[kind];
}
