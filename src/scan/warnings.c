/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/warnings.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "policy/values.h"

#define WARNINGS_MAX 20

struct warner {
    cmek_warning_sink *warn;
    void *payload;
    size_t count;
};

static void tell(struct warner *warner, const struct cmek_node *node,
                 enum cmek_constraint constraint, const char *problem, const char *value)
{
    if (++warner->count > WARNINGS_MAX)
        return;
    char text[512];
    snprintf(text, sizeof text, "the policy of %s for %s %s%s%.120s%s", node->ref,
             cmek_constraint_name(constraint) + sizeof "constraints/" - 1, problem,
             value ? " '" : "", value ? value : "", value ? "'" : "");
    warner->warn(warner->payload, text);
}

/* Values that a security engineer would take for an entry, and that match nothing. */
static bool matches_nothing(enum cmek_constraint constraint, const char *value)
{
    if (constraint == CMEK_CONSTRAINT_SERVICE)
        return cmek_str_starts(value, "under:") || cmek_str_starts(value, "in:");
    return !cmek_value_project(value) && !cmek_str_starts(value, "under:folders/") &&
           !cmek_str_starts(value, "under:organizations/");
}

static void check_values(struct warner *warner, const struct cmek_node *node,
                         enum cmek_constraint constraint, const struct cmek_strings *values)
{
    for (size_t i = 0; i < values->count; i++)
        if (matches_nothing(constraint, values->items[i]))
            tell(warner, node, constraint, "has a value that matches nothing:", values->items[i]);
}

static void check_spec(struct warner *warner, const struct cmek_node *node,
                       enum cmek_constraint constraint, const struct cmek_policy_spec *spec)
{
    bool allows = false, denies = false, denies_all = false, has_parts = false;
    for (size_t i = 0; i < spec->rule_count; i++) {
        const struct cmek_policy_rule *rule = &spec->rules[i];
        allows |= rule->allowed.count > 0;
        denies |= rule->denied.count > 0;
        denies_all |= rule->deny_all;
        has_parts |=
            rule->allowed.count + rule->denied.count > 0 || rule->allow_all || rule->deny_all;
        check_values(warner, node, constraint, &rule->allowed);
        check_values(warner, node, constraint, &rule->denied);
    }
    if (constraint == CMEK_CONSTRAINT_SERVICE && allows)
        tell(warner, node, constraint,
             "has an allow list, though this constraint takes denials only", NULL);
    if (constraint == CMEK_CONSTRAINT_KEY_PROJECT && denies)
        tell(warner, node, constraint,
             "has denials, though this constraint takes an allow list only", NULL);
    if (denies_all)
        tell(warner, node, constraint, "has denyAll, which neither constraint takes", NULL);
    if (spec->state == CMEK_SPEC_PRESENT && !has_parts && !spec->reset &&
        !spec->inherit_from_parent)
        tell(warner, node, constraint, "says nothing, and so lifts what is set above it", NULL);
}

void cmek_warn_policies(const struct cmek_inventory *inventory, cmek_warning_sink *warn,
                        void *payload)
{
    struct warner warner = {warn, payload, 0};
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->nodes); e; e = cmek_map_next(e)) {
        const struct cmek_node *node = cmek_map_value(e);
        for (enum cmek_constraint i = 0; node->canonical == node && i < CMEK_CONSTRAINT_COUNT_;
             i++) {
            const struct cmek_policy_slot *slot = cmek_node_policy(inventory, node, i);
            const struct cmek_policy_spec *simulated = node->extras->simulated[i];
            if (simulated && !(slot && simulated == &slot->policy.dry_run))
                check_spec(&warner, node, i, simulated);
            if (!slot)
                continue;
            check_spec(&warner, node, i, &slot->policy.live);
            if (slot->policy.dry_run.state == CMEK_SPEC_PRESENT)
                check_spec(&warner, node, i, &slot->policy.dry_run);
        }
    }
    if (warner.count > WARNINGS_MAX) {
        char text[64];
        snprintf(text, sizeof text, "%zu more warnings about policies",
                 warner.count - WARNINGS_MAX);
        warn(payload, text);
    }
}

