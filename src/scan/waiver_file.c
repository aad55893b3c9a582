/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/glob.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "base/suggest.h"
#include "model/record.h"
#include "rules/rule.h"
#include "scan/waiver.h"
#include "yaml/yaml.h"

#define SECONDS_A_DAY 86400

struct file_form {
    const char *version;
    const struct cmek_yaml *waivers;
};

static const struct cmek_yaml_field file_fields[] = {
    CMEK_YAML_FIELD(struct file_form, version, "version"),
    CMEK_YAML_FIELD(struct file_form, waivers, "waivers"),
    CMEK_YAML_END,
};

struct waiver_form {
    struct cmek_waiver waiver;
    const struct cmek_yaml *labels;
};

static const struct cmek_yaml_field waiver_fields[] = {
    CMEK_YAML_FIELD(struct waiver_form, waiver.id, "id"),
    CMEK_YAML_FIELD(struct waiver_form, waiver.rules, "rules"),
    CMEK_YAML_FIELD(struct waiver_form, waiver.resources, "resources"),
    CMEK_YAML_FIELD(struct waiver_form, waiver.projects, "projects"),
    CMEK_YAML_FIELD(struct waiver_form, labels, "labels"),
    CMEK_YAML_FIELD(struct waiver_form, waiver.reason, "reason"),
    CMEK_YAML_FIELD(struct waiver_form, waiver.owner, "owner"),
    CMEK_YAML_FIELD(struct waiver_form, waiver.ticket, "ticket"),
    CMEK_YAML_FIELD(struct waiver_form, waiver.approved_by, "approved_by"),
    CMEK_YAML_FIELD(struct waiver_form, waiver.created, "created"),
    CMEK_YAML_FIELD(struct waiver_form, waiver.expires, "expires"),
    CMEK_YAML_END,
};

struct loader {
    struct cmek_arena *arena;
    int64_t today; /* days since 1970-01-01, UTC */
    int max_days;
    const struct cmek_rule_set *rules; /* NULL: any rule may be */
    struct cmek_map ids;               /* the waiver of each */
};

static int64_t day_of(struct cmek_time time)
{
    return time.seconds / SECONDS_A_DAY - (time.seconds % SECONDS_A_DAY < 0);
}

/* "2026-12-31" as a number of days; times and zones are refused rather than guessed at. */
static enum cmek_status parse_day(const struct cmek_yaml *node, const char *key, const char *text,
                                  int64_t *ret_day, struct cmek_error *err)
{
    char full[32];
    struct cmek_time time;
    if (strlen(text) != sizeof "YYYY-MM-DD" - 1 ||
        snprintf(full, sizeof full, "%sT00:00:00Z", text) < 0 || !cmek_time_parse(full, &time))
        return cmek_yaml_fail(cmek_yaml_get(node, key), err,
                              "%s is '%s', expected a day such as 2026-12-31", key, text);
    *ret_day = day_of(time);
    return CMEK_OK;
}

static bool is_blank(const char *text)
{
    return !text || text[strspn(text, " \t\r\n")] == '\0';
}

static enum cmek_status check_members(const struct cmek_yaml *node, const struct waiver_form *form,
                                      struct cmek_error *err)
{
    const struct cmek_waiver *waiver = &form->waiver;
    const struct {
        const char *name;
        bool given;
    } required[] = {
        {"id", !is_blank(waiver->id)},         {"rules", waiver->rules.count > 0},
        {"reason", !is_blank(waiver->reason)}, {"owner", !is_blank(waiver->owner)},
        {"expires", waiver->expires != NULL},
    };
    for (size_t i = 0; i < sizeof required / sizeof *required; i++)
        if (!required[i].given)
            return cmek_yaml_fail(node, err, "%s is missing or empty", required[i].name);
    if (waiver->resources.count == 0 && waiver->projects.count == 0 &&
        (!form->labels || form->labels->count == 0))
        return cmek_yaml_fail(node, err,
                              "it names neither resources nor projects nor labels; to mean all of "
                              "them, say resources: ['*']");
    return CMEK_OK;
}

