/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/shape.h"

#include <stddef.h>

#include "base/strbuf.h"
#include "base/strings.h"
#include "json/json.h"
#include "json/writer.h"

/* Members that the APIs send as strings (format int64 or uint64) and asset exports as numbers. */
static const char *const int64_members[] = {
    "componentCount",           "generation",    "metageneration",
    "metagenerationMatch",      "projectNumber", "retentionPeriod",
    "retentionDurationSeconds", "size",          "sizeBytes",
};

static const char *const acl_members[] = {"acl", "defaultObjectAcl", "owner"};

static bool is_listed(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cmek_str_eq(names[i], name))
            return true;
    return false;
}

#define IS_LISTED(name, names) is_listed((name), (names), sizeof(names) / sizeof *(names))

struct copy {
    struct cmek_json_writer *writer;
    const char *const *replaced; /* members written already, NULL-ended */
    bool drop_acl;
};

static void write_value(struct cmek_json_writer *writer, const struct cmek_json *json);

static void write_scalar(struct cmek_json_writer *writer, const struct cmek_json *json,
                         bool as_text)
{
    struct cmek_strbuf text = {0};
    cmek_json_print(json, &text);
    if (as_text && cmek_json_kind(json) == CMEK_JSON_INTEGER)
        cmek_json_text(writer, cmek_strbuf_text(&text));
    else
        cmek_json_raw(writer, cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
}

static bool copy_member(void *payload, const char *name, const struct cmek_json *value)
{
    const struct copy *copy = payload;
    for (const char *const *at = copy->replaced; at && *at; at++)
        if (cmek_str_eq(*at, name))
            return true;
    if (!value || (copy->drop_acl && IS_LISTED(name, acl_members)))
        return true;
    cmek_json_key(copy->writer, name);
    enum cmek_json_kind kind = cmek_json_kind(value);
    if (kind == CMEK_JSON_OBJECT || kind == CMEK_JSON_ARRAY)
        write_value(copy->writer, value);
    else
        write_scalar(copy->writer, value, IS_LISTED(name, int64_members));
    return true;
}

static void write_value(struct cmek_json_writer *writer, const struct cmek_json *json)
{
    enum cmek_json_kind kind = cmek_json_kind(json);
    if (kind == CMEK_JSON_OBJECT) {
        struct copy copy = {.writer = writer};
        cmek_json_begin_object(writer);
        cmek_json_each(json, copy_member, &copy);
        cmek_json_end_object(writer);
    } else if (kind == CMEK_JSON_ARRAY) {
        cmek_json_begin_array(writer);
        for (size_t i = 0; i < cmek_json_count(json); i++)
            write_value(writer, cmek_json_item(json, i));
        cmek_json_end_array(writer);
    } else {
        write_scalar(writer, json, false);
    }
}

static const char *take_text(struct cmek_strbuf *buffer, struct cmek_arena *arena)
{
    const char *text = cmek_arena_strndup(arena, cmek_strbuf_text(buffer), buffer->length);
    cmek_strbuf_done(buffer);
    return text;
}

static void member_if(struct cmek_json_writer *writer, const char *name, const char *text)
{
    if (text)
        cmek_json_member_text(writer, name, text);
}

static const char *text_of(const struct cmek_json *data, const char *path, struct cmek_arena *arena)
{
    const struct cmek_json *value = cmek_json_get_path(data, path);
    if (cmek_json_kind(value) == CMEK_JSON_INTEGER) {
        int64_t number;
        return cmek_json_int64(value, &number) ? cmek_arena_printf(arena, "%lld", (long long)number)
                                               : NULL;
    }
    const char *text = cmek_json_string(value, arena);
    return text && text[0] != '\0' ? text : NULL;
}

/* v1: {"parent": {"type": "folder", "id": "2"}}; v2 and v3: {"parent": "folders/2"}. */
static const char *parent_of(const struct cmek_json *data, struct cmek_arena *arena)
{
    const char *parent = text_of(data, "parent", arena);
    if (parent)
        return parent;
    const char *type = text_of(data, "parent.type", arena);
    const char *id = text_of(data, "parent.id", arena);
    return type && id ? cmek_arena_printf(arena, "%ss/%s", type, id) : NULL;
}

void cmek_demo_shape_read_node(const struct cmek_json *data, struct cmek_arena *arena,
                               struct cmek_demo_node_shape *ret_shape)
{
    struct cmek_demo_node_shape shape = {
        .name = text_of(data, "name", arena),
        .parent = parent_of(data, arena),
        .project_id = text_of(data, "projectId", arena),
        .display_name = text_of(data, "displayName", arena),
        .state = text_of(data, "state", arena),
    };
    const char *number = text_of(data, "projectNumber", arena);
    if (number) {
        /* v1 calls the display name "name". */
        if (!shape.display_name)
            shape.display_name = shape.name;
        shape.name = cmek_arena_printf(arena, "projects/%s", number);
    }
    if (!shape.state)
        shape.state = text_of(data, "lifecycleState", arena);
    if (!shape.state)
        shape.state = "ACTIVE";
    *ret_shape = shape;
}

const char *cmek_demo_shape_node(const struct cmek_json *data,
                                 const struct cmek_demo_node_shape *shape, struct cmek_arena *arena)
{
    static const char *const kept[] = {"createTime", "updateTime", "deleteTime",         "etag",
                                       "labels",     "tags",       "directoryCustomerId"};
    struct cmek_strbuf buffer = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &buffer, 0);
    cmek_json_begin_object(&writer);
    member_if(&writer, "name", shape->name);
    member_if(&writer, "parent", shape->parent);
    member_if(&writer, "projectId", shape->project_id);
    member_if(&writer, "displayName", shape->display_name);
    member_if(&writer, "state", shape->state);
    struct copy copy = {.writer = &writer};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (cmek_json_get(data, kept[i]))
            copy_member(&copy, kept[i], cmek_json_get(data, kept[i]));
    if (!cmek_json_get(data, "createTime"))
        member_if(&writer, "createTime", text_of(data, "creationTime", arena));
    if (!cmek_json_get(data, "directoryCustomerId"))
        member_if(&writer, "directoryCustomerId",
                  text_of(data, "owner.directoryCustomerId", arena));
    cmek_json_end_object(&writer);
    return take_text(&buffer, arena);
}

const char *cmek_demo_shape_storage(const struct cmek_json *data,
                                    const struct cmek_demo_storage_head *head, bool with_acl,
                                    struct cmek_arena *arena)
{
    static const char *const replaced[] = {"kind", "name", "projectNumber", NULL};
    struct cmek_strbuf buffer = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &buffer, 0);
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "kind", head->kind);
    cmek_json_member_text(&writer, "name", head->name);
    member_if(&writer, "projectNumber", head->project_number);
    struct copy copy = {.writer = &writer, .replaced = replaced, .drop_acl = !with_acl};
    cmek_json_each(data, copy_member, &copy);
    cmek_json_end_object(&writer);
    return take_text(&buffer, arena);
}

const char *cmek_demo_shape_plain(const struct cmek_json *data, const char *name,
                                  struct cmek_arena *arena)
{
    static const char *const replaced[] = {"name", NULL};
    struct cmek_strbuf buffer = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &buffer, 0);
    cmek_json_begin_object(&writer);
    member_if(&writer, "name", name);
    struct copy copy = {.writer = &writer, .replaced = name ? replaced : NULL};
    cmek_json_each(data, copy_member, &copy);
    cmek_json_end_object(&writer);
    return take_text(&buffer, arena);
}
