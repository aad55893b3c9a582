/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/waiver.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/glob.h"
#include "model/inventory.h"
#include "rules/evaluate.h"
#include "rules/rule.h"

const char *cmek_waiver_state_name(enum cmek_waiver_state state)
{
    static const char *const names[CMEK_WAIVER_STATE_COUNT_] = {
        [CMEK_WAIVER_ACTIVE] = "active",
        [CMEK_WAIVER_EXPIRED] = "expired",
        [CMEK_WAIVER_TOO_LONG] = "too long",
        [CMEK_WAIVER_MALFORMED] = "malformed",
    };
    return names[state];
}

static bool any_matches(const struct cmek_strings *patterns, const char *text)
{
    for (size_t i = 0; text && i < patterns->count; i++)
        if (cmek_glob_match(patterns->items[i], text))
            return true;
    return false;
}

static bool resource_matches(const struct cmek_waiver *waiver, const struct cmek_verdict *verdict)
{
    if (waiver->resources.count == 0)
        return true;
    if (verdict->resource)
        return any_matches(&waiver->resources, verdict->resource->name);
    char name[256];
    int length = snprintf(name, sizeof name, CMEK_NODE_NAME_PREFIX "%s", verdict->node->ref);
    return length < (int)sizeof name && any_matches(&waiver->resources, name);
}

static bool project_matches(const struct cmek_waiver *waiver, const struct cmek_node *project)
{
    return waiver->projects.count == 0 ||
           (project && (any_matches(&waiver->projects, project->id) ||
                        any_matches(&waiver->projects, project->number)));
}

static const char *label_of(const struct cmek_resource *resource, const char *name)
{
    for (size_t i = 0; i < resource->extras->label_count; i++)
        if (strcmp(resource->extras->labels[i].name, name) == 0)
            return resource->extras->labels[i].value;
    return NULL;
}

static bool labels_match(const struct cmek_waiver *waiver, const struct cmek_resource *resource)
{
    for (size_t i = 0; i < waiver->label_count; i++) {
        const char *value = resource ? label_of(resource, waiver->labels[i].name) : NULL;
        if (!value || !cmek_glob_match(waiver->labels[i].value, value))
            return false;
    }
    return true;
}

static struct cmek_waiver *first_match(const struct cmek_waivers *waivers,
                                       const struct cmek_verdict *verdict)
{
    for (size_t i = 0; i < waivers->count; i++) {
        struct cmek_waiver *waiver = &waivers->items[i];
        if (waiver->state == CMEK_WAIVER_ACTIVE && any_matches(&waiver->rules, verdict->rule->id) &&
            resource_matches(waiver, verdict) && project_matches(waiver, verdict->project) &&
            labels_match(waiver, verdict->resource))
            return waiver;
    }
    return NULL;
}

const struct cmek_waiver *cmek_waivers_find(const struct cmek_waivers *waivers,
                                            const struct cmek_verdict *verdict)
{
    struct cmek_waiver *waiver = first_match(waivers, verdict);
    if (waiver)
        waiver->used = true;
    return waiver;
}

void cmek_waivers_meet_unknown(const struct cmek_waivers *waivers,
                               const struct cmek_verdict *verdict)
{
    struct cmek_waiver *waiver = first_match(waivers, verdict);
    if (waiver)
        waiver->unknown++;
}

bool cmek_waivers_use_labels(const struct cmek_waivers *waivers)
{
    for (size_t i = 0; i < waivers->count; i++)
        if (waivers->items[i].label_count > 0)
            return true;
    return false;
}

void cmek_waivers_warn(const struct cmek_waivers *waivers, bool after_scan,
                       void (*warn)(void *payload, const char *text), void *payload)
{
    for (size_t i = 0; i < waivers->count; i++) {
        const struct cmek_waiver *waiver = &waivers->items[i];
        char text[512];
        if (!after_scan && waiver->state != CMEK_WAIVER_ACTIVE)
            snprintf(text, sizeof text, "waiver %s waives nothing: %s", waiver->id,
                     waiver->problem);
        else if (!after_scan || waiver->state != CMEK_WAIVER_ACTIVE || waiver->used)
            continue;
        else if (waiver->unknown > 0)
            snprintf(text, sizeof text,
                     "waiver %s matches %" PRIu64 " unknown finding%s, which cannot be waived",
                     waiver->id, waiver->unknown, waiver->unknown == 1 ? "" : "s");
        else
            snprintf(text, sizeof text, "waiver %s took no finding: mended, or a wrong name?",
                     waiver->id);
        warn(payload, text);
    }
}