static enum cmek_status check_rule(const struct cmek_rule_set *rules, const struct cmek_yaml *item,
                                   struct cmek_error *err)
{
    struct cmek_suggestion suggestion = {.typed = item->text};
    for (size_t i = 0; i < cmek_rules_count(rules); i++) {
        const char *id = cmek_rules_at(rules, i)->id;
        if (cmek_glob_match(item->text, id))
            return CMEK_OK;
        cmek_suggestion_offer(&suggestion, id);
    }
    const char *best = cmek_suggestion_best(&suggestion);
    return cmek_yaml_fail(item, err, "there is no rule '%.200s'%s%s%s; `cmekscan rules` lists them",
                          item->text, best ? " (did you mean " : "", best ? best : "",
                          best ? "?)" : "");
}

/* What no finding can match would lie in the file unnoticed. */
static enum cmek_status check_names(const struct loader *loader, const struct cmek_yaml *node,
                                    struct cmek_error *err)
{
    const struct cmek_yaml *rules = cmek_yaml_get(node, "rules"),
                           *resources = cmek_yaml_get(node, "resources");
    enum cmek_status status = CMEK_OK;
    for (const struct cmek_yaml *item = loader->rules ? rules->first : NULL;
         item && status == CMEK_OK; item = item->next)
        status = check_rule(loader->rules, item, err);
    for (const struct cmek_yaml *item = resources ? resources->first : NULL;
         item && status == CMEK_OK; item = item->next)
        if (!strchr("/*?\\", item->text[0]))
            status = cmek_yaml_fail(item, err,
                                    "no resource is called '%.200s': resources are written "
                                    "//storage.googleapis.com/BUCKET, as in the report's Resource "
                                    "line",
                                    item->text);
    return status;
}

static enum cmek_status decode_labels(const struct cmek_yaml *labels, struct cmek_arena *arena,
                                      struct cmek_waiver *waiver, struct cmek_error *err)
{
    if (!labels)
        return CMEK_OK;
    if (labels->kind != CMEK_YAML_MAPPING)
        return cmek_yaml_fail(labels, err, "labels must be a mapping such as {data: public}");
    struct cmek_label *items = cmek_arena_array(arena, labels->count, sizeof *items);
    size_t count = 0;
    for (const struct cmek_yaml *label = labels->first; label; label = label->next) {
        if (label->kind != CMEK_YAML_TEXT)
            return cmek_yaml_fail(label, err, "the label's value must be text, this is %s",
                                  cmek_yaml_kind_name(label->kind));
        items[count++] = (struct cmek_label){label->key, label->text};
    }
    waiver->labels = items;
    waiver->label_count = count;
    return CMEK_OK;
}

static enum cmek_status decode_waiver(struct loader *loader, const struct cmek_yaml *node,
                                      struct cmek_waiver *waiver, struct cmek_error *err)
{
    struct waiver_form form = {0};
    int64_t expires = 0, created = loader->today;
    enum cmek_status status = cmek_yaml_decode(node, waiver_fields, loader->arena, &form, err);
    if (form.waiver.id)
        waiver->id = form.waiver.id; /* to speak of it, whatever else is wrong */
    if (status == CMEK_OK)
        status = check_members(node, &form, err);
    if (status == CMEK_OK)
        status = check_names(loader, node, err);
    if (status == CMEK_OK)
        status = decode_labels(form.labels, loader->arena, &form.waiver, err);
    if (status == CMEK_OK)
        status = parse_day(node, "expires", form.waiver.expires, &expires, err);
    if (status == CMEK_OK && form.waiver.created)
        status = parse_day(node, "created", form.waiver.created, &created, err);
    if (status != CMEK_OK)
        return status;
    if (created > loader->today)
        return cmek_yaml_fail(cmek_yaml_get(node, "created"), err, "created is in the future");
    if (cmek_map_get(&loader->ids, form.waiver.id))
        return cmek_yaml_fail(cmek_yaml_get(node, "id"), err,
                              "the id is used by a waiver before it");
    *waiver = form.waiver;
    waiver->days_left = expires - loader->today;
    cmek_map_put_borrowed(&loader->ids, waiver->id, waiver);
    if (waiver->days_left < 0) {
        waiver->state = CMEK_WAIVER_EXPIRED;
        return cmek_yaml_fail(cmek_yaml_get(node, "expires"), err, "it expired on %s",
                              waiver->expires);
    }
    if (expires - created > loader->max_days) {
        waiver->state = CMEK_WAIVER_TOO_LONG;
        return cmek_yaml_fail(cmek_yaml_get(node, "expires"), err,
                              "it lasts %" PRId64
                              " days from %s, more than the %d that are allowed",
                              expires - created, waiver->created ? waiver->created : "today",
                              loader->max_days);
    }
    return CMEK_OK;
}