/* Marks the services that a policy's entries deny. */
static void mark_denied(const struct cmek_policy_spec *spec, const struct cmek_catalogue *catalogue,
                        bool *denied)
{
    for (size_t i = 0; i < spec->rule_count; i++)
        for (size_t k = 0; k < spec->rules[i].denied.count; k++) {
            const char *entry = spec->rules[i].denied.items[k];
            const struct cmek_service *service =
                cmek_catalogue_service(catalogue, cmek_value_service(entry));
            if (service)
                denied[service->index] = true;
        }
}

static void add_service_gap(struct cmek_inventory *inventory, const struct cmek_service *service)
{
    struct cmek_strbuf message = {0};
    cmek_strbuf_printf(&message,
                       "a policy requires keys of %s, but whether it has one cannot be told: %s",
                       service->name, service->note);
    cmek_inventory_add_gap(inventory, &(struct cmek_gap_data){
                                          .scope = service->value,
                                          .operation = "services.list",
                                          .error = "not-listed",
                                          .message = cmek_strbuf_text(&message),
                                      });
    cmek_strbuf_done(&message);
}

void cmek_warn_services(struct cmek_inventory *inventory, const struct cmek_catalogue *catalogue,
                        cmek_warning_sink *warn, void *payload)
{
    bool *denied = cmek_calloc(catalogue->services.count, sizeof *denied);
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->nodes); e; e = cmek_map_next(e)) {
        const struct cmek_node *node = cmek_map_value(e);
        const struct cmek_policy_slot *slot =
            cmek_node_policy(inventory, node, CMEK_CONSTRAINT_SERVICE);
        if (slot)
            mark_denied(&slot->policy.live, catalogue, denied);
        if (node->extras->simulated[CMEK_CONSTRAINT_SERVICE])
            mark_denied(node->extras->simulated[CMEK_CONSTRAINT_SERVICE], catalogue, denied);
    }
    struct cmek_strbuf others = {0};
    for (size_t i = 0; i < catalogue->services.count; i++) {
        const struct cmek_service *service = catalogue->services.items[i];
        if (denied[i] && service->is_selected && service->note)
            add_service_gap(inventory, service);
        if (denied[i] && !service->is_selected)
            cmek_strbuf_printf(&others, "%s%.*s", others.length > 0 ? "," : "",
                               (int)strcspn(service->value, "."), service->value);
    }
    if (others.length > 0) {
        struct cmek_strbuf text = {0};
        cmek_strbuf_printf(&text,
                           "policies require keys of services that this scan does not look at: %s "
                           "(see --services)",
                           cmek_strbuf_text(&others));
        warn(payload, cmek_strbuf_text(&text));
        cmek_strbuf_done(&text);
    }
    cmek_strbuf_done(&others);
    free(denied);
}

void cmek_warn_not_judged(const struct cmek_evaluation *evaluation, cmek_warning_sink *warn,
                          void *payload)
{
    size_t count;
    const struct cmek_not_judged *items = cmek_evaluation_not_judged(evaluation, &count);
    for (size_t i = 0; i < count; i++) {
        char text[256];
        snprintf(text, sizeof text,
                 "rule %s was not judged for %" PRIu64 " target%s: the input holds no %s",
                 items[i].rule_id, items[i].targets, items[i].targets == 1 ? "" : "s",
                 items[i].missing);
        warn(payload, text);
    }
}

void cmek_warn_simulation(const struct cmek_simulation *simulation,
                          const struct cmek_simulation_summary *done, cmek_warning_sink *warn,
                          void *payload)
{
    char text[512];
    for (size_t i = 0; i < simulation->policies.count && i < WARNINGS_MAX; i++) {
        if (!simulation->policies.items[i].has_dry_run)
            continue;
        snprintf(text, sizeof text, "%s: the dryRunSpec beside the spec takes no part",
                 simulation->policies.items[i].origin);
        warn(payload, text);
    }
    if (simulation->promotes_dry_runs && done->policy_count == simulation->policies.count)
        warn(payload, "--promote-dry-run: the input holds no dryRunSpec, so nothing is promoted");
}
