/* SPDX-License-Identifier: Apache-2.0 */
/* Organization policies of a plan. Blocks become the API's own JSON and are decoded as that of any
 * policy. */
#include <string.h>
#include <strings.h>

#include "base/strbuf.h"
#include "base/strings.h"
#include "model/asset_type.h"
#include "model/names.h"
#include "source/asset_policy.h"
#include "source/terraform_emit.h"
#include "source/terraform_value.h"
#include "json/json.h"
#include "json/writer.h"

/* A block: the provider allows one at most. */
static const struct cmek_json *block(const struct cmek_json *json, const char *name)
{
    return cmek_json_item(cmek_json_get(json, name), 0);
}

static void put(struct cmek_json_writer *writer, const char *name, const struct cmek_json *value)
{
    struct cmek_strbuf text = {0};
    if (!value)
        return;
    cmek_json_print(value, &text);
    cmek_json_key(writer, name);
    cmek_json_raw(writer, cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
}

/* "TRUE" and "FALSE" are texts in the provider's v2 blocks; what is neither stays, to be refused.
 */
static void put_flag(struct cmek_json_writer *writer, const char *name,
                     const struct cmek_json *value)
{
    const char *text = cmek_json_peek(value);
    if (!text)
        put(writer, name, value);
    else if (strcasecmp(text, "TRUE") == 0)
        cmek_json_member_bool(writer, name, true);
    else if (text[0] != '\0' && strcasecmp(text, "FALSE") != 0)
        put(writer, name, value);
}

static void put_spec(struct cmek_json_writer *writer, const char *name,
                     const struct cmek_json *spec)
{
    if (!spec)
        return;
    cmek_json_key(writer, name);
    cmek_json_begin_object(writer);
    put(writer, "inheritFromParent", cmek_json_get(spec, "inherit_from_parent"));
    put(writer, "reset", cmek_json_get(spec, "reset"));
    const struct cmek_json *rules = cmek_json_get(spec, "rules");
    cmek_json_key(writer, "rules");
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < cmek_json_count(rules); i++) {
        const struct cmek_json *rule = cmek_json_item(rules, i);
        cmek_json_begin_object(writer);
        put_flag(writer, "allowAll", cmek_json_get(rule, "allow_all"));
        put_flag(writer, "denyAll", cmek_json_get(rule, "deny_all"));
        put(writer, "values", block(rule, "values"));
        put(writer, "condition", block(rule, "condition"));
        cmek_json_end_object(writer);
    }
    cmek_json_end_array(writer);
    cmek_json_end_object(writer);
}

/* google_org_policy_policy */
static void put_v2(struct cmek_json_writer *writer, const struct cmek_json *policy)
{
    put_spec(writer, "spec", block(policy, "spec"));
    put_spec(writer, "dryRunSpec", block(policy, "dry_run_spec"));
}

/* google_organization_policy and its like: the older API's list policies, which come to a rule. */
static void put_v1(struct cmek_json_writer *writer, const struct cmek_json *policy)
{
    const struct cmek_json *list = block(policy, "list_policy");
    const struct cmek_json *allow = block(list, "allow"), *deny = block(list, "deny");
    cmek_json_key(writer, "spec");
    cmek_json_begin_object(writer);
    put(writer, "inheritFromParent", cmek_json_get(list, "inherit_from_parent"));
    put(writer, "reset", cmek_json_get(block(policy, "restore_policy"), "default"));
    cmek_json_key(writer, "rules");
    cmek_json_begin_array(writer);
    cmek_json_begin_object(writer);
    put(writer, "allowAll", cmek_json_get(allow, "all"));
    put(writer, "denyAll", cmek_json_get(deny, "all"));
    cmek_json_key(writer, "values");
    cmek_json_begin_object(writer);
    put(writer, "allowedValues", cmek_json_get(allow, "values"));
    put(writer, "deniedValues", cmek_json_get(deny, "values"));
    cmek_json_end_object(writer);
    cmek_json_end_object(writer);
    cmek_json_end_array(writer);
    cmek_json_end_object(writer);
}

static const struct policy_type {
    const char *type, *node_attribute, *node_kind, *constraint_attribute;
    const char *blocks[3];
    void (*put)(struct cmek_json_writer *writer, const struct cmek_json *policy);
} policy_types[] = {
    {"google_org_policy_policy", "parent", NULL, "name", {"spec", "dry_run_spec", NULL}, put_v2},
    {"google_organization_policy",
     "org_id",
     "organizations",
     "constraint",
     {"list_policy", "restore_policy", NULL},
     put_v1},
    {"google_folder_organization_policy",
     "folder",
     "folders",
     "constraint",
     {"list_policy", "restore_policy", NULL},
     put_v1},
    {"google_project_organization_policy",
     "project",
     "projects",
     "constraint",
     {"list_policy", "restore_policy", NULL},
     put_v1},
};

/* Whether anything in there is marked that matters: Google fills these two in by itself. */
struct marks {
    bool found;
    size_t depth;
};

static bool is_marked(const struct cmek_json *json, size_t depth);