static enum cmek_status decode_file(struct loader *loader, const struct cmek_yaml *root,
                                    struct cmek_waivers *ret_waivers, struct cmek_error *err)
{
    struct file_form form = {0};
    enum cmek_status status = cmek_yaml_decode(root, file_fields, loader->arena, &form, err);
    if (status != CMEK_OK)
        return status;
    if (!form.version || strcmp(form.version, "1") != 0)
        return cmek_yaml_fail(root, err, "expected 'version: 1', the only one there is");
    if (!form.waivers || form.waivers->kind != CMEK_YAML_LIST)
        return cmek_yaml_fail(form.waivers ? form.waivers : root, err,
                              "'waivers' must be a list of waivers");
    if (form.waivers->count > CMEK_LIMIT_WAIVERS)
        return cmek_yaml_fail(form.waivers, err, "more than %d waivers", CMEK_LIMIT_WAIVERS);
    struct cmek_waivers waivers = {
        .items = cmek_arena_array(loader->arena, form.waivers->count, sizeof *waivers.items)};
    for (const struct cmek_yaml *node = form.waivers->first; node; node = node->next) {
        struct cmek_waiver *waiver = &waivers.items[waivers.count++];
        struct cmek_error problem = {0};
        waiver->id = "?";
        if (decode_waiver(loader, node, waiver, &problem) == CMEK_OK)
            continue;
        if (waiver->state == CMEK_WAIVER_ACTIVE)
            waiver->state = CMEK_WAIVER_MALFORMED;
        waiver->problem = cmek_arena_strdup(loader->arena, problem.message);
    }
    *ret_waivers = waivers;
    return CMEK_OK;
}

enum cmek_status cmek_waivers_load(const char *path, struct cmek_time now, int max_days,
                                   const struct cmek_rule_set *rules, struct cmek_arena *arena,
                                   struct cmek_waivers *ret_waivers, struct cmek_error *err)
{
    struct loader loader = {.arena = arena,
                            .today = day_of(now),
                            .max_days = max_days,
                            .rules = rules};
    struct cmek_strbuf content = {0};
    const struct cmek_yaml *root = NULL;
    const char *origin = cmek_arena_strdup(arena, path);
    enum cmek_status status = cmek_file_read(path, CMEK_LIMIT_RULE_FILE_BYTES, &content, err);
    if (status == CMEK_OK)
        status =
            cmek_yaml_parse(origin, cmek_strbuf_text(&content), content.length, arena, &root, err);
    if (status == CMEK_OK)
        status = decode_file(&loader, root, ret_waivers, err);
    cmek_map_done(&loader.ids);
    cmek_strbuf_done(&content);
    if (status == CMEK_OK)
        return CMEK_OK;
    if (err)
        err->status =
            CMEK_E_USAGE; /* also when it cannot be read: it is part of the command line */
    return CMEK_E_USAGE;
}
