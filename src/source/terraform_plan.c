/* SPDX-License-Identifier: Apache-2.0 */
#include "source/terraform_plan.h"

#include <stdint.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "base/utf16.h"
#include "model/catalogue.h"
#include "source/terraform_emit.h"
#include "source/terraform_lines.h"
#include "source/terraform_value.h"
#include "json/json.h"

struct cmek_record cmek_tf_record(const struct cmek_tf_emitter *emitter, const char *asset_type,
                                  const char *name)
{
    struct cmek_record record = {
        .name = name,
        .asset_type = asset_type,
        .has_resource = true,
        .has_data = true,
        .updated = {.seconds = INT64_MAX}, /* a plan is of what comes after all else */
    };
    record.kind = cmek_catalogue_kind(emitter->catalogue, asset_type, strlen(asset_type),
                                      &record.data.resource.type);
    return record;
}

void cmek_tf_gap(struct cmek_tf_emitter *emitter, const char *scope, const char *error,
                 const char *message)
{
    struct cmek_record record = {
        .kind = CMEK_ASSET_COVERAGE_GAP,
        .name = scope,
        .data.gap = {scope, "terraform.plan", error, message},
    };
    emitter->sink->record(emitter->sink->payload, &record);
}

static bool is_abandoned(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance)
{
    return cmek_str_eq(cmek_tf_given_text(plan, instance, "deletion_policy"), "ABANDON");
}

/* What is deleted, or makes place for another, as it was. */
static void emit_gone(struct cmek_tf_emitter *emitter, const struct cmek_tf_instance *instance)
{
    if (instance->action != CMEK_TF_DELETE && instance->action != CMEK_TF_REPLACE)
        return;
    struct cmek_tf_instance before = *instance;
    before.action = CMEK_TF_DELETE;
    before.after = instance->before;
    before.after_unknown = before.after_sensitive = (struct cmek_json_text){NULL, 0};
    before.parsed = NULL;
    if (!is_abandoned(emitter->plan, &before)) {
        cmek_tf_emit_policy(emitter, &before);
        cmek_tf_emit_tag(emitter, &before);
        cmek_tf_emit_resource(emitter, &before);
    }
    cmek_tf_forget_values(&before);
}

static void emit_planned(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance)
{
    if (instance->action == CMEK_TF_DELETE || instance->action == CMEK_TF_FORGET)
        return;
    if (cmek_tf_holds_data(emitter, instance) &&
        (instance->action == CMEK_TF_ODD || instance->is_deferred))
        cmek_tf_gap(emitter, instance->address, "change-not-planned",
                    instance->is_deferred
                        ? "Terraform deferred this change to a later plan, so its values are not "
                          "final; plan again once the others are applied"
                        : "the plan holds an action that is not known here");
    cmek_tf_emit_policy(emitter, instance);
    cmek_tf_emit_node(emitter, instance);
    cmek_tf_emit_tag(emitter, instance);
    cmek_tf_emit_resource(emitter, instance);
}

static void note_partial(struct cmek_tf_emitter *emitter)
{
    if (emitter->plan->is_errored)
        cmek_tf_gap(emitter, "plan", "plan-errored",
                    "Terraform could not finish this plan (errored), so it does not hold every "
                    "change; mend the error and plan again");
    else if (emitter->plan->is_incomplete)
        cmek_tf_gap(emitter, "plan", "plan-incomplete",
                    "the plan is not complete: changes are deferred or were left out by -target, "
                    "and are not judged");
}

static void emit_all(struct cmek_tf_emitter *emitter)
{
    struct cmek_tf_plan *plan = emitter->plan;
    note_partial(emitter);
    for (size_t i = 0; i < plan->instances.count; i++) {
        emit_gone(emitter, plan->instances.items[i]);
        cmek_arena_clear(emitter->arena);
    }
    for (size_t i = 0; i < plan->instances.count; i++) {
        struct cmek_tf_instance *instance = plan->instances.items[i];
        if (instance->is_deposed)
            continue;
        emit_planned(emitter, instance);
        cmek_tf_forget_values(instance);
        cmek_arena_clear(emitter->arena);
    }
}

/* What people give instead of a plan's JSON. */
static enum cmek_status check_encoding(const char *path, struct cmek_strbuf *content,
                                       struct cmek_error *err)
{
    const char *text = cmek_strbuf_text(content);
    if (content->length == 0)
        return cmek_fail(err, CMEK_E_INVALID, "'%s' is empty", path);
    if (cmek_str_starts(text, "PK"))
        return cmek_fail(
            err, CMEK_E_INVALID,
            "'%s' is a plan in Terraform's own format; make JSON of it with: terraform "
            "show -json %s > plan.json",
            path, path);
    if (cmek_utf16_has_mark(text, content->length)) {
        struct cmek_strbuf decoded = {0};
        cmek_utf16_to_utf8(text, content->length, &decoded);
        cmek_strbuf_done(content);
        *content = decoded;
    }
    return CMEK_OK;
}

/* Where the plan lies, so does its configuration, as a rule. */
static const char *folder_of(const char *path, struct cmek_arena *arena)
{
    const char *slash = strrchr(path, '/');
    return slash ? cmek_arena_strndup(arena, path, (size_t)(slash - path) + 1) : ".";
}

enum cmek_status cmek_terraform_plan_read(const struct cmek_catalogue *catalogue, const char *path,
                                          const char *directory,
                                          const struct cmek_record_sink *sink, uint64_t *left_out,
                                          struct cmek_error *err)
{
    struct cmek_strbuf content = {0};
    struct cmek_tf_plan plan = {0};
    struct cmek_arena arena = {0};
    bool is_standard_input = strcmp(path, "-") == 0;
    enum cmek_status status = cmek_file_read(is_standard_input ? "/dev/stdin" : path,
                                             CMEK_LIMIT_PLAN_BYTES, &content, err);
    if (status == CMEK_OK)
        status = check_encoding(path, &content, err);
    if (status == CMEK_OK) {
        const char *text = cmek_strbuf_text(&content);
        const char *json = cmek_str_after(text, "\xEF\xBB\xBF");
        size_t mark = json ? 3 : 0;
        status = cmek_tf_plan_load((struct cmek_json_text){text + mark, content.length - mark},
                                   &plan, err);
        if (status != CMEK_OK)
            cmek_error_prefix(err, "'%s'", path);
    }
    if (status == CMEK_OK) {
        cmek_tf_find_lines(&plan, directory ? directory : folder_of(path, &plan.arena));
        struct cmek_tf_emitter emitter = {.catalogue = catalogue,
                                          .plan = &plan,
                                          .sink = sink,
                                          .arena = &arena,
                                          .left_out = left_out};
        emit_all(&emitter);
        cmek_map_done(&emitter.names);
    }
    cmek_arena_done(&arena);
    cmek_tf_plan_done(&plan);
    cmek_strbuf_done(&content);
    return status;
}
