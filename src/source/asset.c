/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset.h"

#include <string.h>

#include "base/arena.h"
#include "model/catalogue.h"
#include "model/names.h"
#include "source/asset_encode.h"
#include "source/asset_policy.h"
#include "json/decode.h"
#include "json/json.h"
#include "json/writer.h"

struct cmek_record cmek_asset_record(const struct cmek_catalogue *catalogue, const char *asset_type,
                                     const char *name, const struct cmek_json *data,
                                     struct cmek_arena *arena)
{
    struct cmek_record record = {.name = name, .asset_type = asset_type, .has_resource = true};
    const struct cmek_service_type *type = NULL;
    record.kind = cmek_catalogue_kind(catalogue, asset_type, strlen(asset_type), &type);
    if (record.kind == CMEK_ASSET_RESOURCE)
        record.data.resource.type = type;
    cmek_asset_decode_data(&record, data, arena);
    return record;
}

/* The asset around the data. */

struct json_exception {
    const char *type;
};
static const struct cmek_json_field exception_fields[] = {
    CMEK_JSON_FIELD_ALIAS(struct json_exception, type, "exceptionType", "exception_type",
                          CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

struct json_resource {
    const char *parent;
    const struct cmek_json *data;
};
static const struct cmek_json_field resource_fields[] = {
    CMEK_JSON_FIELD(struct json_resource, parent, "parent", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct json_resource, data, "data", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

struct json_asset {
    const char *name, *asset_type, *update_time;
    const struct cmek_json *resource, *org_policy;
    struct cmek_strings ancestors;
    struct {
        struct json_exception *items;
        size_t count;
    } exceptions;
};
static const struct cmek_json_field asset_fields[] = {
    CMEK_JSON_FIELD(struct json_asset, name, "name", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD_ALIAS(struct json_asset, asset_type, "assetType", "asset_type",
                          CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD_ALIAS(struct json_asset, update_time, "updateTime", "update_time",
                          CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct json_asset, resource, "resource", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD_ALIAS(struct json_asset, org_policy, "orgPolicy", "org_policy",
                          CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct json_asset, ancestors, "ancestors", CMEK_JSON_OPTIONAL),
    CMEK_JSON_ARRAY_FIELD(struct json_asset, exceptions, "assetExceptions", "asset_exceptions",
                          exception_fields),
    CMEK_JSON_END,
};

enum cmek_status cmek_asset_decode(const struct cmek_catalogue *catalogue,
                                   const struct cmek_json *asset, struct cmek_arena *arena,
                                   struct cmek_record *ret_record, struct cmek_error *err)
{
    struct json_asset json = {0};
    enum cmek_status status = cmek_json_decode(asset, asset_fields, arena, &json, err);
    if (status != CMEK_OK)
        return status;
    struct cmek_record record = {
        .name = json.name,
        .asset_type = json.asset_type,
        .ancestors = json.ancestors,
        .has_ancestors = json.ancestors.count > 0,
        .has_resource = json.resource != NULL,
    };
    const struct cmek_service_type *type = NULL;
    record.kind = cmek_catalogue_kind(catalogue, json.asset_type, strlen(json.asset_type), &type);
    if (record.kind == CMEK_ASSET_RESOURCE)
        record.data.resource.type = type;
    cmek_time_parse(json.update_time, &record.updated);
    for (size_t i = 0; i < json.exceptions.count; i++)
        record.truncated |= cmek_str_eq(json.exceptions.items[i].type, "TRUNCATION");
    struct json_resource resource = {0};
    if (json.resource) {
        status = cmek_json_decode(json.resource, resource_fields, arena, &resource, err);
        if (status != CMEK_OK) {
            cmek_error_prefix(err, "resource");
            return status;
        }
    }
    record.parent = cmek_node_ref_of(resource.parent, arena);
    record.context = cmek_json_is_true(cmek_json_get_path(asset, "cmekscan.context"));
    if (json.org_policy && !cmek_v1_policies_decode(json.org_policy, arena, &record))
        return cmek_fail(err, CMEK_E_INVALID, "org_policy is not a list of policies");
    cmek_asset_decode_data(&record, resource.data, arena);
    if (record.kind == CMEK_ASSET_POLICY && !record.data.policy.node)
        return cmek_fail(err, CMEK_E_INVALID, "the name '%.200s' is not that of a policy",
                         record.name);
    *ret_record = record;
    return CMEK_OK;
}

/* And back: a line that an export reader understands. */

static void print_raw(struct cmek_json_writer *writer, const struct cmek_json *json)
{
    struct cmek_strbuf text = {0};
    cmek_json_print(json, &text);
    cmek_json_raw(writer, cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
}

static void print_resource(struct cmek_json_writer *writer, const struct cmek_record *record)
{
    cmek_json_key(writer, "resource");
    cmek_json_begin_object(writer);
    if (record->parent) {
        struct cmek_strbuf parent = {0};
        cmek_strbuf_printf(&parent, "//cloudresourcemanager.googleapis.com/%s", record->parent);
        cmek_json_member_text(writer, "parent", cmek_strbuf_text(&parent));
        cmek_strbuf_done(&parent);
    }
    if (record->raw || record->has_data)
        cmek_json_key(writer, "data");
    if (record->raw)
        print_raw(writer, record->raw);
    else if (record->has_data)
        cmek_asset_encode_data(writer, record);
    cmek_json_end_object(writer);
}

/* RFC 3339 with the fraction that decides between two lines of one asset. */
static void print_time(struct cmek_json_writer *writer, struct cmek_time time)
{
    char text[CMEK_TIME_TEXT_SIZE];
    struct cmek_strbuf precise = {0};
    cmek_time_format(time, text);
    cmek_strbuf_append(&precise, text, strlen(text) - 1);
    if (time.nanoseconds > 0)
        cmek_strbuf_printf(&precise, ".%09d", (int)time.nanoseconds);
    cmek_strbuf_putc(&precise, 'Z');
    cmek_json_member_text(writer, "update_time", cmek_strbuf_text(&precise));
    cmek_strbuf_done(&precise);
}

static void print_truncation(struct cmek_json_writer *writer)
{
    cmek_json_key(writer, "asset_exceptions");
    cmek_json_begin_array(writer);
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "exception_type", "TRUNCATION");
    cmek_json_end_object(writer);
    cmek_json_end_array(writer);
}

static void print_ancestors(struct cmek_json_writer *writer, const struct cmek_strings *ancestors)
{
    cmek_json_key(writer, "ancestors");
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < ancestors->count; i++)
        cmek_json_text(writer, ancestors->items[i]);
    cmek_json_end_array(writer);
}

void cmek_asset_print(const struct cmek_record *record, struct cmek_strbuf *buffer)
{
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, buffer, /* indent= */ 0);
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "name", record->name);
    cmek_json_member_text(&writer, "asset_type", record->asset_type);
    if (record->updated.seconds != 0 || record->updated.nanoseconds != 0)
        print_time(&writer, record->updated);
    if (record->has_resource)
        print_resource(&writer, record);
    if (record->has_v1_policies) {
        cmek_json_key(&writer, "org_policy");
        cmek_v1_policies_encode(&writer, record);
    }
    if (record->has_ancestors)
        print_ancestors(&writer, &record->ancestors);
    if (record->truncated)
        print_truncation(&writer);
    if (record->context) {
        cmek_json_key(&writer, "cmekscan");
        cmek_json_begin_object(&writer);
        cmek_json_member_bool(&writer, "context", true);
        cmek_json_end_object(&writer);
    }
    cmek_json_end_object(&writer);
}