static bool look_at(void *payload, const char *name, const struct cmek_json *value)
{
    struct marks *marks = payload;
    bool is_noise = strcmp(name, "etag") == 0 || strcmp(name, "update_time") == 0 ||
                    strcmp(name, "suggested_value") == 0;
    marks->found |= !is_noise && is_marked(value, marks->depth + 1);
    return !marks->found;
}

static bool is_marked(const struct cmek_json *json, size_t depth)
{
    struct marks marks = {false, depth};
    enum cmek_json_kind kind = cmek_json_kind(json);
    if (kind == CMEK_JSON_OBJECT)
        cmek_json_each(json, look_at, &marks);
    for (size_t i = 0; kind == CMEK_JSON_ARRAY && i < cmek_json_count(json) && !marks.found; i++)
        marks.found = is_marked(cmek_json_item(json, i), depth + 1);
    return marks.found || cmek_json_is_true(json);
}

static const char *hidden(const struct policy_type *type, const struct cmek_tf_values *values)
{
    for (size_t i = 0; type->blocks[i]; i++) {
        if (is_marked(cmek_json_get(values->unknown, type->blocks[i]), 0))
            return "what it says is known only after apply";
        if (is_marked(cmek_json_get(values->sensitive, type->blocks[i]), 0))
            return "the plan marks what it says as sensitive";
    }
    return NULL;
}

static struct cmek_policy read_policy(struct cmek_tf_emitter *emitter,
                                      struct cmek_tf_instance *instance,
                                      const struct policy_type *type)
{
    struct cmek_policy policy = {0};
    const struct cmek_tf_values *values = cmek_tf_values(emitter->plan, instance);
    const char *reason = hidden(type, values);
    if (instance->action == CMEK_TF_DELETE)
        return policy; /* none is set any more */
    if (reason || !values->after)
        return cmek_policy_unreadable(cmek_arena_printf(emitter->arena, "%s in the plan: %s",
                                                        instance->address,
                                                        reason ? reason : "it has no values"));
    struct cmek_strbuf text = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &text, 0);
    cmek_json_begin_object(&writer);
    type->put(&writer, values->after);
    cmek_json_end_object(&writer);
    struct cmek_json *json =
        cmek_tf_parse((struct cmek_json_text){cmek_strbuf_text(&text), text.length});
    cmek_policy_decode(json, emitter->arena, &policy);
    cmek_json_free(json);
    cmek_strbuf_done(&text);
    return policy;
}

/* "2", "folders/2"; NULL: not known, or no node. */
static const char *policy_node(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance,
                               const struct policy_type *type)
{
    const char *text = strcmp(type->node_attribute, "project") == 0
                           ? cmek_tf_project(emitter->plan, instance)
                           : cmek_tf_text(emitter->plan, instance, type->node_attribute);
    if (text && type->node_kind && !strchr(text, '/'))
        text = cmek_arena_printf(emitter->arena, "%s/%s", type->node_kind, text);
    return text ? cmek_node_ref_of(text, emitter->arena) : NULL;
}

static void emit(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance,
                 const struct policy_type *type)
{
    /* Only as written: what it refers to is a part of it at most. */
    const char *name = cmek_tf_given_text(emitter->plan, instance, type->constraint_attribute);
    const char *bare = name ? strstr(name, "/policies/") : NULL;
    enum cmek_constraint constraint =
        name ? cmek_constraint_parse(bare ? bare + sizeof "/policies/" - 1 : name)
             : CMEK_CONSTRAINT_COUNT_;
    if (name && constraint == CMEK_CONSTRAINT_COUNT_)
        return;
    const char *node = policy_node(emitter, instance, type);
    if (!node || !name) {
        cmek_tf_gap(emitter, instance->address, "unknown-until-apply",
                    node ? "which constraint this policy is of is known only after apply; verdicts "
                           "do not take it into account"
                         : "where this policy will be set is known only after apply; verdicts do "
                           "not take it into account");
        return;
    }
    struct cmek_planned planned = {
        .address = instance->address,
        .file = instance->block->file,
        .line = instance->block->line,
        .is_change = cmek_tf_changes(instance),
    };
    struct cmek_record record =
        cmek_tf_record(emitter, cmek_asset_type_name(CMEK_ASSET_POLICY),
                       cmek_arena_printf(emitter->arena,
                                         "//orgpolicy.googleapis.com/%s/policies/%s", node,
                                         cmek_short_name(cmek_constraint_name(constraint))));
    record.planned = &planned;
    record.data.policy = (struct cmek_policy_data){
        .node = node,
        .constraint = constraint,
        .policy = read_policy(emitter, instance, type),
    };
    emitter->sink->record(emitter->sink->payload, &record);
}

void cmek_tf_emit_policy(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance)
{
    for (size_t i = 0; i < sizeof policy_types / sizeof *policy_types; i++)
        if (!instance->is_data && strcmp(policy_types[i].type, instance->type) == 0)
            emit(emitter, instance, &policy_types[i]);
}
